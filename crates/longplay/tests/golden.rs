//! Tiny audiences worked out by hand, taken in and asked about through the built binary.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod program;

use std::fs;

use longplay_testkit::golden::{ALL, Expected, Golden};
use program::longplay;
use serde_json::{Value, json};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn recurrence(csv: &str) -> Vec<(i64, i64, i64)> {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().expect("a header");
    let place = |name| {
        head.iter()
            .position(|column| *column == name)
            .unwrap_or_else(|| panic!("no column {name}"))
    };
    let (x, t_x, t) = (place("x"), place("t_x"), place("T"));
    let number = |cell: &str| cell.parse::<i64>().unwrap();
    let mut rows: Vec<_> = lines
        .map(|row| (number(row[x]), number(row[t_x]), number(row[t])))
        .collect();
    rows.sort_unstable();
    rows
}

fn check(golden: &Golden, answer: &Value, expected: &Expected) {
    let scope = expected.scope.map_or(json!({}), |piece| json!({ "piece": piece }));
    let figures = answer["figures"].as_array().unwrap();
    let wanted: Vec<_> = figures
        .iter()
        .filter(|f| f["key"] == expected.key && f["scope"] == scope)
        .collect();
    let got: Vec<_> = wanted
        .iter()
        .map(|figure| (figure["n"].as_u64(), figure["count"].as_i64()))
        .collect();
    let name = golden.name;
    assert_eq!(
        got,
        [(Some(expected.n), Some(expected.count))],
        "{name}: {} {scope}",
        expected.key
    );
}

#[test]
fn answers_are_those_worked_out_by_hand() {
    for golden in &ALL {
        let folder = tempfile::tempdir().unwrap();
        let (data, file) = (folder.path().join("data"), folder.path().join("events.csv"));
        fs::write(&file, golden.csv).unwrap();
        let imported = longplay(&data, golden.zone, &["import", "--json", file.to_str().unwrap()]);
        assert_eq!(json_of(&imported)["events_total"], golden.events, "{}", golden.name);
        for question in ["returns", "goals"] {
            let answer = json_of(&longplay(
                &data,
                golden.zone,
                &["ask", question, "--as-of", golden.as_of, "--json"],
            ));
            golden
                .figures
                .iter()
                .filter(|expected| expected.question == question)
                .for_each(|expected| {
                    check(golden, &answer, expected);
                });
        }
        let exported = longplay(
            &data,
            golden.zone,
            &["export", "recurrence", "--as-of", golden.as_of, "--format", "csv"],
        );
        assert_eq!(recurrence(&exported), golden.recurrence, "{}", golden.name);
    }
}
