//! `credit` on journeys worked out by hand, and what must hold of any: what a method gives adds up to all conversions.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Act, Day, Goal, Period, Piece, Time, Zone};
use longplay_measures::{Answer, AskError, By, Figure, Key, Question, State, ask};
use longplay_store::Store;
use longplay_testkit::{RandomAudience, Row};
use serde_json::json;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);
/// 2024-01-01
const START: i64 = 1_704_067_200_000_000;
const DAY: i64 = 86_400_000_000;
const METHODS: [&str; 9] = [
    "first",
    "last",
    "last_post",
    "linear",
    "time_decay",
    "position",
    "shapley",
    "markov",
    "influenced",
];

/// An audience under construction.
struct World {
    rows: Vec<Row>,
}

impl World {
    fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// `person` does `act` so many days after the start, on a piece in a channel where these are not empty.
    fn does(&mut self, person: &str, day: i64, (act, piece, channel): (&str, &str, &str)) {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let time = Time::from_micros(START + day * DAY + self.rows.len() as i64);
        let mut row = Row::new(time, person, act);
        (row.piece, row.channel) = (said(piece), said(channel));
        self.rows.push(row);
    }

    fn store(&self, directory: &tempfile::TempDir) -> Store {
        let store = Store::open(directory.path(), NOW).unwrap();
        store.accept(self.rows.iter().map(Row::claim).collect(), NOW).unwrap();
        store
    }
}

/// - 20 read the guide, 200 days later the letter, a day after that the shop's page, and buy;
/// - 10 read the letter three times and buy;
/// - 5 only buy, and what they bought is a piece;
/// - 5 read the guide and don't buy.
fn shop() -> World {
    let mut world = World::new();
    for n in 0..20 {
        let who = format!("long{n}");
        world.does(&who, 0, ("viewed", "guide", "website"));
        world.does(&who, 200, ("opened", "letter", "newsletter"));
        world.does(&who, 201, ("viewed", "page", "shop"));
        world.does(&who, 201, ("purchased", "record", "shop"));
    }
    for n in 0..10 {
        let who = format!("short{n}");
        (0..3).for_each(|day| world.does(&who, 190 + day, ("opened", "letter", "newsletter")));
        world.does(&who, 201, ("purchased", "record", "shop"));
    }
    (0..5).for_each(|n| world.does(&format!("sudden{n}"), 201, ("purchased", "record", "shop")));
    (0..5).for_each(|n| world.does(&format!("never{n}"), 0, ("viewed", "guide", "website")));
    world
}

fn question(by: By) -> Question {
    let zone = Zone::utc();
    Question {
        by,
        ..Question::new(Key::Credit, NOW, zone)
    }
}

fn figure<'a>(answer: &'a Answer, key: &str, by: By, scope: Option<&str>) -> &'a Figure {
    let scope = (key.starts_with("credit_")).then(|| (by.name(), scope.map(str::to_owned)));
    let scope = scope.into_iter().collect();
    let mut found = answer
        .figures
        .iter()
        .filter(|figure| figure.key == key && figure.scope == scope);
    let figure = found.next().unwrap_or_else(|| panic!("{key} {scope:?}"));
    assert!(found.next().is_none(), "{key} {scope:?} stands there twice");
    figure
}

/// The values of one method for some scopes, to four places.
fn credit<const N: usize>(answer: &Answer, method: &str, by: By, scopes: [Option<&str>; N]) -> [f64; N] {
    scopes.map(|scope| {
        let figure = figure(answer, &format!("credit_{method}"), by, scope);
        assert!(figure.low <= figure.value && figure.value <= figure.high, "{figure:?}");
        (figure.value.unwrap() * 1e4).round() / 1e4
    })
}

#[test]
fn every_method_gives_what_was_worked_out_by_hand() {
    let directory = tempfile::tempdir().unwrap();
    let store = shop().store(&directory);
    for (by, scopes) in [
        (By::Piece, [Some("guide"), Some("letter"), Some("page"), None]),
        (By::Channel, [Some("website"), Some("newsletter"), Some("shop"), None]),
    ] {
        let answer = ask(&question(by), &store).unwrap();
        // The last touch is at age 0, the letter a day before it, the guide 201 days.
        let (letter, guide) = ((-1.0_f64 / 7.0).exp2(), (-201.0_f64 / 7.0).exp2());
        let whole = 1.0 + letter + guide;
        let decay = [20.0 * guide / whole, 20.0 * letter / whole + 10.0, 20.0 / whole, 5.0];
        let third = 20.0 / 3.0;
        // Of 35 journeys 25 start at the guide and 10 at the letter; removal loses 2/3, all and 2/3 of the conversions.
        let expected = [
            ("first", [20.0, 10.0, 0.0, 5.0]),
            ("last", [0.0, 10.0, 20.0, 5.0]),
            ("last_post", [0.0, 30.0, 0.0, 5.0]),
            ("linear", [third, third + 10.0, third, 5.0]),
            ("shapley", [third, third + 10.0, third, 5.0]),
            ("position", [8.0, 14.0, 8.0, 5.0]),
            ("markov", [60.0 / 7.0, 90.0 / 7.0, 60.0 / 7.0, 5.0]),
            ("influenced", [20.0, 30.0, 20.0, 5.0]),
            ("time_decay", decay),
        ];
        for (method, values) in expected {
            let rounded = values.map(|value| (value * 1e4).round() / 1e4);
            assert_eq!(
                credit(&answer, method, by, scopes),
                rounded,
                "{method} by {}",
                by.name()
            );
        }
        assert_eq!(figure(&answer, "conversions", by, None).count, 35);
        let coverage = figure(&answer, "coverage", by, None);
        assert_eq!((coverage.count, coverage.n), (30, 35));
        assert_eq!(figure(&answer, "unseen", by, None).count, 5);
        let agreement = figure(&answer, "agreement", by, None).value.unwrap();
        assert!(agreement > 0.0 && agreement < 1.0, "{agreement}");
    }
    let answer = ask(&question(By::Piece), &store).unwrap();
    assert_eq!(
        answer.sentence,
        "The methods disagree: “letter” gets between 10 and 30 of your 35 sales. Last touch flatters “page”. What came \
         before 5 of them is not known."
    );
}

/// The range says which goals are counted, and cuts no journey and nobody.
#[test]
fn a_touch_200_days_before_still_gets_credit() {
    let directory = tempfile::tempdir().unwrap();
    let store = shop().store(&directory);
    let on = |from: i64, to: i64| {
        let day = |number: i64| Day::parse("2024-01-01").unwrap().plus(number as i32);
        let question = Question {
            period: Period {
                from: Some(day(from)),
                to: Some(day(to)),
            },
            ..question(By::Piece)
        };
        ask(&question, &store).unwrap()
    };
    let scopes = [Some("guide"), Some("letter"), Some("page"), None];
    let whole = ask(&question(By::Piece), &store).unwrap();
    let ranged = on(201, 202);
    for method in METHODS {
        let told = |answer| credit(answer, method, By::Piece, scopes);
        assert_eq!(told(&ranged), told(&whole), "{method}");
    }
    assert_eq!(credit(&ranged, "first", By::Piece, [Some("guide")]), [20.0]);
    let before = on(0, 201);
    assert_eq!(figure(&before, "conversions", By::Piece, None).state, State::NoData);
    assert_eq!(before.sentence, "No sale in these days; credit is shown from 30.");
}

#[test]
fn below_thirty_only_what_is_counted_is_told() {
    let mut world = World::new();
    for n in 0..6 {
        let who = format!("p{n}");
        world.does(&who, 0, ("viewed", "guide", "website"));
        world.does(&who, 1, ("opened", "letter", "newsletter"));
        world.does(&who, 2, ("purchased", "", "shop"));
    }
    let directory = tempfile::tempdir().unwrap();
    let store = world.store(&directory);
    let answer = ask(&question(By::Piece), &store).unwrap();
    assert_eq!(answer.sentence, "6 sales so far; credit is shown from 30.");
    for method in METHODS {
        let early = figure(&answer, &format!("credit_{method}"), By::Piece, Some("guide"));
        assert_eq!(
            (early.state, early.value, early.n, early.count),
            (State::TooEarly, None, 6, 6)
        );
    }
    let counts = |piece: &str, first, last| {
        json!({"kind": "counts", "piece": piece, "title": piece, "first": first, "last": last, "last_post": last,
               "influenced": 6.0})
    };
    for row in [counts("guide", 6.0, 0.0), counts("letter", 0.0, 6.0)] {
        assert!(answer.rows.contains(&row), "{row} in {:?}", answer.rows);
    }
}

/// Where a goal says on which piece it was reached, that piece is a touch; a purchase says what was bought.
#[test]
fn the_goal_itself_is_a_touch_when_it_says_where_it_happened() {
    let mut world = World::new();
    (0..30).for_each(|n| world.does(&format!("d{n}"), n, ("downloaded", "guide", "website")));
    (0..30).for_each(|n| world.does(&format!("b{n}"), n, ("purchased", "record", "website")));
    let directory = tempfile::tempdir().unwrap();
    let store = world.store(&directory);
    let of = |goal: &str| {
        let question = Question {
            goal: Some(goal.to_owned()),
            ..question(By::Piece)
        };
        ask(&question, &store)
    };
    let downloads = of("download").unwrap();
    assert_eq!(credit(&downloads, "last", By::Piece, [Some("guide")]), [30.0]);
    assert_eq!(
        downloads.sentence,
        "“guide” is all that can be seen before 30 of your 30 downloads, so every method gives it those."
    );
    let sales = of("purchase").unwrap();
    assert_eq!(figure(&sales, "coverage", By::Piece, None).count, 0);
    assert_eq!(
        sales.sentence,
        "Something is known of what came before 0 of 30 sales; credit is shown from 30."
    );
    let unknown = of("fame");
    assert!(matches!(unknown, Err(AskError::Goal { asked, .. }) if asked == "fame"));
}

#[test]
fn a_piece_of_two_topics_gives_each_a_half_of_its_touch() {
    let mut world = World::new();
    for n in 0..40 {
        let who = format!("p{n}");
        world.does(&who, 0, ("viewed", "both", "website"));
        world.does(&who, 1, ("viewed", "one", "website"));
        world.does(&who, 2, ("viewed", "none", "website"));
        world.does(&who, 3, ("purchased", "", "shop"));
    }
    let directory = tempfile::tempdir().unwrap();
    let store = world.store(&directory);
    let piece = |id: &str, topics: &[&str]| Piece {
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        ..Piece::named(id)
    };
    store
        .put_pieces(&[piece("both", &["craft", "money"]), piece("one", &["money"])])
        .unwrap();
    let answer = ask(&question(By::Topic), &store).unwrap();
    let scopes = [Some("craft"), Some("money")];
    for (method, values) in [
        ("first", [20.0, 20.0]),
        ("last", [0.0, 40.0]),
        ("linear", [10.0, 30.0]),
        ("shapley", [20.0, 20.0]),
        ("influenced", [40.0, 40.0]),
    ] {
        assert_eq!(credit(&answer, method, By::Topic, scopes), values, "{method}");
    }
}

#[test]
fn what_a_method_gives_adds_up_to_all_conversions() {
    let mut told = 0;
    for seed in 0..30 {
        let audience = RandomAudience::new(seed);
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), NOW).unwrap();
        // Everybody is somebody of their own, so that there are as many journeys as a goal needs.
        let rows = audience.rows().enumerate().map(|(n, row)| {
            let person = format!("{}{}", row.person, n % 5);
            Row { person, ..row.clone() }.claim()
        });
        store.accept(rows.collect(), NOW).unwrap();
        store
            .put_goal(&Goal::of_acts("near", &[Act::Purchased, Act::Subscribed, Act::Opened]))
            .unwrap();
        for by in By::ALL {
            let question = Question {
                goal: Some("near".to_owned()),
                ..question(by)
            };
            let answer = ask(&question, &store).unwrap();
            let all = figure(&answer, "conversions", by, None).count as f64;
            if answer.grade == longplay_measures::Grade::Counted {
                continue;
            }
            for method in METHODS.iter().filter(|method| **method != "influenced") {
                let key = format!("credit_{method}");
                let figures = answer.figures.iter().filter(|figure| figure.key == key);
                let shown: f64 = figures.filter_map(|figure| figure.value).sum();
                let rest = answer
                    .rows
                    .iter()
                    .filter(|row| row["kind"] == "rest" && row["method"] == **method);
                let sum = shown + rest.map(|row| row["conversions"].as_f64().unwrap()).sum::<f64>();
                assert!(
                    (sum - all).abs() < 1e-6 * all,
                    "seed {seed}, {method} by {}: {sum} of {all}",
                    by.name()
                );
                told += 1;
            }
        }
    }
    assert!(told > 100, "{told} sums were looked at");
}
