//! What the owner says of an unusual day: that it was unwanted (a wave of programs, a mistake), or how it came about.

use crate::Day;

/// What the owner makes of a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HitMark {
    /// Left out of what is counted of hits.
    Unwanted,
    /// Counted; the owner knows how it came about.
    Explained,
}

impl HitMark {
    pub const ALL: [Self; 2] = [Self::Unwanted, Self::Explained];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Unwanted => "unwanted",
            Self::Explained => "explained",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.name() == name)
    }
}

/// A note on the hit of a channel or piece that holds a day.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct HitNote {
    /// A piece's id or a channel's name.
    pub about: String,
    pub day: Day,
    pub mark: HitMark,
    /// In the owner's words.
    pub why: Option<String>,
}
