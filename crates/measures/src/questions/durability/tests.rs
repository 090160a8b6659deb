//! A catalogue worked out by hand, and what is said at its edges.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Day, Period, Piece, Time, Zone};
use longplay_store::Store;
use longplay_testkit::Row;

use crate::{Answer, Figure, Key, Question, State, ask};

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

struct World {
    store: Store,
    rows: Vec<Row>,
    _directory: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            store: Store::open(directory.path(), NOW).unwrap(),
            rows: Vec::new(),
            _directory: directory,
        }
    }

    /// People `group-0`, `group-1` … up to `count` of them are there on that day with that piece.
    fn there(&mut self, group: &str, count: usize, day: &str, piece: &str) -> &mut Self {
        let noon = Time::parse(&format!("{day}T12:00:00Z"), &Zone::utc()).unwrap();
        self.rows.extend((0..count).map(|number| Row {
            piece: Some(piece.to_owned()),
            ..Row::new(noon, format!("{group}-{number}"), "viewed")
        }));
        self
    }

    fn ask(&mut self, as_of: &str) -> Answer {
        self.ask_about(as_of, Period::default())
    }

    fn ask_about(&mut self, as_of: &str, period: Period) -> Answer {
        let rows = std::mem::take(&mut self.rows);
        self.store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
        let zone = Zone::utc();
        let as_of = zone.end_of(Day::parse(as_of).unwrap());
        let question = Question {
            period,
            ..Question::new(Key::Durability, as_of, zone)
        };
        ask(&question, &self.store).unwrap()
    }
}

fn figure<'a>(answer: &'a Answer, key: &str) -> &'a Figure {
    answer.figures.iter().find(|figure| figure.key == key).unwrap()
}

#[track_caller]
fn is(answer: &Answer, key: &str, counted: (i64, u64), value: f64) {
    let figure = figure(answer, key);
    assert_eq!((figure.count, figure.n), counted, "{key}");
    let (found, low, high) = (figure.value.unwrap(), figure.low.unwrap(), figure.high.unwrap());
    assert!((found - value).abs() < 1e-9, "{key}: {found} against {value}");
    assert!(low <= value && value <= high && low < high, "{key}: {low} to {high}");
}

/// Brought back within 90 days by pieces older than 28 days: one 30, two 20, three none (after 100 days), four 5, five 5; six
/// is too young. 60 in all, so breadth 1 − 30/60, N_eff 60²/(30² + 20² + 5² + 5²), and 5 without the top three.
///
/// 2 to 29 June: ten people with `one` on a day, five with `four` on two, all of them there twice before; fifteen newcomers
/// with `six`, six of them twice. 41 days with a piece, 20 by people who return, 10 of those with a piece older than 90 days.
fn world() -> World {
    let mut world = World::new();
    world
        .there("one", 40, "2026-01-01", "one")
        .there("one", 30, "2026-01-20", "one")
        .there("one", 10, "2026-06-05", "one")
        .there("two", 30, "2026-02-01", "two")
        .there("two", 20, "2026-04-01", "one")
        .there("two", 5, "2026-06-06", "four")
        .there("two", 5, "2026-06-07", "four")
        .there("three", 20, "2026-01-05", "three")
        .there("three", 10, "2026-04-15", "three")
        .there("four", 10, "2026-05-01", "four")
        .there("four", 5, "2026-05-02", "four")
        .there("five", 10, "2026-05-20", "five")
        .there("five", 5, "2026-05-21", "five")
        .there("six", 15, "2026-06-10", "six")
        .there("six", 6, "2026-06-11", "six");
    world
}

#[test]
fn a_catalogue_worked_out_by_hand() {
    let answer = world().ask("2026-06-30");
    is(&answer, "breadth", (30, 60), 0.5);
    is(&answer, "back_catalogue", (10, 20), 0.5);
    is(&answer, "returning_share", (20, 41), 20.0 / 41.0);
    is(&answer, "index", (0, 125), (0.25_f64 * 20.0 / 41.0).cbrt());
    is(&answer, "n_eff", (4, 60), 3_600.0 / 1_350.0);
    is(&answer, "without_top_1", (30, 60), 0.5);
    is(&answer, "without_top_3", (5, 60), 5.0 / 60.0);
    is(&answer, "without_top_10", (0, 60), 0.0);
    let pieces: Vec<(&str, u64)> = answer
        .rows
        .iter()
        .map(|row| (row["piece"].as_str().unwrap(), row["brought_back"].as_u64().unwrap()))
        .collect();
    assert_eq!(pieces, [("one", 30), ("two", 20), ("five", 5), ("four", 5)]);
    assert!(answer.sentence.starts_with("0.50 ("), "{}", answer.sentence);
    assert!(
        answer
            .sentence
            .ends_with("8 in 100 of the people who came back remain."),
        "{}",
        answer.sentence
    );
}

/// By topic, each is judged by its own pieces; what they share counts in both, and a topic of fewer than five is too early.
#[test]
fn each_topic_and_channel_has_an_index_of_its_own() {
    let mut world = world();
    let topics = [
        ("one", "all and most"),
        ("two", "all and most"),
        ("three", "all and most"),
        ("four", "all and most"),
        ("five", "all and most"),
        ("six", "all"),
    ];
    let pieces = topics.map(|(id, of)| Piece {
        topics: of.split(" and ").map(str::to_owned).collect(),
        channel: Some(if id == "six" { "shop" } else { "blog" }.to_owned()),
        ..Piece::named(id)
    });
    world.store.put_pieces(&pieces).unwrap();
    let rows = std::mem::take(&mut world.rows);
    world.store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
    let of = |by| {
        let zone = Zone::utc();
        let as_of = zone.end_of(Day::parse("2026-06-30").unwrap());
        let question = Question {
            by,
            ..Question::new(Key::Durability, as_of, zone)
        };
        ask(&question, &world.store).unwrap()
    };
    let find = |answer: &Answer, key: &str, by: &'static str, name: Option<&str>| {
        let scope = name.map(|name| (by, Some(name.to_owned()))).into_iter().collect();
        let mut figures = answer.figures.iter();
        figures
            .find(|figure| figure.key == key && figure.scope == scope)
            .unwrap()
            .clone()
    };
    let answer = of(crate::By::Topic);
    for key in [
        "index",
        "breadth",
        "back_catalogue",
        "returning_share",
        "n_eff",
        "without_top_3",
    ] {
        let (whole, all) = (
            find(&answer, key, "topic", None),
            find(&answer, key, "topic", Some("all")),
        );
        let numbers = |figure: &Figure| (figure.n, figure.count, figure.value, figure.low, figure.high);
        assert_eq!(numbers(&whole), numbers(&all), "{key}: all pieces are of it");
    }
    // Without `six`: 20 days with a piece, all by people who return.
    let most = find(&answer, "returning_share", "topic", Some("most"));
    assert_eq!((most.count, most.n), (20, 20));
    let answer = of(crate::By::Channel);
    assert_eq!(find(&answer, "index", "channel", Some("blog")).state, State::Known);
    assert_eq!(find(&answer, "index", "channel", Some("shop")).state, State::TooEarly);
}

#[test]
fn the_owner_knows_when_a_piece_came_out() {
    let mut world = world();
    let four = Piece {
        published_at: Time::parse("2026-01-01T00:00:00Z", &Zone::utc()),
        ..Piece::named("four")
    };
    world.store.put_pieces(&[four]).unwrap();
    // Now `four` is older than 90 days, too.
    is(&world.ask("2026-06-30"), "back_catalogue", (20, 20), 1.0);
}

#[test]
fn a_period_limits_people_and_not_their_past_or_the_age_of_pieces() {
    let period = Period {
        from: Day::parse("2026-02-01"),
        to: Day::parse("2026-03-01"),
    };
    let answer = world().ask_about("2026-06-30", period);
    let counted = |key: &str| (figure(&answer, key).count, figure(&answer, key).n);
    assert_eq!(counted("index"), (0, 30));
    assert_eq!((counted("breadth"), counted("back_catalogue")), ((0, 20), (0, 10)));
    assert_eq!(counted("returning_share"), (10, 10));
    assert_eq!(figure(&answer, "breadth").state, State::TooEarly);
}

#[test]
fn too_early_says_what_is_missing_and_when_it_will_not_be() {
    let mut world = World::new();
    assert_eq!(
        world.ask("2026-06-30").sentence,
        "Nobody has been seen yet, so there is no catalogue to judge."
    );
    for (piece, day) in [
        ("a", "2026-06-01"),
        ("b", "2026-06-02"),
        ("c", "2026-06-03"),
        ("d", "2026-06-04"),
    ] {
        world.there(piece, 30, day, piece);
    }
    let answer = world.ask("2026-07-01");
    assert_eq!(figure(&answer, "index").state, State::TooEarly);
    assert_eq!(
        answer.sentence,
        "Too early to tell. 2 pieces are older than 28 days; the index starts at 5."
    );
    let answer = world.there("e", 1, "2026-06-20", "e").ask("2026-07-01");
    assert_eq!(figure(&answer, "index").ready_on, Day::parse("2026-07-19"));
    assert!(
        answer.sentence.ends_with("starts at 5. Ask again on 19 July 2026."),
        "{}",
        answer.sentence
    );
    let ready = world.ask("2026-07-19");
    assert_eq!(figure(&ready, "index").state, State::Known);
    assert!(ready.cautions.iter().any(|caution| caution.code == "no_back_catalogue"));
    let few = World::new().there("a", 99, "2026-01-01", "a").ask("2026-07-01");
    assert!(figure(&few, "index").value.is_none());
}

#[test]
fn nobody_who_came_back_is_none_and_not_unknown() {
    let mut world = World::new();
    for piece in ["a", "b", "c", "d", "e"] {
        world.there(piece, 30, "2026-01-01", piece);
    }
    let answer = world.ask("2026-07-01");
    let index = figure(&answer, "index");
    assert_eq!((index.value, index.state), (Some(0.0), State::Known));
    assert_eq!(figure(&answer, "breadth").state, State::NoData);
    assert!(
        answer
            .sentence
            .ends_with("Nobody was there with a piece in the last 28 days."),
        "{}",
        answer.sentence
    );
}

/// What each month tells is what was told at its end; before anybody was seen there are no months.
#[test]
fn past_months_tell_what_they_told_then() {
    let mut world = world();
    let now = world.ask("2026-07-15");
    let zone = Zone::utc();
    let question = Question {
        months: 12,
        ..Question::new(Key::Durability, zone.end_of(Day::parse("2026-07-15").unwrap()), zone)
    };
    let over_time = ask(&question, &world.store).unwrap();
    let (today, past) = over_time.figures.split_at(now.figures.len());
    assert_eq!(today, now.figures);
    let index: Vec<(String, &Figure)> = past
        .iter()
        .filter(|figure| figure.key == "index")
        .map(|figure| (figure.scope.get("month").cloned().flatten().unwrap(), figure))
        .collect();
    let months: Vec<&str> = index.iter().map(|(month, _)| month.as_str()).collect();
    assert_eq!(
        months,
        ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
    );
    assert_eq!(index[0].1.state, State::TooEarly);
    let june = world.ask("2026-06-30");
    assert_eq!(index[5].1.value, figure(&june, "index").value);
    assert_eq!(past.len(), 6 * 5);
}
