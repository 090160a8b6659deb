//! Running other programs: shown before they run, their output passed on while they do, their closing lines counted.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::tally::Tally;

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a command whose success is the one thing that counts.
pub fn passes(command: &mut Command) -> Result<bool> {
    println!("$ {}", shown(command));
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot run {}", shown(command)))?;
    Ok(status.success())
}

/// Runs a command that must succeed for anything after it to make sense.
pub fn must(command: &mut Command) -> Result<()> {
    if !passes(command)? {
        bail!("failed: {}", shown(command));
    }
    Ok(())
}

/// Runs a test runner, passes its output on and adds up its closing lines. A runner that fails without having counted a
/// failure, or that counted no test at all, is one failure.
pub fn tests(command: &mut Command) -> Result<Tally> {
    println!("$ {}", shown(command));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", shown(command)))?;
    let output = child.stdout.take().context("stdout was piped")?;
    let mut tally = Tally::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Some(counted) = Tally::of_line(&line) {
            tally += counted;
        }
    }
    let success = child.wait()?.success();
    if (!success && tally.failed == 0) || tally == Tally::default() {
        tally.failed += 1;
    }
    Ok(tally)
}

/// What a command prints; its failure is an error with its own words.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {}", shown(command)))?;
    if !output.status.success() {
        bail!(
            "failed: {}\n{}",
            shown(command),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The program of the first of these names that runs at all.
pub fn found(names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| {
        let mut command = Command::new(name);
        command
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
            .status()
            .ok()
            .filter(|status| status.success())
            .map(|_| PathBuf::from(name))
    })
}

/// Installs Debian packages; the error says what to do where that's not possible.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    let is_root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root || found(&["apt-get"]).is_none() {
        bail!(
            "{} is missing; install it with the system's package manager",
            packages.join(", ")
        );
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["-q", "-y"]);
        command
    };
    must(apt().arg("update").stdout(Stdio::null()))?;
    must(
        apt()
            .args(["install", "--no-install-recommends"])
            .args(packages)
            .stdout(Stdio::null()),
    )
}
