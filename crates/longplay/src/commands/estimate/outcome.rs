//! What an estimate says: the same shape for every model, as JSON for programs and as tables for people.
//!
//! Rows of the input are never held: they are read again and written one by one, so that ten million of them need no
//! memory. What is not known is `null`, never a number that looks like one.

use std::io::Write;

use longplay_stats::{Bootstrap, Estimate, FitError, FitWarning, Fitted, Parameters};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::sheet::{Row, Sheet};
use crate::output;

/// One model's answer.
#[derive(Serialize)]
pub struct Outcome {
    /// The model that answers; another than was asked for where that one can't be told from it.
    pub model: &'static str,
    pub parameters: Named,
    pub log_likelihood: Option<f64>,
    /// People, journeys, items or days behind it.
    pub n: u64,
    pub level: f64,
    pub warnings: Vec<Warning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<Vec<Point>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<Vec<Credit>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub episodes: Option<Vec<Episode>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shifts: Option<Vec<Shift>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// What to write behind each row of the input, if anything.
    #[serde(skip)]
    pub rows: Option<Box<dyn Scores>>,
}

/// A value and its interval, where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    pub value: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// Values by name, in order.
#[derive(Default)]
pub struct Named(pub Vec<(&'static str, Range)>);

/// Something the reader must know; codes never change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warning {
    pub code: &'static str,
    pub message: String,
}

/// A point of a curve.
#[derive(Serialize)]
pub struct Point {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Option<String>>,
    pub t: f64,
    #[serde(flatten)]
    pub range: Range,
    pub at_risk: Option<f64>,
}

/// Do the groups wait equally long?
#[derive(Serialize)]
pub struct Comparison {
    pub groups: Vec<Group>,
    /// The log-rank test; `None` with one group.
    pub chi_squared: Option<f64>,
    pub degrees: Option<u32>,
    pub p: Option<f64>,
}

#[derive(Serialize)]
pub struct Group {
    /// `None` is everybody.
    pub group: Option<String>,
    pub n: u64,
    pub events: u64,
    pub median: Option<f64>,
    /// The mean within the time watched, and that time.
    pub restricted_mean: Option<f64>,
    pub until: f64,
}

#[derive(Serialize)]
pub struct Credit {
    pub channel: String,
    pub method: &'static str,
    pub conversions: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub value: Option<f64>,
}

#[derive(Serialize)]
pub struct Agreement {
    pub same_first: bool,
    pub concordance: f64,
}

#[derive(Serialize)]
pub struct Episode {
    pub start: String,
    pub end: String,
    pub peak_day: String,
    pub peak: f64,
    pub base: f64,
    pub z: f64,
    pub shape: Option<&'static str>,
    pub peak_share: Option<f64>,
    pub ramp: Option<f64>,
    pub big_hit: bool,
}

#[derive(Serialize)]
pub struct Shift {
    pub start: String,
    pub before: f64,
    pub after: f64,
}

#[derive(Serialize)]
pub struct Effect {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub verdict: &'static str,
    pub cumulative: f64,
    pub last_third: f64,
}

/// Scores each row of the input: (name, value) pairs to stand behind its own cells.
pub trait Scores {
    fn names(&self) -> &[&'static str];
    fn score(&self, row: &Row<'_>, into: &mut Vec<Option<f64>>) -> anyhow::Result<()>;
    /// Columns that hold numbers; the others are passed on as text.
    fn numbers(&self) -> Vec<usize>;
}

impl Outcome {
    pub fn new(model: &'static str, n: u64, level: f64) -> Self {
        Self {
            model,
            parameters: Named::default(),
            log_likelihood: None,
            n,
            level,
            warnings: Vec::new(),
            curve: None,
            comparison: None,
            credits: None,
            agreement: None,
            episodes: None,
            shifts: None,
            effect: None,
            rows: None,
        }
    }

    /// One that says why there is nothing to say yet.
    pub fn too_early(model: &'static str, n: u64, level: f64, why: FitError) -> Self {
        let mut outcome = Self::new(model, n, level);
        outcome.warn("too_early", format!("too early: {why}"));
        outcome
    }

    pub fn warn(&mut self, code: &'static str, message: impl Into<String>) {
        let message = message.into();
        self.warnings.push(Warning { code, message });
    }

    /// Takes over what a fit found: parameters with intervals, likelihood, and what it confesses.
    pub fn take<M: Parameters<N>, const N: usize>(&mut self, fitted: &Fitted<M, N>, is_sure: bool) {
        let ranges = fitted.parameters(self.level, Bootstrap::default()).filter(|_| is_sure);
        let values = fitted.model.to_array();
        let range = |index: usize| match &ranges {
            Some(ranges) => Range::of(&ranges[index]),
            None => Range::bare(values[index]),
        };
        self.parameters = Named((0..N).map(|index| (M::NAMES[index], range(index))).collect());
        self.log_likelihood = Some(fitted.log_likelihood);
        match fitted.warning {
            Some(FitWarning::AtBoundary) => self.warn("at_boundary", FitWarning::AtBoundary.words()),
            Some(FitWarning::Flat) => self.warn("flat", FitWarning::Flat.words()),
            None => {}
        }
    }

    /// Takes over parameters that were given.
    pub fn give<const N: usize>(&mut self, names: [&'static str; N], values: [f64; N], log_likelihood: f64) {
        let pairs = names.into_iter().zip(values.map(Range::bare));
        self.parameters = Named(pairs.collect());
        self.log_likelihood = log_likelihood.is_finite().then_some(log_likelihood);
        if self.log_likelihood.is_none() {
            self.warn(
                "impossible",
                "at these parameters the rows are impossible, so there is no likelihood",
            );
        }
    }

    /// The whole answer as one JSON document, rows last and each on a line of its own.
    pub fn write_json(&self, sheet: &Sheet, out: &mut impl Write) -> anyhow::Result<()> {
        let Some(scores) = &self.rows else {
            serde_json::to_writer(&mut *out, self)?;
            return Ok(writeln!(out)?);
        };
        let head = serde_json::to_string(self)?;
        write!(out, "{},\"rows\":[", head.trim_end_matches('}'))?;
        let keys: Vec<String> = sheet
            .heads()
            .iter()
            .map(serde_json::to_string)
            .collect::<Result<_, _>>()?;
        let numbers = scores.numbers();
        let mut found = Vec::new();
        let mut first = true;
        sheet.each_row(|row| {
            out.write_all(if first { b"\n{" } else { b",\n{" })?;
            first = false;
            for (column, key) in keys.iter().enumerate() {
                write!(out, "{}{key}:", if column > 0 { "," } else { "" })?;
                if numbers.contains(&column) {
                    serde_json::to_writer(&mut *out, &whole_if_whole(row.number(column)?))?;
                } else {
                    serde_json::to_writer(&mut *out, &row.text(column))?;
                }
            }
            found.clear();
            scores.score(row, &mut found)?;
            for (name, value) in scores.names().iter().zip(&found) {
                write!(out, ",\"{name}\":")?;
                serde_json::to_writer(&mut *out, value)?;
            }
            Ok(out.write_all(b"}")?)
        })?;
        Ok(writeln!(out, "\n]}}")?)
    }

    pub fn print(&self, sheet: &Sheet, as_json: bool) -> anyhow::Result<()> {
        let mut out = output::stdout();
        if as_json {
            self.write_json(sheet, &mut out)?;
        } else {
            super::people::write(self, sheet, &mut out)?;
        }
        Ok(out.flush()?)
    }
}

/// 3 rather than 3.0, as the file had it.
fn whole_if_whole(value: f64) -> serde_json::Number {
    let exact = value.fract() == 0.0 && value.abs() < 9.0e15;
    if exact {
        serde_json::Number::from(value as i64)
    } else {
        serde_json::Number::from_f64(value).unwrap_or_else(|| 0.into())
    }
}

impl Range {
    pub fn of(estimate: &Estimate) -> Self {
        Self {
            value: estimate.value,
            low: Some(estimate.low),
            high: Some(estimate.high),
        }
    }

    pub fn bare(value: f64) -> Self {
        Self {
            value,
            low: None,
            high: None,
        }
    }
}

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, range) in &self.0 {
            map.serialize_entry(name, range)?;
        }
        map.end()
    }
}
