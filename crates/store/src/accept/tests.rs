//! Many callers at once: every id is admitted once whoever sends it, and what failed to become durable never happened.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Barrier, mpsc},
};

use longplay_domain::{Claim, Time, When, Zone};

use super::{
    Judged, Verdict,
    queue::{Owner, Queue, Role, Seat},
};
use crate::{Store, StoreError, check};

const NOW: Time = Time::from_micros(1_780_000_000_000_000);

fn claim(id: u64) -> Claim {
    Claim {
        time: When::At(Time::from_micros(1_700_000_000_000_000 + id as i64)),
        person: format!("p{}", id % 13),
        event: "viewed".to_owned(),
        id: Some(format!("e{id}")),
        ..Claim::default()
    }
}

/// Ids of a batch: some twice in it, many in other batches too.
fn ids(thread: u64, batch: u64) -> Vec<u64> {
    let draw = |place: u64| {
        let mixed = (thread * 7_919 + batch * 104_729 + place).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 40) % 2_000
    };
    (0..25).map(draw).collect()
}

/// Which thread was told that it was the first to send an id.
type Admitted = BTreeMap<u64, u64>;

fn send(store: &Store, thread: u64, batches: u64, start: &Barrier) -> Vec<(u64, Verdict)> {
    start.wait();
    let mut told = Vec::new();
    let mut last = 0;
    for batch in 0..batches {
        let ids = ids(thread, batch);
        let receipt = store.accept(ids.iter().map(|&id| claim(id)).collect(), NOW).unwrap();
        assert_eq!(receipt.verdicts.len(), ids.len());
        assert_eq!(receipt.position == 0, !receipt.verdicts.contains(&Verdict::Admitted));
        if receipt.position > 0 {
            assert!(receipt.position > last, "a caller's batches keep their order");
            last = receipt.position;
        }
        told.extend(ids.into_iter().zip(receipt.verdicts));
    }
    told
}

#[test]
fn every_id_is_admitted_once_whoever_sends_it() {
    const THREADS: u64 = 12;
    let dir = tempfile::tempdir().unwrap();
    let stores = [
        Store::open(dir.path(), NOW).unwrap(),
        Store::open(dir.path(), NOW).unwrap(),
    ];
    let start = Barrier::new(THREADS as usize + 1);
    let told: Vec<(u64, Vec<(u64, Verdict)>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (store, start) = (&stores[thread as usize % 2], &start);
                (thread, scope.spawn(move || send(store, thread, 30, start)))
            })
            .collect();
        start.wait();
        for turn in 0..6 {
            stores[turn % 2].seal(NOW).unwrap();
            stores[0].merge(NOW).unwrap();
            let rows = stores[1].snapshot().unwrap().rows();
            assert!(rows <= 2_000, "no event is seen twice while it moves into a segment");
        }
        threads
            .into_iter()
            .map(|(thread, worker)| (thread, worker.join().unwrap()))
            .collect()
    });
    let mut admitted = Admitted::new();
    let mut sent = BTreeSet::new();
    for (thread, verdicts) in &told {
        for (id, verdict) in verdicts {
            sent.insert(*id);
            if *verdict == Verdict::Admitted {
                assert_eq!(admitted.insert(*id, *thread), None, "e{id} was admitted twice");
            }
        }
    }
    assert_eq!(admitted.keys().copied().collect::<BTreeSet<_>>(), sent);
    for store in &stores {
        assert_eq!(store.snapshot().unwrap().rows(), sent.len() as u64);
    }
    drop(stores);
    assert_eq!(rows(dir.path()), sent.len() as u64);
    assert!(check(dir.path(), NOW).unwrap().is_healthy());
}

fn rows(directory: &Path) -> u64 {
    Store::open_existing(directory, NOW).unwrap().snapshot().unwrap().rows()
}

#[test]
fn a_full_disk_fails_every_batch_of_the_commit_and_none_of_it_happened() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.accept(vec![claim(1)], NOW).unwrap();
    // SQLite says the same of a file at its largest size as of a full disk.
    let pages = |limit: u32| store.journal().limit_pages(limit);
    pages(1);
    let start = Barrier::new(8);
    let failed = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8_u64)
            .map(|thread| {
                let (store, start) = (&store, &start);
                scope.spawn(move || {
                    start.wait();
                    let claims = (0..2_000).map(|place| claim(10 + thread * 2_000 + place)).collect();
                    store.accept(claims, NOW)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    for outcome in failed {
        let error = outcome.unwrap_err();
        let StoreError::Together(error) = &error else {
            panic!("{error:?}")
        };
        assert!(matches!(**error, StoreError::Sqlite { .. }), "{error:?}");
    }
    assert_eq!(store.snapshot().unwrap().rows(), 1);
    assert_eq!(rows(dir.path()), 1, "nothing of it is on disk either");
    pages(u32::MAX);
    let again = store.accept((10..2_010).map(claim).collect(), NOW).unwrap();
    assert!(again.verdicts.iter().all(|verdict| *verdict == Verdict::Admitted));
    assert_eq!(rows(dir.path()), 2_001);
}

#[test]
fn a_zone_set_elsewhere_counts_for_the_next_batch() {
    let dir = tempfile::tempdir().unwrap();
    let (here, elsewhere) = (
        Store::open(dir.path(), NOW).unwrap(),
        Store::open(dir.path(), NOW).unwrap(),
    );
    let name = || here.gate(NOW).unwrap().zone.name().to_owned();
    assert_eq!((name(), name()), ("UTC".to_owned(), "UTC".to_owned()));
    for zone in ["Europe/Vienna", "Asia/Tokyo"] {
        elsewhere.set_zone(&Zone::named(zone).unwrap()).unwrap();
        assert_eq!(name(), zone);
    }
    here.set_zone(&Zone::utc()).unwrap();
    assert_eq!(name(), "UTC");
}

#[test]
fn a_line_has_an_end_and_a_leader_that_dies_is_told_of() {
    let queue = Queue::default();
    let seats = [(); 3].map(|()| Arc::new(Seat::default()));
    let seated = |number: usize| Owner::Seated(Arc::clone(&seats[number]));
    assert!(queue.enter(batch(8 << 20), seated(0)), "nobody is there yet");
    assert!(queue.is_crowded());
    assert!(!queue.enter(batch(8 << 20), seated(1)), "the first one leads");
    assert!(!queue.enter(batch(1), seated(2)));
    assert!(matches!(seats[2].wait(), Role::Told(Err(StoreError::Busy))));
    let leading = queue.leading();
    let taken = queue.take();
    assert_eq!(taken.len(), 1, "the second is more than one commit takes");
    drop(taken);
    assert!(matches!(seats[0].wait(), Role::Told(Err(StoreError::Invalid(_)))));
    assert!(leading.hand_on());
    assert!(matches!(seats[1].wait(), Role::Lead));
    let leading = queue.leading();
    drop(queue.take());
    assert!(leading.hand_on());
    assert!(queue.enter(batch(1), seated(0)), "with nobody left, the next one leads");
}

#[test]
fn who_went_on_is_told_and_worked_for_until_the_line_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    let (tell, told) = mpsc::channel();
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let (store, tell) = (&store, tell.clone());
            scope.spawn(move || {
                for batch in 0..25 {
                    let claims = (0..4).map(|place| claim(thread * 100 + batch * 4 + place)).collect();
                    let tell = tell.clone();
                    let judged = store.judge(claims, NOW).unwrap();
                    store.keep(judged, move |outcome| tell.send(outcome.unwrap()).unwrap());
                }
            });
        }
    });
    drop(tell);
    let receipts: Vec<_> = told.iter().collect();
    assert_eq!(
        receipts.len(),
        100,
        "each batch is told of once, and nothing is left in line"
    );
    assert!(
        receipts
            .iter()
            .all(|receipt| receipt.position > 0 && receipt.verdicts.len() == 4)
    );
    assert_eq!(rows(dir.path()), 400);
}

#[test]
fn a_leader_that_panics_leaves_nobody_in_line() {
    let (tell, told) = mpsc::channel();
    let queue = Queue::default();
    let gone = || {
        let tell = tell.clone();
        Owner::Gone(Box::new(move |outcome| tell.send(outcome).unwrap()))
    };
    let died = std::thread::scope(|scope| {
        let leader = scope.spawn(|| {
            let leads = queue.enter(batch(8 << 20), gone());
            let _leading = queue.leading();
            let _taken = queue.take();
            queue.enter(batch(1), gone());
            assert!(!leads, "as a fault in a commit would end it");
        });
        leader.join()
    });
    assert!(died.is_err());
    for _ in 0..2 {
        assert!(matches!(told.try_recv(), Ok(Err(StoreError::Invalid(_)))));
    }
    assert!(queue.enter(batch(1), gone()), "the next one leads");
}

fn batch(bytes: usize) -> Judged {
    Judged {
        events: Vec::new(),
        fingerprints: Vec::new(),
        places: Vec::new(),
        verdicts: Vec::new(),
        body: vec![0; bytes],
        now: NOW,
        erasures: 0,
    }
}
