//! The help texts as people see them. After a wanted change: `UPDATE_HELP=1 cargo test -p longplay help`.

use std::{fs, path::PathBuf};

use super::harness::{Done, longplay};

const COMMANDS: [&[&str]; 66] = [
    &[],
    &["serve"],
    &["demo"],
    &["import"],
    &["ask"],
    &["estimate"],
    &["goal"],
    &["goal", "add"],
    &["goal", "list"],
    &["goal", "remove"],
    &["hit"],
    &["hit", "mark"],
    &["hit", "list"],
    &["hit", "unmark"],
    &["ideal"],
    &["ideal", "set"],
    &["ideal", "show"],
    &["ideal", "clear"],
    &["ideal", "try"],
    &["segment"],
    &["segment", "set"],
    &["segment", "list"],
    &["segment", "remove"],
    &["act"],
    &["act", "list"],
    &["act", "set"],
    &["act", "reset"],
    &["regular"],
    &["regular", "show"],
    &["regular", "set"],
    &["talk"],
    &["talk", "today"],
    &["talk", "done"],
    &["talk", "snooze"],
    &["talk", "never"],
    &["talk", "contact"],
    &["talk", "capacity"],
    &["talk", "holdout"],
    &["export"],
    &["check"],
    &["backup"],
    &["restore"],
    &["key"],
    &["key", "create"],
    &["key", "list"],
    &["person"],
    &["person", "show"],
    &["person", "merge"],
    &["person", "unlink"],
    &["person", "export"],
    &["person", "erase"],
    &["person", "link"],
    &["plan"],
    &["plan", "keep"],
    &["plan", "list"],
    &["retention"],
    &["token"],
    &["token", "create"],
    &["token", "list"],
    &["token", "revoke"],
    &["account"],
    &["account", "create"],
    &["account", "list"],
    &["account", "role"],
    &["account", "password"],
    &["account", "remove"],
];

#[test]
fn help_is_as_it_was_last_approved() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/help");
    #[allow(
        clippy::disallowed_methods,
        reason = "a switch for the developer who approves a new text"
    )]
    let is_update = std::env::var("UPDATE_HELP").is_ok();
    for command in COMMANDS {
        let done = Done::of(longplay().args(command).arg("--help"));
        assert_eq!(done.code, 0, "{command:?}: {}", done.err);
        let name = if command.is_empty() {
            "longplay".to_owned()
        } else {
            command.join("-")
        };
        let path = folder.join(format!("{name}.txt"));
        if is_update {
            fs::write(&path, &done.out).unwrap();
        }
        let approved = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(done.out, approved, "{}", path.display());
    }
}

#[test]
fn no_arguments_are_a_usage_error_and_the_version_is_not() {
    assert_eq!(Done::of(&mut longplay()).code, 2);
    let done = Done::of(longplay().arg("--version"));
    assert_eq!(
        (done.code, done.out),
        (0, format!("longplay {}\n", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(Done::of(longplay().arg("fly")).code, 2);
}
