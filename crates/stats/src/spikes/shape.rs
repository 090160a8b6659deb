//! The shape of a peak, its half-life, and the floor it left behind.
//!
//! After Crane & Sornette (PNAS 105:15649, 2008), in robust form: not the fitted decay exponent (meaningless once a
//! second burst falls into the window) but the share of the excess that fell on the peak day, F, and the share that
//! came before it, the ramp. A push from outside that nobody passed on is almost all peak; word of mouth grows into
//! its peak. The words are ours; a measured referrer that brought half of the excess outranks them.

use super::detector::{DayCount, Episode};
use super::history::median;

/// Days on each side of the peak whose excess counts.
const AROUND: usize = 7;
/// Days whose median is the floor.
const FLOOR_DAYS: usize = 28;
/// A piece younger than this has no floor yet.
const FLOOR_LEAST_AGE: usize = 60;

/// How a peak reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A flash from outside: more than .8 of it on one day.
    Flash,
    /// A push that people passed on.
    PassedOn,
    /// It grew by word of mouth.
    WordOfMouth,
}

impl Reading {
    /// The words shown to owners.
    pub fn words(self) -> &'static str {
        match self {
            Self::Flash => "flash from outside",
            Self::PassedOn => "push that people passed on",
            Self::WordOfMouth => "grew by word of mouth",
        }
    }
}

/// The shape of one peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// F, the share of the excess that fell on the peak day.
    pub peak_share: f64,
    /// The share of the excess that came before the peak day.
    pub ramp: f64,
    /// What the two shares together say.
    pub reading: Reading,
}

/// The shape of an episode of a series that the detector scanned.
///
/// Rows are taken as consecutive days. `None` when nothing exceeds the base.
pub fn shape(days: &[DayCount], episode: &Episode) -> Option<Shape> {
    shape_around(days, episode.peak_day, episode.base)
}

/// The shape of a peak on a given day over a given base; for a piece's first days, whose base is 0 or its later floor.
pub fn shape_around(days: &[DayCount], peak_day: usize, base: f64) -> Option<Shape> {
    if peak_day >= days.len() {
        return None;
    }
    let excess = |day: &DayCount| {
        if day.value.is_finite() {
            (day.value - base).max(0.0)
        } else {
            0.0
        }
    };
    let first = peak_day.saturating_sub(AROUND);
    let last = (peak_day + AROUND).min(days.len() - 1);
    let total: f64 = days[first..=last].iter().map(excess).sum();
    if !(total > 0.0 && total.is_finite()) {
        return None;
    }
    let peak_share = excess(&days[peak_day]) / total;
    let ramp = days[first..peak_day].iter().map(excess).sum::<f64>() / total;
    let reading = if peak_share > 0.8 {
        Reading::Flash
    } else if peak_share < 0.2 || ramp >= 0.3 {
        Reading::WordOfMouth
    } else {
        Reading::PassedOn
    };
    Some(Shape {
        peak_share,
        ramp,
        reading,
    })
}

/// What a piece still brings when the noise is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// The median of the last 28 days, per day.
    pub per_day: f64,
    /// The part of everything so far that lies at or below the floor.
    pub share: f64,
}

/// The evergreen floor of a piece whose days start with its first. `None` before day 60, "too early".
///
/// Ask only when no episode is open: an open one lifts the median.
pub fn evergreen_floor(days: &[DayCount]) -> Option<Floor> {
    if days.len() <= FLOOR_LEAST_AGE {
        return None;
    }
    let measured = |day: &&DayCount| day.value.is_finite() && day.value >= 0.0;
    let mut recent: Vec<f64> = days[days.len() - FLOOR_DAYS..]
        .iter()
        .filter(measured)
        .map(|day| day.value)
        .collect();
    if recent.is_empty() {
        return None;
    }
    let per_day = median(&mut recent);
    let total: f64 = days.iter().filter(measured).map(|day| day.value).sum();
    let explained: f64 = days.iter().filter(measured).map(|day| day.value.min(per_day)).sum();
    let share = if total > 0.0 { explained / total } else { 0.0 };
    Some(Floor { per_day, share })
}

/// The day, counted from the start and interpolated within it, on which the cumulative excess over `floor` reaches
/// `share` of its total. `excess_half_life(days, 0.0, 0.5)` is the half-life of everything; `None` when nothing exceeds.
pub fn excess_half_life(days: &[DayCount], floor: f64, share: f64) -> Option<f64> {
    let excess = |day: &DayCount| {
        if day.value.is_finite() {
            (day.value - floor).max(0.0)
        } else {
            0.0
        }
    };
    let total: f64 = days.iter().map(excess).sum();
    if !(total > 0.0 && total.is_finite() && share > 0.0 && share <= 1.0) {
        return None;
    }
    let wanted = share * total;
    let mut sum = 0.0;
    for (index, day) in days.iter().enumerate() {
        let today = excess(day);
        if sum + today >= wanted {
            return Some(index as f64 + (wanted - sum) / today);
        }
        sum += today;
    }
    Some(days.len() as f64)
}
