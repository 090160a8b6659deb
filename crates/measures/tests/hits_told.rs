//! What `hits` says of a stretch and of pieces, end to end over a store: where it came from, what the owner says of it, how
//! first days compare, how a piece fades.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Claim, Day, HitMark, HitNote, Sample, Time, Zone, sample::Span};
use longplay_measures::{Answer, Figure, Key, Question, State, ask};
use longplay_store::Store;
use longplay_testkit::Row;
use serde_json::Value;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

fn first() -> Day {
    Day::parse("2026-01-05").unwrap()
}

fn visit(person: String, day: Day, piece: &str, source: Option<&str>) -> Claim {
    let noon = Time::from_micros(Zone::utc().start_of(day).micros() + 43_200_000_000);
    let mut row = Row::new(noon, person, "viewed");
    (row.piece, row.channel) = (Some(piece.to_owned()), Some("site".to_owned()));
    Claim {
        source: source.map(str::to_owned),
        ..row.claim()
    }
}

/// Seventy days with thirty people at `home`; on the sixtieth and the day after 400 and 90 come to `story`, most from one forum.
fn people() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), NOW).unwrap();
    let mut claims = Vec::new();
    for day in 0..70 {
        for person in 0..30 + day % 3 {
            claims.push(visit(format!("reader-{day}-{person}"), first().plus(day), "home", None));
        }
    }
    for (day, people) in [(59, 400), (60, 90)] {
        for person in 0..people {
            let source = (person % 5 > 0).then_some("forum.example");
            claims.push(visit(
                format!("crowd-{day}-{person}"),
                first().plus(day),
                "story",
                source,
            ));
        }
    }
    store.accept(claims, NOW).unwrap();
    (directory, store)
}

fn ask_on(store: &Store, key: Key, day: i32) -> Answer {
    let zone = Zone::utc();
    ask(&Question::new(key, zone.end_of(first().plus(day)), zone), store).unwrap()
}

fn rows<'a>(answer: &'a Answer, kind: &str) -> Vec<&'a Value> {
    answer.rows.iter().filter(|row| row["kind"] == kind).collect()
}

fn figure<'a>(answer: &'a Answer, key: &str, piece: Option<&str>) -> &'a Figure {
    let is_it =
        |figure: &&Figure| figure.key == key && figure.scope.get("piece").cloned().flatten().as_deref() == piece;
    answer.figures.iter().find(is_it).unwrap()
}

#[test]
fn one_source_of_most_of_a_hit_is_named_before_its_shape() {
    let (_directory, store) = people();
    let answer = ask_on(&store, Key::Hits, 70);
    let found = rows(&answer, "episode");
    assert_eq!(found.len(), 1, "{found:?}");
    let hit = found[0];
    assert_eq!((&hit["piece"], &hit["is_big"]), (&"story".into(), &true.into()));
    let from = &hit["came_from"];
    // Four in five of 490, of about 490 above the usual 31 a day.
    assert_eq!(
        (&from["kind"], &from["name"], &from["people"]),
        (&"source".into(), &"forum.example".into(), &392.into())
    );
    assert!((0.75..0.85).contains(&from["share"].as_f64().unwrap()), "{from}");
    assert!(
        hit["shape"].is_string() && hit["rarity_n"].as_u64().unwrap() > 30,
        "{hit}"
    );
    assert!(
        answer
            .sentence
            .contains("At least half of it came through the source “forum.example”."),
        "{}",
        answer.sentence
    );
    // A week later the shape can be read; three days after the peak it can't.
    let early = ask_on(&store, Key::Hits, 63);
    assert!(rows(&early, "episode")[0]["shape"].is_null());
}

#[test]
fn what_the_owner_marks_as_unwanted_is_counted_nowhere_and_kept_in_sight() {
    let (_directory, store) = people();
    let note = |mark| HitNote {
        about: "story".to_owned(),
        day: first().plus(60),
        mark,
        why: Some("a raid: two words".to_owned()),
    };
    store.put_hit_note(&note(HitMark::Explained)).unwrap();
    let explained = ask_on(&store, Key::Hits, 70);
    assert_eq!(figure(&explained, "spikes", None).count, 1);
    assert_eq!(rows(&explained, "episode")[0]["note"]["mark"], "explained");
    store.put_hit_note(&note(HitMark::Unwanted)).unwrap();
    assert_eq!(store.hit_notes().unwrap(), [note(HitMark::Unwanted)]);
    let answer = ask_on(&store, Key::Hits, 70);
    assert_eq!(
        (
            figure(&answer, "spikes", None).count,
            figure(&answer, "rarity_pieces", None).count
        ),
        (0, 0)
    );
    let hit = &rows(&answer, "episode")[0];
    assert_eq!(
        (&hit["note"]["mark"], &hit["note"]["why"]),
        (&"unwanted".into(), &"a raid: two words".into())
    );
    assert!(answer.cautions.iter().any(|caution| caution.code == "unwanted_hits"));
    assert!(rows(&ask_on(&store, Key::Lift, 120), "autopsy").is_empty());
    assert!(store.remove_hit_note("story", first().plus(60)).unwrap());
    assert!(!store.remove_hit_note("story", first().plus(60)).unwrap());
    assert_eq!(rows(&ask_on(&store, Key::Lift, 120), "autopsy").len(), 1);
}

/// Six videos, one every twenty days from the twentieth on, with 100, 200 … 600 views on their first day, half of that on the
/// next and 10 a day for good.
#[test]
fn first_days_compare_at_equal_age_and_pieces_fade_to_a_floor() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), NOW).unwrap();
    let views = |piece: Option<&str>, day: i32, value: f64| Sample {
        channel: "tube".to_owned(),
        piece: piece.map(str::to_owned),
        day: first().plus(day),
        metric: "views".to_owned(),
        value,
        span: Span::Day,
    };
    let mut samples: Vec<Sample> = (0..200).map(|day| views(None, day, 1_000.0)).collect();
    for video in 1..=6 {
        let (name, start, top) = (format!("video-{video}"), 20 * video, 100.0 * f64::from(video));
        for day in start..200 {
            let value = match day - start {
                0 => top,
                1 => top / 2.0,
                _ => 10.0,
            };
            samples.push(views(Some(&name), day, value));
        }
    }
    store.put_samples(&samples).unwrap();
    let answer = ask_on(&store, Key::Hits, 124);
    let launches = rows(&answer, "launch");
    let told = |piece: &str| *launches.iter().find(|row| row["piece"] == piece).unwrap();
    // On day 124 the sixth is four days old, and five others are through their week.
    assert_eq!(
        (&told("video-6")["total"], &told("video-6")["n"]),
        (&Value::Null, &5.into())
    );
    assert_eq!(told("video-6")["ready_on"], first().plus(127).to_string());
    let fourth = told("video-4");
    assert_eq!(
        (&fourth["total"], &fourth["n"], &fourth["percentile"]),
        (&650.0.into(), &4.into(), &75.0.into())
    );
    assert!(fourth["low"].as_f64().unwrap() < 75.0 && fourth["high"].as_f64().unwrap() > 75.0);
    // The first video: 100 + 50 + 10 a day; above its floor of 10 it had 90 and then 40, half of which is 65 of the first day's 90.
    let (floor, half_life) = (
        figure(&answer, "floor", Some("video-1")),
        figure(&answer, "half_life_days", Some("video-1")),
    );
    assert_eq!(floor.value, Some(10.0));
    assert!((half_life.value.unwrap() - 65.0 / 90.0).abs() < 1e-9, "{half_life:?}");
    let young = figure(&answer, "floor", Some("video-4"));
    assert_eq!(
        (young.state, young.ready_on),
        (State::TooEarly, Some(first().plus(80 + 61)))
    );
}
