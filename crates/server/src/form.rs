//! What a form says: names and values, none of which has to be there. A handler says in words what it lacks.

use std::convert::Infallible;

use axum::extract::{Form, FromRequest, Request};

/// The fields of a form, as they were sent.
#[derive(Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// What stands under a name, without the blanks around it; nothing when it isn't there.
    pub fn said(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The same to the letter, as a password is taken.
    pub fn raw(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(said, _)| said == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Everything under a name that may be there several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(said, _)| said == name)
            .map(|(_, value)| value.trim())
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
        // A body that is no form says nothing, and then each field is asked for.
        Ok(form.map(|Form(fields)| Self(fields)).unwrap_or_default())
    }
}
