//! `longplay goal`, `key` and `check`.

use std::fs;

use serde_json::json;

use super::harness::Workspace;

#[test]
fn goals_are_added_replaced_listed_and_removed() {
    let workspace = Workspace::with_events();
    let names = || {
        let goals = workspace.json(&["goal", "list", "--json"]);
        let names = goals["goals"]
            .as_array()
            .unwrap()
            .iter()
            .map(|goal| goal["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(), ["download", "purchase", "signup"]);
    assert_eq!(
        workspace
            .run(&[
                "goal",
                "add",
                "talked",
                "--act",
                "commented,Replied",
                "--channel",
                "blog"
            ])
            .code,
        0
    );
    let goals = workspace.json(&["goal", "list", "--json"]);
    let talked = goals["goals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|goal| goal["name"] == "talked")
        .unwrap();
    let expected =
        json!({"name": "talked", "acts": ["commented", "replied"], "event": null, "piece": null, "channel": "blog"});
    assert_eq!(talked, &expected);
    let answer = workspace.json(&["ask", "goals", "--json"]);
    assert!(
        answer["figures"]
            .as_array()
            .unwrap()
            .iter()
            .any(|figure| figure["key"] == "converted_talked"),
        "{answer}"
    );
    assert_eq!(workspace.run(&["goal", "remove", "talked"]).code, 0);
    assert_eq!(names(), ["download", "purchase", "signup"]);
    assert_eq!(workspace.run(&["goal", "remove", "talked"]).code, 1);
}

#[test]
fn a_goal_that_makes_no_sense_is_a_usage_error() {
    let workspace = Workspace::new();
    for wrong in [
        &["goal", "add", "x", "--act", "yodelled"][..],
        &["goal", "add", "Big Deal", "--act", "viewed"],
        &["goal", "add", "x"],
    ] {
        let done = workspace.run(wrong);
        assert_eq!(done.code, 2, "{wrong:?}: {}", done.err);
    }
    let done = workspace.run(&["goal", "add", "x", "--act", "yodelled"]);
    assert!(done.err.contains("signed_up"), "{}", done.err);
}

#[test]
fn a_key_is_shown_once() {
    let workspace = Workspace::new();
    let made = workspace.json(&["key", "create", "--name", "website", "--json"]);
    let key = made["key"].as_str().unwrap().to_owned();
    assert_eq!(made, json!({ "key": key }));
    let second = workspace.run(&["key", "create", "--name", "shop"]);
    assert_eq!((second.code, second.out.trim().len()), (0, key.len()));
    assert_ne!(second.out.trim(), key);
    let listed = workspace.json(&["key", "list", "--json"]);
    let names: Vec<_> = listed["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["website", "shop"]);
    assert!(!workspace.run(&["key", "list"]).out.contains(&key));
    assert_eq!(workspace.run(&["key", "create", "--name", " "]).code, 2);
}

#[test]
fn check_says_in_words_what_is_wrong() {
    let workspace = Workspace::with_events();
    assert_eq!(workspace.json(&["check", "--json"])["healthy"], true);
    let segments = workspace.data().join("segments");
    let segment = fs::read_dir(segments).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(&segment).unwrap();
    let done = workspace.run(&["check", "--json"]);
    assert_eq!(done.code, 1, "{}", done.out);
    let found: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(found["healthy"], false);
    let name = segment.file_name().unwrap().to_str().unwrap();
    assert!(
        found["findings"][0]["message"].as_str().unwrap().contains(name),
        "{found}"
    );
    let done = workspace.run(&["check"]);
    assert_eq!(done.code, 1);
    assert!(
        done.out.contains(name) || done.err.contains(name),
        "{} {}",
        done.out,
        done.err
    );
}

#[test]
fn events_are_kept_as_long_as_the_owner_says() {
    let workspace = Workspace::with_events();
    assert_eq!(
        workspace.json(&["retention", "--json"])["days"],
        serde_json::Value::Null
    );
    assert_eq!(workspace.run(&["retention", "long"]).code, 2);
    assert_eq!(workspace.run(&["retention", "0"]).code, 1);
    assert_eq!(workspace.json(&["retention", "36000", "--json"])["days"], 36_000);
    assert_eq!(workspace.json(&["person", "show", "ada", "--json"])["events"], 3);
    // The events of this workspace are of January 2026, and so more than a week past their age.
    assert!(workspace.run(&["retention", "1"]).out.contains("for a day"));
    assert!(
        workspace
            .run(&["person", "show", "ada"])
            .err
            .contains("nobody is known")
    );
    assert!(workspace.run(&["retention", "off"]).out.contains("Everything is kept."));
}

#[test]
fn a_token_is_made_listed_and_revoked() {
    let workspace = Workspace::with_events();
    let made = workspace.json(&["token", "create", "support", "--json"]);
    assert!(made["token"].as_str().unwrap().starts_with("lpt_"));
    assert_eq!(
        workspace.run(&["token", "create", "support"]).code,
        1,
        "a name is taken once"
    );
    assert_eq!(
        workspace.json(&["token", "list", "--json"])["tokens"][0]["name"],
        "support"
    );
    assert_eq!(workspace.run(&["token", "revoke", "support"]).code, 0);
    assert_eq!(workspace.run(&["token", "revoke", "support"]).code, 2);
}

#[test]
fn a_name_means_what_the_owner_says_for_what_is_held_and_for_what_comes() {
    let workspace = Workspace::new();
    let rows = |from: u32, to: u32| {
        let row = |number: u32| {
            format!(
                "2026-01-{:02}T10:00:00Z,p{},Lesson Finished,l{number}\n",
                1 + number % 9,
                number % 3
            )
        };
        format!("time,person,event,id\n{}", (from..to).map(row).collect::<String>())
    };
    let acts = || -> Vec<String> {
        let shown = workspace.json(&["person", "export", "p1"]);
        let events = shown["events"].as_array().unwrap();
        events
            .iter()
            .map(|event| event["act"].as_str().unwrap().to_owned())
            .collect()
    };
    let file = workspace.file("one.csv", &rows(0, 9));
    assert_eq!(workspace.run(&["import", &file]).code, 0);
    assert_eq!(acts(), ["other"; 3]);
    let said = workspace.run(&["act", "set", "lesson_finished", "watched"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("changed: 9"), "{}", said.out);
    assert_eq!(acts(), ["watched"; 3]);
    let file = workspace.file("two.csv", &rows(9, 18));
    assert_eq!(workspace.run(&["import", &file]).code, 0);
    assert_eq!(acts(), ["watched"; 6]);
    assert_eq!(
        workspace.json(&["act", "list", "--json"])["acts"]["lessonfinished"],
        "watched"
    );
    assert_eq!(workspace.run(&["check"]).code, 0);
    assert!(
        workspace
            .run(&["act", "reset", "Lesson Finished"])
            .out
            .contains("changed: 18")
    );
    assert_eq!(acts(), ["other"; 6]);
    let wrong = workspace.run(&["act", "set", "Lesson Finished", "seen"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("viewed, opened"), "{}", wrong.err);
    assert_eq!(workspace.run(&["check"]).code, 0);
}

#[test]
fn the_owner_chooses_who_is_a_regular() {
    let workspace = Workspace::with_events();
    let rule = || workspace.json(&["regular", "show", "--json"])["rule"].clone();
    assert_eq!(rule(), "own-rhythm");
    let done = workspace.run(&["regular", "set", "8-of-16-days"]);
    assert_eq!(
        (done.code, done.out.trim()),
        (
            0,
            "A regular is somebody who was here on at least 8 of the last 16 days."
        )
    );
    assert_eq!(rule(), "8-of-16-days");
    let answer = workspace.json(&["ask", "ladder", "--json"]);
    let definition = |row: &&serde_json::Value| row["kind"] == "definition";
    let row = answer["rows"].as_array().unwrap().iter().find(definition).unwrap();
    assert_eq!(row["rule"], "8-of-16-days");
    let done = workspace.run(&["regular", "set", "weekly"]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("6-of-12-months"), "{}", done.err);
}

#[test]
fn advice_is_kept_once_there_is_some() {
    let workspace = Workspace::with_events();
    let kept = workspace.json(&["plan", "keep", "--json"]);
    assert_eq!(kept, json!({ "kept": false, "advice": null }));
    assert_eq!(workspace.json(&["plan", "list", "--json"]), json!({ "advice": [] }));
}

#[test]
fn an_unusual_day_is_marked_listed_and_unmarked() {
    let workspace = Workspace::with_events();
    let mark = [
        "hit",
        "mark",
        "intro",
        "2026-05-09",
        "unwanted",
        "--why",
        "a wave  of programs",
    ];
    assert_eq!(workspace.run(&mark).code, 0);
    assert_eq!(
        workspace.json(&["hit", "list", "--json"])["notes"],
        json!([{"about": "intro", "day": "2026-05-09", "mark": "unwanted", "why": "a wave of programs"}])
    );
    assert_eq!(workspace.run(&["hit", "mark", "intro", "2026-05-09", "lovely"]).code, 2);
    assert_eq!(workspace.run(&["hit", "unmark", "intro", "2026-05-09"]).code, 0);
    assert_eq!(workspace.run(&["hit", "unmark", "intro", "2026-05-09"]).code, 1);
}
