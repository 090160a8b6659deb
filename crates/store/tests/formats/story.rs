//! What every sample of a format holds: the same two segments, unsealed batches and small facts, told to the store by
//! whichever release wrote the sample.

use longplay_domain::{Act, Amount, Claim, Day, Goal, Piece, Sample, Time, When, Zone, sample::Span};
use longplay_store::Store;

pub const NOW: Time = Time::from_micros(1_780_000_000_000_000);
/// Claims before the first seal, before the second, and after it.
pub const PARTS: [std::ops::Range<u32>; 5] = [0..40, 40..60, 60..70, 70..80, 80..81];
const SEALED_PARTS: usize = 2;

/// A claim that every release can be told.
pub fn claim(number: u32) -> Claim {
    let is_purchase = number % 7 == 3;
    Claim {
        time: When::At(Time::from_micros(
            1_700_000_000_000_000 + i64::from(number) * 3_600_000_000,
        )),
        person: match number % 3 {
            0 => format!("anonymous:{}", number % 9),
            1 => format!("user:{}", number % 6),
            _ => format!("email:p{}@example.com", number % 4),
        },
        event: if is_purchase { "Order Completed" } else { "viewed" }.to_owned(),
        id: (number % 11 != 5).then(|| format!("id-{number}")),
        piece: number.is_multiple_of(2).then(|| "intro".to_owned()),
        channel: Some("website".to_owned()),
        country: Some("AT".to_owned()),
        value: if is_purchase {
            Amount::Decimal("12.50".to_owned())
        } else {
            Amount::Missing
        },
        currency: is_purchase.then(|| "EUR".to_owned()),
        properties: if number.is_multiple_of(5) {
            format!("{{\"n\":{number},\"ü\":\"“\"}}")
        } else {
            String::new()
        },
        ..Claim::default()
    }
}

/// Tells the story, and returns the write key that was made.
pub fn tell(store: &Store, claim: impl Fn(u32) -> Claim) -> String {
    store.set_zone(&Zone::named("Europe/Vienna").unwrap()).unwrap();
    store
        .put_pieces(&[Piece {
            title: Some("Hello".to_owned()),
            ..Piece::named("intro")
        }])
        .unwrap();
    store
        .put_samples(&[Sample {
            channel: "youtube".to_owned(),
            piece: None,
            day: Day::parse("2024-02-29").unwrap(),
            metric: "views".to_owned(),
            value: 12.0,
            span: Span::Day,
        }])
        .unwrap();
    store.put_goal(&Goal::of_acts("talked", &[Act::Commented])).unwrap();
    for (number, part) in PARTS.into_iter().enumerate() {
        store.accept(part.map(&claim).collect(), NOW).unwrap();
        if number < SEALED_PARTS {
            store.seal(NOW).unwrap();
        }
    }
    store.create_key("website", NOW).unwrap()
}
