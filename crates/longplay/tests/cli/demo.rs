//! `longplay demo`: built once, labelled, true to what it says of itself, and never over somebody's data.

use std::{collections::HashMap, fs};

use serde_json::Value;

use super::{
    harness::{Done, Workspace, longplay},
    serve::Server,
};

#[test]
fn its_answers_tell_its_story() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run(&["demo", "--build-only"]).code, 0);
    let truth: Value =
        serde_json::from_str(&fs::read_to_string(workspace.data().join("demo-truth.json")).unwrap()).unwrap();
    let answer = workspace.json(&["ask", "returns", "--json"]);
    let figures = answer["figures"].as_array().unwrap();
    let mut by_piece: HashMap<&str, &Value> = HashMap::new();
    for figure in figures.iter().filter(|figure| figure["key"] == "returned_28d") {
        if let Some(piece) = figure["scope"]["piece"].as_str() {
            by_piece.insert(piece, figure);
        }
    }
    let value = |piece: &str| by_piece[piece]["value"].as_f64().unwrap();
    assert!(
        value("train-ticket-1931") < 0.03,
        "the hit brought people who didn't come back"
    );
    assert!(value("bench-05") > 0.45, "the series brought people who did");
    let mature = truth["pieces"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|piece| piece["people"].as_u64() > Some(100));
    let far: Vec<_> = mature
        .filter_map(|piece| {
            let figure = by_piece
                .get(piece["piece"].as_str()?)
                .filter(|figure| figure["state"] == "known")?;
            let (value, truth, n) = (
                figure["value"].as_f64()?,
                piece["returned_28d"].as_f64()?,
                figure["n"].as_f64()?,
            );
            let deviations = (value - truth).abs() / (truth * (1.0 - truth) / n).sqrt();
            (deviations > 4.5).then(|| (piece["piece"].clone(), value, truth))
        })
        .collect();
    assert!(far.is_empty(), "{far:?}");
    assert_eq!(workspace.run(&["check"]).code, 0);
}

#[test]
fn it_is_kept_once_built_and_built_again_when_it_was_not_finished() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run(&["demo", "--build-only"]).code, 0);
    let built = || {
        fs::metadata(workspace.data().join("demo-truth.json"))
            .unwrap()
            .modified()
            .unwrap()
    };
    let first = built();
    assert_eq!(workspace.run(&["demo", "--build-only"]).code, 0);
    assert_eq!(built(), first);
    fs::write(workspace.data().join("demo-unfinished"), "").unwrap();
    assert_eq!(workspace.run(&["demo", "--build-only"]).code, 0);
    assert_ne!(built(), first);
    assert!(!workspace.data().join("demo-unfinished").exists());
}

#[test]
fn it_leaves_other_directories_alone() {
    let workspace = Workspace::with_events();
    let done = workspace.run(&["demo", "--build-only"]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("left alone"), "{}", done.err);
    let answer = workspace.json(&["ask", "returns", "--json", "--as-of", "2026-03-01"]);
    assert!(answer["figures"][0]["count"].is_number(), "{answer}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
    let done = Done::of(
        longplay()
            .arg("--data")
            .arg(folder.path())
            .args(["demo", "--build-only"]),
    );
    assert_eq!(done.code, 1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn it_serves_itself_in_its_own_directory() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(
        longplay()
            .args(["demo", "--listen", "127.0.0.1:0"])
            .current_dir(folder.path()),
    );
    assert!(folder.path().join("longplay-demo/demo-truth.json").exists());
    assert!(server.get("/healthz").0.contains("200"));
    let (status, page) = server.get("/");
    assert!(status.contains("200"), "{status}");
    assert!(
        page.to_lowercase().contains("demo"),
        "the page says that everything is made up"
    );
    assert_eq!(server.stop("-TERM"), Some(0));
}
