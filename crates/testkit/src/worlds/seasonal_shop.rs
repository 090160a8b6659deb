//! A shop with busy weekends and a busy December: nothing is a hit, however much more the one day has than the other.
//!
//! Weekends have 1.7 times what Mondays have. Around 12 December there are up to 2.2 times as many people, rising and falling
//! over weeks. Those whom a guide brought buy five times as often as those whom a story brought.

use super::{
    Size, World,
    habit::Habit,
    town::{Arrival, Town, article},
    truth::{Holds, Truth},
};

const NAME: &str = "seasonal_shop";
const ZONE: &str = "Europe/London";
const FIRST: &str = "2024-07-01";
/// On a Monday out of season.
const PEOPLE_A_DAY: f64 = 9.0;
/// Monday first.
const WEEKDAYS: [f64; 7] = [1.0, 1.0, 1.0, 1.1, 1.3, 1.7, 1.6];
/// Offset 164 is 12 December 2024.
const SEASON_PEAK: f64 = 164.0;
const SEASON_HEIGHT: f64 = 1.2;
const SEASON_WIDTH_DAYS: f64 = 25.0;
const GUIDE_SHARE: f64 = 0.4;
const GUIDED: Habit = Habit {
    comes_back: 0.30,
    first_gap_days: 10.0,
    goes_on: 0.60,
    gap_days: 15.0,
    signs_up: 0.05,
    buys: 0.20,
    buys_after_days: 9.0,
    buys_again: 0.40,
    buys_again_after_days: 30.0,
    ..Habit::PASSES_BY
};
const TOLD: Habit = Habit { buys: 0.04, ..GUIDED };

pub fn world(seed: u64, size: Size) -> World {
    let mut town = Town::new(NAME, ZONE, FIRST, (seed, size));
    for month in 0..13 {
        for kind in ["guide", "story"] {
            let mut piece = article(format!("{kind}-{:02}", month + 1), kind);
            piece.format = Some(kind.to_owned());
            town.publish(month * 28, true, piece);
        }
    }
    for offset in 0..town.days {
        let from_peak = (f64::from(offset) - SEASON_PEAK) / SEASON_WIDTH_DAYS;
        let season = 1.0 + SEASON_HEIGHT * (-from_peak * from_peak).exp();
        let weekday = WEEKDAYS[town.day(offset).weekday()];
        for _ in 0..town.crowd(PEOPLE_A_DAY * season * weekday) {
            let (kind, habit) = if town.chance(GUIDE_SHARE) {
                ("guide", &GUIDED)
            } else {
                ("story", &TOLD)
            };
            let piece = format!("{kind}-{:02}", offset / 28 + 1);
            let arrival = Arrival {
                offset,
                piece: Some(&piece),
                ..Arrival::default()
            };
            town.arrive(habit, arrival);
        }
    }
    World {
        name: NAME,
        zone: ZONE,
        as_of: "2025-06-30",
        ideal: None,
        rows: town.rows,
        pieces: town.pieces,
        samples: Vec::new(),
        truth: truth(town.buyers),
    }
}

/// So many buy in the end, some of them only after as-of; everybody came by a piece, so before every sale one is known.
fn truth(buyers: u32) -> Truth {
    [("guide", &GUIDED), ("story", &TOLD)]
        .into_iter()
        .fold(Truth::default(), |truth, (topic, habit)| {
            habit.returns_of_topic(truth, topic)
        })
        .all("goals", "converted_signup", Holds::Within(50.0))
        .all("goals", "expected_final_purchase", Holds::Within(f64::from(buyers)))
        .all("credit", "coverage", Holds::Exactly(1.0))
        .all("credit", "unseen", Holds::Exactly(0.0))
}
