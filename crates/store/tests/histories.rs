//! Whatever the way events took into the store (sealed, merged, still in the tail, through another process), histories are
//! the same: each id once, in order of time, ties by id.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::collections::{BTreeMap, BTreeSet};

use longplay_domain::{Claim, Time, When};
use longplay_store::{Column, Columns, History, NONE, Snapshot, Store, Verdict, check, histories};

const NOW: Time = Time::from_micros(1_780_000_000_000_000);
const START_MICROS: i64 = 1_700_000_000_000_000;

/// A small generator of its own, so that a failure names one number.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// (person, time, id, act, piece) as plain values.
type Row = (u64, i64, String, &'static str, Option<String>);

fn rows(dice: &mut Dice, count: u64) -> Vec<Row> {
    let acts = ["viewed", "opened", "purchased", "delivered"];
    let row = |dice: &mut Dice| {
        // Few instants and few ids: ties and duplicates are common.
        let time = START_MICROS + dice.roll(40) as i64 * 3_600_000_000;
        let id = format!("e{}", dice.roll(count * 4));
        let piece = (dice.roll(3) > 0).then(|| format!("piece {}", dice.roll(5)));
        (dice.roll(25), time, id, acts[dice.roll(4) as usize], piece)
    };
    (0..count).map(|_| row(dice)).collect()
}

fn claim(row: &Row) -> Claim {
    Claim {
        time: When::At(Time::from_micros(row.1)),
        person: format!("p{}", row.0),
        event: row.3.to_owned(),
        id: Some(row.2.clone()),
        piece: row.4.clone(),
        properties: properties(row).unwrap_or_default(),
        ..Claim::default()
    }
}

/// Half of the events say something more.
fn properties(row: &Row) -> Option<String> {
    row.2
        .ends_with(['1', '3', '5', '7', '9'])
        .then(|| format!("{{\"id\":\"{}\"}}", row.2))
}

/// What histories must be: by person, (time, id) in order, then what happened.
type Expected = BTreeMap<i64, Vec<(i64, Happened)>>;

/// Act, piece and properties.
type Happened = (String, Option<String>, Option<String>);

fn expected(store: &Store, kept: &[Row]) -> Expected {
    let gate = store.gate(NOW).unwrap();
    let mut people: BTreeMap<i64, BTreeMap<(i64, String), Happened>> = BTreeMap::new();
    for row in kept {
        let event = gate.admit(claim(row)).unwrap();
        let act = event.act().name().to_owned();
        people
            .entry(event.person().0)
            .or_default()
            .insert((row.1, row.2.clone()), (act, row.4.clone(), properties(row)));
    }
    people
        .into_iter()
        .map(|(person, events)| {
            (
                person,
                events
                    .into_iter()
                    .map(|((time, _), happened)| (time, happened))
                    .collect(),
            )
        })
        .collect()
}

/// Histories come in blocks where they are many, and one by one is a block of one.
const BLOCK: usize = 3;

fn observed(snapshot: &Snapshot, threads: usize) -> Expected {
    let columns = Columns::of(&[Column::Time, Column::Act, Column::Piece, Column::Properties]);
    let parts = histories::in_parallel(snapshot, columns, threads, |histories| {
        let mut people = Expected::new();
        let mut observe = |history: &History<'_>| {
            let pieces = history.codes(Column::Piece);
            let events = (0..history.len()).map(|event| {
                let piece = snapshot.terms().text(pieces[event]).map(|text| text.to_string());
                assert_eq!(piece.is_none(), pieces[event] == NONE);
                let said = history.properties(event).map(str::to_owned);
                (
                    history.times[event],
                    (history.act(event).name().to_owned(), piece, said),
                )
            });
            assert!(
                people.insert(history.person.0, events.collect()).is_none(),
                "a person comes once"
            );
        };
        histories.each_block(if threads == 1 { 1 } else { BLOCK }, |block| {
            assert!((1..=BLOCK).contains(&block.len()));
            block.iter().for_each(&mut observe);
        })?;
        Ok(people)
    });
    parts.unwrap().into_iter().flatten().collect()
}

/// The first row of each id wins.
fn keep(kept: &mut Vec<Row>, ids: &mut BTreeSet<String>, rows: &[Row], verdicts: &[Verdict]) {
    for (row, verdict) in rows.iter().zip(verdicts) {
        let is_new = ids.insert(row.2.clone());
        assert_eq!(
            *verdict,
            if is_new { Verdict::Admitted } else { Verdict::Duplicate },
            "{row:?}"
        );
        if is_new {
            kept.push(row.clone());
        }
    }
}

#[test]
fn every_way_into_the_store_gives_the_same_histories() {
    for seed in 0..12 {
        let dice = &mut Dice(seed);
        let dir = tempfile::tempdir().unwrap();
        let one = Store::open(dir.path(), NOW).unwrap();
        let two = Store::open(dir.path(), NOW).unwrap();
        let (mut kept, mut ids) = (Vec::new(), BTreeSet::new());
        for _ in 0..12 {
            let store = if dice.roll(2) == 0 { &one } else { &two };
            let count = 1 + dice.roll(60);
            let rows = rows(dice, count);
            let receipt = store.accept(rows.iter().map(claim).collect(), NOW).unwrap();
            keep(&mut kept, &mut ids, &rows, &receipt.verdicts);
            match dice.roll(4) {
                0 => drop(one.seal(NOW).unwrap()),
                1 => drop(two.seal(NOW).unwrap()),
                2 => drop(one.merge(NOW).unwrap()),
                _ => {}
            }
        }
        let expected = expected(&one, &kept);
        for store in [&one, &two] {
            let snapshot = store.snapshot().unwrap();
            assert_eq!(snapshot.rows(), kept.len() as u64, "seed {seed}");
            for threads in [1, 2, 5] {
                assert_eq!(observed(&snapshot, threads), expected, "seed {seed}, {threads} threads");
            }
        }
        while one.merge(NOW).unwrap() {}
        assert_eq!(observed(&two.snapshot().unwrap(), 2), expected, "seed {seed}, merged");
        assert_eq!(one.totals().unwrap().people, expected.len() as u64);
        assert!(check(dir.path(), NOW).unwrap().is_healthy(), "seed {seed}");
    }
}

#[test]
fn merging_everything_into_one_keeps_every_row_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    let dice = &mut Dice(77);
    let (mut kept, mut ids) = (Vec::new(), BTreeSet::new());
    for _ in 0..20 {
        let rows = rows(dice, 300);
        let receipt = store.accept(rows.iter().map(claim).collect(), NOW).unwrap();
        keep(&mut kept, &mut ids, &rows, &receipt.verdicts);
        store.seal(NOW).unwrap();
    }
    let before = store.snapshot().unwrap();
    while store.merge(NOW).unwrap() {}
    let after = store.snapshot().unwrap();
    assert!(after.id() > before.id());
    let expected = expected(&store, &kept);
    assert_eq!(observed(&after, 2), expected);
    assert_eq!(
        observed(&before, 2),
        expected,
        "a snapshot stays readable across a merge"
    );
    let mut rows = 0;
    after
        .each_batch(|batch| -> Result<(), longplay_store::StoreError> {
            rows += batch.num_rows();
            Ok(())
        })
        .unwrap();
    assert_eq!(rows, kept.len());
}

#[test]
fn long_histories_run_over_pages_and_row_groups() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    // Three people with 100,000 events each: many pages a person, several row groups.
    for chunk in 0..6 {
        let claims = (0..50_000_u64).map(|index| {
            let number = chunk * 50_000 + index;
            Claim {
                time: When::At(Time::from_micros(
                    START_MICROS + (number * 7_919 % 300_007) as i64 * 1_000_000,
                )),
                person: format!("p{}", number % 3),
                event: "viewed".to_owned(),
                id: Some(number.to_string()),
                ..Claim::default()
            }
        });
        store.accept(claims.collect(), NOW).unwrap();
        if chunk == 2 || chunk == 4 {
            store.seal(NOW).unwrap();
        }
    }
    let snapshot = store.snapshot().unwrap();
    for threads in [1, 3] {
        let parts = histories::in_parallel(&snapshot, Columns::of(&[Column::Act]), threads, |histories| {
            let mut lengths = Vec::new();
            histories.each(|history| {
                assert!(history.times.is_sorted());
                lengths.push(history.len());
            })?;
            Ok(lengths)
        });
        assert_eq!(parts.unwrap().concat(), [100_000; 3]);
    }
}
