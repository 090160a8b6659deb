//! Answers don't depend on how events arrived: many files or one, CSV or JSON Lines, in this order or the other.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod program;

use std::{fs, path::Path};

use longplay_testkit::{RandomAudience, Row, to_csv, to_jsonl};
use program::longplay;
use serde_json::Value;

const SEEDS: u64 = 8;

fn import(data: &Path, zone: &str, name: &str, text: &str) {
    let path = data.with_extension(name);
    fs::write(&path, text).unwrap();
    longplay(data, zone, &["import", path.to_str().unwrap()]);
}

/// Everything an answer says of the audience; the snapshot's number is that of the directory.
fn answers(data: &Path, zone: &str, as_of: &str) -> Vec<Value> {
    let ask = |key, by| {
        let answer = longplay(data, zone, &["ask", key, "--as-of", as_of, "--by", by, "--json"]);
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        answer.as_object_mut().unwrap().remove("snapshot");
        answer
    };
    let mut all = vec![
        ask("returns", "piece"),
        ask("returns", "week"),
        ask("goals", "channel"),
        ask("hits", "piece"),
    ];
    let exported = longplay(
        data,
        zone,
        &["export", "recurrence", "--as-of", as_of, "--format", "csv"],
    );
    // The person's key depends on the directory's secret, and the order on the key.
    let mut rows: Vec<_> = exported
        .lines()
        .map(|line| line.split_once(',').map_or("", |(_, rest)| rest).to_owned())
        .collect();
    rows.sort();
    all.push(rows.into());
    all
}

#[test]
fn how_events_arrive_changes_no_answer() {
    for seed in 0..SEEDS {
        let audience = RandomAudience::new(seed);
        let zone = audience.zone.name();
        let rows: Vec<Row> = audience.rows().cloned().collect();
        let as_of = rows[rows.len() / 2].time.to_string();
        let folder = tempfile::tempdir().unwrap();

        let by_files = folder.path().join("files");
        for (number, file) in audience.files.iter().enumerate().filter(|(_, file)| !file.is_empty()) {
            import(&by_files, zone, &format!("{number}.csv"), &to_csv(file));
        }
        let backwards = folder.path().join("backwards");
        let reversed: Vec<Row> = rows.iter().rev().cloned().collect();
        import(&backwards, zone, "all.jsonl", &to_jsonl(&reversed));

        assert_eq!(
            answers(&by_files, zone, &as_of),
            answers(&backwards, zone, &as_of),
            "seed {seed}, as of {as_of}"
        );
    }
}
