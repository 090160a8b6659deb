//! An autopsy by hand: who stood where after the same time, which hit is told, and what never happened.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Claim, Day, Time, Zone};
use longplay_measures::{About, Answer, Key, Question, State, ask};
use longplay_store::Store;
use longplay_testkit::Row;
use serde_json::{Value, json};

const NOW: Time = Time::from_micros(1_790_000_000_000_000);
/// A Monday.
const START: Day = Day(20_000);

fn at(day: Day, hour: i64) -> Time {
    Time::from_micros(Zone::utc().start_of(day).micros() + hour * 3_600_000_000)
}

fn act(person: &str, event: &str, piece: &str, day: i32) -> Claim {
    let row = Row {
        piece: Some(piece.to_owned()),
        channel: Some("website".to_owned()),
        ..Row::new(at(START.plus(day), 12), person, event)
    };
    row.claim()
}

fn asked(claims: Vec<Claim>, about: Option<About>, on: i32) -> Answer {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.accept(claims, NOW).unwrap();
    let mut question = Question::new(Key::Lift, Zone::utc().end_of(START.plus(on)), Zone::utc());
    question.about = about;
    ask(&question, &store).unwrap()
}

/// Four newcomers a day for twelve weeks and five after; one in four of them signs up in their fourth week.
fn ordinary() -> Vec<Claim> {
    let mut claims = Vec::new();
    for day in -84..35 {
        for number in 0..4 {
            let person = format!("anonymous:usual{day}-{number}");
            claims.push(act(&person, "viewed", "usual", day));
            if number == 0 {
                claims.push(act(&person, "signed_up", "usual", day + 20));
            }
        }
    }
    claims
}

fn stage<'a>(autopsy: &'a Value, name: &str) -> &'a Value {
    let mut stages = autopsy["stages"].as_array().unwrap().iter();
    stages.find(|stage| stage["stage"] == name).unwrap()
}

#[test]
fn people_are_compared_where_they_stood_after_the_same_time() {
    let mut claims = ordinary();
    for number in 0..100 {
        let person = format!("anonymous:hit{number}");
        claims.push(act(&person, "viewed", "hit", 0));
        // The 28th day after the first counts, the 29th does not.
        match number {
            0..10 => claims.push(act(&person, "purchased", "shop", 28)),
            10..15 => claims.push(act(&person, "purchased", "shop", 29)),
            15..18 => {
                claims.push(act(&person, "purchased", "shop", 3));
                claims.push(act(&person, "purchased", "shop", 9));
            }
            _ => {}
        }
    }
    let about = About {
        piece: Some("hit".to_owned()),
        start: Some(START),
        end: Some(START),
    };
    // The day of as-of is not over.
    let young = asked(claims.clone(), Some(about.clone()), 28);
    assert_eq!(stage(&young.rows[0], "buyer")["people"], Value::Null);
    let answer = asked(claims, Some(about), 60);
    let autopsy = &answer.rows[0];
    assert_eq!(
        (&autopsy["people"], &autopsy["ordinary_people"]),
        (&json!(100), &json!(224))
    );
    let people = |name| stage(autopsy, name)["people"].as_u64().unwrap();
    assert_eq!(
        (people("buyer"), people("repeat_buyer"), people("advocate")),
        (13, 3, 0)
    );
    let buyers = stage(autopsy, "buyer");
    assert_eq!(
        (buyers["share"].as_f64(), buyers["ordinary"].as_f64()),
        (Some(0.13), Some(0.0))
    );
    let (low, high) = (buyers["low"].as_f64().unwrap(), buyers["high"].as_f64().unwrap());
    assert!(0.0 < low && low < 0.13 && 0.13 < high, "{buyers}");
    // One in four of the ordinary stood at subscriber or higher, 13 of the hit's people.
    let subscribers = stage(autopsy, "subscriber");
    assert_eq!(
        (&subscribers["people"], subscribers["ordinary"].as_f64()),
        (&json!(13), Some(0.25))
    );
    assert!(subscribers["high"].as_f64().unwrap() < 0.0, "{subscribers}");
}

#[test]
fn the_hit_that_brought_most_is_told_and_the_others_are_counted() {
    let mut claims = ordinary();
    // The larger is the earlier.
    for (piece, day, people) in [("large", -20, 400), ("small", 0, 60)] {
        claims.extend((0..people).map(|number| act(&format!("anonymous:{piece}{number}"), "viewed", piece, day)));
    }
    let answer = asked(claims, None, 60);
    let pieces: Vec<&Value> = answer.rows.iter().map(|row| &row["piece"]).collect();
    assert_eq!(pieces, ["small", "large"]);
    assert!(answer.sentence.contains("“large” of "), "{}", answer.sentence);
    assert!(
        answer.sentence.contains("One other hit was judged"),
        "{}",
        answer.sentence
    );
}

#[test]
fn what_never_happened_is_no_data() {
    let claims = ordinary();
    let about = About {
        piece: None,
        start: Some(START),
        end: Some(START),
    };
    let answer = asked(claims, Some(about), 60);
    let effect = |key: &str| answer.figures.iter().find(|figure| figure.key == key).unwrap();
    for key in ["effect_purchase", "effect_download", "effect_subscribers"] {
        let figure = effect(key);
        assert_eq!(
            (figure.state, figure.value, figure.low),
            (State::NoData, None, None),
            "{key}"
        );
    }
    assert_eq!(effect("effect_signup").state, State::Known);
}
