//! Platforms' totals beside the people known here, and the distortions that answers must admit to.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Claim, Day, Mark, Sample, Time, Zone, sample::Span};
use longplay_measures::{Answer, Key, Question, ask};
use longplay_store::Store;
use longplay_testkit::Row;
use serde_json::Value;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

fn day(number: i32) -> Day {
    Day::parse("2024-01-01").unwrap().plus(number)
}

fn at(number: i32, second: i64) -> Time {
    Time::from_micros((i64::from(day(number).0) * 86_400 + 43_200 + second) * 1_000_000)
}

fn seen(person: &str, number: i32) -> Row {
    Row {
        channel: Some("website".to_owned()),
        ..Row::new(at(number, 0), person, "viewed")
    }
}

fn mail(person: &str, second: i64, event: &str, piece: &str) -> Row {
    Row {
        channel: Some("newsletter".to_owned()),
        piece: Some(piece.to_owned()),
        ..Row::new(at(1, second), person, event)
    }
}

fn total(channel: &str, metric: &str, number: i32, value: f64) -> Sample {
    Sample {
        channel: channel.to_owned(),
        piece: None,
        day: day(number),
        metric: metric.to_owned(),
        value,
        span: Span::Day,
    }
}

fn answer(key: Key, claims: Vec<Claim>, samples: &[Sample], as_of: i32) -> Answer {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.accept(claims, NOW).unwrap();
    store.put_samples(samples).unwrap();
    let zone = Zone::utc();
    let as_of = zone.end_of(day(as_of));
    ask(&Question::new(key, as_of, zone), &store).unwrap()
}

fn claims(rows: &[Row]) -> Vec<Claim> {
    rows.iter().map(Row::claim).collect()
}

fn codes(answer: &Answer) -> Vec<&str> {
    answer.cautions.iter().map(|caution| caution.code).collect()
}

fn rows<'a>(answer: &'a Answer, kind: &str) -> Vec<&'a Value> {
    answer.rows.iter().filter(|row| row["kind"] == kind).collect()
}

/// The website's platform counts 10 views on each of days 0 to 9; ada and ben are there on days 0 and 1, ada alone on day 2.
#[test]
fn totals_stand_beside_people_and_are_never_added() {
    let people = [
        seen("ada", 0),
        seen("ben", 0),
        seen("ada", 1),
        seen("ben", 1),
        seen("ada", 2),
    ];
    let samples: Vec<Sample> = (0..10).map(|number| total("website", "views", number, 10.0)).collect();
    for key in [Key::Returns, Key::Goals, Key::Hits] {
        let answer = answer(key, claims(&people), &samples, 10);
        let found = rows(&answer, "reconciliation");
        assert_eq!(found.len(), 1, "{key:?}");
        let row = found[0];
        assert_eq!(
            (&row["platform_total"], &row["identified"], &row["share"]),
            (&100.0.into(), &5.into(), &0.05.into())
        );
        assert_eq!((&row["from"], &row["to"]), (&"2024-01-01".into(), &"2024-01-10".into()));
        assert!(codes(&answer).contains(&"mostly_unidentified") && !codes(&answer).contains(&"totals_only"));
    }
    let returns = answer(Key::Returns, claims(&people), &samples, 10);
    assert_eq!(returns.figures[0].count, 2, "a hundred views are not a hundred people");
}

#[test]
fn a_channel_of_totals_says_what_it_can_and_what_it_cannot() {
    let mut samples: Vec<Sample> = (0..10).map(|number| total("youtube", "views", number, 50.0)).collect();
    samples.extend((0..10).map(|number| total("youtube", "followers_gained", number, 2.0)));
    samples.extend((0..10).map(|number| total("youtube", "returning_viewers", number, 12.0)));
    // Of tomorrow nothing is known yet.
    samples.push(total("youtube", "followers_gained", 11, 500.0));
    let answer = answer(Key::Returns, claims(&[seen("ada", 0)]), &samples, 10);
    let metric = |name: &str| -> &Value {
        let found = rows(&answer, "platform_metric");
        found.into_iter().find(|row| row["metric"] == name).unwrap()
    };
    assert_eq!(
        (
            &metric("followers_gained")["total"],
            &metric("followers_gained")["days"]
        ),
        (&20.0.into(), &10.into())
    );
    // A day's viewers are people: they don't add up over days.
    assert_eq!(
        (
            &metric("returning_viewers")["total"],
            &metric("returning_viewers")["per_day"]
        ),
        (&Value::Null, &12.0.into())
    );
    let totals_only = answer
        .cautions
        .iter()
        .find(|caution| caution.code == "totals_only")
        .unwrap();
    assert!(
        totals_only.message.starts_with("youtube gives totals only"),
        "{}",
        totals_only.message
    );
    assert_eq!(rows(&answer, "reconciliation")[0]["share"], Value::from(0.0));
}

#[test]
fn late_totals_are_missing_and_not_zero() {
    let samples: Vec<Sample> = (0..10).map(|number| total("website", "views", number, 1.0)).collect();
    let is_late =
        |as_of| codes(&answer(Key::Returns, claims(&[seen("ada", 0)]), &samples, as_of)).contains(&"platform_delay");
    assert!(!is_late(10) && !is_late(13), "three days are usual");
    assert!(is_late(14));
}

#[test]
fn opens_within_seconds_of_delivery_or_many_at_once_are_told() {
    let mut letters = Vec::new();
    for person in 0..40 {
        let name = format!("r{person}");
        letters.push(mail(&name, 0, "delivered", "one"));
        // Half of them open after two seconds, and half after an hour.
        letters.push(mail(&name, if person % 2 == 0 { 2 } else { 3_600 }, "opened", "one"));
    }
    let told = |rows: &[Row]| {
        let answer = answer(Key::Returns, claims(rows), &[], 10);
        let caution = answer
            .cautions
            .into_iter()
            .find(|caution| caution.code == "mail_proxies");
        caution.map(|caution| caution.message)
    };
    assert!(told(&letters).unwrap().starts_with("20 of the 40 opens"));
    letters.retain(|row| row.event == "opened");
    assert_eq!(told(&letters), None, "an open alone says nothing");
    for person in 0..10 {
        for piece in ["two", "three", "four"] {
            letters.push(mail(&format!("s{person}"), 7_200, "opened", piece));
        }
    }
    assert!(told(&letters).unwrap().starts_with("30 of the 70 opens"));
}

#[test]
fn nameless_people_seen_once_and_programs_are_told() {
    let mut people: Vec<Row> = (0..40).map(|person| seen(&format!("p{person}"), person % 5)).collect();
    people.extend((0..10).map(|person| seen(&format!("p{person}"), 8)));
    let bot = Claim {
        mark: Some(Mark::Bot),
        ..seen("robot", 3).claim()
    };
    let later = Claim {
        mark: Some(Mark::Bot),
        ..seen("robot", 9).claim()
    };
    let mut all = claims(&people);
    all.extend([bot, later]);
    let told = answer(Key::Returns, all.clone(), &[], 8);
    let message = |code: &str| {
        told.cautions
            .iter()
            .find(|caution| caution.code == code)
            .map(|caution| caution.message.clone())
    };
    assert!(message("short_lived_ids").unwrap().starts_with("75 in 100 people"));
    assert_eq!(
        message("bots_left_out").unwrap(),
        "1 event that programs sent is left out."
    );
    assert!(
        !codes(&answer(Key::Returns, all, &[], 2)).contains(&"bots_left_out"),
        "it has not come yet"
    );
    // Who signed up has a name.
    people.extend((0..40).map(|person| Row::new(at(person % 5, 60), format!("p{person}"), "signed_up")));
    assert!(!codes(&answer(Key::Returns, claims(&people), &[], 8)).contains(&"short_lived_ids"));
}
