//! `cargo xtask test`: every check there is, in the order in which they fail cheapest, and one line that sums up.

use std::{process::Command, time::Instant};

use anyhow::{Result, bail};

use crate::{browser, house::House, independent, process, room, sdk, tally::Tally, tidy};

type Step = (&'static str, fn(&House) -> Result<Tally>);

const STEPS: [Step; 8] = [
    ("room", room::run),
    ("fmt", fmt),
    ("clippy", clippy),
    ("tidy", tidy::run),
    ("cargo", cargo),
    ("independent", independent::run),
    ("browser", browser::run),
    ("sdk", sdk::run),
];

/// Runs the named steps, or all. A step that can't run at all counts as one failure, and the others still run.
pub fn run(house: &House, names: &[String]) -> Result<bool> {
    if let Some(name) = names.iter().find(|name| !STEPS.iter().any(|(step, _)| step == name)) {
        bail!(
            "“{name}” is no step; steps are {}",
            STEPS.map(|(step, _)| step).join(", ")
        );
    }
    let mut total = Tally::default();
    let mut summary = String::new();
    for (name, step) in STEPS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("\n== {name}");
        let start = Instant::now();
        let tally = step(house).unwrap_or_else(|error| {
            eprintln!("{name}: {error:#}");
            Tally::one(false)
        });
        total += tally;
        let verdict = if tally.is_clean() { "ok" } else { "FAILED" };
        summary += &format!(
            "{name:<12} {verdict:<7} {tally:<24} {:>4} s\n",
            start.elapsed().as_secs()
        );
    }
    println!("\n{summary}\n{total}");
    Ok(total.is_clean())
}

fn in_root(house: &House, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&house.root).args(arguments);
    command
}

fn fmt(house: &House) -> Result<Tally> {
    process::passes(&mut in_root(house, "cargo", &["fmt", "--all", "--check"])).map(Tally::one)
}

fn clippy(house: &House) -> Result<Tally> {
    let arguments = [
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    process::passes(&mut in_root(house, "cargo", &arguments)).map(Tally::one)
}

/// The workspace's own tests. They also build the debug binary that the later steps drive.
fn cargo(house: &House) -> Result<Tally> {
    process::tests(&mut in_root(
        house,
        "cargo",
        &["test", "--quiet", "--workspace", "--no-fail-fast"],
    ))
}
