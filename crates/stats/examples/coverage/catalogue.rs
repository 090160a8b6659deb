//! The durability index: people and pieces drawn anew from a world whose middle index is known.

use longplay_stats::Bootstrap;
use longplay_stats::durability::{Audience, PersonPiece, durability};
use longplay_stats::random::Draws;

use super::tally::Held;

/// 60 % of people are of the returning kind, and everybody picks pieces by their popularity.
fn audience(people: usize, popularity: &[f64], old: Vec<bool>, seed: u64) -> Audience {
    let total: f64 = popularity.iter().sum();
    let mut found = Audience {
        old,
        ..Audience::default()
    };
    for person in 0..people {
        let mut draws = Draws::new(seed, person as u64);
        let pick = |draws: &mut Draws| {
            let mut left = draws.uniform() * total;
            popularity.iter().position(|weight| {
                left -= weight;
                left <= 0.0
            })
        };
        let returning = draws.uniform() < 0.6;
        found.returning.push(returning);
        let brought = pick(&mut draws).unwrap_or(0);
        found.rows.push(PersonPiece {
            person,
            piece: brought,
            brought_back: f64::from(u8::from(returning)),
            recent_days: f64::from(u8::from(!returning && draws.uniform() < 0.3)),
        });
        for _ in 0..if returning { draws.poisson(2.0) } else { 0 } {
            found.rows.push(PersonPiece {
                person,
                piece: pick(&mut draws).unwrap_or(0),
                brought_back: 0.0,
                recent_days: 1.0,
            });
        }
    }
    found
}

/// Another catalogue of the same kind each time: popularity and age of pieces are drawn too. The truth is what such
/// catalogues come to in the middle, with everybody in the world as audience.
fn drawn_catalogue(pieces: usize, draws: &mut Draws) -> (Vec<f64>, Vec<bool>) {
    let popularity = (0..pieces).map(|_| (0.8 * draws.normal()).exp()).collect();
    let old = (0..pieces).map(|_| draws.uniform() < 0.5).collect();
    (popularity, old)
}

/// Of 100 person-days in this world 91 are by people who return: .6 · 2 of .6 · 2 + .4 · .3.
const RETURNING: f64 = 1.2 / 1.32;

fn middle_index(pieces: usize) -> f64 {
    let mut found: Vec<f64> = (0..20_001)
        .map(|round| {
            let (popularity, old) = drawn_catalogue(pieces, &mut Draws::new(900, round));
            let total: f64 = popularity.iter().sum();
            let most = popularity.iter().copied().fold(0.0, f64::max);
            let aged: f64 = popularity
                .iter()
                .zip(&old)
                .filter(|(_, old)| **old)
                .map(|(p, _)| p)
                .sum();
            ((1.0 - most / total) * (aged / total) * RETURNING).cbrt()
        })
        .collect();
    found.sort_unstable_by(f64::total_cmp);
    found[10_000]
}

pub fn lines(rounds: u64, sizes: &[usize]) -> Vec<Held> {
    let mut lines = Vec::new();
    for pieces in [8, 40] {
        let truth = middle_index(pieces);
        for &people in sizes {
            let mut line = Held::new(
                "durability index",
                format!("{people} people, {pieces} pieces, both drawn anew"),
            );
            for round in 0..rounds {
                let bootstrap = Bootstrap {
                    count: 300,
                    seed: round,
                };
                let (popularity, old) = drawn_catalogue(pieces, &mut Draws::new(901 + people as u64, round));
                let found = durability(&audience(people, &popularity, old, 50 + round), 0.9, bootstrap);
                line.note(found.and_then(|found| found.index), truth);
            }
            lines.push(line);
        }
    }
    lines
}
