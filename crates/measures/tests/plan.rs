//! `plan` on pieces worked out by hand: who counts for which piece, what is too early, and what is said of it.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Currency, Money, Piece, Time, Zone};
use longplay_measures::{Answer, Figure, Grade, Key, Question, State, advice_of, ask};
use longplay_store::Store;
use longplay_testkit::Row;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);
/// 2024-01-01
const START: i64 = 1_704_067_200_000_000;
const DAY: i64 = 86_400_000_000;

fn on(day: i64) -> Time {
    Time::from_micros(START + day * DAY + DAY / 2)
}

/// Pieces and the people they brought.
#[derive(Default)]
struct World {
    pieces: Vec<Piece>,
    rows: Vec<Row>,
}

impl World {
    /// A piece published on that day, in an arm, that took so many hours.
    fn piece(&mut self, id: &str, day: i64, (topic, format, hours): (&str, &str, Option<f64>)) {
        self.pieces.push(Piece {
            published_at: Some(on(day)),
            topics: vec![topic.to_owned(), "second".to_owned()],
            format: Some(format.to_owned()),
            channel: Some("youtube".to_owned()),
            effort_hours: hours,
            cost: Some(Money {
                minor: 5_000,
                currency: Currency::parse("EUR").unwrap(),
            }),
            ..Piece::named(id)
        });
    }

    /// Somebody comes through the piece on that day and buys so many days later.
    fn buyer(&mut self, piece: &str, day: i64, later: i64) {
        let who = format!("p{}", self.rows.len());
        let mut came = Row::new(on(day), who.clone(), "viewed");
        came.piece = Some(piece.to_owned());
        self.rows.push(came);
        self.rows.push(Row::new(on(day + later), who, "purchased"));
    }

    /// Somebody comes through the piece and is there on those days after.
    fn visitor(&mut self, piece: &str, day: i64, later: &[i64]) {
        let who = format!("p{}", self.rows.len());
        for after in [0].iter().chain(later) {
            let mut came = Row::new(on(day + after), who.clone(), "viewed");
            came.piece = Some(piece.to_owned());
            self.rows.push(came);
        }
    }

    fn ask(&self, day: i64) -> Answer {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), NOW).unwrap();
        store.put_pieces(&self.pieces).unwrap();
        store.accept(self.rows.iter().map(Row::claim).collect(), NOW).unwrap();
        ask(&Question::new(Key::Plan, on(day), Zone::utc()), &store).unwrap()
    }
}

/// Four videos on repair bring 12 buyers each in 2 hours of work, four texts on travel 2 each.
fn two_kinds(hours: Option<f64>) -> World {
    let mut world = World::default();
    for n in 0..4 {
        let (video, text) = (format!("video{n}"), format!("text{n}"));
        world.piece(&video, n * 10, ("repair", "video", hours));
        world.piece(&text, n * 10 + 5, ("travel", "text", hours));
        (0..12).for_each(|_| world.buyer(&video, n * 10, 10));
        (0..2).for_each(|_| world.buyer(&text, n * 10 + 5, 10));
    }
    world
}

fn figure<'a>(answer: &'a Answer, key: &str, topic: Option<&str>) -> &'a Figure {
    let is_wanted = |figure: &&Figure| {
        let of = figure.scope.get("topic").map(|topic| topic.as_deref());
        figure.key == key && of == topic.map(Some)
    };
    let mut found = answer.figures.iter().filter(is_wanted);
    let figure = found.next().unwrap_or_else(|| panic!("{key} {topic:?}"));
    assert!(found.next().is_none(), "{key} {topic:?} stands there twice");
    figure
}

#[test]
fn what_brings_most_per_hour_comes_first() {
    let answer = two_kinds(Some(2.0)).ask(300);
    let (repair, travel) = (
        figure(&answer, "per_hour", Some("repair")),
        figure(&answer, "per_hour", Some("travel")),
    );
    assert_eq!((repair.n, repair.count, travel.n, travel.count), (4, 48, 4, 8));
    // 6 and 1 an hour, drawn a little towards each other.
    let value = |figure: &Figure| figure.value.unwrap();
    assert!(
        (4.5..6.5).contains(&value(repair)) && (0.8..2.0).contains(&value(travel)),
        "{repair:?} {travel:?}"
    );
    assert!(repair.low < Some(6.0) && Some(6.0) < repair.high && travel.low < Some(1.0) && Some(1.0) < travel.high);
    let p_best = |topic| figure(&answer, "p_best", Some(topic)).value.unwrap();
    assert!(p_best("repair") > 0.9 && (p_best("repair") + p_best("travel") - 1.0).abs() < 1e-12);
    let explore = figure(&answer, "explore_share", None).value.unwrap();
    assert!((0.1..=0.4).contains(&explore), "{explore}");
    assert!(figure(&answer, "expected_regret", None).value.unwrap() < 0.5);
    // 48 buyers of four pieces at 50 euros each.
    let cost = figure(&answer, "per_cost", Some("repair"));
    assert_eq!(cost.unit, "people_per_100_EUR");
    assert!(cost.low < Some(24.0) && Some(24.0) < cost.high, "{cost:?}");
    assert_eq!(answer.grade, Grade::Attributed);
    let begins = "“repair” as video on youtube brings ";
    assert!(answer.sentence.starts_with(begins), "{}", answer.sentence);
    assert!(
        answer
            .sentence
            .ends_with("9 in 10 sure it is truly first. Keep a tenth of your time for trying others."),
        "{}",
        answer.sentence
    );
}

#[test]
fn only_the_first_ninety_days_count_and_what_is_younger_waits() {
    let mut world = two_kinds(Some(2.0));
    // One day too late, on the last day, and a regular who bought: counted as both.
    world.buyer("video0", 0, 91);
    world.buyer("video0", 0, 90);
    world.visitor("text0", 5, &[7, 14]);
    // Buyers came ten days after: a piece of 20 days has brought what it will, one of ten days or less nothing yet.
    world.piece("grown", 280, ("repair", "video", Some(2.0)));
    world.buyer("grown", 280, 10);
    world.piece("fresh", 295, ("travel", "text", Some(2.0)));
    world.buyer("fresh", 296, 1);
    let answer = world.ask(300);
    let of = |topic| {
        let figure = figure(&answer, "per_hour", Some(topic));
        (figure.n, figure.count)
    };
    assert_eq!(of("repair"), (5, 48 + 1 + 1));
    assert_eq!(of("travel"), (4, 8 + 1));
    let row = |piece: &str| {
        let mut rows = answer.rows.iter().filter(|row| row["piece"] == piece);
        rows.next().unwrap()
    };
    assert_eq!(
        (&row("grown")["counts"], &row("grown")["ready_on"]),
        (&true.into(), &"2025-01-06".into())
    );
    assert_eq!(
        (&row("fresh")["counts"], &row("fresh")["brought"]),
        (&false.into(), &1.into())
    );
    assert!(answer.cautions.iter().any(|caution| caution.code == "too_early"));
    let pieces = figure(&answer, "pieces", None);
    assert_eq!((pieces.count, pieces.n), (8, 10));
}

#[test]
fn without_hours_each_piece_counts_alike() {
    let answer = two_kinds(None).ask(300);
    let hourly = figure(&answer, "per_hour", Some("repair"));
    assert_eq!((hourly.state, hourly.value), (State::NoData, None));
    let each = figure(&answer, "per_piece", Some("repair"));
    assert!(each.low < Some(12.0) && Some(12.0) < each.high, "{each:?}");
    assert!(answer.sentence.contains(" per piece"), "{}", answer.sentence);
    assert!(answer.cautions.iter().any(|caution| caution.code == "effort_unknown"));
}

#[test]
fn a_piece_that_says_no_hours_takes_those_of_its_kind() {
    let mut world = two_kinds(Some(2.0));
    let told = world.ask(300);
    world.pieces[0].effort_hours = None;
    let answer = world.ask(300);
    let value = |answer: &Answer| figure(answer, "per_hour", Some("repair")).value;
    assert_eq!(value(&answer), value(&told));
    assert!(answer.cautions.iter().any(|caution| caution.code == "effort_missing"));
}

#[test]
fn too_few_pieces_say_what_is_missing() {
    assert_eq!(
        World::default().ask(300).sentence,
        "Nothing has been published yet, so there is nothing to plan from."
    );
    let mut world = World::default();
    for n in 0..4 {
        world.piece(&format!("video{n}"), n, ("repair", "video", Some(1.0)));
        world.buyer(&format!("video{n}"), n, 1);
    }
    let answer = world.ask(300);
    assert_eq!(
        answer.sentence,
        "Too early to compare: 4 pieces are 90 days old, and it takes 3 of each of 2 kinds (of one topic, format and \
         channel); 3 more pieces would do."
    );
    let early = figure(&answer, "p_best", Some("repair"));
    assert_eq!((early.state, early.value, early.n), (State::TooEarly, None, 4));
    let answer = world.ask(20);
    assert_eq!(
        answer.sentence,
        "Too early to compare: no piece is 90 days old yet, and it takes 3 of each of 2 kinds (of one topic, format and \
         channel); the next is on 1 April 2024."
    );
}

/// Advice is for videos on repair; afterwards texts on travel do better, and there are three of each.
#[test]
fn advice_kept_is_held_against_what_came_after() {
    let mut world = two_kinds(Some(2.0));
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), NOW).unwrap();
    let plan = |world: &World, day: i64| {
        store.put_pieces(&world.pieces).unwrap();
        store.accept(world.rows.iter().map(Row::claim).collect(), NOW).unwrap();
        ask(&Question::new(Key::Plan, on(day), Zone::utc()), &store).unwrap()
    };
    let early = plan(&World::default(), 10);
    assert_eq!(advice_of(&early, Zone::utc().day_of(on(10))), None);
    let then = plan(&world, 150);
    let advice = advice_of(&then, Zone::utc().day_of(on(150))).unwrap();
    assert_eq!(advice.topic.as_deref(), Some("repair"));
    assert_eq!(Some(advice.rate), figure(&then, "per_hour", Some("repair")).value);
    assert!(store.keep_advice(&advice).unwrap());
    for n in 0..3 {
        let (video, text) = (format!("later{n}"), format!("note{n}"));
        world.piece(&video, 160 + n, ("repair", "video", Some(2.0)));
        world.piece(&text, 160 + n, ("travel", "text", Some(2.0)));
        (0..2).for_each(|_| world.buyer(&video, 160 + n, 10));
        (0..8).for_each(|_| world.buyer(&text, 160 + n, 10));
    }
    let row = |answer: &Answer| answer.rows.iter().find(|row| row["kind"] == "advice").cloned();
    let now = row(&plan(&world, 300)).unwrap();
    let expected = serde_json::json!({
        "kind": "advice", "given_on": "2024-05-30", "topic": "repair", "format": "video", "channel": "youtube",
        "p_best": advice.p_best, "per": "hour", "then": advice.rate, "since": 1.0, "pieces_since": 3,
        "others_since": 4.0, "other_pieces_since": 3, "came_true": false,
    });
    assert_eq!(now, expected);
    assert!(row(&plan(&world, 149)).is_none(), "nobody had been advised by then");
    assert_eq!(row(&plan(&world, 155)).unwrap()["came_true"], serde_json::Value::Null);
}

#[test]
fn pieces_that_brought_nobody_are_no_ground_for_a_plan() {
    let mut world = two_kinds(Some(2.0));
    world.rows.clear();
    world.visitor("video0", 0, &[]);
    assert_eq!(
        world.ask(300).sentence,
        "None of 8 pieces has brought a regular or buyer in its first 90 days yet."
    );
}
