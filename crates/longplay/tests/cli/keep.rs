//! `longplay backup`, `restore` and `check --repair`, as an owner calls them.

use std::{fs, path::Path, process::Command};

use super::{
    harness::{Done, HEAD, Workspace, longplay},
    serve::Server,
};

fn answers(data: &Path) -> Vec<String> {
    let run = |arguments: &[&str]| {
        let done = Done::of(longplay().arg("--data").arg(data).args(arguments));
        assert_eq!(done.code, 0, "{arguments:?}: {}", done.err);
        done.out
    };
    vec![
        run(&["ask", "returns", "--as-of", "2026-03-01", "--json"]),
        run(&["ask", "goals", "--as-of", "2026-03-01", "--json"]),
        run(&["person", "show", "ada", "--json"]),
        run(&["goal", "list", "--json"]),
        run(&["key", "list", "--json"]),
    ]
}

#[test]
fn a_backup_of_a_running_server_gives_the_same_answers() {
    let workspace = Workspace::with_events();
    workspace.run(&["key", "create", "--name", "website"]);
    workspace.run(&["goal", "add", "talked", "--act", "commented"]);
    let server = Server::start(&mut workspace.command(&["serve", "--listen", "127.0.0.1:0"]));
    let late = format!("{HEAD}2026-01-04T10:00:00Z,eve,viewed,e9,intro,,\nnonsense,eve,viewed,e10,,,\n");
    let file = workspace.file("late.csv", &late);
    assert_eq!(workspace.run(&["import", &file]).code, 0);
    let done = workspace.run(&["backup", "b.tar"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("5 events"), "{}", done.out);
    let again = workspace.run(&["backup", "b.tar"]);
    assert!(again.code == 1 && again.err.contains("--force"), "{}", again.err);
    assert_eq!(workspace.run(&["backup", "b.tar", "--force"]).code, 0);
    let before = answers(&workspace.data());
    assert_eq!(server.stop("-TERM"), Some(0));
    let elsewhere = workspace.folder().join("elsewhere");
    let restore = |data: &Path, file: &str| {
        let mut command = longplay();
        command
            .current_dir(workspace.folder())
            .arg("--data")
            .arg(data)
            .args(["restore", file]);
        Done::of(&mut command)
    };
    let done = restore(&elsewhere, "b.tar");
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(answers(&elsewhere), before);
    assert_eq!(fs::read_dir(elsewhere.join("refusals")).unwrap().count(), 1);
    let done = restore(&elsewhere, "b.tar");
    assert!(done.code == 1 && done.err.contains("not empty"), "{}", done.err);
    let done = restore(&workspace.folder().join("third"), "late.csv");
    assert!(
        done.code == 1 && done.err.contains("no backup of Longplay"),
        "{}",
        done.err
    );
    assert!(!workspace.folder().join("third").exists());
}

#[test]
fn repair_waits_for_the_server_to_stop_and_then_heals() {
    let workspace = Workspace::with_events();
    let segment = fs::read_dir(workspace.data().join("segments"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let name = segment.file_name().into_string().unwrap();
    let server = Server::start(&mut workspace.command(&["serve", "--listen", "127.0.0.1:0"]));
    let refused = workspace.run(&["check", "--repair"]);
    assert!(
        refused.code == 1 && refused.err.contains("stop it first"),
        "{}",
        refused.err
    );
    assert_eq!(server.stop("-TERM"), Some(0));
    fs::remove_dir_all(workspace.data().join("ids")).unwrap();
    let found: serde_json::Value = serde_json::from_str(&workspace.run(&["check", "--json"]).out).unwrap();
    assert_eq!(found["findings"][0]["invariant"], 14, "{found}");
    assert_eq!(found["findings"][0]["repair"], "possible", "{found}");
    let repaired = workspace.json(&["check", "--repair", "--json"]);
    assert_eq!(
        (&repaired["healthy"], &repaired["findings"][0]["repair"]),
        (&true.into(), &"done".into())
    );
    let before = answers(&workspace.data());
    let mut bytes = fs::read(segment.path()).unwrap();
    bytes[20] ^= 1;
    fs::write(segment.path(), bytes).unwrap();
    let lied = workspace.run(&["ask", "returns", "--as-of", "2026-03-01"]);
    assert!(lied.code == 1 && lied.err.contains(&name), "{} {}", lied.out, lied.err);
    let kept = workspace.run(&["check", "--repair"]);
    assert!(kept.code == 1 && segment.path().exists(), "{}", kept.out);
    let done = workspace.run(&["check", "--repair", "--set-aside", &name]);
    assert_eq!(done.code, 0, "{} {}", done.out, done.err);
    assert!(
        done.out.contains("4 events from 2026-01-01 10:00:00+00 to 2026-01-09"),
        "{}",
        done.out
    );
    assert!(workspace.data().join("damaged").join(&name).exists());
    assert_ne!(answers_of_nobody(&workspace), before[0]);
    assert_eq!(
        workspace.run(&["check", "--set-aside", "x"]).code,
        2,
        "only with --repair"
    );
    assert_eq!(workspace.run(&["check", "--repair", "--set-aside", "x"]).code, 1);
}

fn answers_of_nobody(workspace: &Workspace) -> String {
    let done = workspace.run(&["ask", "returns", "--as-of", "2026-03-01", "--json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    done.out
}

/// A limit on the size of files fails writes as a full disk does, without needing one.
#[test]
fn a_full_disk_leaves_no_part_of_a_backup_or_a_restored_directory() {
    let workspace = Workspace::with_events();
    assert_eq!(workspace.run(&["backup", "whole.tar"]).code, 0);
    let limited = |data: &Path, blocks: u32, arguments: &str| {
        let mut shell = Command::new("sh");
        shell
            .current_dir(workspace.folder())
            .env("DATA", data)
            .env("LONGPLAY", env!("CARGO_BIN_EXE_longplay"));
        shell.args([
            "-c",
            &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$LONGPLAY\" --data \"$DATA\" {arguments}"),
        ]);
        Done::of(&mut shell)
    };
    let names = || {
        let mut names: Vec<_> = fs::read_dir(workspace.folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    let before = names();
    let elsewhere = workspace.folder().join("elsewhere");
    for blocks in [1, 16, 128, 200] {
        let done = limited(&workspace.data(), blocks, "backup part.tar");
        assert!(
            done.code == 1 && !done.err.is_empty(),
            "{blocks}: {} {}",
            done.code,
            done.err
        );
        assert_eq!(names(), before, "{blocks}: {}", done.err);
        let done = limited(&elsewhere, blocks, "restore whole.tar");
        assert!(
            done.code == 1 && !done.err.is_empty(),
            "{blocks}: {} {}",
            done.code,
            done.err
        );
        assert_eq!(names(), before, "{blocks}: {}", done.err);
    }
    assert_eq!(workspace.json(&["check", "--json"])["healthy"], true);
}

/// Whoever may not write there is told so, and nothing panics.
#[test]
fn a_directory_that_cannot_be_written_is_said() {
    let workspace = Workspace::with_events();
    let mut folders = vec![workspace.data()];
    folders.extend(["segments", "ids"].map(|folder| workspace.data().join(folder)));
    let allow = |mode: &str| {
        for folder in &folders {
            assert!(Command::new("chmod").arg(mode).arg(folder).status().unwrap().success());
        }
    };
    allow("a-w");
    let probe = workspace.data().join("probe");
    let mut command = if fs::write(&probe, b"x").is_ok() {
        // Root may write anywhere, so somebody else has to try.
        fs::remove_file(probe).unwrap();
        let mut as_nobody = Command::new("setpriv");
        as_nobody.args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            env!("CARGO_BIN_EXE_longplay"),
        ]);
        assert!(
            Command::new("chmod")
                .arg("a+rx")
                .arg(workspace.folder())
                .status()
                .unwrap()
                .success()
        );
        as_nobody
    } else {
        longplay()
    };
    let file = workspace.file(
        "late.csv",
        &format!("{HEAD}2026-01-04T10:00:00Z,eve,viewed,e9,intro,,\n"),
    );
    command
        .arg("--data")
        .arg(workspace.data())
        .args(["import", &file])
        .current_dir("/");
    let output = command.output();
    allow("u+w");
    match output {
        Ok(output) if !String::from_utf8_lossy(&output.stderr).contains("setpriv") => {
            let error = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{error}");
            assert!(!error.contains("panicked") && !error.is_empty(), "{error}");
        }
        other => eprintln!("SKIPPED: nobody else can try here: {other:?}"),
    }
    assert_eq!(workspace.json(&["check", "--json"])["healthy"], true);
}
