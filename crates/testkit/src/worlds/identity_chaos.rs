//! Six hundred people under some two thousand names, all of them linked: the answers are those about six hundred people.
//!
//! A person has two or three browsers and a user id; most also give an e-mail address. Every act comes under one of the
//! browsers or the id, at random. Each browser tells once that it belongs to that user. Some sign in at the one computer of a
//! library, whose browser belongs to whoever signed in there first and joins nobody else.

use longplay_domain::{Also, Evidence, Time};
use rand::{RngExt, seq::IndexedRandom};

use super::{
    Size, World,
    habit::Habit,
    quiet_site::{FIRST, articles},
    town::{Arrival, Town},
    truth::{Holds, Truth},
};

const NAME: &str = "identity_chaos";
const ZONE: &str = "Pacific/Auckland";
const PEOPLE: u32 = 600;
const LIBRARY_SHARE: f64 = 0.05;
const LIBRARY: &str = "anonymous:library";
const EMAIL_SHARE: f64 = 0.7;
const MICROS_PER_SECOND: i64 = 1_000_000;

pub fn world(seed: u64, size: Size) -> World {
    let mut town = Town::new(NAME, ZONE, FIRST, (seed, size));
    articles(&mut town);
    let people = town.head_count(PEOPLE);
    for number in 0..people {
        let user = format!("user:{number}");
        let before = town.rows.len();
        let offset = town.random.random_range(0..town.days);
        let piece = town.read(offset, 0.3);
        let arrival = Arrival {
            offset,
            piece: piece.as_deref(),
            ..Arrival::default()
        };
        town.live(&user, &Habit::READER, arrival);
        scatter(&mut town, number, before);
    }
    World {
        name: NAME,
        zone: ZONE,
        as_of: "2025-06-30",
        ideal: None,
        rows: town.rows,
        pieces: town.pieces,
        samples: Vec::new(),
        truth: truth(people),
    }
}

/// Gives each of a person's rows, from `before` on, one of their names, and lets every name be told as theirs.
fn scatter(town: &mut Town, number: u32, before: usize) {
    let user = format!("user:{number}");
    let browsers: Vec<String> = (0..town.random.random_range(2..=3))
        .map(|browser| format!("anonymous:{number}-{browser}"))
        .collect();
    let mut told: Vec<(String, Evidence)> = browsers
        .iter()
        .map(|browser| (browser.clone(), Evidence::Identify))
        .collect();
    let mut names = browsers;
    names.push(user.clone());
    if town.chance(EMAIL_SHARE) {
        let address = format!("email:reader{number}@example.com");
        told.push((address.clone(), Evidence::Email));
        names.push(address);
    }
    if town.chance(LIBRARY_SHARE) {
        told.push((LIBRARY.to_owned(), Evidence::Identify));
    }
    let mut first = Time::from_micros(i64::MAX);
    for row in &mut town.rows[before..] {
        row.person
            .clone_from(names.choose(&mut town.random).expect("three names at least"));
        first = first.min(row.time);
    }
    for (second, (handle, evidence)) in told.into_iter().enumerate() {
        let row = town.row(0, &user, "identified");
        row.time = Time::from_micros(first.micros() + (second as i64 + 1) * MICROS_PER_SECOND);
        row.also = vec![Also { handle, evidence }];
    }
}

/// All are readers, and there are as many as there are.
fn truth(people: u32) -> Truth {
    Habit::READER
        .returns_of_all(Truth::default())
        .all("returns", "people", Holds::Exactly(f64::from(people)))
        .all("goals", "people", Holds::Exactly(f64::from(people)))
        .all("goals", "converted_signup", Holds::Within(60.0))
}
