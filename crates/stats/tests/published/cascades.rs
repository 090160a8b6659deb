//! models.md §3: SEISMIC on its authors' example, and the labelled windows of the Numenta benchmark.

use crate::shared_data::{day_number, shared_text};
use longplay_stats::spikes::{DayCount, Sharer, SpikeDetector, cascade_forecast};

#[test]
fn seismic_zhao_2015_example_tweet() {
    let Some(text) = shared_text("seismic-tweet/tweet.csv") else {
        return;
    };
    let sharers: Vec<Sharer> = text
        .lines()
        .skip(1)
        .map(|line| {
            let (seconds, followers) = line.split_once(',').unwrap();
            Sharer {
                seconds: seconds.parse().unwrap(),
                followers: followers.parse().unwrap(),
            }
        })
        .collect();
    assert_eq!(sharers.len() - 1, 15_562);
    for (minutes, seen, infectiousness, expected) in [
        (60.0, 906, 0.00790884, 7580.8),
        (120.0, 2559, 0.00610735, 8761.0),
        (180.0, 4348, 0.00641241, 14_140.1),
        (240.0, 5734, 0.00624810, 16_520.2),
        (300.0, 7292, 0.00538349, 16_955.4),
        (360.0, 8329, 0.00444480, 15_145.0),
    ] {
        let found = cascade_forecast(&sharers, minutes * 60.0, 100.0).unwrap();
        assert_eq!(found.seen, seen);
        assert!((found.infectiousness - infectiousness).abs() < 2e-8, "{found:?}");
        assert!((found.expected.unwrap() - expected).abs() < 0.06, "{found:?}");
    }
    for minutes in [1.0, 5.0, 30.0] {
        let found = cascade_forecast(&sharers, minutes * 60.0, 100.0);
        assert!(found.is_none_or(|found| found.expected.is_none()), "{found:?}");
    }
    assert!(cascade_forecast(&[], 60.0, 100.0).is_none() && cascade_forecast(&sharers, f64::NAN, 100.0).is_none());
}

/// The labelled windows of three companies' tweets, by the hour: how many hold an alarm, and how many alarms lie outside. The
/// detector is made for days; hours have a rhythm of their own that it doesn't know, so this holds it to what it does.
#[test]
fn numenta_windows_of_three_companies() {
    let Some(labels) = shared_text("nab-tweets/windows.json") else {
        return;
    };
    let detector = SpikeDetector {
        window: 24 * 7,
        least_history: 48,
        ..SpikeDetector::default()
    };
    let hour = |stamp: &str| day_number(&stamp[..10]) * 24 + stamp[11..13].parse::<i64>().unwrap();
    let (mut held, mut windows, mut outside) = (0, 0, 0);
    for company in ["AAPL", "AMZN", "GOOG"] {
        let Some(text) = shared_text(&format!("nab-tweets/Twitter_volume_{company}.csv")) else {
            return;
        };
        let mut counts = std::collections::BTreeMap::new();
        for line in text.lines().skip(1) {
            let (stamp, value) = line.split_once(',').unwrap();
            *counts.entry(hour(stamp)).or_insert(0.0) += value.parse::<f64>().unwrap();
        }
        let hours: Vec<i64> = counts.keys().copied().collect();
        let days: Vec<DayCount> = counts
            .values()
            .map(|value| DayCount {
                weekday: 0,
                value: *value,
            })
            .collect();
        let alarms: Vec<(i64, i64)> = detector
            .scan(&days)
            .episodes
            .iter()
            .map(|episode| (hours[episode.start], hours[episode.end]))
            .collect();
        let section = labels
            .split(company)
            .nth(1)
            .unwrap()
            .split("realTweets")
            .next()
            .unwrap();
        let stamps: Vec<i64> = section
            .split('"')
            .filter(|part| part.starts_with("2015"))
            .map(hour)
            .collect();
        let found: Vec<(i64, i64)> = stamps.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        let meets = |alarm: &(i64, i64), window: &(i64, i64)| alarm.0 <= window.1 && window.0 <= alarm.1;
        windows += found.len();
        held += found
            .iter()
            .filter(|window| alarms.iter().any(|alarm| meets(alarm, window)))
            .count();
        outside += alarms
            .iter()
            .filter(|alarm| !found.iter().any(|window| meets(alarm, window)))
            .count();
    }
    println!(
        "{held} of {windows} windows hold an alarm; {outside} alarms lie outside, in three times 53 days of hours"
    );
    assert!(held >= 7 && outside <= 45, "{held} of {windows}, {outside} outside");
}
