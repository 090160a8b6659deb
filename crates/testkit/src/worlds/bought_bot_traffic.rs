//! Somebody bought clicks: 2,500 visitors in five days that never come back, and 1,000 programs that say what they are.
//!
//! The declared programs (another week, marked by the sender) belong to no answer at all. The bought clicks look like people, on a
//! landing page of their own, from one campaign and one country; a hit by numbers, and nothing else.

use longplay_domain::Mark;
use serde_json::json;

use super::{
    Size, World,
    habit::Habit,
    quiet_site::{self, FIRST, IDEAL, ordinary_year},
    town::{Arrival, Town, article},
    truth::{Holds, Truth},
};

const NAME: &str = "bought_bot_traffic";
const ZONE: &str = "Asia/Kolkata";
const CLICKS: u32 = 2_500;
/// Offset 210 is Monday, 27 January 2025.
const CLICKS_OFFSET: i32 = 210;
const CLICKS_DAYS: [f64; 5] = [0.10, 0.15, 0.40, 0.25, 0.10];
const PROGRAMS: u32 = 1_000;
/// Offset 300 is Sunday, 27 April 2025; all on that day.
const PROGRAMS_OFFSET: i32 = 300;

pub fn world(seed: u64, size: Size) -> World {
    let mut town = Town::new(NAME, ZONE, FIRST, (seed, size));
    ordinary_year(&mut town);
    town.publish(CLICKS_OFFSET - 7, false, article("landing", "offers"));
    for _ in 0..town.head_count(CLICKS) {
        let arrival = Arrival {
            offset: CLICKS_OFFSET + town.pick(&CLICKS_DAYS) as i32,
            piece: Some("landing"),
            referrer: Some("https://clicks.example/"),
            campaign: Some("boost"),
            country: Some("VU"),
        };
        town.arrive(&Habit::PASSES_BY, arrival);
    }
    for _ in 0..town.head_count(PROGRAMS) {
        let program = town.stranger();
        let row = town.row(PROGRAMS_OFFSET, &program, "viewed");
        (row.piece, row.mark) = (Some("article-01".to_owned()), Some(Mark::Bot));
    }
    World {
        name: NAME,
        zone: ZONE,
        as_of: "2025-06-30",
        ideal: Some(IDEAL),
        truth: truth(town.head_count(CLICKS)),
        rows: town.rows,
        pieces: town.pieces,
        samples: Vec::new(),
    }
}

/// The clicks peak on their third day, 29 January. No program comes to light on 27 April.
fn truth(clicks: u32) -> Truth {
    quiet_site::truth()
        .row_within(
            "returns",
            json!({"kind": "hit_cohort", "piece": "landing", "state": "known"}),
            -Habit::READER.returns_within(28.0),
        )
        .piece("returns", "landing", "people", Holds::Exactly(f64::from(clicks)))
        .piece("returns", "landing", "returned_28d", Holds::Exactly(0.0))
        .piece("returns", "landing", "returned_90d", Holds::Exactly(0.0))
        .piece("goals", "landing", "converted_signup", Holds::Exactly(0.0))
        .piece("fit", "landing", "fit_share", Holds::Exactly(0.0))
        .usually(
            "lift",
            json!({"kind": "autopsy", "piece": "landing", "verdict": "did_not"}),
        )
        .has("hits", json!({"piece": "landing", "peak_day": "2025-01-29"}))
        .lacks("hits", json!({"peak_day": "2025-04-27"}))
}
