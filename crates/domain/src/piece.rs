//! A piece of content: what the owner published, where, when, on which topics, and what it took.

use crate::{Money, Time};

/// A piece, known by its id. Importing a piece again replaces what is stated and keeps what is not.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Piece {
    pub id: String,
    pub title: Option<String>,
    pub url: Option<String>,
    pub channel: Option<String>,
    pub published_at: Option<Time>,
    pub format: Option<String>,
    pub topics: Vec<String>,
    pub effort_hours: Option<f64>,
    pub cost: Option<Money>,
}

impl Piece {
    pub fn named(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }
}
