//! What happens to a data directory between one run and the next: leftovers, lost files, flipped bytes, a move.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{fs, path::Path};

use longplay_domain::{Claim, Time, When};
use longplay_store::{Store, StoreError, Verdict, check, repair};

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
    let after_minutes = |minutes: i64| Time::from_micros(NOW.micros() + minutes * 60_000_000);
    assert_eq!(files(), 9);
    assert_eq!(store.expire(after_minutes(59)).unwrap(), 0);
    assert_eq!(store.expire(after_minutes(61)).unwrap(), 0, "scheduled, in grace");
    assert_eq!(store.expire(after_minutes(77)).unwrap(), 8);
    assert_eq!(files(), 1);
    assert_eq!(store.totals().unwrap().events, 800);
    assert!(codes(dir.path()).is_empty());
}

#[test]
fn one_snapshot_of_each_hour_stays_for_a_day_with_its_files() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    let minutes = |minutes: i64| Time::from_micros(NOW.micros() + minutes * 60_000_000);
    let mut from = 0;
    let mut seal = |at: i64, times: u32| {
        for _ in 0..times {
            store.accept(claims(from, from + 100), minutes(at)).unwrap();
            store.seal(minutes(at)).unwrap();
            from += 100;
        }
    };
    seal(0, 4);
    seal(120, 4);
    assert!(store.merge(minutes(121)).unwrap());
    seal(122, 1);
    let shown = || -> Vec<u64> {
        let lake = rusqlite::Connection::open(dir.path().join("longplay.db")).unwrap();
        let sql =
            "SELECT (SELECT coalesce(sum(record_count), 0) FROM ducklake_data_file WHERE begin_snapshot <= snapshot_id
                AND (end_snapshot IS NULL OR snapshot_id < end_snapshot))
             FROM ducklake_snapshot WHERE snapshot_id > 0 ORDER BY snapshot_id";
        let mut select = lake.prepare(sql).unwrap();
        let rows = select.query_map([], |row| row.get(0)).unwrap();
        rows.map(|rows| rows.unwrap()).filter(|rows| *rows > 0).collect()
    };
    let files = || fs::read_dir(dir.path().join("segments")).unwrap().count();
    assert_eq!(
        (shown(), files()),
        (vec![100, 200, 300, 400, 500, 600, 700, 800, 800, 900], 10)
    );
    for at in [200, 220] {
        store.expire(minutes(at)).unwrap();
    }
    assert_eq!(
        (shown(), files()),
        (vec![400, 900], 6),
        "of the merged ones, the first four"
    );
    assert!(codes(dir.path()).is_empty());
    for at in [1_450, 1_470] {
        store.expire(minutes(at)).unwrap();
    }
    assert_eq!((shown(), files()), (vec![900], 2), "the newest stays");
    assert!(codes(dir.path()).is_empty());
}

#[test]
fn at_rest_smaller_segments_are_merged_sooner() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    for (from, to) in [(0, 2_000), (2_000, 2_300)] {
        store.accept(claims(from, to), NOW).unwrap();
        store.seal(NOW).unwrap();
    }
    assert!(!store.merge(NOW).unwrap());
    assert!(store.merge_at_rest(NOW).unwrap());
    assert!(!store.merge_at_rest(NOW).unwrap());
    store.accept(claims(2_300, 2_400), NOW).unwrap();
    store.seal(NOW).unwrap();
    assert!(!store.merge_at_rest(NOW).unwrap(), "less than a twelfth");
    assert_eq!(read(dir.path()).unwrap(), 2_400);
}

/// Reads everything a question could.
fn read(directory: &Path) -> Result<u64, StoreError> {
    let store = Store::open_existing(directory, NOW)?;
    let mut rows = 0;
    store.snapshot()?.each_batch(|batch| {
        rows += batch.num_rows() as u64;
        Ok::<_, StoreError>(())
    })?;
    Ok(rows)
}

#[test]
fn a_flipped_byte_anywhere_in_a_segment_is_found_and_no_answer_is_made_of_it() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let path = segment(dir.path());
    let whole = fs::read(&path).unwrap();
    let footer = whole.len() - 8 - u32::from_le_bytes(whole[whole.len() - 8..][..4].try_into().unwrap()) as usize;
    let everywhere = (0..4)
        .chain((4..footer).step_by(footer / 90))
        .chain((footer..whole.len() - 8).step_by(97))
        .chain(whole.len() - 8..whole.len());
    for at in everywhere {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x04;
        fs::write(&path, &flipped).unwrap();
        assert!(
            !codes(dir.path()).is_empty(),
            "byte {at} of {}, footer at {footer}",
            whole.len()
        );
        let refused = read(dir.path()).expect_err("an answer was made of a damaged segment");
        let message = refused.to_string();
        assert!(
            message.contains("seg-") && message.contains("longplay check"),
            "{at}: {message}"
        );
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(read(dir.path()).unwrap(), 5_100);
}

#[test]
fn a_segment_cut_off_anywhere_is_found() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let path = segment(dir.path());
    let whole = fs::read(&path).unwrap();
    for length in [0, 3, 4, 100, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(codes(dir.path()), ["unreadable"], "{length}");
        assert!(read(dir.path()).is_err(), "{length}");
    }
}

#[test]
fn somebody_elses_file_among_the_segments_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path());
    let foreign = dir.path().join("segments/notes.txt");
    fs::write(&foreign, b"mine").unwrap();
    store.seal(NOW).unwrap();
    let report = check(dir.path(), NOW).unwrap();
    assert!(report.is_healthy());
    assert!(
        report.notes[0].message.contains("segments/notes.txt"),
        "{:?}",
        report.notes
    );
    repair(dir.path(), NOW, &[]).unwrap();
    assert_eq!(fs::read(&foreign).unwrap(), b"mine");
}

#[test]
fn lost_id_indexes_are_said_and_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    fs::remove_dir_all(dir.path().join("ids")).unwrap();
    let refused = read(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("check --repair"), "{refused}");
    assert_eq!(codes(dir.path()), ["ids_damaged"]);
    assert!(repair(dir.path(), NOW, &[]).unwrap().is_healthy());
    assert_eq!(read(dir.path()).unwrap(), 5_100);
    let store = Store::open_existing(dir.path(), NOW).unwrap();
    let again = store.accept(claims(0, 5_100), NOW).unwrap().verdicts;
    assert!(again.iter().all(|verdict| *verdict == Verdict::Duplicate));
}

/// A directory with ten batches in the journal, as a power cut would leave it: with its log.
fn with_log() -> tempfile::TempDir {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(dir.path(), NOW).unwrap();
    for part in 0..10 {
        store.accept(claims(part * 100, part * 100 + 100), NOW).unwrap();
    }
    for folder in ["segments", "ids"] {
        fs::create_dir(copy.path().join(folder)).unwrap();
    }
    for name in ["longplay.db", "longplay.db-wal", "journal.db", "journal.db-wal"] {
        fs::copy(dir.path().join(name), copy.path().join(name)).unwrap();
    }
    copy
}

#[test]
fn a_torn_end_of_the_journals_log_costs_whole_batches_at_its_end_and_no_other() {
    let sound = with_log();
    let log = fs::read(sound.path().join("journal.db-wal")).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for part in 0..=20 {
        let copy = with_log();
        let mut torn = log[..log.len() * part / 20].to_vec();
        if part % 2 == 1 {
            let from = torn.len().saturating_sub(700);
            torn[from..].fill(0xa5);
        }
        fs::write(copy.path().join("journal.db-wal"), torn).unwrap();
        let rows = read(copy.path()).unwrap();
        assert_eq!(rows % 100, 0, "whole batches");
        assert!(codes(copy.path()).is_empty(), "{part}");
        seen.insert(rows);
        let store = Store::open_existing(copy.path(), NOW).unwrap();
        store.accept(claims(5_000, 5_100), NOW).unwrap();
        assert_eq!(store.totals().unwrap().events, rows + 100, "it goes on from there");
    }
    assert!(seen.contains(&0) && seen.contains(&1_000) && seen.len() > 3, "{seen:?}");
}

#[test]
fn a_torn_page_of_the_journal_is_found_and_no_answer_is_made_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    for part in 0..10 {
        store.accept(claims(part * 300, part * 300 + 300), NOW).unwrap();
    }
    drop(store);
    let path = dir.path().join("journal.db");
    let whole = fs::read(&path).unwrap();
    let page = 4_096;
    assert!(whole.len() > 20 * page);
    for number in 1..whole.len() / page {
        let mut torn = whole.clone();
        torn[number * page + page / 2..(number + 1) * page].fill(0);
        if torn == whole {
            continue;
        }
        fs::write(&path, &torn).unwrap();
        let is_found = !codes(dir.path()).is_empty();
        let answer = read(dir.path());
        // Unused room may be anything.
        assert!(is_found || matches!(answer, Ok(3_000)), "page {number}: {answer:?}");
        assert!(
            answer.is_err() || matches!(answer, Ok(3_000)),
            "page {number}: {answer:?}"
        );
        for name in ["journal.db-wal", "journal.db-shm"] {
            let _ = fs::remove_file(dir.path().join(name));
        }
    }
}

#[test]
fn a_clock_that_jumps_back_loses_and_doubles_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    let hours = |hours: i64| Time::from_micros(NOW.micros() + hours * 3_600_000_000);
    for (part, at) in [0, -30, 50, -400, 2].into_iter().enumerate() {
        let part = part as u32;
        store.accept(claims(part * 100, part * 100 + 100), hours(at)).unwrap();
        store.seal(hours(at)).unwrap();
        store.merge(hours(at)).unwrap();
        store.expire(hours(at)).unwrap();
        assert_eq!(read(dir.path()).unwrap(), u64::from(part + 1) * 100);
        assert!(codes(dir.path()).is_empty(), "{at}");
    }
    let again = store.accept(claims(0, 500), hours(-1_000)).unwrap().verdicts;
    assert!(again.iter().all(|verdict| *verdict == Verdict::Duplicate));
    // A reader that opened a file before it was replaced finishes, whatever the clock says meanwhile.
    let snapshot = store.snapshot().unwrap();
    store.accept(claims(500, 800), hours(0)).unwrap();
    store.seal(hours(0)).unwrap();
    while store.merge(hours(-3)).unwrap() {}
    store.expire(hours(-5)).unwrap();
    let mut rows = 0;
    snapshot
        .each_batch(|batch| {
            rows += batch.num_rows();
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(rows, 500);
}

#[test]
fn a_lost_journal_never_makes_new_events_count_as_sealed() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let _ = fs::remove_file(dir.path().join(name));
    }
    assert_eq!(codes(dir.path()), ["database_missing"]);
    let store = Store::open_existing(dir.path(), NOW).unwrap();
    assert_eq!(store.totals().unwrap().events, 5_000);
    store.accept(claims(5_000, 5_100), NOW).unwrap();
    assert_eq!(store.totals().unwrap().events, 5_100);
    drop(store);
    assert_eq!(read(dir.path()).unwrap(), 5_100);
    assert!(codes(dir.path()).is_empty());
}
