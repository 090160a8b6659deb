//! A page that only has something to say: an error with what happened and what to do now.

use askama::Template;

use super::Frame;

#[derive(Template)]
#[template(path = "message.html")]
pub struct MessagePage {
    pub frame: Frame,
    pub title: String,
    pub message: String,
}
