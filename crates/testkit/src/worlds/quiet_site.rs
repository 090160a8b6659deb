//! The quiet site that several worlds share: an article every fortnight, nine readers a day, and perhaps a hit.
//!
//! The people it is made for live in Austria. Articles on craft bring six of them in ten, those on repair three, a hit one in
//! twenty; of one person in five nobody knows the country, whoever they are. A craft article takes 3 hours, one on repair 9, and
//! both bring as many people who live alike, so an hour spent on craft brings three times as much.

use serde_json::json;

use super::{
    habit::Habit,
    town::{Arrival, Town, article},
    truth::{Holds, Truth},
};

/// Whom the owner wants, as a rule.
pub const IDEAL: &str = "country in (AT)";
/// A Monday; the 364th day is 29 June 2025.
pub const FIRST: &str = "2024-07-01";
const READERS_A_DAY: f64 = 9.0;
/// Offset 252 is Monday, 10 March 2025: 36 weeks before it and 16 after.
const HIT_OFFSET: i32 = 252;
/// On its first, second, third and fourth day.
const HIT_DAYS: [f64; 4] = [0.55, 0.30, 0.10, 0.05];
/// Topics in turn: their name, hours of work, and the share of the people they bring who live in Austria.
const TOPICS: [(&str, f64, f64); 2] = [("craft", 3.0, 0.6), ("repair", 9.0, 0.3)];
const HIT_RIGHT: f64 = 0.05;
const COUNTRY_UNKNOWN: f64 = 0.2;

/// An article every second Monday, on craft and repair in turn.
pub fn articles(town: &mut Town) {
    for (number, offset) in (0..town.days).step_by(14).enumerate() {
        let (topic, hours, _) = TOPICS[number % TOPICS.len()];
        let mut piece = article(format!("article-{:02}", number + 1), topic);
        piece.effort_hours = Some(hours);
        town.publish(offset, true, piece);
    }
}

/// Where somebody lives, as far as it is known, when so many are the right ones.
fn country(town: &mut Town, right: f64) -> Option<&'static str> {
    if town.chance(COUNTRY_UNKNOWN) {
        return None;
    }
    Some(if town.chance(right) { "AT" } else { "US" })
}

/// The share of the right people among those whom an article brings: they take turns, the first is on craft.
fn right_of(piece: Option<&str>) -> f64 {
    let number = piece.and_then(|piece| piece.strip_prefix("article-")?.parse::<usize>().ok());
    TOPICS[(number.unwrap_or(1) - 1) % TOPICS.len()].2
}

/// The articles, and readers who find one of them.
pub fn ordinary_year(town: &mut Town) {
    articles(town);
    for offset in 0..town.days {
        for _ in 0..town.crowd(READERS_A_DAY) {
            let piece = town.read(offset, 0.3);
            let right = right_of(piece.as_deref());
            let arrival = Arrival {
                offset,
                piece: piece.as_deref(),
                referrer: Some("https://search.example/"),
                country: country(town, right),
                ..Arrival::default()
            };
            town.arrive(&Habit::READER, arrival);
        }
    }
}

/// What is true of those whom the articles bring: they are readers, who sign up on their first day, 60 in 1,000; and how many of
/// them are the right ones.
pub fn truth() -> Truth {
    TOPICS.into_iter().fold(Truth::default(), |truth, (topic, _, right)| {
        let truth = truth
            .topic("goals", topic, "converted_signup", Holds::Within(60.0))
            .topic("fit", topic, "fit_share", Holds::Within(right))
            .topic("fit", topic, "fit_unknown", Holds::Within(COUNTRY_UNKNOWN));
        Habit::READER.returns_of_topic(truth, topic)
    })
}

/// What is true of those whom the hit brought, beside what it did with them.
pub fn truth_of_hit(truth: Truth, habit: &Habit) -> Truth {
    let more_than_readers = habit.returns_within(28.0) - Habit::READER.returns_within(28.0);
    habit
        .returns_of_piece(truth, "hit")
        .row_within(
            "returns",
            json!({"kind": "hit_cohort", "piece": "hit", "state": "known"}),
            more_than_readers,
        )
        .piece("goals", "hit", "converted_purchase", Holds::Exactly(0.0))
        .hit("lift", ("hit", "2025-03-10"), "effect_purchase", Holds::Within(0.0))
        .hit("lift", ("hit", "2025-03-10"), "effect_download", Holds::NoData)
        .piece("fit", "hit", "fit_share", Holds::Within(HIT_RIGHT))
        .has(
            "hits",
            json!({"piece": "hit", "start": "2025-03-10", "peak_day": "2025-03-10"}),
        )
}

/// The hit, all from one referrer; nobody who comes back reads it again.
pub fn hit(town: &mut Town, people: u32, habit: &Habit) {
    town.publish(HIT_OFFSET, false, article("hit", "memes"));
    for _ in 0..town.head_count(people) {
        let arrival = Arrival {
            offset: HIT_OFFSET + town.pick(&HIT_DAYS) as i32,
            piece: Some("hit"),
            referrer: Some("https://everybody.example/"),
            country: country(town, HIT_RIGHT),
            ..Arrival::default()
        };
        town.arrive(habit, arrival);
    }
}
