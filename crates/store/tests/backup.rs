//! A backup is one moment, whole batches, and comes back as it was; anything else is refused and leaves nothing behind.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
};

use longplay_domain::{Also, Claim, Evidence, Handle, Time, When};
use longplay_store::{Kept, Result, Store, StoreError, Verdict, backup, check, restore};

const NOW: Time = Time::from_micros(1_780_000_000_000_000);
const BATCH: u32 = 50;

fn claims(from: u32, to: u32) -> Vec<Claim> {
    let claim = |number: u32| Claim {
        time: When::At(Time::from_micros(1_700_000_000_000_000 + i64::from(number) * 1_000_000)),
        person: format!("anonymous:{}", number % 20),
        also: (number % 100 == 5)
            .then(|| Also {
                handle: "user:ada".to_owned(),
                evidence: Evidence::Identify,
            })
            .into_iter()
            .collect(),
        event: "viewed".to_owned(),
        id: Some(number.to_string()),
        ..Claim::default()
    };
    (from..to).map(claim).collect()
}

fn save(data: &Path, file: &Path) -> Result<Kept> {
    backup(data, file, NOW, &mut |_, _| {})
}

fn bring_back(file: &Path, data: &Path) -> Result<Kept> {
    restore(file, data, NOW, &mut |_, _| {})
}

fn filled(data: &Path) -> Store {
    let store = Store::open(data, NOW).unwrap();
    for part in 0..3 {
        store.accept(claims(part * 100, part * 100 + 100), NOW).unwrap();
        store.seal(NOW).unwrap();
    }
    while store.merge(NOW).unwrap() {}
    store.accept(claims(300, 330), NOW).unwrap();
    store
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_restored_is_what_was_backed_up() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file, again) = (
        dir.path().join("data"),
        dir.path().join("b.tar"),
        dir.path().join("again"),
    );
    let store = filled(&data);
    let key = store.create_key("website", NOW).unwrap();
    let kept = save(&data, &file).unwrap();
    assert_eq!((kept.events, kept.batches), (300, 1));
    bring_back(&file, &again).unwrap();
    let restored = Store::open_existing(&again, NOW).unwrap();
    let ada = Handle::parse("user:ada").unwrap();
    assert_eq!(restored.totals().unwrap(), store.totals().unwrap());
    assert_eq!(
        restored.person(&ada).unwrap(),
        store.person(&ada).unwrap(),
        "the secret and the links too"
    );
    assert_eq!(restored.key_name(&key).unwrap().as_deref(), Some("website"));
    let verdicts = restored.accept(claims(0, 330), NOW).unwrap().verdicts;
    assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Duplicate));
    restored.accept(claims(330, 340), NOW).unwrap();
    restored.seal(NOW).unwrap();
    let report = check(&again, NOW).unwrap();
    assert!(report.is_healthy() && report.notes.is_empty(), "{report:?}");
    assert_eq!(names(dir.path()), ["again", "b.tar", "data"], "nothing else is left");
    // Into a directory that is there and empty, as a mounted volume is.
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    bring_back(&file, &empty).unwrap();
    assert_eq!(Store::open_existing(&empty, NOW).unwrap().totals().unwrap().events, 330);
    assert!(!names(&empty).iter().any(|name| name.starts_with("restoring")));
}

#[test]
fn a_full_directory_is_never_restored_into() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("b.tar"));
    drop(filled(&data));
    save(&data, &file).unwrap();
    let before = names(&data);
    let refused = bring_back(&file, &data).unwrap_err();
    assert!(refused.to_string().contains("not empty"), "{refused}");
    assert_eq!(names(&data), before);
}

/// Everything acknowledged before the backup began is in it, and what is in it is whole batches.
#[test]
fn a_backup_while_batches_come_in_is_one_moment() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let store = Store::open(&data, NOW).unwrap();
    let (acknowledged, is_over) = (AtomicU32::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut from = 0;
            while !is_over.load(Ordering::Relaxed) {
                store.accept(claims(from, from + BATCH), NOW).unwrap();
                from += BATCH;
                acknowledged.store(from, Ordering::Release);
            }
        });
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                store.seal(NOW).unwrap();
                store.merge(NOW).unwrap();
                let later = Time::from_micros(
                    NOW.micros() + 90_000_000_000 * i64::from(acknowledged.load(Ordering::Relaxed) / BATCH % 3),
                );
                store.expire(later).unwrap();
            }
        });
        for round in 0..8 {
            thread::sleep(std::time::Duration::from_millis(60));
            let before = acknowledged.load(Ordering::Acquire);
            let file = dir.path().join(format!("{round}.tar"));
            save(&data, &file).unwrap();
            let after = acknowledged.load(Ordering::Acquire) + BATCH;
            let again = dir.path().join(format!("again-{round}"));
            bring_back(&file, &again).unwrap();
            let events = Store::open_existing(&again, NOW).unwrap().totals().unwrap().events as u32;
            assert!(before <= events && events <= after, "{before} ≤ {events} ≤ {after}");
            assert_eq!(events % BATCH, 0, "whole batches");
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(check(&data, NOW).unwrap().is_healthy());
}

#[test]
fn a_file_that_is_cut_off_flipped_or_foreign_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file, again) = (
        dir.path().join("data"),
        dir.path().join("b.tar"),
        dir.path().join("again"),
    );
    drop(filled(&data));
    save(&data, &file).unwrap();
    let whole = fs::read(&file).unwrap();
    let refused = |bytes: &[u8], why: &str| {
        fs::write(&file, bytes).unwrap();
        let error = bring_back(&file, &again)
            .map(|kept| panic!("{why}: {kept:?}"))
            .unwrap_err();
        assert!(matches!(error, StoreError::Invalid(_)), "{why}: {error}");
        assert_eq!(names(dir.path()), ["b.tar", "data"], "{why}");
    };
    refused(b"", "empty");
    refused(&[b'x'; 5_000], "no archive");
    refused(&fs::read(data.join("longplay.db")).unwrap(), "a database");
    for part in 0..40 {
        let length = whole.len() * part / 40;
        refused(&whole[..length], &format!("cut off at {length}"));
    }
    // A block of tar is 512 bytes: some flips hit heads, some content, some the list at the end.
    for at in (0..whole.len() - 1_024).step_by(whole.len() / 97) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        fs::write(&file, &flipped).unwrap();
        match bring_back(&file, &again) {
            Err(_) => assert_eq!(names(dir.path()), ["b.tar", "data"], "{at}"),
            // Room between entries and what the head says of when and by whom is no content.
            Ok(_) => {
                assert_eq!(
                    Store::open_existing(&again, NOW).unwrap().totals().unwrap().events,
                    330,
                    "{at}"
                );
                fs::remove_dir_all(&again).unwrap();
            }
        }
    }
}

#[test]
fn an_archive_cannot_reach_out_of_its_directory() {
    let dir = tempfile::tempdir().unwrap();
    let (file, again) = (dir.path().join("b.tar"), dir.path().join("again"));
    let head = br#"{"backup":1,"made_by":"x","made_at":"x"}"#;
    let entry = |path: &str, kind: tar::EntryType, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        // Written by hand: the library itself would refuse some of these.
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        if kind == tar::EntryType::Symlink {
            header.set_link_name("/etc").unwrap();
        }
        header.set_cksum();
        (header, content.to_vec())
    };
    let hostile = [
        entry("../escaped", tar::EntryType::Regular, b"x"),
        entry("segments/../../escaped", tar::EntryType::Regular, b"x"),
        entry("/tmp/escaped-of-longplay", tar::EntryType::Regular, b"x"),
        entry("segments/x", tar::EntryType::Symlink, b""),
        entry("segments", tar::EntryType::Symlink, b""),
        entry("ids/x", tar::EntryType::Directory, b""),
        entry("elsewhere/x", tar::EntryType::Regular, b"x"),
    ];
    for (header, content) in hostile {
        let (first, text) = entry("longplay-backup.json", tar::EntryType::Regular, head);
        let mut archive = tar::Builder::new(fs::File::create(&file).unwrap());
        archive.append(&first, text.as_slice()).unwrap();
        archive.append(&header, content.as_slice()).unwrap();
        drop(archive.into_inner().unwrap());
        let error = bring_back(&file, &again).unwrap_err();
        assert!(error.to_string().contains("can't be part of a backup"), "{error}");
        assert_eq!(names(dir.path()), ["b.tar"]);
        assert!(!Path::new("/tmp/escaped-of-longplay").exists());
    }
}

#[test]
fn damage_is_not_backed_up_and_an_older_backup_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("b.tar"));
    drop(filled(&data));
    save(&data, &file).unwrap();
    let good = fs::read(&file).unwrap();
    for entry in fs::read_dir(data.join("segments")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        bytes[50] ^= 1;
        fs::write(path, bytes).unwrap();
    }
    let refused = save(&data, &file).unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
    assert_eq!(fs::read(&file).unwrap(), good);
    assert_eq!(names(dir.path()), ["b.tar", "data"]);
    assert!(matches!(
        save(&dir.path().join("nowhere"), &file),
        Err(StoreError::Missing(_))
    ));
}
