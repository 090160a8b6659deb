//! The detector on series made by hand, and on inputs that are not really series.

use super::*;
use proptest::prelude::*;

fn series(values: impl IntoIterator<Item = f64>) -> Vec<DayCount> {
    values
        .into_iter()
        .enumerate()
        .map(|(day, value)| DayCount {
            weekday: day % 7,
            value,
        })
        .collect()
}

/// 100 on workdays, 50 at weekends, with a small fixed unrest.
fn weekly(days: usize) -> Vec<f64> {
    let unrest = [0.97, 1.02, 1.0, 0.95, 1.05];
    (0..days)
        .map(|day| (if day % 7 < 5 { 100.0 } else { 50.0 }) * unrest[day % 5])
        .collect()
}

#[test]
fn the_first_four_weeks_are_not_judged() {
    let scan = SpikeDetector::default().scan(&series(weekly(40)));
    assert!(scan.days[..28].iter().all(Option::is_none));
    assert!(scan.days[28..].iter().all(Option::is_some));
    assert!(scan.episodes.is_empty() && scan.shifts.is_empty());
}

#[test]
fn the_weekend_has_its_own_base_and_a_spike_keeps_out_of_it() {
    let mut values = weekly(90);
    values[60] = 1_000.0;
    values[62] = 400.0;
    let scan = SpikeDetector::default().scan(&series(values));
    let base = |day: usize| scan.days[day].unwrap().base;
    assert!(base(61) < 80.0, "day 61 is a weekend: {}", base(61));
    assert!((base(64) - 100.0).abs() < 12.0);
    let [episode] = scan.episodes[..] else {
        panic!("{:?}", scan.episodes)
    };
    assert_eq!(
        (episode.start, episode.end, episode.peak_day, episode.peak),
        (60, 62, 60, 1_000.0)
    );
    assert!(episode.big_hit && episode.z > 3.5);
}

#[test]
fn a_new_level_is_reported_once_and_becomes_the_base() {
    let mut values = weekly(160);
    values[80..].iter_mut().for_each(|value| *value *= 4.0);
    let scan = SpikeDetector::default().scan(&series(values));
    let [shift] = scan.shifts[..] else {
        panic!("{:?}", scan.shifts)
    };
    assert_eq!((shift.start, shift.recognised), (80, 100));
    assert!(
        (shift.before - 100.0).abs() < 25.0 && (shift.after - 390.0).abs() < 40.0,
        "{shift:?}"
    );
    assert!(scan.episodes.is_empty());
    assert!(scan.days[159].unwrap().base > 180.0);
}

/// Who stays after a hit raises the level for good, and the hit was one all the same.
#[test]
fn a_hit_that_leaves_a_new_level_behind_is_still_told() {
    let mut values = weekly(160);
    values[80..].iter_mut().for_each(|value| *value *= 3.0);
    (values[80], values[81]) = (6_000.0, 3_000.0);
    let scan = SpikeDetector::default().scan(&series(values));
    let [shift] = scan.shifts[..] else {
        panic!("{:?}", scan.shifts)
    };
    assert_eq!((shift.start, shift.recognised), (80, 100));
    let [episode] = scan.episodes[..] else {
        panic!("{:?}", scan.episodes)
    };
    assert_eq!(
        (episode.start, episode.end, episode.peak_day, episode.peak),
        (80, 81, 80, 6_000.0)
    );
    assert!(episode.base < 110.0, "what was usual before: {}", episode.base);
}

#[test]
fn days_not_measured_are_skipped_not_zero() {
    let whole = weekly(120);
    let kept = |day: &usize| day % 11 != 3;
    let holes: Vec<DayCount> = series(whole.clone())
        .into_iter()
        .enumerate()
        .map(|(day, count)| {
            if kept(&day) {
                count
            } else {
                DayCount {
                    value: f64::NAN,
                    ..count
                }
            }
        })
        .collect();
    let dropped: Vec<DayCount> = holes.iter().copied().filter(|day| !day.value.is_nan()).collect();
    let (with_holes, without) = (
        SpikeDetector::default().scan(&holes),
        SpikeDetector::default().scan(&dropped),
    );
    let judged: Vec<_> = holes
        .iter()
        .zip(&with_holes.days)
        .filter(|(day, _)| !day.value.is_nan())
        .collect();
    assert_eq!(
        judged.iter().map(|(_, verdict)| **verdict).collect::<Vec<_>>(),
        without.days
    );
}

#[test]
fn a_silent_series_speaks_up_only_for_a_real_crowd() {
    let mut values = vec![0.0; 100];
    values[50] = 1.0;
    values[70] = 12.0;
    let scan = SpikeDetector::default().scan(&series(values));
    assert!(!scan.days[50].unwrap().flagged, "one view on a silent page is no spike");
    assert!(scan.days[70].unwrap().flagged);
    assert!(
        scan.days
            .iter()
            .flatten()
            .all(|day| day.z.is_finite() && day.base >= 0.0)
    );
}

#[test]
fn rarity_counts_judged_days() {
    let mut values = weekly(128);
    values[100] = 700.0;
    let scan = SpikeDetector::default().scan(&series(values));
    let rare = scan.rarity(5.0, 0.9).unwrap();
    assert_eq!((rare.n, rare.value), (100, 0.01));
    assert!(Scan::default().rarity(5.0, 0.9).is_none());
}

proptest! {
    #[test]
    fn anything_gives_finite_verdicts(values in proptest::collection::vec(
        prop_oneof![Just(0.0), 0.0..10.0, 0.0..1e9, Just(f64::NAN), Just(f64::INFINITY), Just(-3.0)], 0..200)) {
        let scan = SpikeDetector::default().scan(&series(values.clone()));
        prop_assert_eq!(scan.days.len(), values.len());
        for day in scan.days.iter().flatten() {
            prop_assert!(day.base.is_finite() && day.z.is_finite() && day.low <= day.high && day.low >= 0.0);
            prop_assert!(day.chance.is_none_or(|chance| (0.0..=1.0).contains(&chance)));
        }
        for episode in &scan.episodes {
            prop_assert!(episode.start <= episode.peak_day && episode.peak_day <= episode.end);
        }
    }
}
