//! The conditions there are. Each is about one person, as they are known up to some moment.

use std::cmp::Ordering;

use crate::{Act, Day, Money};

/// One condition about a person.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `first channel is newsletter`
    Place { of: Of, place: Place, test: Test },
    /// `did viewed at least 3 times on topic repair within 30 days in last 90 days`
    Did {
        deed: Deed,
        /// At least so many times, 1 or more.
        times: u32,
        /// Only on these; each place at most once.
        on: Vec<On>,
        /// Only so many days after the person's first day.
        within_days: Option<u32>,
        /// Only on so many last days, today among them.
        last_days: Option<u32>,
    },
    /// `spent at least 100.00 EUR in last 90 days`: purchases less refunds.
    Spent {
        comparison: Comparison,
        money: Money,
        last_days: Option<u32>,
    },
    /// `trait plan is pro`: what was last said of the person.
    Trait { name: String, test: TraitTest },
    /// `days present at least 5`
    DaysPresent { comparison: Comparison, days: u32 },
    /// `first seen after 2026-01-01`
    Seen { which: Which, test: SeenTest },
}

/// Whether any of a person's events counts, or only the one with which they first came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Ever,
    First,
}

/// What an event may state about where it happened or where the person came from. Topic and format are those of its piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Country,
    Channel,
    Source,
    Medium,
    Campaign,
    Piece,
    Topic,
    Format,
}

impl Place {
    pub const ALL: [Self; 8] = [
        Self::Country,
        Self::Channel,
        Self::Source,
        Self::Medium,
        Self::Campaign,
        Self::Piece,
        Self::Topic,
        Self::Format,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Channel => "channel",
            Self::Source => "source",
            Self::Medium => "medium",
            Self::Campaign => "campaign",
            Self::Piece => "piece",
            Self::Topic => "topic",
            Self::Format => "format",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|place| place.name().eq_ignore_ascii_case(name))
    }
}

/// What a place must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// One of these, exactly as they were sent; never empty.
    OneOf(Vec<String>),
    /// Nobody ever stated it.
    Unknown,
}

/// Where an act must have been done.
#[derive(Clone, Debug, PartialEq)]
pub struct On {
    pub place: Place,
    /// Never empty.
    pub values: Vec<String>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    Act(Act),
    /// The name of an event, exactly as it was sent.
    Event(String),
}

/// What a trait must be.
#[derive(Clone, Debug, PartialEq)]
pub enum TraitTest {
    /// One of these, whatever the case; never empty.
    OneOf(Vec<String>),
    /// This stands in it, whatever the case.
    Contains(String),
    Compare(Comparison, f64),
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    First,
    Last,
}

/// When somebody was first or last present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenTest {
    /// On a later day.
    After(Day),
    /// On an earlier day.
    Before(Day),
    On(Day),
    /// On one of so many last days, today among them.
    InLast(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    Exactly,
}

impl Comparison {
    pub const ALL: [Self; 5] = [
        Self::AtLeast,
        Self::MoreThan,
        Self::AtMost,
        Self::LessThan,
        Self::Exactly,
    ];

    pub const fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::MoreThan => ">",
            Self::AtMost => "<=",
            Self::LessThan => "<",
            Self::Exactly => "=",
        }
    }

    pub const fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::MoreThan => "more than",
            Self::AtMost => "at most",
            Self::LessThan => "less than",
            Self::Exactly => "exactly",
        }
    }

    /// Whether it holds of a value that compares so to the stated one.
    pub const fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::AtLeast => ordering.is_ge(),
            Self::MoreThan => ordering.is_gt(),
            Self::AtMost => ordering.is_le(),
            Self::LessThan => ordering.is_lt(),
            Self::Exactly => ordering.is_eq(),
        }
    }
}

impl Condition {
    /// Whether it is settled by how the person first came, so that it says the same of somebody seen once and of a regular.
    pub const fn is_known_at_first_contact(&self) -> bool {
        matches!(
            self,
            Self::Place { of: Of::First, .. }
                | Self::Seen {
                    which: Which::First,
                    ..
                }
        )
    }
}
