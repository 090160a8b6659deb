//! The page that tells programmers what they can call.

use askama::Template;

use super::Frame;
use crate::reference::Line;

#[derive(Template)]
#[template(path = "reference.html")]
pub struct ReferencePage {
    lines: Vec<Line>,
    frame: Frame,
}

pub const fn reference(lines: Vec<Line>, frame: Frame) -> ReferencePage {
    ReferencePage { lines, frame }
}
