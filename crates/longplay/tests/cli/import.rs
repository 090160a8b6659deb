//! `longplay import`: its report, what it leaves behind, and how it ends.

use std::fs;

use serde_json::json;

use super::harness::{Done, HEAD, Workspace, longplay};

const GOOD: &str = "2026-01-01T10:00:00Z,ada,viewed,e1,intro,,\n2026-01-02T10:00:00Z,bob,viewed,e2,intro,,\n";

#[test]
fn the_report_counts_every_row_and_names_the_first_of_each_reason() {
    let workspace = Workspace::new();
    let bad = "never,ada,viewed,e3,,,\n2026-01-03T10:00:00Z,,viewed,e4,,,\nsoon,ada,viewed,e5,,,\n";
    let file = workspace.file("mixed.csv", &format!("{HEAD}{GOOD}{bad}"));
    let mut report = workspace.json(&["import", "--json", &file]);
    let list = report["files"][0]
        .as_object_mut()
        .unwrap()
        .remove("refusals_file")
        .unwrap();
    let message =
        |report: &serde_json::Value, index: usize| report["files"][0]["refusals"][index]["example"]["message"].clone();
    let expected = json!({
        "files": [{
            "path": file, "format": "longplay-events", "claims": 5, "admitted": 2, "duplicates": 0, "refused": 3,
            "refusals": [
                {"code": "time_unreadable", "count": 2, "example": {"row": 4, "column": "time", "message": message(&report, 0)}},
                {"code": "person_missing", "count": 1, "example": {"row": 5, "column": "person", "message": message(&report, 1)}},
            ],
            "samples": 0, "pieces": 0,
        }],
        "events_total": 2, "people_total": 2,
    });
    assert_eq!(report, expected);
    let list = fs::read_to_string(list.as_str().unwrap()).unwrap();
    assert_eq!(list.lines().count(), 4, "{list}");
    assert!(list.starts_with("file,part,row,column,code,message\n"), "{list}");
    assert!(list.contains(",,6,time,time_unreadable,\"“soon”"), "{list}");
}

#[test]
fn importing_the_same_file_twice_adds_nothing() {
    let workspace = Workspace::new();
    let file = workspace.file("good.csv", &format!("{HEAD}{GOOD}"));
    assert_eq!(workspace.json(&["import", "--json", &file])["files"][0]["admitted"], 2);
    let again = workspace.json(&["import", "--json", &file]);
    let row = &again["files"][0];
    assert_eq!(
        (&row["admitted"], &row["duplicates"], &row["claims"]),
        (&json!(0), &json!(2), &json!(2))
    );
    assert_eq!((&again["events_total"], &again["people_total"]), (&json!(2), &json!(2)));
    assert_eq!(workspace.run(&["check"]).code, 0);
}

#[test]
fn strict_accepts_all_of_a_file_or_nothing() {
    let workspace = Workspace::new();
    let bad = workspace.file("bad.csv", &format!("{HEAD}{GOOD}never,ada,viewed,e9,,,\n"));
    let done = workspace.run(&["import", "--strict", "--json", &bad]);
    assert_eq!(done.code, 1, "{}", done.err);
    assert!(
        done.err.contains("bad.csv") && done.err.contains("--strict"),
        "{}",
        done.err
    );
    let report: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (&report["events_total"], &report["files"][0]["admitted"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(report["files"][0]["refused"], 1);
    assert!(fs::exists(report["files"][0]["refusals_file"].as_str().unwrap()).unwrap());
    let good = workspace.file("good.csv", &format!("{HEAD}{GOOD}"));
    assert_eq!(
        workspace.json(&["import", "--strict", "--json", &good])["events_total"],
        2
    );
}

#[test]
fn a_dry_run_judges_and_leaves_nothing_behind() {
    let workspace = Workspace::new();
    let file = workspace.file("mixed.csv", &format!("{HEAD}{GOOD}never,ada,viewed,e9,,,\n"));
    let report = workspace.json(&["import", "--dry-run", "--json", &file]);
    let row = &report["files"][0];
    assert_eq!(
        (&row["admitted"], &row["refused"], &row["claims"]),
        (&json!(2), &json!(1), &json!(3))
    );
    assert_eq!(row["refusals"][0]["example"]["row"], 4);
    assert!(row.get("refusals_file").is_none());
    assert!(!workspace.data().exists());
}

#[test]
fn what_is_not_recognised_leaves_the_others_their_turn() {
    let workspace = Workspace::new();
    let good = workspace.file("good.csv", &format!("{HEAD}{GOOD}"));
    let other = workspace.file("letter.txt", "Dear all,\n\nthis is no table.\n");
    let alone = workspace.run(&["import", &other]);
    assert_eq!(alone.code, 3, "{}", alone.err);
    assert!(alone.err.contains("letter.txt"), "{}", alone.err);
    let both = workspace.run(&["import", "--json", &other, &good]);
    assert_eq!(both.code, 1, "{}", both.err);
    let report: serde_json::Value = serde_json::from_str(&both.out).unwrap();
    assert_eq!(report["files"][0]["format"], json!(null));
    assert_eq!(report["files"][0]["error"]["code"], "not_recognised");
    assert_eq!(report["files"][1]["admitted"], 2);
}

#[test]
fn a_file_without_one_good_row_is_told_and_ends_with_3() {
    let workspace = Workspace::new();
    let file = workspace.file("hopeless.csv", &format!("{HEAD}never,ada,viewed,e9,,,\n"));
    let done = workspace.run(&["import", &file]);
    assert_eq!(done.code, 3);
    assert!(
        done.err.contains("hopeless.csv") && done.err.contains("row 2"),
        "{}",
        done.err
    );
}

#[test]
fn a_directory_and_a_missing_file_are_told_apart() {
    let workspace = Workspace::new();
    let folder = workspace.folder().to_str().unwrap().to_owned();
    let done = workspace.run(&["import", &folder]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("folder"), "{}", done.err);
    let done = workspace.run(&["import", "not-there.csv"]);
    assert_eq!(done.code, 1);
    assert!(
        done.err.contains("not-there.csv: there is no such file"),
        "{}",
        done.err
    );
    assert_eq!(workspace.run(&["check"]).code, 0);
}

#[test]
fn an_unknown_format_is_a_usage_error_that_lists_the_known_ones() {
    let workspace = Workspace::new();
    let done = workspace.run(&["import", "--as", "myspace", "x.csv"]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("longplay-events"), "{}", done.err);
    assert_eq!(workspace.run(&["import"]).code, 2);
}

#[test]
fn pieces_and_samples_are_counted() {
    let workspace = Workspace::new();
    let pieces = workspace.file(
        "pieces.csv",
        "id,title,topics\nintro,Introduction,setup\nend,The end,\n",
    );
    let samples = workspace.file("samples.csv", "piece,day,metric,value\nintro,2026-01-01,views,12\n");
    let report = workspace.json(&["import", "--json", "--channel", "website", &pieces, &samples]);
    assert_eq!(
        (&report["files"][0]["pieces"], &report["files"][1]["samples"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(report["events_total"], 0);
}

#[test]
fn people_get_a_table_and_the_reasons() {
    let workspace = Workspace::new();
    let file = workspace.file("mixed.csv", &format!("{HEAD}{GOOD}never,ada,viewed,e9,,,\n"));
    let done = workspace.run(&["import", &file]);
    assert_eq!(done.code, 0);
    for words in [
        "mixed.csv",
        "longplay-events",
        "1 × time_unreadable – row 4, column time",
        "All of them: ",
        "2 events of 2 people",
    ] {
        assert!(done.out.contains(words), "{words}: {}", done.out);
    }
    assert_eq!(done.err, "", "no progress bar where nobody watches");
}

#[test]
fn a_workspace_keeps_the_zone_it_was_first_told() {
    let workspace = Workspace::new();
    let file = workspace.file("good.csv", &format!("{HEAD}{GOOD}"));
    let import = |zone: &str| workspace.run(&["import", "--zone", zone, &file]);
    assert_eq!(import("Europe/Vienna").code, 0);
    assert_eq!(import("Europe/Vienna").code, 0);
    let other = import("Asia/Tokyo");
    assert_eq!(other.code, 2);
    assert!(
        other.err.contains("Europe/Vienna") && other.err.contains("--data"),
        "{}",
        other.err
    );
    assert_eq!(
        workspace.json(&["ask", "returns", "--json", "--zone", "Asia/Tokyo"])["zone"],
        "Asia/Tokyo"
    );
    assert_eq!(workspace.json(&["ask", "returns", "--json"])["zone"], "Europe/Vienna");
}

#[test]
fn the_environment_names_the_workspace() {
    let workspace = Workspace::new();
    let file = workspace.file("good.csv", &format!("{HEAD}{GOOD}"));
    let done = Done::of(
        longplay()
            .env("LONGPLAY_DATA", workspace.data())
            .args(["import", &file]),
    );
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(workspace.run(&["check"]).code, 0);
}
