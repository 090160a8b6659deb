//! Errors on the way out, and the only file with status codes. The public words and the inner cause are two fields: the
//! cause is logged once, here, and never sent.

use std::error::Error;

use askama::Template;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use crate::pages::{Frame, MessagePage};

/// What kind of thing went wrong; its code is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    UnknownQuestion,
    UnknownAddress,
    WrongMethod,
    UnknownPerson,
    BadParameter,
    Unauthorized,
    Forbidden,
    NotAllowed,
    CrossSite,
    TooLarge,
    Busy,
    Failed,
}

impl Code {
    const fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::UnknownQuestion => ("unknown_question", StatusCode::NOT_FOUND, "There is no such question"),
            Self::UnknownAddress => ("unknown_address", StatusCode::NOT_FOUND, "There is nothing here"),
            Self::WrongMethod => (
                "wrong_method",
                StatusCode::METHOD_NOT_ALLOWED,
                "This address is for reading",
            ),
            Self::BadParameter => (
                "bad_parameter",
                StatusCode::BAD_REQUEST,
                "Something in the address can't be read",
            ),
            Self::UnknownPerson => ("unknown_person", StatusCode::NOT_FOUND, "Nobody is known by that"),
            Self::Unauthorized => ("unauthorized", StatusCode::UNAUTHORIZED, "This needs a token"),
            Self::Forbidden => ("forbidden", StatusCode::FORBIDDEN, "This link opens nothing"),
            Self::NotAllowed => ("not_allowed", StatusCode::FORBIDDEN, "Your account may not do this"),
            Self::CrossSite => ("cross_site", StatusCode::FORBIDDEN, "This came from another site"),
            Self::TooLarge => ("too_large", StatusCode::PAYLOAD_TOO_LARGE, "That is too large"),
            Self::Busy => ("busy", StatusCode::SERVICE_UNAVAILABLE, "Too many questions at once"),
            Self::Failed => ("failed", StatusCode::INTERNAL_SERVER_ERROR, "That did not work"),
        }
    }

    pub const fn name(self) -> &'static str {
        self.row().0
    }
}

/// An error with what may be said about it and why it happened.
#[derive(Debug)]
pub struct HttpError {
    code: Code,
    public: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl HttpError {
    pub fn new(code: Code, public: impl Into<String>) -> Self {
        Self {
            code,
            public: public.into(),
            cause: None,
        }
    }

    /// Our fault: the caller learns that it failed, the log learns why.
    pub fn failed(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let public = "Longplay could not work this out. The server's log says why; `longplay check` looks for damage.";
        Self {
            code: Code::Failed,
            public: public.to_owned(),
            cause: Some(cause.into()),
        }
    }

    /// What may be said about it.
    pub(crate) fn public(&self) -> &str {
        &self.public
    }

    /// Whether the caller can put it right.
    pub(crate) const fn is_callers(&self) -> bool {
        self.cause.is_none()
    }

    /// Writes the cause to the log: called where the error ends its way.
    pub(crate) fn log(&self) {
        if let Some(cause) = &self.cause {
            tracing::error!(code = self.code.name(), cause = %chain(cause.as_ref()), "request failed");
        }
    }
}

/// An error and its sources in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

/// As a program reads it: `{"error":{"code","message"}}`.
#[derive(Debug)]
pub struct ApiError(pub HttpError);

impl From<HttpError> for ApiError {
    fn from(error: HttpError) -> Self {
        Self(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.0.log();
        let (code, status, _) = self.0.code.row();
        (
            status,
            Json(json!({ "error": { "code": code, "message": self.0.public } })),
        )
            .into_response()
    }
}

/// As a person reads it: a page.
pub struct PageError {
    pub error: HttpError,
    pub frame: Frame,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        self.error.log();
        let (_, status, title) = self.error.code.row();
        let page = MessagePage {
            frame: self.frame,
            title: title.to_owned(),
            message: self.error.public,
        };
        match page.render() {
            Ok(body) => (status, Html(body)).into_response(),
            Err(_) => (status, page.message).into_response(),
        }
    }
}

/// A page that asks to put right what the caller got wrong; our own faults go the usual way.
pub fn show_refused<T: Template>(error: HttpError, frame: &Frame, page: impl FnOnce(String) -> T) -> Response {
    let (_, status, _) = error.code.row();
    if !status.is_client_error() {
        return PageError {
            error,
            frame: frame.clone(),
        }
        .into_response();
    }
    let mut response = show(&page(error.public), frame);
    *response.status_mut() = status;
    response
}

/// A page as the response to a request.
pub fn show(page: &impl Template, frame: &Frame) -> Response {
    match page.render() {
        Ok(body) => Html(body).into_response(),
        Err(cause) => PageError {
            error: HttpError::failed(cause),
            frame: frame.clone(),
        }
        .into_response(),
    }
}
