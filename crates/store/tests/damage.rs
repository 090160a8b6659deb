//! What happens to a data directory between one run and the next: leftovers, lost files, flipped bytes, a move.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{fs, path::Path};

use longplay_domain::{Claim, Time, When};
use longplay_store::{Store, StoreError, check};

const NOW: Time = Time::from_micros(1_780_000_000_000_000);

fn claims(from: u32, to: u32) -> Vec<Claim> {
    let claim = |number: u32| Claim {
        time: When::At(Time::from_micros(1_700_000_000_000_000 + i64::from(number) * 1_000_000)),
        person: format!("p{}", number % 50),
        event: "viewed".to_owned(),
        id: Some(number.to_string()),
        ..Claim::default()
    };
    (from..to).map(claim).collect()
}

fn filled(directory: &Path) -> Store {
    let store = Store::open(directory, NOW).unwrap();
    store.accept(claims(0, 5_000), NOW).unwrap();
    store.seal(NOW).unwrap();
    store.accept(claims(5_000, 5_100), NOW).unwrap();
    store
}

fn codes(directory: &Path) -> Vec<&'static str> {
    check(directory, NOW).unwrap().codes()
}

fn segment(directory: &Path) -> std::path::PathBuf {
    fs::read_dir(directory.join("segments"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path()
}

#[test]
fn what_was_accepted_survives_without_a_seal() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let store = Store::open_existing(dir.path(), NOW).unwrap();
    assert_eq!(store.totals().unwrap().events, 5_100);
    assert!(codes(dir.path()).is_empty());
}

#[test]
fn a_segment_that_was_never_published_harms_nothing_and_is_swept() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    let orphan = dir.path().join("segments/seg-000000000009-deadbeef.parquet");
    fs::write(&orphan, b"half a segment").unwrap();
    assert!(codes(dir.path()).is_empty(), "no answer reads it");
    store.seal(NOW).unwrap();
    assert!(!orphan.exists());
    assert!(codes(dir.path()).is_empty());
    assert_eq!(store.totals().unwrap().events, 5_100);
}

#[test]
fn a_crash_between_publishing_and_trimming_doubles_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    // The journal as it was before the seal trimmed it.
    drop(store);
    let copy = tempfile::tempdir().unwrap();
    for name in ["journal.db", "journal.db-wal"] {
        let from = dir.path().join(name);
        if from.exists() {
            fs::copy(&from, copy.path().join(name)).unwrap();
        }
    }
    Store::open(dir.path(), NOW).unwrap().seal(NOW).unwrap();
    for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let _ = fs::remove_file(dir.path().join(name));
        let _ = fs::copy(copy.path().join(name), dir.path().join(name));
    }
    let store = Store::open_existing(dir.path(), NOW).unwrap();
    assert_eq!(store.totals().unwrap().events, 5_100);
    assert!(codes(dir.path()).is_empty());
}

#[test]
fn damage_is_found_and_answers_refuse() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let path = segment(dir.path());
    let whole = fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    for at in [10, whole.len() / 3, whole.len() - 20] {
        flipped[at] ^= 0x55;
        fs::write(&path, &flipped).unwrap();
        assert!(!codes(dir.path()).is_empty(), "a flipped byte at {at} is found");
        flipped.clone_from(&whole);
    }
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(codes(dir.path()), ["unreadable"]);
    assert!(matches!(
        Store::open_existing(dir.path(), NOW),
        Err(StoreError::Segment { .. })
    ));
    fs::remove_file(&path).unwrap();
    assert_eq!(codes(dir.path()), ["unreadable"]);
    fs::write(&path, &whole).unwrap();
    assert!(codes(dir.path()).is_empty());
}

#[test]
fn a_moved_directory_keeps_working() {
    let parent = tempfile::tempdir().unwrap();
    let (before, after) = (parent.path().join("before"), parent.path().join("it's moved"));
    drop(filled(&before));
    fs::rename(&before, &after).unwrap();
    let store = Store::open_existing(&after, NOW).unwrap();
    assert_eq!(store.totals().unwrap().events, 5_100);
    store.seal(NOW).unwrap();
    assert!(codes(&after).is_empty());
}

#[test]
fn a_directory_that_is_not_there_or_not_ours_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        Store::open_existing(&dir.path().join("nowhere"), NOW),
        Err(StoreError::Missing(_))
    ));
    let file = dir.path().join("file");
    fs::write(&file, b"x").unwrap();
    assert!(matches!(Store::open(&file, NOW), Err(StoreError::Invalid(_))));
}

#[test]
fn expired_files_go_only_after_their_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    for part in 0..8 {
        store.accept(claims(part * 100, part * 100 + 100), NOW).unwrap();
        store.seal(NOW).unwrap();
    }
    assert!(store.merge(NOW).unwrap());
    let files = || fs::read_dir(dir.path().join("segments")).unwrap().count();
    let after_hours = |hours: i64| Time::from_micros(NOW.micros() + hours * 3_600_000_000);
    assert_eq!(files(), 9);
    assert_eq!(store.expire(after_hours(2)).unwrap(), 0);
    assert_eq!(store.expire(after_hours(25)).unwrap(), 0, "scheduled, in grace");
    assert_eq!(store.expire(after_hours(27)).unwrap(), 8);
    assert_eq!(files(), 1);
    assert_eq!(store.totals().unwrap().events, 800);
    assert!(codes(dir.path()).is_empty());
}
