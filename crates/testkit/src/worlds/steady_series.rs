//! A weekly series with no hit at all: 150 people who come every week, and passers-by.
//!
//! A faithful person comes on a weekday of their own in every week from their first to the last of the year, but for one holiday of
//! three weeks which ends at least eight weeks before the end. Passers-by come once, or once more. So whoever is present
//! on more than two days is faithful and has never left: 150 regulars by any definition that asks for three periods of four.

use rand::RngExt;

use super::{
    Size, World,
    habit::Habit,
    town::{Arrival, Town, article},
    truth::{Holds, Truth},
};

const NAME: &str = "steady_series";
const ZONE: &str = "America/New_York";
const FIRST: &str = "2024-07-01";
const FAITHFUL: u32 = 150;
/// Everybody faithful has come by the end of the 26th week.
const JOIN_WEEKS: i32 = 26;
const WEEKS: i32 = 52;
/// A holiday is over by the end of the 43rd week.
const HOLIDAY_END_WEEKS: i32 = 43;
const HOLIDAY_WEEKS: i32 = 3;
/// How much of what the faithful read is old.
const OLD_SHARE: f64 = 0.4;
const PASSERS_A_DAY: f64 = 5.0;
const PASSER: Habit = Habit {
    comes_back: 0.20,
    first_gap_days: 12.0,
    ..Habit::PASSES_BY
};

pub fn world(seed: u64, size: Size) -> World {
    let mut town = Town::new(NAME, ZONE, FIRST, (seed, size));
    for week in 0..WEEKS {
        let topic = ["joinery", "finishing"][week as usize % 2];
        let mut episode = article(format!("episode-{:02}", week + 1), topic);
        episode.format = Some("video".to_owned());
        town.publish(week * 7, true, episode);
    }
    for _ in 0..town.head_count(FAITHFUL) {
        faithful(&mut town);
    }
    for offset in 0..town.days {
        for _ in 0..town.crowd(PASSERS_A_DAY) {
            let piece = town.read(offset, 0.5);
            let arrival = Arrival {
                offset,
                piece: piece.as_deref(),
                ..Arrival::default()
            };
            town.arrive(&PASSER, arrival);
        }
    }
    let faithful = town.head_count(FAITHFUL);
    World {
        name: NAME,
        zone: ZONE,
        as_of: "2025-06-30",
        ideal: None,
        rows: town.rows,
        pieces: town.pieces,
        samples: Vec::new(),
        truth: truth(faithful),
    }
}

fn faithful(town: &mut Town) {
    let person = town.stranger();
    let joined = town.random.random_range(0..JOIN_WEEKS);
    let weekday = town.random.random_range(0..7);
    // Not before their fourth week, so that they were regular when they left.
    let away = town.random.random_range(joined + 4..=HOLIDAY_END_WEEKS - HOLIDAY_WEEKS);
    for week in joined..WEEKS {
        if (away..away + HOLIDAY_WEEKS).contains(&week) {
            continue;
        }
        let offset = week * 7 + weekday;
        let piece = town.read(offset, OLD_SHARE);
        town.row(offset, &person, "viewed").piece = piece;
    }
}

/// Whoever was present on two days before the last four weeks and is present in them is faithful: passers-by have two days in
/// all. The faithful read one piece a visit, with OLD_SHARE one that is more than 90 days old, else the latest.
fn truth(faithful: u32) -> Truth {
    Truth::default()
        .all("goals", "converted_signup", Holds::Exactly(0.0))
        .all("goals", "converted_purchase", Holds::Exactly(0.0))
        .all("ladder", "regulars", Holds::Exactly(f64::from(faithful)))
        .all("durability", "back_catalogue", Holds::Within(OLD_SHARE))
        .lacks("hits", serde_json::json!({"kind": "episode"}))
}
