//! One spell of waiting.

use crate::fitted::FitError;

/// How long somebody (or `weight` people alike) was watched, and whether it ended with the event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duration {
    pub time: f64,
    /// True: the event happened at `time`. False: not by `time`, when we stopped looking.
    pub event: bool,
    pub weight: f64,
}

impl Duration {
    pub fn new(time: f64, event: bool) -> Self {
        Self {
            time,
            event,
            weight: 1.0,
        }
    }

    /// Why nobody can have waited like this; `None` when somebody can.
    pub fn defect(&self) -> Option<&'static str> {
        if !(self.time >= 0.0 && self.time.is_finite()) {
            Some("the time is negative or not a number")
        } else if !(self.weight >= 0.0 && self.weight.is_finite()) {
            Some("the weight is negative or not a number")
        } else {
            None
        }
    }
}

/// The rows that count, sorted by time with events before censorings, merged.
pub(super) fn condensed(rows: &[Duration]) -> Result<Vec<Duration>, FitError> {
    for (row, duration) in rows.iter().enumerate() {
        if let Some(reason) = duration.defect() {
            return Err(FitError::BadRow { row, reason });
        }
    }
    let mut kept: Vec<Duration> = rows.iter().copied().filter(|row| row.weight > 0.0).collect();
    kept.sort_unstable_by(|one, other| {
        let order = one.time.total_cmp(&other.time).then(other.event.cmp(&one.event));
        order.then(one.weight.total_cmp(&other.weight))
    });
    kept.dedup_by(|next, first| {
        let same = next.time == first.time && next.event == first.event;
        if same {
            first.weight += next.weight;
        }
        same
    });
    if kept.is_empty() {
        Err(FitError::NoEvidence)
    } else {
        Ok(kept)
    }
}
