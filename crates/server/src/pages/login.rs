//! `/login`: who are you?

use askama::Template;

use super::Frame;

#[derive(Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage {
    pub frame: Frame,
    /// Without any there is nobody to log in as.
    pub has_accounts: bool,
    /// What was typed, where it was wrong; never the password.
    pub name: String,
    /// Where to go on.
    pub next: String,
    pub error: Option<String>,
}
