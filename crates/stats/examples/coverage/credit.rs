//! Credits of channels: people drawn anew from a world whose credits are known.

use longplay_stats::Bootstrap;
use longplay_stats::attribution::{Credits, Journey, Journeys, Rule, by_rule, credit_intervals, markov, shapley};
use longplay_stats::least::CONVERSIONS_CREDITED;
use longplay_stats::random::Draws;

use super::tally::Held;
use std::collections::BTreeMap;

const CHANNELS: usize = 4;

/// People who wander between channels; those who met channel 1 or 3 convert more readily.
fn world(people: u64, seed: u64) -> Option<Journeys> {
    let mut alike: BTreeMap<Vec<u32>, [f64; 2]> = BTreeMap::new();
    for person in 0..people {
        let mut draws = Draws::new(seed, person);
        let mut touches = vec![(draws.bits() % 4) as u32];
        while draws.uniform() < 0.6 && touches.len() < 12 {
            let last = touches[touches.len() - 1];
            let next = if draws.uniform() < 0.4 {
                (last + 1) % 4
            } else {
                (draws.bits() % 4) as u32
            };
            touches.push(next);
        }
        let chance =
            0.04 + 0.10 * f64::from(u8::from(touches.contains(&1))) + 0.06 * f64::from(u8::from(touches.contains(&3)));
        let converts = draws.uniform() < chance;
        alike.entry(touches).or_default()[usize::from(!converts)] += 1.0;
    }
    let journey = |(touches, [conversions, nulls]): (Vec<u32>, [f64; 2])| Journey {
        touches,
        ages: Vec::new(),
        conversions,
        value: 0.0,
        nulls,
    };
    Journeys::new(alike.into_iter().map(journey).collect(), CHANNELS).ok()
}

pub fn lines(rounds: u64, sizes: &[u64]) -> Vec<Held> {
    type Method = fn(&Journeys) -> Option<Credits>;
    let methods: [(&'static str, Method); 4] = [
        ("credit by last touch", |journeys| Some(by_rule(journeys, Rule::Last))),
        ("credit by position", |journeys| Some(by_rule(journeys, Rule::Position))),
        ("Shapley credit", |journeys| Some(shapley(journeys))),
        ("Markov credit", |journeys| {
            markov(journeys, 1).ok().map(|found| found.credits)
        }),
    ];
    const MANY: u64 = 4_000_000;
    let Some(all) = world(MANY, 1) else { return Vec::new() };
    let truths = methods.map(|(_, method)| method(&all));
    let mut lines = Vec::new();
    for &people in sizes {
        for ((name, method), truth) in methods.iter().zip(&truths) {
            let Some(truth) = truth else { continue };
            let mut line = Held::new(name, format!("{people} people, about {} conversions", people / 10));
            for round in 0..rounds {
                let bootstrap = Bootstrap {
                    count: 200,
                    seed: round,
                };
                let found =
                    world(people, 100 + round).and_then(|journeys| credit_intervals(&journeys, 0.9, bootstrap, method));
                let Some(found) = found.filter(|found| found[0].n as f64 >= CONVERSIONS_CREDITED) else {
                    line.note(None, f64::NAN);
                    continue;
                };
                for (estimate, truth) in found.iter().zip(&truth.conversions) {
                    line.note(Some(*estimate), truth * people as f64 / MANY as f64);
                }
            }
            lines.push(line);
        }
    }
    lines
}
