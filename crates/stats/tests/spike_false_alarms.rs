//! How often the detector cries wolf, counted on seeded series in which nothing ever happens.
//!
//! The rate stated in `spikes::detector` is the assertion below: fewer than one false episode per year of daily data for
//! every kind of series and median listed, and the usual range holds what it says.

#![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping, in its helpers too")]

use longplay_stats::spikes::{DayCount, SpikeDetector};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, LogNormal, Poisson};

const DAYS: usize = 365;
const WEEK: [f64; 7] = [1.1, 1.05, 1.0, 1.0, 0.95, 0.75, 0.85];

#[derive(Clone, Copy, Debug)]
enum Kind {
    Poisson,
    /// Poisson whose mean itself varies by this share from day to day.
    NegativeBinomial(f64),
    /// A total with this spread of its logarithm.
    LogNormal(f64),
}

fn draw(kind: Kind, mean: f64, random: &mut ChaCha8Rng) -> f64 {
    match kind {
        Kind::Poisson => Poisson::new(mean).unwrap().sample(random),
        Kind::NegativeBinomial(spread) => {
            let shape = 1.0 / (spread * spread);
            let today: f64 = Gamma::new(shape, mean / shape).unwrap().sample(random);
            Poisson::new(today.max(1e-9)).unwrap().sample(random)
        }
        Kind::LogNormal(spread) => LogNormal::new(mean.ln(), spread).unwrap().sample(random).round(),
    }
}

/// What was counted over many years in which nothing happened.
#[derive(Debug)]
struct Found {
    /// Episodes and level shifts, all of them false.
    episodes_a_year: f64,
    /// The share of days inside the usual range.
    in_range: f64,
}

fn false_alarms(kind: Kind, median: f64, years: usize, seed: u64) -> Found {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let detector = SpikeDetector::default();
    let (mut episodes, mut judged, mut inside) = (0usize, 0usize, 0usize);
    for _ in 0..years {
        let days: Vec<DayCount> = (0..DAYS + detector.least_history)
            .map(|day| DayCount {
                weekday: day % 7,
                value: draw(kind, median * WEEK[day % 7], &mut random),
            })
            .collect();
        let scan = detector.scan(&days);
        episodes += scan.episodes.len() + scan.shifts.len();
        for (day, verdict) in days.iter().zip(&scan.days) {
            if let Some(verdict) = verdict {
                judged += 1;
                inside += usize::from(verdict.low <= day.value && day.value <= verdict.high);
            }
        }
    }
    Found {
        episodes_a_year: episodes as f64 / years as f64,
        in_range: inside as f64 / judged as f64,
    }
}

const QUIET: [Kind; 5] = [
    Kind::Poisson,
    Kind::NegativeBinomial(0.2),
    Kind::NegativeBinomial(0.3),
    Kind::LogNormal(0.15),
    Kind::LogNormal(0.25),
];

#[test]
fn fewer_than_one_false_episode_a_year_from_5_to_a_million_a_day() {
    for kind in QUIET {
        for median in [5.0, 10.0, 18.0, 22.0, 50.0, 200.0, 1e4, 1e6] {
            let found = false_alarms(kind, median, 60, 11);
            println!("{kind:?} median {median}: {found:?}");
            assert!(found.episodes_a_year < 1.0, "{kind:?} median {median}: {found:?}");
            // A strong weekday pattern is learnt only in part, so the range can be wider than it says, never narrower.
            assert!(found.in_range >= 0.88, "{kind:?} median {median}: {found:?}");
        }
    }
}

#[test]
fn fewer_than_one_below_5_a_day_too() {
    for kind in QUIET {
        for median in [0.05, 0.2, 1.0, 2.0] {
            let found = false_alarms(kind, median, 60, 12);
            assert!(found.episodes_a_year < 0.5, "{kind:?} median {median}: {found:?}");
        }
    }
}

/// What the documentation says of livelier series, as bounds on both sides.
#[test]
fn livelier_series_show_as_many_more_as_the_documentation_says() {
    for (spread, low, high) in [(0.3, 0.8, 1.6), (0.4, 1.2, 2.2), (0.5, 3.0, 5.0)] {
        let found = false_alarms(Kind::LogNormal(spread), 1e4, 100, 13);
        println!("log spread {spread}: {found:?}");
        assert!(
            low < found.episodes_a_year && found.episodes_a_year < high,
            "spread {spread}: {found:?}"
        );
        assert!(
            found.in_range >= 0.88 && found.in_range <= 0.92,
            "spread {spread}: {found:?}"
        );
    }
}

/// And it is no use to be silent: a day of three times the usual is seen, on five views a day one of five times.
#[test]
fn a_day_far_above_the_usual_is_seen() {
    let cases = [
        (Kind::Poisson, 5.0, 5.0, 0.8),
        (Kind::Poisson, 22.0, 3.0, 0.9),
        (Kind::LogNormal(0.25), 1e4, 3.0, 0.7),
    ];
    for (kind, median, times, least) in cases {
        let mut random = ChaCha8Rng::seed_from_u64(14);
        let mut seen = 0;
        for _ in 0..200 {
            let mean = |day: usize| median * WEEK[day % 7] * if day == 80 { times } else { 1.0 };
            let days: Vec<DayCount> = (0..81)
                .map(|day| DayCount {
                    weekday: day % 7,
                    value: draw(kind, mean(day), &mut random),
                })
                .collect();
            seen += usize::from(SpikeDetector::default().scan(&days).days[80].is_some_and(|day| day.flagged));
        }
        let share = seen as f64 / 200.0;
        println!("{kind:?} {median}: {share} seen");
        assert!(share >= least, "{kind:?} {median}: only {share} seen");
    }
}
