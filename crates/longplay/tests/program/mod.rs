//! The built binary, as a test calls it.

use std::{path::Path, process::Command};

/// Runs it on a data directory; its stdout, when it exits with 0. What the machine has set for an owner plays no part.
pub fn longplay(data: &Path, zone: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_longplay"));
    for variable in ["LONGPLAY_DATA", "LONGPLAY_ZONE", "LONGPLAY_LOG", "COLUMNS"] {
        command.env_remove(variable);
    }
    let output = command
        .arg("--data")
        .arg(data)
        .args(["--zone", zone])
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}\n{errors}", output.status);
    String::from_utf8(output.stdout).unwrap()
}
