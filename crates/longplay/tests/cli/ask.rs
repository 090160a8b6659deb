//! `longplay ask`: the answer's JSON, CSV and words.

use serde_json::json;

use super::harness::{HEAD, Workspace, keys};

#[test]
fn the_answer_has_the_keys_programs_rely_on() {
    let workspace = Workspace::with_events();
    let answer = workspace.json(&["ask", "returns", "--as-of", "2026-01-31", "--json"]);
    for key in [
        "question", "as_of", "zone", "snapshot", "sentence", "grade", "level", "figures", "cautions", "method",
    ] {
        assert!(answer.get(key).is_some(), "{key}: {answer}");
    }
    assert_eq!(answer["as_of"], "2026-01-31T23:59:59.999999Z");
    assert_eq!(answer["level"], 0.9);
    let figures = answer["figures"].as_array().unwrap();
    let expected = [
        "count", "grade", "high", "key", "low", "n", "ready_on", "scope", "state", "unit", "value",
    ];
    assert_eq!(keys(&figures[0]), expected);
    let figure = |key: &str| {
        figures
            .iter()
            .find(|figure| figure["key"] == key && figure["scope"] == json!({}))
            .unwrap()
    };
    assert_eq!(
        (&figure("returned_7d")["n"], &figure("returned_7d")["count"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(figure("people")["count"], 2);
}

#[test]
fn an_answer_can_be_asked_for_as_of_any_day_and_about_any_period() {
    let workspace = Workspace::with_events();
    let people = |options: &[&str]| {
        let answer = workspace.json(&[&["ask", "returns", "--json"], options].concat());
        answer["figures"]
            .as_array()
            .unwrap()
            .iter()
            .find(|figure| figure["key"] == "people")
            .unwrap()["count"]
            .clone()
    };
    assert_eq!(people(&["--as-of", "2025-12-31"]), 0);
    assert_eq!(people(&["--as-of", "2026-01-01T10:30:00Z"]), 1);
    assert_eq!(people(&["--from", "2026-01-02"]), 0);
    assert_eq!(people(&["--from", "2026-01-01", "--to", "2026-01-02"]), 2);
}

#[test]
fn csv_has_one_row_a_figure_and_disarms_formulas() {
    let workspace = Workspace::new();
    let file = workspace.file(
        "events.csv",
        &format!("{HEAD}2026-01-01T10:00:00Z,ada,viewed,e1,=1+1,,\n"),
    );
    assert_eq!(workspace.run(&["import", &file]).code, 0);
    let done = workspace.run(&["ask", "returns", "--csv", "--as-of", "2026-06-01"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let mut lines = done.out.lines();
    assert_eq!(
        lines.next(),
        Some(
            "question,as_of,zone,snapshot,grade,level,key,unit,scope,scope_value,n,count,value,low,high,state,ready_on"
        )
    );
    assert!(
        lines
            .clone()
            .all(|line| line.starts_with("returns,2026-06-01T23:59:59.999999Z,UTC,")),
        "{}",
        done.out
    );
    assert!(lines.any(|line| line.contains(",piece,'=1+1,")), "{}", done.out);
}

#[test]
fn people_read_a_sentence_first() {
    let workspace = Workspace::with_events();
    let done = workspace.run(&["ask", "returns", "--as-of", "2026-06-01"]);
    let sentence = workspace.json(&["ask", "returns", "--as-of", "2026-06-01", "--json"])["sentence"].clone();
    assert_eq!(done.out.lines().next(), sentence.as_str());
    for words in ["returned_28d", "everybody", "piece: intro", "Method: ", "days in UTC"] {
        assert!(done.out.contains(words), "{words}: {}", done.out);
    }
}

#[test]
fn an_empty_workspace_answers_that_there_is_no_data() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run(&["goal", "add", "talk", "--act", "replied"]).code, 0);
    for key in ["ladder", "returns", "goals", "hits"] {
        let answer = workspace.json(&["ask", key, "--json"]);
        assert!(!answer["sentence"].as_str().unwrap().is_empty());
        let states = answer["figures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|figure| figure["state"].as_str().unwrap().to_owned());
        assert!(states.into_iter().all(|state| state == "no_data"), "{answer}");
    }
}

#[test]
fn what_cannot_be_asked_is_a_usage_error() {
    let workspace = Workspace::with_events();
    let done = workspace.run(&["ask", "fortune"]);
    assert_eq!(done.code, 2);
    assert!(
        ["ladder", "returns", "goals", "hits"]
            .iter()
            .all(|key| done.err.contains(key)),
        "{}",
        done.err
    );
    for wrong in [
        ["--as-of", "soon"],
        ["--level", "1.5"],
        ["--by", "mood"],
        ["--from", "2026-02-30"],
        ["--zone", "Europe/Atlantis"],
    ] {
        let done = workspace.run(&["ask", "returns", wrong[0], wrong[1]]);
        assert_eq!(done.code, 2, "{wrong:?}: {}", done.err);
    }
    let backwards = workspace.run(&["ask", "returns", "--from", "2026-02-02", "--to", "2026-02-01"]);
    assert_eq!(backwards.code, 2);
    assert!(backwards.err.contains("--to"), "{}", backwards.err);
}

#[test]
fn a_directory_without_a_workspace_is_told() {
    let workspace = Workspace::new();
    for command in [
        &["ask", "returns"][..],
        &["export", "events"],
        &["check"],
        &["key", "list"],
        &["goal", "list"],
    ] {
        let done = workspace.run(command);
        assert_eq!(done.code, 1, "{command:?}");
        assert!(done.err.contains(workspace.data().to_str().unwrap()), "{}", done.err);
        assert!(!workspace.data().exists(), "{command:?} must not create a workspace");
    }
}

#[test]
fn the_hits_are_listed_for_people() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run(&["demo", "--build-only"]).code, 0);
    let done = workspace.run(&["ask", "hits"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let line = done
        .out
        .lines()
        .find(|line| line.starts_with("We opened a €40 violin") && line.contains("website"));
    assert!(line.is_some(), "{}", done.out);
}
