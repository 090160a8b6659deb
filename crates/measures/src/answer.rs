//! What a question gives back: figures with n, interval and state, a sentence, cautions, grade and as_of. Its JSON is the API.

use std::collections::BTreeMap;

use longplay_domain::Day;
use longplay_stats::{Estimate, survival::KaplanMeier};
use serde::Serialize;
use utoipa::ToSchema;

use crate::compare::Comparison;

/// The answers to all standing questions for one state of the data.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Edition {
    /// The instant up to which events exist for it, RFC 3339 in UTC.
    pub as_of: String,
    pub zone: String,
    /// The lake snapshot it was computed from.
    pub snapshot: i64,
    pub answers: Vec<Answer>,
}

/// The answer to one question for one state of the data.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
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
    /// The weakest that the sentence rests on.
    pub grade: Grade,
    /// Level of every interval in it, e.g. 0.9.
    pub level: f64,
    pub figures: Vec<Figure>,
    /// The same figures of another period, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// Lists that are no figures, such as episodes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<serde_json::Value>,
    /// What the charts draw.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
    /// What charts draw over an age instead of over days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<Curve>,
    pub cautions: Vec<Caution>,
    /// Where the method is explained: the path of its page, e.g. `/methods/returns`.
    pub method: String,
}

/// How a figure came about (design §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Counted,
    Attributed,
    Compared,
    Tested,
}

/// Whether a figure can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Known,
    TooEarly,
    NoData,
}

/// What a figure is about: `{}` is everybody; `{"piece": "intro"}` those whom that piece acquired; a null value is "none".
pub type Scope = BTreeMap<&'static str, Option<String>>;

/// One number with everything needed to judge it. `value`, `low` and `high` are in `unit`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Figure {
    pub key: String,
    /// `share` (0 to 1), `per_1000`, `people`, `pieces`, `days`, or a currency code for money in major units.
    pub unit: String,
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    pub scope: Scope,
    /// How many people (pieces, days) the figure is about.
    pub n: u64,
    /// How many of them it counts.
    pub count: i64,
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub state: State,
    /// How it came about.
    pub grade: Grade,
    /// The first day on which it will be known, when it is too early.
    #[schema(value_type = Option<String>, format = Date)]
    pub ready_on: Option<Day>,
}

impl Figure {
    /// A figure of which nothing is known yet: no data.
    pub fn unknown(key: impl Into<String>, unit: impl Into<String>, scope: Scope) -> Self {
        Self {
            key: key.into(),
            unit: unit.into(),
            scope,
            n: 0,
            count: 0,
            value: None,
            low: None,
            high: None,
            state: State::NoData,
            grade: Grade::Counted,
            ready_on: None,
        }
    }

    /// `count` of `n`, told as that number: counted, so without an interval. No data when there are none to count among.
    pub fn counted(key: impl Into<String>, unit: impl Into<String>, scope: Scope, (count, n): (u64, u64)) -> Self {
        Self {
            n,
            count: i64::try_from(count).unwrap_or(i64::MAX),
            value: (n > 0).then_some(count as f64),
            state: if n > 0 { State::Known } else { State::NoData },
            ..Self::unknown(key, unit, scope)
        }
    }

    /// The share `count` of `n` with its Jeffreys interval. No data when there are none to count among.
    pub fn share(key: impl Into<String>, scope: Scope, (count, n): (u64, u64), level: f64) -> Self {
        let estimate = longplay_stats::rates::jeffreys(count, n, level);
        Self {
            value: estimate.map(|estimate| estimate.value),
            low: estimate.map(|estimate| estimate.low),
            high: estimate.map(|estimate| estimate.high),
            ..Self::counted(key, "share", scope, (count, n))
        }
    }

    /// A share told per 1,000.
    #[must_use]
    pub fn per_1000(self) -> Self {
        let scaled = |share: Option<f64>| share.map(|share| share * 1_000.0);
        Self {
            unit: "per_1000".to_owned(),
            value: scaled(self.value),
            low: scaled(self.low),
            high: scaled(self.high),
            ..self
        }
    }

    /// A figure with the value and interval of an estimate over `n`; without one it is too early.
    pub fn estimated(
        key: impl Into<String>,
        unit: impl Into<String>,
        scope: Scope,
        (estimate, n): (Option<Estimate>, u64),
    ) -> Self {
        Self {
            n,
            value: estimate.map(|estimate| estimate.value),
            low: estimate.map(|estimate| estimate.low),
            high: estimate.map(|estimate| estimate.high),
            state: match (estimate, n) {
                (Some(_), _) => State::Known,
                (None, 0) => State::NoData,
                (None, _) => State::TooEarly,
            },
            ..Self::unknown(key, unit, scope)
        }
    }

    /// The same figure with the median of a curve and its interval; as it was when half has not happened.
    #[must_use]
    pub fn with_median(self, curve: &KaplanMeier, level: f64) -> Self {
        let Some(median) = curve.median() else { return self };
        let (low, high) = curve.median_interval(level);
        Self {
            value: Some(median),
            low,
            high,
            state: State::Known,
            ..self
        }
    }

    /// The same figure, known only from `ready_on` on (if that can be told).
    #[must_use]
    pub fn too_early(self, ready_on: Option<Day>) -> Self {
        Self {
            value: None,
            low: None,
            high: None,
            state: State::TooEarly,
            ready_on,
            ..self
        }
    }

    /// The same figure of another grade.
    #[must_use]
    pub fn graded(self, grade: Grade) -> Self {
        Self { grade, ..self }
    }
}

/// A line of a chart: points in order.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Series {
    pub key: String,
    pub title: String,
    pub unit: String,
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    pub scope: Scope,
    pub points: Vec<Point>,
}

/// One point of a chart. `low` and `high` are its interval, or the usual range where the series says so.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Point {
    /// The day, or the Monday of the week, it stands for.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    pub n: u64,
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub state: State,
    /// Whether this point is marked, e.g. a day of a spike.
    pub marked: bool,
}

/// A line over the time since something: how many had come back by each day after their first. Not a [`Series`], whose
/// points are days of the calendar.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Curve {
    pub key: String,
    pub title: String,
    pub unit: String,
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    pub scope: Scope,
    pub points: Vec<AgePoint>,
}

/// One point of a curve with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgePoint {
    /// Whole days since the first.
    pub age_days: u32,
    /// How many people were watched through that day and had not left the curve before.
    pub n: u64,
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// Something the reader must know before believing the answer. The code is stable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Caution {
    pub code: &'static str,
    pub message: String,
}
