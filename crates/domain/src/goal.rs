//! What the owner wants people to do: one or more acts, and where it matters the event's name, piece or channel.

use crate::Act;

/// A goal. An event matches when its act is one of `acts` (any, when empty) and every stated filter equals.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Goal {
    pub name: String,
    pub acts: Vec<Act>,
    pub event: Option<String>,
    pub piece: Option<String>,
    pub channel: Option<String>,
}

impl Goal {
    pub fn of_acts(name: &str, acts: &[Act]) -> Self {
        Self {
            name: name.to_owned(),
            acts: acts.to_vec(),
            event: None,
            piece: None,
            channel: None,
        }
    }

    /// The goals every workspace starts with: `signup`, `download`, `purchase`.
    pub fn defaults() -> Vec<Self> {
        vec![
            Self::of_acts("signup", &[Act::SignedUp, Act::Registered, Act::Subscribed]),
            Self::of_acts("download", &[Act::Downloaded]),
            Self::of_acts("purchase", &[Act::Purchased]),
        ]
    }

    /// A goal's name is part of figure keys: lower-case letters, digits and underscores, at most 40.
    pub fn is_name(name: &str) -> bool {
        (1..=40).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    }
}
