//! Sharing a view: the form on the page itself, and what a link with a password asks first.

use askama::Template;

use super::Frame;

/// The form that makes a link to the view it stands on.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The path of the page.
    pub page: &'static str,
    /// What its address says, without the segment.
    pub query: String,
    /// Name of each saved segment, and whether the view is of it.
    pub segments: Vec<(String, bool)>,
    /// The first day a link can end on.
    pub today: String,
}

/// `/share/{link}`, before its password was given.
#[derive(Template)]
#[template(path = "share_password.html")]
pub(crate) struct PasswordPage {
    pub frame: Frame,
    /// What stands in the link.
    pub secret: String,
    pub error: Option<String>,
}
