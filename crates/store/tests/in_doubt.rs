//! A process can die when its commit is in the write-ahead log and the others don't know yet. They go on as if it had never
//! been; whoever opens the database after them all finds it.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{fs, path::Path};

use longplay_domain::{Claim, Time, When};
use longplay_store::{Store, check};

const NOW: Time = Time::from_micros(1_780_000_000_000_000);

fn claims(from: u32, to: u32) -> Vec<Claim> {
    let claim = |number: u32| Claim {
        time: When::At(Time::from_micros(1_700_000_000_000_000 + i64::from(number) * 1_000_000)),
        person: format!("p{}", number % 7),
        event: "viewed".to_owned(),
        id: Some(number.to_string()),
        ..Claim::default()
    };
    (from..to).map(claim).collect()
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_segment_named_by_a_commit_in_doubt_is_not_swept_from_under_it() {
    let (here, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let alive = Store::open(here.path(), NOW).unwrap();
    for part in 0..2 {
        alive.accept(claims(part * 10, part * 10 + 10), NOW).unwrap();
        alive.seal(NOW).unwrap();
    }

    // The other one merges, from the very same state, and its log and files come here: but nobody here is told, since the
    // shared index beside the log stays as it is.
    copy(here.path(), elsewhere.path());
    let dying = Store::open(elsewhere.path(), NOW).unwrap();
    assert!(dying.merge(NOW).unwrap());
    let log = fs::read(elsewhere.path().join("longplay.db-wal")).unwrap();
    let before = fs::metadata(here.path().join("longplay.db-wal")).unwrap().len();
    assert!(log.len() as u64 > before, "the log has to go on where it was");
    for folder in ["segments", "ids"] {
        copy(&elsewhere.path().join(folder), &here.path().join(folder));
    }
    fs::write(here.path().join("longplay.db-wal"), log).unwrap();

    // Whoever is alive has nothing to seal, and sweeps what it takes for a leftover. Then everybody is killed.
    let segments = || fs::read_dir(here.path().join("segments")).unwrap().count();
    assert_eq!(segments(), 3);
    assert!(!alive.seal(NOW).unwrap());
    assert_eq!(segments(), 2, "nobody here knows of a merge");
    // A copy is what a kill leaves: nobody tidies up, and the index is built anew from the log.
    let left = tempfile::tempdir().unwrap();
    copy(here.path(), left.path());
    for index in ["longplay.db-shm", "journal.db-shm"] {
        fs::remove_file(left.path().join(index)).unwrap();
    }
    let opened = Store::open_existing(left.path(), NOW).unwrap();
    assert_eq!(opened.snapshot().unwrap().rows(), 20);
    drop(opened);
    assert!(check(left.path(), NOW).unwrap().is_healthy());
}
