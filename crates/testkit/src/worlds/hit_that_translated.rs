//! The same quiet site with another hit: 1,500 people of whom a third come back, keep coming, and sign up over the weeks after.
//!
//! Each of them signs up with probability 0.15, at a lag of 1 + ⌊Exp(12)⌋ days, and nothing else changes. So in the N days after a
//! person's first, the hit put 1,500 × 0.15 × (1 − e^(−N/12)) sign-ups on top: 203 within 28 days, 225 in the end.

use serde_json::json;

use super::{
    Size, World,
    habit::Habit,
    quiet_site::{self, FIRST, IDEAL, hit, ordinary_year},
    town::Town,
    truth::{Holds, Truth},
};

const NAME: &str = "hit_that_translated";
const ZONE: &str = "Europe/Vienna";
const HIT_PEOPLE: u32 = 1_500;
const STAYER: Habit = Habit {
    comes_back: 0.35,
    first_gap_days: 8.0,
    goes_on: 0.88,
    gap_days: 9.0,
    signs_up_later: 0.15,
    signs_up_after_days: 12.0,
    ..Habit::PASSES_BY
};

pub fn world(seed: u64, size: Size) -> World {
    let mut town = Town::new(NAME, ZONE, FIRST, (seed, size));
    ordinary_year(&mut town);
    hit(&mut town, HIT_PEOPLE, &STAYER);
    World {
        name: NAME,
        zone: ZONE,
        as_of: "2025-06-30",
        ideal: Some(IDEAL),
        rows: town.rows,
        pieces: town.pieces,
        samples: Vec::new(),
        truth: truth(),
    }
}

/// The youngest of the hit's people are 108 days old at as-of (13 March to 29 June), nine mean lags: 1 − e^(−108/12) = 0.99988,
/// so 150 in 1,000 have signed up to within a fiftieth of a person. Half of those who do have by the first day N with
/// 1 − e^(−N/12) ≥ 1/2, and 12 ln 2 = 8.3, so by the ninth.
fn truth() -> Truth {
    quiet_site::truth_of_hit(quiet_site::truth(), &STAYER)
        .piece("goals", "hit", "converted_signup", Holds::Within(150.0))
        .piece("goals", "hit", "median_lag_days_signup", Holds::Within(9.0))
        .usually(
            "lift",
            json!({"kind": "autopsy", "piece": "hit", "verdict": "translated"}),
        )
}
