//! Did the floor rise? The median day after against the median day before, with a block bootstrap.
//!
//! Days of one week resemble each other and the days beside them, so whole runs of seven days are drawn (Künsch
//! 1989), the weeks wrapping round at the end of each side, and the interval is widened by Student's t for as few
//! weeks as there are. The medians are smoothed by half a count of noise, or a floor of 3 a day could only move by
//! thirds. Needs eight weeks on each side; and it compares, it does not prove: a season moves floors too.

use super::detector::DayCount;
use super::history::median;
use crate::Estimate;
use crate::fitted::{Bootstrap, interval_of_draws};
use crate::random::Draws;
use crate::special::{normal, student};

const BLOCK_DAYS: usize = 7;
const DAYS_LEAST: usize = 56;

/// Floor after ÷ floor before. `None` with fewer than 56 measured days on a side, "too early", or a floor of 0 before.
pub fn floor_lift(before: &[DayCount], after: &[DayCount], level: f64, bootstrap: Bootstrap) -> Option<Estimate> {
    let measured = |days: &[DayCount]| -> Vec<f64> {
        let counts = days.iter().map(|day| day.value);
        counts.filter(|value| *value >= 0.0 && value.is_finite()).collect()
    };
    let (before, after) = (measured(before), measured(after));
    if before.len() < DAYS_LEAST || after.len() < DAYS_LEAST || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let floor = |days: &[f64]| median(&mut days.to_vec());
    let first = floor(&before);
    if first <= 0.0 {
        return None;
    }
    let value = floor(&after) / first;
    let mut found: Vec<f64> = (0..bootstrap.count)
        .filter_map(|round| {
            let mut draws = Draws::new(bootstrap.seed, round as u64);
            let (one, other) = (drawn(&before, &mut draws), drawn(&after, &mut draws));
            (one > 0.0).then(|| other / one)
        })
        .collect();
    if found.len() * 10 < bootstrap.count * 9 {
        return None;
    }
    found.sort_unstable_by(f64::total_cmp);
    let (low, high) = interval_of_draws(&found, level)?;
    // A side of few weeks shows too little of how weeks differ.
    let weeks = (before.len().min(after.len()) / BLOCK_DAYS) as f64;
    let widen = student::two_sided(level, weeks - 1.0) / normal::two_sided(level) * (weeks / (weeks - 1.0)).sqrt();
    Some(Estimate {
        value,
        low: (value - widen * (value - low)).clamp(0.0, value),
        high: (value + widen * (high - value)).max(value),
        n: (before.len() + after.len()) as u64,
        level,
    })
}

/// The floor of as many days, drawn by weeks.
fn drawn(days: &[f64], draws: &mut Draws) -> f64 {
    let mut sample = Vec::with_capacity(days.len() + BLOCK_DAYS);
    while sample.len() < days.len() {
        let start = draws.bits() as usize % days.len();
        sample.extend((0..BLOCK_DAYS).map(|day| days[(start + day) % days.len()] + draws.uniform() - 0.5));
    }
    sample.truncate(days.len());
    median(&mut sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(values: impl Iterator<Item = f64>) -> Vec<DayCount> {
        values
            .enumerate()
            .map(|(day, value)| DayCount {
                weekday: day % 7,
                value,
            })
            .collect()
    }

    #[test]
    fn a_floor_that_doubled_and_one_that_stayed() {
        let mut draws = Draws::new(3, 3);
        let mut year = |mean: f64| {
            days(
                (0..120)
                    .map(|_| draws.poisson(mean) as f64)
                    .collect::<Vec<_>>()
                    .into_iter(),
            )
        };
        let (before, same, double) = (year(200.0), year(200.0), year(400.0));
        let say = |after: &[DayCount]| floor_lift(&before, after, 0.9, Bootstrap::default()).unwrap();
        let (stayed, rose) = (say(&same), say(&double));
        assert!(
            stayed.low < 1.0 && 1.0 < stayed.high && stayed.width() < 0.1,
            "{stayed:?}"
        );
        assert!(rose.low > 1.8 && rose.high < 2.2, "{rose:?}");
    }

    #[test]
    fn too_little_or_nothing_before_is_too_early() {
        let flat = |value: f64, count: usize| days(vec![value; count].into_iter());
        let say = |before: &[DayCount], after: &[DayCount]| floor_lift(before, after, 0.9, Bootstrap::default());
        assert!(say(&flat(5.0, 55), &flat(5.0, 90)).is_none());
        assert!(say(&flat(0.0, 90), &flat(5.0, 90)).is_none());
        assert!(say(&flat(f64::NAN, 90), &flat(5.0, 90)).is_none());
        assert_eq!(say(&flat(5.0, 90), &flat(0.0, 90)).unwrap().value, 0.0);
    }
}
