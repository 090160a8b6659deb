//! What a question gives back: figures with n, interval and state, a sentence, cautions, grade and as_of. Its JSON is the API.

use std::collections::BTreeMap;

use longplay_domain::Day;
use serde::Serialize;

/// The answer to one question for one state of the data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The question's key: `returns`, `goals`, `hits` …
    pub question: &'static str,
    /// The instant up to which events exist for this answer, RFC 3339 in UTC.
    pub as_of: String,
    pub zone: String,
    /// The lake snapshot it was computed from.
    pub snapshot: i64,
    /// What an owner can read aloud.
    pub sentence: String,
    pub grade: Grade,
    /// Level of every interval in it, e.g. 0.9.
    pub level: f64,
    pub figures: Vec<Figure>,
    /// Lists that are no figures, such as episodes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<serde_json::Value>,
    /// What the charts draw.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
    pub cautions: Vec<Caution>,
    /// Where the method is explained: the path of its page, e.g. `/methods/returns`.
    pub method: String,
}

/// How a figure came about (design §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Counted,
    Attributed,
    Compared,
    Tested,
}

/// Whether a figure can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Known,
    TooEarly,
    NoData,
}

/// What a figure is about: `{}` is everybody; `{"piece": "intro"}` those whom that piece acquired; a null value is "none".
pub type Scope = BTreeMap<&'static str, Option<String>>;

/// One number with everything needed to judge it. `value`, `low` and `high` are in `unit`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    pub key: String,
    /// `share` (0 to 1), `per_1000`, `people`, `pieces`, `days`, or a currency code for money in major units.
    pub unit: String,
    pub scope: Scope,
    /// How many people (pieces, days) the figure is about.
    pub n: u64,
    /// How many of them it counts.
    pub count: i64,
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub state: State,
    /// The first day on which it will be known, when it is too early.
    pub ready_on: Option<Day>,
}

/// A line of a chart: points in order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    pub key: String,
    pub title: String,
    pub unit: String,
    pub scope: Scope,
    pub points: Vec<Point>,
}

/// One point of a chart. `low` and `high` are its interval, or the usual range where the series says so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The day, or the Monday of the week, it stands for.
    pub day: Day,
    pub n: u64,
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub state: State,
    /// Whether this point is marked, e.g. a day of a spike.
    pub marked: bool,
}

/// Something the reader must know before believing the answer. The code is stable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Caution {
    pub code: &'static str,
    pub message: String,
}
