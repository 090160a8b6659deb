//! What the owner was once advised to publish, kept so that it can be held against what happened.

use crate::Day;

/// An advice: the kind of piece expected to bring most, on the day it was given.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Advice {
    pub given_on: Day,
    pub topic: Option<String>,
    pub format: Option<String>,
    pub channel: Option<String>,
    /// How sure it was that this kind is truly first.
    pub p_best: f64,
    /// Regulars and buyers it was expected to bring …
    pub rate: f64,
    /// … for each hour of work, or for each piece where nobody says how long they take.
    pub is_per_hour: bool,
}
