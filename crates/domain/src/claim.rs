//! What the outside says happened, nothing trusted yet.

use crate::{Evidence, Time};

/// When, as the outside wrote it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum When {
    #[default]
    Missing,
    /// RFC 3339, an epoch, or a local time: see [`Time::parse`].
    Text(String),
    At(Time),
}

/// An amount, as the outside wrote it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Amount {
    #[default]
    Missing,
    /// Decimal text in major units.
    Decimal(String),
    /// Integer minor units, as APIs send.
    Minor(i64),
}

/// Another handle of the same person, and by what the sender says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also {
    /// `kind:value`, or a bare text for `custom:`.
    pub handle: String,
    pub evidence: Evidence,
}

/// Why an event is kept but left out of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Mark {
    /// A program, not a person.
    Bot,
    /// The owner or the owner's people.
    Own,
}

impl Mark {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Own => "own",
        }
    }
}

/// One thing somebody says a person did. Blank texts mean missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claim {
    pub time: When,
    /// `kind:value`, or a bare text for `custom:`.
    pub person: String,
    /// Other handles of the same person.
    pub also: Vec<Also>,
    pub mark: Option<Mark>,
    /// The event's name as sent; it decides the act.
    pub event: String,
    /// The sender's own id; without one, the claim's content is its id.
    pub id: Option<String>,
    pub piece: Option<String>,
    pub channel: Option<String>,
    pub referrer: Option<String>,
    pub source: Option<String>,
    pub medium: Option<String>,
    pub campaign: Option<String>,
    pub country: Option<String>,
    pub value: Amount,
    pub currency: Option<String>,
    /// A JSON object as text; empty when there are none.
    pub properties: String,
}
