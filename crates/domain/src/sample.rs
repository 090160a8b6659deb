//! A platform's own total for one piece (or a whole channel) and day. Totals never become people.

use crate::Day;

/// One platform total. `piece` is `None` for a total of the whole channel.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Sample {
    pub channel: String,
    pub piece: Option<String>,
    /// The platform's own day (formats §0.3), in its own zone.
    pub day: Day,
    /// `views`, `watch_seconds`, `followers_gained` …
    pub metric: String,
    pub value: f64,
    pub span: Span,
}

/// What stretch of time a total covers (formats §0.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// The one day.
    Day,
    /// All time up to `day`: a snapshot.
    Lifetime,
    /// The days from `from` to `day`, both included.
    Period { from: Day },
}
