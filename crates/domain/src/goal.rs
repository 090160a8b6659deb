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
    /// Where reaching it means paying for a contract (a membership, a subscription): how long one payment lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<Renewal>,
}

/// For how long a contract is paid at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    Week,
    Month,
    Quarter,
    Year,
}

impl Renewal {
    pub const ALL: [Self; 4] = [Self::Week, Self::Month, Self::Quarter, Self::Year];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|renewal| renewal.name() == name)
    }

    /// Days of the longest such period.
    pub const fn days(self) -> i32 {
        match self {
            Self::Week => 7,
            Self::Month => 31,
            Self::Quarter => 92,
            Self::Year => 366,
        }
    }

    /// For how many days after it was due a payment still renews: cards fail and are tried again.
    pub const fn grace_days(self) -> i32 {
        match self {
            Self::Week => 3,
            Self::Month => 15,
            Self::Quarter | Self::Year => 30,
        }
    }

    /// Payments of a year.
    pub const fn a_year(self) -> u32 {
        match self {
            Self::Week => 52,
            Self::Month => 12,
            Self::Quarter => 4,
            Self::Year => 1,
        }
    }
}

impl Goal {
    pub fn of_acts(name: &str, acts: &[Act]) -> Self {
        Self {
            name: name.to_owned(),
            acts: acts.to_vec(),
            event: None,
            piece: None,
            channel: None,
            renews: None,
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
