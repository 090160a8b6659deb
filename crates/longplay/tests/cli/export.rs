//! `longplay export`: rows in three shapes, whole or not at all.

use std::{fs, io::Read, process::Stdio};

use super::harness::Workspace;

#[test]
fn recurrence_is_one_row_a_person_in_days() {
    let workspace = Workspace::with_events();
    let done = workspace.run(&["export", "recurrence", "--as-of", "2026-01-31"]);
    let mut lines = done.out.lines();
    assert_eq!(lines.next(), Some("person,x,t_x,T"));
    let mut rows: Vec<_> = lines.map(|line| line.split_once(',').unwrap().1).collect();
    rows.sort_unstable();
    assert_eq!(rows, ["0,0,30", "2,8,30"]);
    let done = workspace.run(&["export", "recurrence", "--as-of", "2026-01-03", "--format", "jsonl"]);
    let rows: Vec<serde_json::Value> = done
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.iter().map(|row| row["x"].as_i64().unwrap()).sum::<i64>(), 1);
}

#[test]
fn events_have_the_columns_of_the_open_format_and_end_at_as_of() {
    let workspace = Workspace::with_events();
    let done = workspace.run(&["export", "events", "--as-of", "2026-01-03"]);
    let lines: Vec<_> = done.out.lines().collect();
    let head = "person,time,id,event,piece,channel,referrer,source,medium,campaign,country,value,currency,properties";
    assert_eq!(lines[0], head);
    assert_eq!(lines.len(), 1 + 3, "{}", done.out);
    let all = workspace.run(&["export", "events", "--format", "jsonl"]);
    let rows: Vec<serde_json::Value> = all
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let bought = rows.iter().find(|row| row["id"] == "e3").unwrap();
    assert_eq!(
        (&bought["value"], &bought["currency"]),
        (&"12.50".into(), &"EUR".into())
    );
    assert_eq!(
        (&bought["time"], &bought["piece"]),
        (&"2026-01-09T10:00:00Z".into(), &serde_json::Value::Null)
    );
}

#[test]
fn what_was_exported_can_be_imported_and_answers_the_same() {
    let workspace = Workspace::with_events();
    for format in ["csv", "jsonl", "parquet"] {
        let out = workspace.folder().join(format!("events.{format}"));
        let out = out.to_str().unwrap();
        assert_eq!(
            workspace
                .run(&["export", "events", "--format", format, "--out", out])
                .code,
            0
        );
        let again = Workspace::new();
        assert_eq!(again.run(&["import", out]).code, 0);
        for question in ["returns", "goals"] {
            let ask = ["ask", question, "--as-of", "2026-01-31", "--csv"];
            assert_eq!(again.run(&ask).out, workspace.run(&ask).out, "{format}");
        }
    }
}

#[test]
fn a_file_appears_when_it_is_complete() {
    let workspace = Workspace::with_events();
    let out = workspace.folder().join("out.parquet");
    let path = out.to_str().unwrap();
    for what in ["events", "recurrence", "answers"] {
        let done = workspace.run(&["export", what, "--format", "parquet", "--out", path]);
        assert_eq!((done.code, done.out.as_str()), (0, ""), "{}", done.err);
        assert!(fs::read(&out).unwrap().starts_with(b"PAR1"), "{what}");
    }
    assert_eq!(workspace.run(&["export", "events", "--format", "parquet"]).code, 2);
    let nowhere = workspace.run(&["export", "events", "--out", "no/such/folder/x.csv"]);
    assert_eq!(nowhere.code, 1);
    assert!(nowhere.err.contains("no/such/folder/x.csv"), "{}", nowhere.err);
    let parts = fs::read_dir(workspace.folder())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"));
    assert_eq!(parts.count(), 0);
}

#[test]
fn answers_are_every_figure_of_every_question() {
    let workspace = Workspace::with_events();
    let done = workspace.run(&["export", "answers", "--as-of", "2026-03-01"]);
    for question in ["returns,", "goals,", "hits,"] {
        assert!(
            done.out.lines().any(|line| line.starts_with(question)),
            "{question} {}",
            done.out
        );
    }
}

#[test]
fn a_reader_who_has_had_enough_is_no_failure() {
    let workspace = Workspace::new();
    let rows: String = (0..30_000)
        .map(|n| format!("2026-01-01T10:00:00Z,p{n},viewed,e{n},intro,,\n"))
        .collect();
    let file = workspace.file("many.csv", &format!("{}{rows}", super::harness::HEAD));
    assert_eq!(workspace.run(&["import", &file]).code, 0);
    let mut child = workspace
        .command(&["export", "events"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 16];
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
