//! Series by day: the usual range, and the effect of something that happened.

use std::ops::Range;

use longplay_stats::Bootstrap;
use longplay_stats::impact::{Series, impact};
use longplay_stats::random::Draws;
use longplay_stats::spikes::{DayCount, SpikeDetector, floor_lift};

use super::tally::{Held, in_parts};

const WEEK: [f64; 7] = [1.1, 1.05, 1.0, 1.0, 0.95, 0.75, 0.85];

/// The range in which an ordinary day falls, from five a day to a million.
pub fn usual_range(rounds: u64) -> Vec<Held> {
    type Draw = fn(f64, &mut Draws) -> f64;
    let kinds: [(&str, Draw); 3] = [
        ("Poisson", |mean, draws| draws.poisson(mean) as f64),
        ("20 % livelier than Poisson", |mean, draws| {
            let today = mean * draws.gamma(25.0) / 25.0;
            draws.poisson(today) as f64
        }),
        ("log-normal, spread .25", |mean, draws| {
            (mean * (0.25 * draws.normal()).exp()).round()
        }),
    ];
    let mut lines = Vec::new();
    for (name, draw) in kinds {
        for median in [5.0, 50.0, 1e4, 1e6] {
            let mut line = Held::new("usual range of a day", format!("{name}, median {median}"));
            let detector = SpikeDetector::default();
            for year in 0..rounds.div_ceil(40) {
                let mut draws = Draws::new(61, year);
                let days: Vec<DayCount> = (0..365)
                    .map(|day| DayCount {
                        weekday: day % 7,
                        value: draw(median * WEEK[day % 7], &mut draws),
                    })
                    .collect();
                for (day, verdict) in days.iter().zip(&detector.scan(&days).days) {
                    if let Some(verdict) = verdict {
                        line.note_range(verdict.low, verdict.high, day.value);
                    }
                }
            }
            lines.push(line);
        }
    }
    lines
}

/// A weekly pattern, noise, a slow drift and a control that shares it; `lift` from the start on.
fn series((seed, before, after): (u64, usize, usize), lift: f64, drift: f64) -> Series {
    let mut draws = Draws::new(seed, 0);
    let mut found = Series::default();
    let mut level = 50.0;
    for day in 0..before + after {
        level += drift * draws.normal();
        let control = 20.0 + 3.0 * draws.normal();
        let week = if day % 7 >= 5 { -8.0 } else { 0.0 };
        let extra = if day >= before { lift } else { 0.0 };
        let value = level + 0.8 * control + week + NOISE * draws.normal() + extra;
        found.y.push(value);
        found.controls.push(vec![control]);
        found.weekdays.push(day % 7);
    }
    found
}

/// How far the level drifts a day, in units of the noise of a day; a series is of each kind equally often.
pub const DRIFTS: [f64; 5] = [0.0, 0.02, 0.05, 0.1, 0.2];
const NOISE: f64 = 4.0;

/// Nothing happened, and a known effect, on series whose drift the model isn't told. Behind them the same, by drift.
pub fn effects(rounds: u64, designs: &[(usize, usize)]) -> (Vec<Held>, Vec<Held>) {
    let mut lines = in_parts(rounds, |rounds| some_effects(rounds, designs));
    let by_drift = lines.split_off(lines.len() - DRIFTS.len());
    (lines, by_drift)
}

fn some_effects(rounds: Range<u64>, designs: &[(usize, usize)]) -> Vec<Held> {
    let mut lines = Vec::new();
    let mut by_drift = DRIFTS.map(|drift| Held::new("lift", format!("level drifts {drift} of a day's noise")));
    for &(before, after) in designs {
        for lift in [0.0, 6.0] {
            let what = if lift > 0.0 { "lift, known effect" } else { "lift, A/A" };
            let mut line = Held::new(what, format!("{before} + {after} days"));
            for round in rounds.clone() {
                let kind = round as usize % DRIFTS.len();
                let seed = round + if lift > 0.0 { 1_000_000 } else { 0 };
                let series = series((seed, before, after), lift, NOISE * DRIFTS[kind]);
                let found = impact(&series, before, 0.9, 1.0).map(|found| found.effect);
                line.note(found, lift);
                by_drift[kind].note(found, lift);
            }
            lines.push(line);
        }
    }
    lines.extend(by_drift);
    lines
}

/// A floor that stayed and one that rose by half; a day keeps half of the luck of the day before.
pub fn floors(rounds: u64) -> Vec<Held> {
    in_parts(rounds, some_floors)
}

fn some_floors(rounds: Range<u64>) -> Vec<Held> {
    let mut lines = Vec::new();
    for (mean, days, lift) in [(20.0, 90, 1.0), (300.0, 90, 1.5), (20.0, 365, 1.0), (300.0, 365, 1.5)] {
        let mut line = Held::new(
            "floor after ÷ floor before",
            format!("{days} days each, {mean} a day, × {lift}"),
        );
        for round in rounds.clone() {
            let mut draws = Draws::new(63, round);
            let mut side = |mean: f64| -> Vec<DayCount> {
                let mut luck = 0.0;
                (0..days)
                    .map(|day| {
                        luck = 0.5 * luck + 0.1 * draws.normal();
                        DayCount {
                            weekday: day % 7,
                            value: draws.poisson(mean * f64::exp(luck)) as f64,
                        }
                    })
                    .collect()
            };
            let (before, after) = (side(mean), side(mean * lift));
            let bootstrap = Bootstrap {
                count: 300,
                seed: round,
            };
            line.note(floor_lift(&before, &after, 0.9, bootstrap), lift);
        }
        lines.push(line);
    }
    lines
}
