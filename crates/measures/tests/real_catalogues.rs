//! `durability` on public data: it must tell The Beatles from one-hit wonders, and count listeners, not plays.
//!
//! The data lie beside the repository (their licences let us test with them, not ship them); a test without them says so.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{collections::BTreeMap, path::PathBuf};

use longplay_domain::{Day, Time, Zone};
use longplay_measures::{Answer, Figure, Key, Question, State, ask};
use longplay_store::Store;
use longplay_testkit::Row;

/// In 2096.
const NOW: Time = Time::from_micros(4_000_000_000_000_000);
/// Thirty years: events before 1990 are refused, and charts are older.
const LATER_DAYS: i32 = 10_957;

fn shared_text(file: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(file);
    let text = std::fs::read_to_string(&path);
    if text.is_err() {
        println!("SKIPPED: {file} is not in ../shared/data, so durability was NOT checked on it");
    }
    text.ok()
}

fn was_there(rows: &mut Vec<Row>, person: &str, piece: &str, day: Day) {
    let noon = Time::from_micros(Zone::utc().start_of(day).micros() + 43_200_000_000);
    rows.push(Row {
        piece: Some(piece.to_owned()),
        ..Row::new(noon, person, "watched")
    });
}

fn durability(rows: &[Row], as_of: Day) -> Answer {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), NOW).unwrap();
    store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
    let zone = Zone::utc();
    ask(&Question::new(Key::Durability, zone.end_of(as_of), zone), &store).unwrap()
}

fn figure<'a>(answer: &'a Answer, key: &str) -> &'a Figure {
    answer.figures.iter().find(|figure| figure.key == key).unwrap()
}

/// A line of CSV whose titles may hold commas inside quotes.
fn fields(line: &str) -> Vec<String> {
    let (mut found, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => found.push(String::new()),
            _ => found.last_mut().unwrap().push(character),
        }
    }
    found
}

/// Charts know no people, so ten points stand for one: brought by the song on its debut, back a week later, and there again
/// with that song half a year after the act's last week on the charts. So breadth is that of the charts (models §8), and an
/// act is as lasting as its songs are many.
fn act(songs: &[(String, Day, Day, u64)]) -> (Answer, Vec<u64>) {
    let mut rows = Vec::new();
    let last = songs.iter().map(|song| song.2).max().unwrap();
    for (song, debut, _, points) in songs {
        for fan in 0..points.div_ceil(10) {
            let person = format!("{song}-{fan}");
            for day in [*debut, debut.plus(7), last.plus(180)] {
                was_there(&mut rows, &person, song, day);
            }
        }
    }
    let fans = songs.iter().map(|song| song.3.div_ceil(10)).collect();
    (durability(&rows, last.plus(190)), fans)
}

#[test]
fn chart_extract_the_beatles_are_no_one_hit_wonder() {
    let Some(text) = shared_text("chart-extract/songs.csv") else {
        return;
    };
    let mut acts: BTreeMap<String, Vec<(String, Day, Day, u64)>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let f = fields(line);
        let day = |at: usize| Day::parse(&f[at]).unwrap().plus(LATER_DAYS);
        let points = f[6].trim().parse().unwrap();
        acts.entry(f[0].clone())
            .or_default()
            .push((f[1].clone(), day(2), day(3), points));
    }
    let published = [
        ("The Beatles", 0.958445),
        ("Elton John", 0.941296),
        ("Los Del Rio", 0.225060),
        ("Vanilla Ice", 0.490860),
        ("a-ha", 0.440042),
        ("Toni Basil", 0.077039),
        ("Soft Cell", 0.0),
    ];
    let mut lasting = Vec::new();
    for (name, songs) in &acts {
        let (answer, fans) = act(songs);
        let breadth = figure(&answer, "breadth");
        let (all, most) = (fans.iter().sum::<u64>(), fans.iter().copied().max().unwrap());
        assert_eq!((breadth.n, breadth.count as u64), (all, all - most), "{name}");
        if let Some((_, wanted)) = published.iter().find(|(act, _)| act == name) {
            let found = breadth.count as f64 / breadth.n as f64;
            assert!((found - wanted).abs() < 0.01, "{name}: {found} against {wanted}");
        }
        println!("{name}, {} songs: {}", songs.len(), answer.sentence);
        if answer.sentence.contains(": a lasting catalogue.") {
            lasting.push(name.as_str());
        } else {
            assert!(answer.sentence.starts_with("Too early"), "{name}: {}", answer.sentence);
            assert_eq!(figure(&answer, "index").state, State::TooEarly);
            assert!(figure(&answer, "breadth").value.is_none(), "{name}");
        }
    }
    assert_eq!(
        lasting,
        [
            "Elton John",
            "Fleetwood Mac",
            "Rick Astley",
            "Stevie Wonder",
            "The Beatles"
        ]
    );
}

/// Last.fm: each listener was brought by the artist they play most and is with their ten most played ones today.
#[test]
fn lastfm_hetrec_counts_listeners_and_not_plays() {
    let Some(text) = shared_text("lastfm-hetrec/user_artists.csv") else {
        return;
    };
    let mut listeners: BTreeMap<&str, Vec<(u64, &str)>> = BTreeMap::new();
    let mut plays: BTreeMap<&str, u64> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let f: Vec<&str> = line.trim().split(',').collect();
        let count: u64 = f[2].parse().unwrap();
        listeners.entry(f[0]).or_default().push((count, f[1]));
        *plays.entry(f[1]).or_default() += count;
    }
    let (first, today) = (Day::parse("2026-01-01").unwrap(), Day::parse("2026-07-01").unwrap());
    let (mut rows, mut brought) = (Vec::new(), BTreeMap::<&str, u64>::new());
    for (listener, artists) in &mut listeners {
        artists.sort_unstable_by(|a, b| b.cmp(a));
        *brought.entry(artists[0].1).or_default() += 1;
        for day in [first, first.plus(30)] {
            was_there(&mut rows, listener, artists[0].1, day);
        }
        for (_, artist) in artists.iter().take(10) {
            was_there(&mut rows, listener, artist, today.plus(-5));
        }
    }
    // Everybody else's music is in the catalogue too, and was before anybody came.
    let older: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.piece.as_deref())
        .map(|piece| *plays.get_key_value(piece).unwrap().0)
        .collect();
    older
        .iter()
        .for_each(|artist| was_there(&mut rows, "the-archive", artist, first));
    let answer = durability(&rows, today);
    println!("{}", answer.sentence);
    let total = brought.values().sum::<u64>();
    let effective = (total as f64).powi(2) / brought.values().map(|people| (people * people) as f64).sum::<f64>();
    let found = figure(&answer, "n_eff");
    assert_eq!((found.n, found.count as usize), (total, brought.len()));
    assert!(
        (found.value.unwrap() - effective).abs() < 1e-6,
        "{found:?} against {effective}"
    );
    assert!(found.low.unwrap() < effective && effective < found.high.unwrap());
    assert!(answer.sentence.contains("a lasting catalogue"), "{}", answer.sentence);
    // One listener holds 27 in 100 of all plays of Depeche Mode (72), and is one of the 74 they brought.
    let mut top: Vec<(u64, &str)> = brought.iter().map(|(artist, people)| (*people, *artist)).collect();
    top.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let listed: Vec<(u64, &str)> = answer
        .rows
        .iter()
        .map(|row| (row["brought_back"].as_u64().unwrap(), row["piece"].as_str().unwrap()))
        .collect();
    assert_eq!(listed, top[..10]);
    assert!(listed.contains(&(74, "72")) && plays["72"] == 1_301_308);
}
