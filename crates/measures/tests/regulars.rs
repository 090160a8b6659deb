//! Regulars by origin and by how long it took them: by hand, and the same for any number of threads.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Day, RegularRule, Time, Zone};
use longplay_measures::{
    Ground, Key, Question, engine::LocalEngine, evidence::Part, folds::RegularCell, rhythm::Foundation,
};
use longplay_store::Store;
use longplay_testkit::{RandomAudience, Row};

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn noon(day: Day) -> Time {
    Time::from_micros(Zone::utc().start_of(day).micros() + 43_200_000_000)
}

fn visits(person: &str, piece: &str, days: impl IntoIterator<Item = Day>) -> Vec<Row> {
    let visit = |day| Row {
        piece: Some(piece.to_owned()),
        ..Row::new(noon(day), person, "viewed")
    };
    days.into_iter().map(visit).collect()
}

fn weekly(from: &str, count: i32) -> impl Iterator<Item = Day> {
    let from = day(from);
    (0..count).map(move |week| from.plus(7 * week))
}

fn held(rows: &[Row]) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
    (dir, store)
}

/// (piece, first day, lag, cell) of every cell, and regulars at the end of each month and today.
type Told = (Vec<(Option<String>, String, i32, RegularCell)>, Vec<(String, u64)>);

fn told(question: &Question, store: &Store, threads: usize) -> Told {
    let mut ground = Ground::of(question, store).unwrap();
    ground.engine = LocalEngine { threads };
    let evidence = ground.gather(question, &[Part::Regulars]).unwrap();
    let text = |code| ground.snapshot.terms().text(code).map(|text| text.to_string());
    let cells = evidence.regulars().cells().into_iter();
    let mut cells: Vec<_> = cells
        .map(|(origin, lag_days, cell)| (text(origin.piece), origin.day.to_string(), lag_days, cell))
        .collect();
    cells.sort_by(|a, b| (&a.0, &a.1, a.2).cmp(&(&b.0, &b.1, b.2)));
    let months = evidence.regulars().by_month().into_iter();
    (cells, months.map(|(day, count)| (day.to_string(), count)).collect())
}

/// Too few people for a fit, so about weekly: gap (7+T)/(1+x).
fn audience() -> Vec<Row> {
    let mut rows = visits("ada", "intro", weekly("2026-01-05", 20)); // until 18 May
    rows.extend(visits("bob", "intro", weekly("2026-01-05", 6))); // until 9 February
    rows.extend(visits("cy", "hit", weekly("2026-05-04", 3))); // until 18 May
    rows.extend(visits(
        "dan",
        "hit",
        [day("2026-05-04"), day("2026-05-05"), day("2026-05-06")],
    ));
    rows.extend(visits("eve", "hit", [day("2026-05-04")]));
    rows
}

#[test]
fn regulars_are_told_by_piece_and_lag() {
    let (_dir, store) = held(&audience());
    let question = Question::new(Key::Returns, Zone::utc().end_of(day("2026-05-20")), Zone::utc());
    let (cells, months) = told(&question, &store, 2);
    let cell = |became, now, month_ago, gained, lost| RegularCell {
        became,
        now,
        month_ago,
        gained,
        lost,
    };
    let intro = Some("intro".to_owned());
    let expected = [
        (Some("hit".to_owned()), "2026-05-04".to_owned(), 14, cell(1, 1, 0, 1, 0)),
        (intro, "2026-01-05".to_owned(), 14, cell(2, 1, 1, 0, 0)),
    ];
    assert_eq!(cells, expected);
    // Bob, silent since 9 February with a gap of a week or little more, fell in March.
    let of = |month: &str| months.iter().find(|(day, _)| day == month).unwrap().1;
    assert_eq!(
        [
            "2025-12-31",
            "2026-01-31",
            "2026-02-28",
            "2026-03-31",
            "2026-04-30",
            "2026-05-20"
        ]
        .map(of),
        [0, 2, 2, 1, 1, 2]
    );
    assert_eq!(months.len(), 25);
}

#[test]
fn a_later_range_makes_no_old_regular_new() {
    let (_dir, store) = held(&audience());
    let mut question = Question::new(Key::Returns, Zone::utc().end_of(day("2026-05-20")), Zone::utc());
    question.period.from = Some(day("2026-05-01"));
    let (cells, months) = told(&question, &store, 1);
    assert_eq!(
        cells.iter().map(|cell| cell.2).collect::<Vec<_>>(),
        [14, 14],
        "cells know everybody"
    );
    assert_eq!(months.last().unwrap().1, 1, "the count knows the people of the range");
}

#[test]
fn the_owner_chooses_who_is_a_regular() {
    let (_dir, store) = held(&audience());
    let question = Question::new(Key::Returns, Zone::utc().end_of(day("2026-05-20")), Zone::utc());
    store.set_regular_rule(RegularRule::EightOfSixteenDays).unwrap();
    assert_eq!(told(&question, &store, 1).0, []);
    store.set_regular_rule(RegularRule::SixOfTwelveMonths).unwrap();
    assert_eq!(told(&question, &store, 1).0, [], "January to May are five months");
}

#[test]
fn any_number_of_threads_tells_the_same_regulars() {
    let mut regulars = 0;
    for seed in 0..12 {
        let audience = RandomAudience::new(seed);
        let rows: Vec<Row> = audience.rows().cloned().collect();
        let (_dir, store) = held(&rows);
        let as_of = rows.iter().map(|row| row.time).max().unwrap();
        let question = Question::new(Key::Returns, as_of, audience.zone.clone());
        let one = told(&question, &store, 1);
        regulars += one.0.len();
        for threads in [2, 5, 32] {
            assert_eq!(told(&question, &store, threads), one, "seed {seed}, {threads} threads");
        }
    }
    assert!(regulars > 20, "{regulars} cells: the audiences have regulars");
}

/// 30,000 people, half of whom come every ten days: more than are asked for the rhythm, so a sample tells it; and what comes
/// later, though it makes the store larger, does not change which.
#[test]
fn a_sample_tells_the_rhythm_and_later_events_do_not_change_it() {
    let first = day("2026-01-01");
    let mut rows = Vec::new();
    for person in 0..30_000 {
        let days = if person % 2 == 0 { 6 } else { 1 };
        rows.extend(visits(
            &person.to_string(),
            "intro",
            (0..days).map(|n| first.plus(n * (9 + person % 3))),
        ));
    }
    let (_dir, store) = held(&rows);
    let question = Question::new(Key::Returns, Zone::utc().end_of(day("2026-03-01")), Zone::utc());
    let rhythm = |store: &Store| {
        let ground = Ground::of(&question, store).unwrap();
        let evidence = ground.gather(&question, &[Part::Regulars]).unwrap();
        evidence.regulars().regular().rhythm
    };
    let before = rhythm(&store);
    assert!((10_000..20_000).contains(&before.people), "{before:?}");
    assert_ne!(before.foundation, Foundation::Stated);
    assert!((8..=11).contains(&before.own_gap_days(5, 50)), "{before:?}");
    let later: Vec<Row> = (0..40_000)
        .flat_map(|person| visits(&format!("later {person}"), "hit", [day("2026-04-01")]))
        .collect();
    store.accept(later.iter().map(Row::claim).collect(), NOW).unwrap();
    store.seal(NOW).unwrap();
    assert_eq!(rhythm(&store), before);
}
