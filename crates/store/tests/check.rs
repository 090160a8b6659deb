//! Each invariant of the registry is broken once: the check names it, and what can be repaired is, with every answer as before.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use arrow::{
    array::{AsArray, UInt64Array},
    compute::take_record_batch,
};
use longplay_domain::{Also, Claim, Evidence, Mark, Time, When};
use longplay_store::{INVARIANTS, Repair, Store, Weight, check, repair};
use parquet::arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder};
use rusqlite::Connection;

const NOW: Time = Time::from_micros(1_780_000_000_000_000);

fn claims(from: u32, to: u32) -> Vec<Claim> {
    let claim = |number: u32| Claim {
        time: When::At(Time::from_micros(1_700_000_000_000_000 + i64::from(number) * 1_000_000)),
        person: format!("anonymous:{}", number % 50),
        also: number
            .is_multiple_of(10)
            .then(|| Also {
                handle: format!("user:{}", number % 50),
                evidence: Evidence::Identify,
            })
            .into_iter()
            .collect(),
        mark: (number % 40 == 7).then_some(Mark::Bot),
        event: "viewed".to_owned(),
        id: Some(number.to_string()),
        ..Claim::default()
    };
    (from..to).map(claim).collect()
}

/// Two segments of counted events, two of marked ones, and two unsealed batches.
fn filled(directory: &Path) {
    let store = Store::open(directory, NOW).unwrap();
    store.accept(claims(0, 800), NOW).unwrap();
    store.seal(NOW).unwrap();
    store.accept(claims(800, 1_200), NOW).unwrap();
    store.seal(NOW).unwrap();
    store.accept(claims(1_200, 1_240), NOW).unwrap();
    store.accept(claims(1_240, 1_250), NOW).unwrap();
}

/// The names of the counted segments, oldest first.
fn segments(directory: &Path) -> Vec<String> {
    let registry = Connection::open(directory.join("longplay.db")).unwrap();
    let mut select = registry
        .prepare(
            "SELECT path FROM ducklake_data_file JOIN segment ON name = path
             WHERE NOT marked AND end_snapshot IS NULL ORDER BY data_file_id",
        )
        .unwrap();
    let names = select.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

fn sql(directory: &Path, database: &str, text: &str) {
    Connection::open(directory.join(database))
        .unwrap()
        .execute_batch(text)
        .unwrap();
}

/// Every counted event by person, time and id.
fn everything(directory: &Path) -> BTreeSet<(i64, String)> {
    let store = Store::open_existing(directory, NOW).unwrap();
    let mut all = BTreeSet::new();
    let mut rows = 0;
    store
        .snapshot()
        .unwrap()
        .each_batch(|batch| {
            let (persons, ids) = (
                batch.column(0).as_primitive::<arrow::datatypes::Int64Type>(),
                batch.column(2).as_string::<i32>(),
            );
            all.extend((0..batch.num_rows()).map(|row| (persons.value(row), ids.value(row).to_owned())));
            rows += batch.num_rows();
            Ok::<_, longplay_store::StoreError>(())
        })
        .unwrap();
    assert_eq!(rows, all.len(), "an event comes twice");
    all
}

/// Breaks a directory in one way, which the check must name; then repairs it.
fn broken(code: &str, is_repaired: bool, damage: impl Fn(&Path)) {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let before = everything(dir.path());
    assert_eq!(check(dir.path(), NOW).unwrap().codes(), [""; 0], "{code}: was sound");
    damage(dir.path());
    let found = check(dir.path(), NOW).unwrap();
    let all: Vec<_> = found.findings.iter().chain(&found.notes).collect();
    assert!(
        all.iter().any(|finding| finding.invariant.code == code),
        "{code}: {all:?}"
    );
    let is_note = all[0].invariant.weight == Weight::Note;
    assert_eq!(found.is_healthy(), is_note, "{code}");
    let repaired = repair(dir.path(), NOW, &[]).unwrap();
    let ours = repaired
        .findings
        .iter()
        .chain(&repaired.notes)
        .find(|finding| finding.invariant.code == code);
    assert_eq!(
        ours.unwrap().repair == Repair::Done,
        is_repaired,
        "{code}: {repaired:?}"
    );
    if is_repaired {
        assert!(repaired.is_healthy(), "{code}: {:?}", repaired.findings);
        let after = check(dir.path(), NOW).unwrap();
        assert_eq!((after.codes().len(), after.notes.len()), (0, 0), "{code}: {after:?}");
        assert_eq!(everything(dir.path()), before, "{code}: answers are as before");
        let store = Store::open_existing(dir.path(), NOW).unwrap();
        store.accept(claims(1_250, 1_260), NOW).unwrap();
        store.seal(NOW).unwrap();
        assert_eq!(everything(dir.path()).len(), before.len() + 10, "{code}: life goes on");
        assert!(check(dir.path(), NOW).unwrap().is_healthy(), "{code}");
    }
}

#[test]
fn databases() {
    broken("database_missing", false, |dir| {
        fs::remove_file(dir.join("journal.db")).unwrap()
    });
    broken("database_damaged", false, |dir| {
        let path = dir.join("longplay.db");
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 5_000].fill(0x5a);
        fs::write(&path, bytes).unwrap();
    });
    broken("format_unknown", false, |dir| {
        sql(dir, "longplay.db", "PRAGMA user_version = 99")
    });
    broken("dangling_row", true, |dir| {
        sql(
            dir,
            "longplay.db",
            "INSERT INTO segment VALUES ('seg-x', 1, 0); INSERT INTO rekeyed VALUES ('seg-y', 1, 2)",
        );
    });
}

#[test]
fn files_of_segments() {
    let first = |dir: &Path| dir.join("segments").join(&segments(dir)[0]);
    broken("unreadable", false, |dir| fs::remove_file(first(dir)).unwrap());
    broken("unreadable", false, |dir| {
        let bytes = fs::read(first(dir)).unwrap();
        fs::write(first(dir), &bytes[..bytes.len() / 2]).unwrap();
    });
    broken("segment_damaged", false, |dir| {
        let mut bytes = fs::read(first(dir)).unwrap();
        bytes[100] ^= 1;
        fs::write(first(dir), bytes).unwrap();
    });
    broken("row_count", false, |dir| {
        sql(
            dir,
            "longplay.db",
            "UPDATE ducklake_data_file SET record_count = record_count + 1 WHERE data_file_id = 0",
        );
    });
    broken("file_size", true, |dir| {
        sql(
            dir,
            "longplay.db",
            "UPDATE ducklake_data_file SET footer_size = 7 WHERE data_file_id = 0",
        );
    });
}

#[test]
fn what_the_catalog_says() {
    for column in ["min_value = '!'", "max_value = NULL", "null_count = null_count + 1"] {
        broken("column_stats", true, |dir| {
            let update =
                format!("UPDATE ducklake_file_column_stats SET {column} WHERE data_file_id = 0 AND column_id = 3");
            sql(dir, "longplay.db", &update);
        });
    }
    broken("table_stats", true, |dir| {
        sql(
            dir,
            "longplay.db",
            "UPDATE ducklake_table_column_stats SET max_value = '3' WHERE column_id = 1",
        );
    });
    broken("catalog_sums", true, |dir| {
        sql(dir, "longplay.db", "UPDATE ducklake_table_stats SET record_count = 5");
    });
    broken("snapshots", false, |dir| {
        sql(
            dir,
            "longplay.db",
            "UPDATE ducklake_data_file SET begin_snapshot = 77 WHERE data_file_id = 0",
        );
    });
    broken("deletion_schedule", true, |dir| {
        let schedule = "INSERT INTO ducklake_files_scheduled_for_deletion
                        SELECT data_file_id, path, 1, '2020-01-01 00:00:00+00' FROM ducklake_data_file WHERE data_file_id = 0";
        sql(dir, "longplay.db", schedule);
    });
    broken("moved", true, |dir| {
        sql(
            dir,
            "longplay.db",
            "UPDATE ducklake_metadata SET value = '/elsewhere/' WHERE key = 'data_path'",
        );
    });
    broken("left_over", true, |dir| {
        fs::write(dir.join("segments/seg-000000000009-deadbeef.parquet"), b"half").unwrap()
    });
    broken("rekeyed_pairs", true, |dir| {
        sql(dir, "longplay.db", "DELETE FROM rekeyed")
    });
    broken("history_missing", true, |dir| {
        let store = Store::open_existing(dir, NOW).unwrap();
        while store.merge(NOW).unwrap() {}
        let past = fs::read_dir(dir.join("segments"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let live = segments(dir);
        let past: Vec<_> = past
            .filter(|name| !live.iter().any(|live| live.as_str() == name))
            .collect();
        let mut ended = past.iter().filter(|name| {
            let registry = Connection::open(dir.join("longplay.db")).unwrap();
            let count = registry.query_row(
                "SELECT count(*) FROM ducklake_data_file WHERE path = ?1 AND end_snapshot IS NOT NULL",
                [name.to_str().unwrap()],
                |row| row.get::<_, i64>(0),
            );
            count.unwrap() == 1
        });
        fs::remove_file(dir.join("segments").join(ended.next().unwrap())).unwrap();
    });
}

#[test]
fn rows_and_ids() {
    broken("marks_mixed", true, |dir| {
        // Hand-made: a segment that is said to hold marked events only.
        sql(
            dir,
            "longplay.db",
            &format!("UPDATE segment SET marked = 1 WHERE name = '{}'", segments(dir)[0]),
        );
    });
    broken("ids_damaged", true, |dir| {
        fs::remove_file(dir.join(format!("ids/{}.ids", segments(dir)[0]))).unwrap()
    });
    broken("ids_damaged", true, |dir| {
        let path = dir.join(format!("ids/{}.ids", segments(dir)[1]));
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        fs::write(&path, bytes).unwrap();
    });
    broken("ids_incomplete", true, |dir| {
        let [first, second] = [0, 1].map(|place| dir.join(format!("ids/{}.ids", segments(dir)[place])));
        fs::copy(second, first).unwrap();
    });
}

/// Makes the catalog believe what now stands in a segment.
fn publish_anew(dir: &Path, name: &str) {
    let bytes = fs::read(dir.join("segments").join(name)).unwrap();
    let text = format!(
        "UPDATE segment SET crc32 = {} WHERE name = '{name}'; UPDATE ducklake_data_file SET file_size_bytes = {} WHERE path = '{name}'",
        crc32fast::hash(&bytes),
        bytes.len()
    );
    sql(dir, "longplay.db", &text);
}

#[test]
fn rows_of_a_segment() {
    broken("segment_unsorted", true, |dir| {
        let name = &segments(dir)[0];
        let path = dir.join("segments").join(name);
        let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(&path).unwrap()).unwrap();
        let batch = reader.with_batch_size(10_000).build().unwrap().next().unwrap().unwrap();
        let backwards: UInt64Array = (0..batch.num_rows() as u64).rev().collect();
        let batch = take_record_batch(&batch, &backwards).unwrap();
        let mut writer = ArrowWriter::try_new(fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        publish_anew(dir, name);
    });
    broken("segment_unreadable", false, |dir| {
        let name = &segments(dir)[0];
        let path = dir.join("segments").join(name);
        let mut bytes = fs::read(&path).unwrap();
        bytes[4..60].fill(0xff);
        fs::write(&path, bytes).unwrap();
        publish_anew(dir, name);
    });
}

#[test]
fn an_id_held_twice() {
    // The same segment published twice, as a fault of ours would.
    broken("id_twice", true, |dir| {
        let name = &segments(dir)[0];
        let copy = "seg-000000000001-0badc0de.parquet";
        fs::copy(dir.join("segments").join(name), dir.join("segments").join(copy)).unwrap();
        fs::copy(dir.join(format!("ids/{name}.ids")), dir.join(format!("ids/{copy}.ids"))).unwrap();
        let text = format!(
            "INSERT INTO ducklake_data_file SELECT 900, table_id, begin_snapshot, NULL, NULL, '{copy}', 1, 'parquet', record_count,
                 file_size_bytes, footer_size, 100000, NULL, NULL, NULL, NULL FROM ducklake_data_file WHERE path = '{name}';
             INSERT INTO segment SELECT '{copy}', crc32, marked FROM segment WHERE name = '{name}';
             INSERT INTO rekeyed SELECT '{copy}', origin, person FROM rekeyed WHERE segment = '{name}';
             INSERT INTO ducklake_file_column_stats SELECT 900, table_id, column_id, column_size_bytes, value_count, null_count,
                 min_value, max_value, NULL, NULL FROM ducklake_file_column_stats
                 WHERE data_file_id = (SELECT data_file_id FROM ducklake_data_file WHERE path = '{name}');
             UPDATE ducklake_snapshot SET next_file_id = 901; UPDATE ducklake_table_stats SET next_row_id = 200000;"
        );
        sql(dir, "longplay.db", &text);
    });
    broken("id_twice", true, |dir| {
        let again = "INSERT INTO batch (accepted_at, events, body) SELECT accepted_at, events, body FROM batch ORDER BY position LIMIT 1";
        sql(dir, "journal.db", again);
    });
}

#[test]
fn the_journal() {
    broken("sealed_beyond_journal", true, |dir| {
        let young = "UPDATE batch SET position = position - 2; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'batch'";
        sql(dir, "journal.db", young);
        let sealed = "UPDATE ducklake_snapshot_changes SET commit_extra_info = '{\"journal_position\":7}'";
        sql(dir, "longplay.db", sealed);
    });
    for lost in ["position = 3", "position = 4", "position > 2"] {
        broken("journal_gap", false, |dir| {
            sql(dir, "journal.db", &format!("DELETE FROM batch WHERE {lost}"))
        });
    }
    broken("journal_batch", true, |dir| {
        sql(dir, "journal.db", "UPDATE batch SET events = 9 WHERE position = 3")
    });
    broken("journal_batch", false, |dir| {
        sql(
            dir,
            "journal.db",
            "UPDATE batch SET body = x'020507' WHERE position = 3",
        )
    });
    broken("journal_untrimmed", true, |dir| {
        let again = "INSERT INTO batch SELECT position - 2, accepted_at, events, body FROM batch WHERE position = 3";
        sql(dir, "journal.db", again);
    });
}

#[test]
fn people_and_settings() {
    broken("links", true, |dir| {
        sql(dir, "longplay.db", "UPDATE link SET to_key = to_key + 1")
    });
    broken("links", false, |dir| {
        sql(dir, "longplay.db", "UPDATE link SET evidence = 'rumour'")
    });
    broken("settings", false, |dir| {
        sql(
            dir,
            "longplay.db",
            "UPDATE setting SET value = 'Moon/Base' WHERE name = 'zone'; INSERT OR IGNORE INTO setting VALUES ('zone', 'Moon/Base')",
        )
    });
    broken("registry", false, |dir| {
        sql(dir, "longplay.db", "UPDATE goal SET acts = 'yodelled'")
    });
    for setting in ["ideal", "segment:pros"] {
        broken("registry", false, |dir| {
            let made = format!("INSERT INTO setting VALUES ('{setting}', 'did yodel')");
            sql(dir, "longplay.db", &made)
        });
    }
}

#[test]
fn a_damaged_segment_is_done_without_only_on_the_owners_word() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let name = segments(dir.path())[0].clone();
    fs::remove_file(dir.path().join("segments").join(&name)).unwrap();
    assert!(Store::open_existing(dir.path(), NOW).is_err(), "no answer does without");
    let kept = repair(dir.path(), NOW, &[]).unwrap();
    assert!(!kept.is_healthy() && segments(dir.path()).contains(&name));
    assert!(repair(dir.path(), NOW, &["nonsense".to_owned()]).is_err());
    let done = repair(dir.path(), NOW, &[format!("segments/{name}")]).unwrap();
    assert!(done.is_healthy(), "{done:?}");
    let said = &done.set_aside[0];
    assert!(
        said.contains("780 events") && said.contains("2023-11-14") && said.contains(&name),
        "{said}"
    );
    assert!(dir.path().join(format!("damaged/{name}.ids")).is_file());
    assert!(
        everything(dir.path())
            .iter()
            .all(|(_, id)| id.parse::<u32>().unwrap() >= 800)
    );
    assert!(check(dir.path(), NOW).unwrap().is_healthy());
}

#[test]
fn a_batch_that_cannot_be_read_is_set_aside_likewise() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    sql(
        dir.path(),
        "journal.db",
        "UPDATE batch SET body = x'020507' WHERE position = 3",
    );
    assert!(Store::open_existing(dir.path(), NOW).is_err());
    let done = repair(dir.path(), NOW, &["batch-3".to_owned()]).unwrap();
    assert!(done.is_healthy() && done.set_aside[0].contains("40 events"), "{done:?}");
    assert_eq!(fs::read(dir.path().join("damaged/batch-3.bin")).unwrap(), [2, 5, 7]);
    assert!(check(dir.path(), NOW).unwrap().is_healthy());
    let store = Store::open_existing(dir.path(), NOW).unwrap();
    store.accept(claims(1_200, 1_240), NOW).unwrap();
    store.seal(NOW).unwrap();
    assert_eq!(everything(dir.path()).len(), 1_250 - 32);
}

#[test]
fn numbers_and_codes_are_given_once_and_the_document_lists_them() {
    let numbers: Vec<u16> = INVARIANTS.iter().map(|invariant| invariant.number).collect();
    assert!(numbers.iter().copied().eq(1..=INVARIANTS.len() as u16));
    let codes: BTreeSet<_> = INVARIANTS.iter().map(|invariant| invariant.code).collect();
    assert_eq!(codes.len(), INVARIANTS.len());
    let mut table =
        "| | code | what must be true | what a breach means | what `check --repair` does |\n|---|---|---|---|---|\n"
            .to_owned();
    for invariant in &INVARIANTS {
        let code = match invariant.weight {
            Weight::Breach => format!("`{}`", invariant.code),
            Weight::Note => format!("`{}` (a note)", invariant.code),
        };
        writeln!(
            table,
            "| {} | {code} | {} | {} | {} |",
            invariant.number, invariant.holds, invariant.breach, invariant.repair
        )
        .unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/checks.md");
    let document = fs::read_to_string(&path).unwrap();
    assert!(
        document.contains(&table),
        "docs/checks.md should have this table:\n{table}"
    );
}
