//! A quiet site with a hit: 2,400 people in four days, of whom next to nobody comes back and nobody signs up or buys.
//!
//! Sign-ups come from ordinary readers only, at the same rate before and after, so the hit put nothing on top.

use serde_json::json;

use super::{
    Size, World,
    habit::Habit,
    quiet_site::{self, FIRST, IDEAL, hit, ordinary_year},
    town::Town,
    truth::{Holds, Truth},
};

const NAME: &str = "hit_that_brought_nobody";
const ZONE: &str = "Europe/Vienna";
const HIT_PEOPLE: u32 = 2_400;
/// Four in a thousand come back, once.
const PASSER: Habit = Habit {
    comes_back: 0.004,
    first_gap_days: 10.0,
    ..Habit::PASSES_BY
};

pub fn world(seed: u64, size: Size) -> World {
    let mut town = Town::new(NAME, ZONE, FIRST, (seed, size));
    ordinary_year(&mut town);
    hit(&mut town, HIT_PEOPLE, &PASSER);
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

/// Of the hit's people 0.004 × (1 − e^(−28/10)) = 0.0038 come back within 28 days, and nobody signs up.
fn truth() -> Truth {
    quiet_site::truth_of_hit(quiet_site::truth(), &PASSER)
        .piece("goals", "hit", "converted_signup", Holds::Exactly(0.0))
        .hit("lift", ("hit", "2025-03-10"), "effect_signup", Holds::Within(0.0))
        .usually("lift", json!({"kind": "autopsy", "piece": "hit", "verdict": "did_not"}))
}
