//! Did the floor rise? The median day after against the median day before, with a block bootstrap.
//!
//! Days of one week resemble each other and the days beside them, so whole runs of seven days are drawn (Künsch
//! 1989), the weeks wrapping round at the end of each side, and the interval is widened by Student's t for as few
//! weeks as both sides have. The medians drawn are those of days spread over half a count to both sides, or a floor of 3
//! a day could only move by thirds; spread evenly, not at random, which would add a scatter the floors themselves do not
//! have. Needs eight weeks on each side; and it compares, it does not prove: a season moves floors too.

use super::detector::DayCount;
use super::history::median;
use crate::Estimate;
use crate::fitted::{Bootstrap, interval_of_draws};
use crate::random::Draws;
use crate::special::{normal, student};

const BLOCK_DAYS: usize = 7;
const DAYS_LEAST: usize = 56;
/// The variance told by runs that start on any day is known as if there were so many times as many.
const OVERLAP: f64 = 1.5;
/// To a millionth of a count.
const HALVINGS: usize = 20;

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
    let (first, base) = (floor(&before), smooth_median(&before));
    if first <= 0.0 || base <= 0.0 {
        return None;
    }
    let value = floor(&after) / first;
    let mut floors: Vec<[f64; 2]> = (0..bootstrap.count)
        .map(|round| {
            let mut draws = Draws::new(bootstrap.seed, round as u64);
            [drawn(&before, &mut draws), drawn(&after, &mut draws)]
        })
        .collect();
    floors.retain(|floors| floors[0] > 0.0);
    if floors.len() * 10 < bootstrap.count * 9 {
        return None;
    }
    let mut found: Vec<f64> = floors.iter().map(|[one, other]| other / one).collect();
    found.sort_unstable_by(f64::total_cmp);
    let (low, high) = interval_of_draws(&found, level)?;
    let middle = smooth_median(&after) / base;
    let scatter = |side: usize| variance(floors.iter().map(|floors| floors[side]));
    let weeks = |days: &[f64]| days.len() as f64 / BLOCK_DAYS as f64;
    let widen = widening(
        [
            (middle * middle * scatter(0), weeks(&before)),
            (scatter(1), weeks(&after)),
        ],
        level,
    );
    Some(Estimate {
        value,
        low: (middle - widen * (middle - low)).clamp(0.0, value),
        high: (middle + widen * (high - middle)).max(value),
        n: (before.len() + after.len()) as u64,
        level,
    })
}

/// How much wider the interval must be, given what each side adds to its variance and the weeks that told it: of few weeks
/// the bootstrap shows how much weeks differ a week's share too little, and not surely. The sides' doubts are independent, so
/// Welch's degrees of freedom count the weeks of both; runs that overlap tell as much as half as many weeks more (Künsch).
fn widening(sides: [(f64, f64); 2], level: f64) -> f64 {
    let shown: f64 = sides.iter().map(|(variance, _)| variance).sum();
    let unbiased = sides.map(|(variance, weeks)| (variance * weeks / (weeks - 1.0), OVERLAP * (weeks - 1.0)));
    let whole: f64 = unbiased.iter().map(|(variance, _)| variance).sum();
    let doubt: f64 = unbiased
        .iter()
        .map(|(variance, degrees)| variance * variance / degrees)
        .sum();
    // Days that are all alike scatter in no draw.
    if !(doubt > 0.0 && doubt.is_finite()) {
        return 1.0;
    }
    student::two_sided(level, whole * whole / doubt) / normal::two_sided(level) * (whole / shown).sqrt()
}

fn variance(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    values.map(|value| (value - mean).powi(2)).sum::<f64>() / count
}

/// The floor of as many days, drawn by weeks.
fn drawn(days: &[f64], draws: &mut Draws) -> f64 {
    let mut sample = Vec::with_capacity(days.len() + BLOCK_DAYS);
    while sample.len() < days.len() {
        let start = draws.bits() as usize % days.len();
        sample.extend((0..BLOCK_DAYS).map(|day| days[(start + day) % days.len()]));
    }
    sample.truncate(days.len());
    smooth_median(&sample)
}

/// The median of days of which each is spread evenly over half a count to both sides.
fn smooth_median(days: &[f64]) -> f64 {
    let middle = median(&mut days.to_vec());
    let half = days.len() as f64 / 2.0;
    // Days a count away from the middle lie on one side of it wholly; the others are shared.
    let below = days.iter().filter(|value| **value <= middle - 1.0).count() as f64;
    let near: Vec<f64> = days
        .iter()
        .copied()
        .filter(|value| (value - middle).abs() < 1.0)
        .collect();
    let (mut low, mut high) = (middle - 0.5, middle + 0.5);
    for _ in 0..HALVINGS {
        let place = 0.5 * (low + high);
        let shared: f64 = near.iter().map(|value| (place - value + 0.5).clamp(0.0, 1.0)).sum();
        if below + shared < half {
            low = place
        } else {
            high = place
        }
    }
    0.5 * (low + high)
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
    fn a_median_of_counts_lies_between_them() {
        assert!((smooth_median(&[1.0, 2.0, 2.0, 3.0]) - 2.0).abs() < 1e-6);
        assert!((smooth_median(&[2.0, 2.0, 2.0, 3.0]) - (1.5 + 2.0 / 3.0)).abs() < 1e-6);
        assert_eq!(smooth_median(&[7.0; 9]).round(), 7.0);
    }

    #[test]
    fn the_weeks_of_both_sides_count() {
        let alike = widening([(1.0, 13.0), (1.0, 13.0)], 0.9);
        let one_tells = widening([(1.0, 13.0), (1e-6, 13.0)], 0.9);
        let t = |degrees| student::two_sided(0.9, degrees) / normal::two_sided(0.9) * (13.0_f64 / 12.0).sqrt();
        assert!((alike - t(36.0)).abs() < 1e-9 && (one_tells - t(18.0)).abs() < 1e-4);
        assert_eq!(widening([(0.0, 13.0), (0.0, 13.0)], 0.9), 1.0);
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
