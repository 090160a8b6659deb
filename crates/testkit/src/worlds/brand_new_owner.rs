//! The first day of a new owner: three pieces, 37 people, 4 sign-ups, one order of 19.00 EUR. Nearly everything is too early.

use serde_json::json;

use super::{
    Size, World,
    town::{Town, article},
    truth::{Holds, Truth},
};

const NAME: &str = "brand_new_owner";
const ZONE: &str = "America/Sao_Paulo";
const FIRST: &str = "2025-06-30";
const PEOPLE: usize = 37;
const SIGN_UPS: usize = 4;
const PIECES: [&str; 3] = ["hello", "how-we-work", "first-offer"];

/// A small one would be no smaller.
pub fn world(seed: u64, size: Size) -> World {
    let mut town = Town::new(NAME, ZONE, FIRST, (seed, size));
    for piece in PIECES {
        town.publish(0, true, article(piece, "news"));
    }
    for number in 0..PEOPLE {
        let person = town.stranger();
        let seen = {
            let row = town.row(0, &person, "viewed");
            row.piece = Some(PIECES[number % PIECES.len()].to_owned());
            row.time
        };
        if number < SIGN_UPS {
            town.row(0, &person, "signed_up").time = seen;
        }
        if number == SIGN_UPS {
            let row = town.row(0, &person, "purchased");
            row.time = seen;
            (row.value, row.currency) = (Some("19.00".to_owned()), Some("EUR".to_owned()));
        }
    }
    World {
        name: NAME,
        zone: ZONE,
        as_of: FIRST,
        ideal: None,
        rows: town.rows,
        pieces: town.pieces,
        samples: Vec::new(),
        truth: truth(),
    }
}

/// D0 is 30 June; somebody is through N days on D0 + N + 1: 8 July, 29 July, 29 September. 4 of 37 is 108.1 in 1,000, one 27.0.
fn truth() -> Truth {
    Truth::default()
        .all("returns", "people", Holds::Exactly(37.0))
        .all("returns", "returned_7d", Holds::ReadyOn("2025-07-08"))
        .all("returns", "returned_28d", Holds::ReadyOn("2025-07-29"))
        .all("returns", "returned_90d", Holds::ReadyOn("2025-09-29"))
        .all("goals", "converted_signup", Holds::Exactly(4_000.0 / 37.0))
        .all("goals", "converted_purchase", Holds::Exactly(1_000.0 / 37.0))
        .all("goals", "converted_download", Holds::Exactly(0.0))
        .all("goals", "revenue_EUR", Holds::Exactly(19.0))
        .lacks("hits", json!({"kind": "episode"}))
}
