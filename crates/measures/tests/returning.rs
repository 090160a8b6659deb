//! `returns` on audiences worked out by hand: what has not had the time is never a no, and a hit is judged by its people.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Day, Period, Time, Zone};
use longplay_measures::{Answer, By, Key, Question, State, ask};
use longplay_store::Store;
use longplay_testkit::Row;
use serde_json::Value;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);
/// A Monday.
const START: &str = "2024-01-01";

fn day(number: i32) -> Day {
    Day::parse(START).unwrap().plus(number)
}

/// Somebody at noon of a day, through a piece of the website.
fn seen(person: impl Into<String>, number: i32, piece: &str) -> Row {
    let noon = Time::from_micros((i64::from(day(number).0) * 86_400 + 43_200) * 1_000_000);
    Row {
        piece: Some(piece.to_owned()),
        channel: Some("website".to_owned()),
        ..Row::new(noon, person, "viewed")
    }
}

fn answer(rows: &[Row], question: impl FnOnce(Question) -> Question, as_of: i32) -> Answer {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
    let zone = Zone::utc();
    let as_of = zone.end_of(day(as_of));
    ask(&question(Question::new(Key::Returns, as_of, zone)), &store).unwrap()
}

fn rows_of<'a>(answer: &'a Answer, kind: &str) -> Vec<&'a Value> {
    answer.rows.iter().filter(|row| row["kind"] == kind).collect()
}

/// Forty people on day 0: ten come back on day 1, ten on day 4, five on day 9, fifteen never. On day 9, which is today, the
/// five are not counted yet; half (20 of 40) are back by day 4.
fn forty() -> Vec<Row> {
    let mut rows = Vec::new();
    for person in 0..40 {
        rows.push(seen(format!("p{person}"), 0, "one"));
        let back = match person {
            0..10 => Some(1),
            10..20 => Some(4),
            20..25 => Some(9),
            _ => None,
        };
        rows.extend(back.map(|back| seen(format!("p{person}"), back, "two")));
    }
    rows
}

#[test]
fn half_are_back_by_day_four_and_today_does_not_count() {
    let answer = answer(&forty(), |question| question, 9);
    let median = answer
        .figures
        .iter()
        .find(|figure| figure.key == "median_return_days" && figure.scope.is_empty());
    let median = median.unwrap();
    assert_eq!((median.n, median.count, median.value), (40, 20, Some(4.0)));
    assert!(median.low.unwrap() <= 4.0, "{median:?}");
    let curve = answer.curves.iter().find(|curve| curve.key == "return_curve").unwrap();
    let told: Vec<(u32, u64, f64)> = curve
        .points
        .iter()
        .map(|point| (point.age_days, point.n, (point.value * 1e9).round() / 1e9))
        .collect();
    // Day 5 on, twenty are still waiting: too few for a curve.
    assert_eq!(told, [(1, 40, 0.25), (2, 30, 0.25), (3, 30, 0.25), (4, 30, 0.5)]);
    assert!(
        curve
            .points
            .iter()
            .all(|point| point.low <= point.value && point.value <= point.high)
    );
    let hazard = answer.curves.iter().find(|curve| curve.key == "return_hazard").unwrap();
    assert_eq!((hazard.points[3].n, (hazard.points[3].value * 3e9).round()), (30, 1e9));
}

#[test]
fn before_half_are_back_there_is_no_median_and_a_caution_says_so() {
    let answer = answer(&forty(), |question| question, 3);
    let median = answer
        .figures
        .iter()
        .find(|figure| figure.key == "median_return_days")
        .unwrap();
    assert_eq!(
        (median.n, median.count, median.value, median.state),
        (40, 10, None, State::TooEarly)
    );
    assert!(
        answer
            .cautions
            .iter()
            .any(|caution| caution.code == "median_not_reached")
    );
}

#[test]
fn a_young_cohort_has_fewer_cells_and_never_a_zero() {
    let mut rows = forty();
    // A second cohort, a week later; thirty of them once only.
    rows.extend((0..30).map(|person| seen(format!("q{person}"), 7, "two")));
    let cells = |as_of| -> Vec<(String, i64, i64, i64)> {
        let answer = answer(&rows, |question| question, as_of);
        let weekly = |row: &&Value| row["span"] == "week";
        let cell = |row: &Value| {
            let number = |key: &str| row[key].as_i64().unwrap();
            (
                row["cohort"].as_str().unwrap().to_owned(),
                number("age"),
                number("n"),
                number("count"),
            )
        };
        rows_of(&answer, "cohort")
            .into_iter()
            .filter(weekly)
            .map(cell)
            .collect()
    };
    // On day 13, the Sunday of the second week, no cohort has lived through a second week yet.
    assert_eq!(cells(13), []);
    // On day 14 the first has: of its 40, the five of day 9 were there in the week after. The second has not.
    assert_eq!(cells(14), [(START.to_owned(), 1, 40, 5)]);
    assert_eq!(
        cells(21),
        [
            ("2024-01-08".to_owned(), 1, 30, 0),
            (START.to_owned(), 1, 40, 5),
            (START.to_owned(), 2, 40, 0)
        ]
    );
}

#[test]
fn moving_the_start_of_the_range_makes_nobody_new() {
    let from = |number| {
        move |question| Question {
            period: Period {
                from: Some(day(number)),
                to: None,
            },
            by: By::Week,
            ..question
        }
    };
    let answer = answer(&forty(), from(1), 30);
    assert!(
        answer.figures.iter().all(|figure| figure.n == 0),
        "{:?}",
        answer.figures
    );
    assert!(rows_of(&answer, "cohort").is_empty() && answer.curves.is_empty());
}

/// Sixty days of ten new people each, five of whom are back a week later; on day 60 a piece brings 300 who never return.
fn a_hit_that_brought_nobody() -> Vec<Row> {
    let mut rows = Vec::new();
    for number in 0..130 {
        for person in 0..10 {
            let name = format!("d{number}p{person}");
            rows.push(seen(&name, number, "usual"));
            if person < 5 {
                rows.push(seen(&name, number + 7, "usual"));
            }
        }
    }
    rows.extend((0..300).map(|person| seen(format!("hit{person}"), 60, "viral")));
    rows
}

#[test]
fn the_people_of_a_hit_stand_beside_those_of_ordinary_weeks() {
    let rows = a_hit_that_brought_nobody();
    let known = answer(&rows, |question| question, 100);
    let cohorts = rows_of(&known, "hit_cohort");
    assert_eq!(cohorts.len(), 1, "{cohorts:?}");
    let hit = cohorts[0];
    assert_eq!(
        (&hit["piece"], &hit["start"], &hit["people"]),
        (&"viral".into(), &day(60).to_string().into(), &300.into())
    );
    // The eight weeks before are days 4 to 59, ten people each, half of whom came back.
    assert_eq!((&hit["ordinary_n"], &hit["ordinary_28d"]), (&560.into(), &0.5.into()));
    assert_eq!(
        (&hit["n"], &hit["returned_28d"], &hit["difference"]),
        (&300.into(), &0.0.into(), &(-0.5).into())
    );
    assert!(
        hit["high"].as_f64().unwrap() < -0.4 && hit["low"].as_f64().unwrap() > -0.6,
        "{hit}"
    );
    assert!(
        known.sentence.contains("“viral” brought on its unusual days"),
        "{}",
        known.sentence
    );

    // On day 88 its 28 days end: until the day is over nothing is said.
    let early = answer(&rows, |question| question, 88);
    let hit = rows_of(&early, "hit_cohort")[0];
    assert_eq!(
        (&hit["state"], &hit["ready_on"]),
        (&"too_early".into(), &day(89).to_string().into())
    );
    assert_eq!((&hit["returned_28d"], &hit["difference"]), (&Value::Null, &Value::Null));
    assert!(!early.sentence.contains("viral"), "{}", early.sentence);
    assert!(rows_of(&answer(&rows, |question| question, 89), "hit_cohort")[0]["difference"].is_number());
}
