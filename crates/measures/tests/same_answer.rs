//! The answer depends on what happened, not on how it arrived, how it lies on disk, or how many threads read it.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Time, Zone};
use longplay_measures::{By, Ground, Key, Question, ask, engine::LocalEngine};
use longplay_store::Store;
use longplay_testkit::{RandomAudience, Row};

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

fn accept(store: &Store, rows: &[&Row]) {
    store.accept(rows.iter().map(|row| row.claim()).collect(), NOW).unwrap();
}

/// Every answer as JSON, without the number of the snapshot.
fn answers(store: &Store, as_of: Time, zone: &Zone) -> Vec<serde_json::Value> {
    let mut answers = Vec::new();
    for key in Key::ALL {
        for by in By::ALL {
            let question = Question {
                by,
                ..Question::new(key, as_of, zone.clone())
            };
            let mut answer = serde_json::to_value(ask(&question, store).unwrap()).unwrap();
            answer["snapshot"] = 0.into();
            without_keys(&mut answer);
            answers.push(answer);
        }
    }
    answers
}

/// A person's key is made with the secret of the data directory, so two directories name the same person differently, and
/// list those who are equal in another order.
fn without_keys(answer: &mut serde_json::Value) {
    let Some(rows) = answer.get_mut("rows").and_then(serde_json::Value::as_array_mut) else {
        return;
    };
    for row in rows.iter_mut() {
        if let Some(row) = row.as_object_mut() {
            row.remove("person");
        }
    }
    rows.sort_by_key(serde_json::Value::to_string);
}

#[test]
fn order_of_arrival_seals_and_merges_change_nothing() {
    for seed in 0..6 {
        let audience = RandomAudience::new(seed);
        let zone = audience.zone.clone();
        let rows: Vec<&Row> = audience.rows().collect();
        let as_of = Time::from_micros(rows.iter().map(|row| row.time.micros()).max().unwrap() - 20 * 86_400_000_000);

        let dir = tempfile::tempdir().unwrap();
        let at_once = Store::open(dir.path(), NOW).unwrap();
        accept(&at_once, &rows);
        let expected = answers(&at_once, as_of, &zone);
        at_once.seal(NOW).unwrap();
        assert_eq!(answers(&at_once, as_of, &zone), expected, "seed {seed}: sealed");

        // Rows of one id must keep their order, since the first wins; otherwise backwards, in many small seals.
        let mut first_of_id = std::collections::BTreeSet::new();
        let mut kept: Vec<&Row> = rows
            .iter()
            .copied()
            .filter(|row| row.id.as_ref().is_none_or(|id| first_of_id.insert(id.clone())))
            .collect();
        kept.reverse();
        let dir = tempfile::tempdir().unwrap();
        let piecemeal = Store::open(dir.path(), NOW).unwrap();
        for part in kept.chunks(kept.len().div_ceil(10)) {
            accept(&piecemeal, part);
            piecemeal.seal(NOW).unwrap();
        }
        accept(&piecemeal, &kept[..kept.len() / 2]);
        assert_eq!(
            answers(&piecemeal, as_of, &zone),
            expected,
            "seed {seed}: backwards, ten segments"
        );
        while piecemeal.merge(NOW).unwrap() {}
        assert_eq!(answers(&piecemeal, as_of, &zone), expected, "seed {seed}: merged");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_evidence() {
    let audience = (42..)
        .map(RandomAudience::new)
        .find(|audience| audience.rows().count() > 300)
        .unwrap();
    let zone = audience.zone.clone();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    let rows: Vec<&Row> = audience.rows().collect();
    accept(&store, &rows[..rows.len() / 2]);
    store.seal(NOW).unwrap();
    accept(&store, &rows[rows.len() / 2..]);
    let evidence = |threads| -> Vec<serde_json::Value> {
        let of = |by| {
            let question = Question {
                by,
                ..Question::new(Key::Returns, NOW, zone.clone())
            };
            let mut ground = Ground::of(&question, &store).unwrap();
            ground.engine = LocalEngine { threads };
            serde_json::to_value(ground.edition(&question).unwrap()).unwrap()
        };
        By::ALL.into_iter().map(of).collect()
    };
    let one = evidence(1);
    assert!(one[0].to_string().len() > 5_000, "the audience has something to say");
    for threads in [2, 3, 8, 64] {
        assert_eq!(evidence(threads), one, "{threads} threads");
    }
}

#[test]
fn what_happens_later_changes_no_earlier_answer() {
    let audience = RandomAudience::new(7);
    let zone = audience.zone.clone();
    let mut rows: Vec<&Row> = audience.rows().collect();
    rows.sort_by_key(|row| row.time);
    // Ids must not decide who was first, so each row keeps its own.
    let mut seen = std::collections::BTreeSet::new();
    rows.retain(|row| row.id.as_ref().is_none_or(|id| seen.insert(id.clone())));
    let cut = rows.len() * 2 / 3;
    let as_of = Time::from_micros(rows[cut].time.micros() - 1);
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    accept(&store, &rows[..cut]);
    let then = answers(&store, as_of, &zone);
    accept(&store, &rows[cut..]);
    assert_eq!(answers(&store, as_of, &zone), then);
}

/// St John's set its clocks back at 00:01 until 2011: for half a minute it was already the next day.
#[test]
fn a_day_that_comes_back_is_counted_once() {
    let zone = Zone::named("America/St_Johns").unwrap();
    let times = [
        "2010-11-07T02:30:30Z",
        "2010-11-07T02:40:00Z",
        "2010-11-07T04:00:00Z",
        "2010-11-08T12:00:00Z",
    ];
    let rows: Vec<Row> = times
        .iter()
        .map(|time| Row::new(Time::parse(time, &zone).unwrap(), "ada", "viewed"))
        .collect();
    let days: Vec<String> = rows.iter().map(|row| zone.day_of(row.time).to_string()).collect();
    assert_eq!(days, ["2010-11-07", "2010-11-06", "2010-11-07", "2010-11-08"]);
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    accept(&store, &rows.iter().collect::<Vec<_>>());
    let mut cells = Vec::new();
    longplay_measures::each_recurrence(&store.snapshot().unwrap(), rows[3].time, &zone, |row| {
        cells.push((row.first_day.to_string(), row.cell.x, row.cell.t_x, row.cell.t));
        Ok::<(), longplay_store::StoreError>(())
    })
    .unwrap();
    assert_eq!(cells, [("2010-11-07".to_owned(), 1, 1, 1)]);
}
