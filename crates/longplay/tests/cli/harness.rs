//! A workspace in a temporary directory, and the built binary called as a person or a program would.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

pub const HEAD: &str = "time,person,event,id,piece,value,currency\n";

pub struct Workspace {
    folder: tempfile::TempDir,
}

/// A finished call.
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The binary with none of this machine's own settings.
pub fn longplay() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_longplay"));
    for variable in ["LONGPLAY_DATA", "LONGPLAY_ZONE", "LONGPLAY_LOG", "COLUMNS"] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

impl Workspace {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// One with three days of Ada, one day of Bob and a purchase.
    pub fn with_events() -> Self {
        let workspace = Self::new();
        let rows = "2026-01-01T10:00:00Z,ada,viewed,e1,intro,,\n2026-01-03T10:00:00Z,ada,viewed,e2,intro,,\n\
                    2026-01-09T10:00:00Z,ada,purchased,e3,,12.50,EUR\n2026-01-01T11:00:00Z,bob,viewed,e4,intro,,\n";
        let file = workspace.file("events.csv", &format!("{HEAD}{rows}"));
        assert_eq!(workspace.run(&["import", &file]).code, 0);
        workspace
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a file beside the data and returns its path.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = longplay();
        command
            .arg("--data")
            .arg(self.data())
            .args(arguments)
            .current_dir(self.folder());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Done {
        Done::of(&mut self.command(arguments))
    }

    /// The JSON of a call that must succeed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let done = self.run(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {}", done.err);
        serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", done.out))
    }
}

impl Done {
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let done = Self {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(!done.err.contains("panicked"), "{}", done.err);
        done
    }
}

/// The keys of a JSON object, in order of the alphabet.
pub fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}
