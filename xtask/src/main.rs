//! `cargo xtask`: the rules of the house and the whole test run as commands, so that a clean machine, CI and a person at
//! their desk do exactly the same.
//!
//! Deliberately small: no dependency but `anyhow`, no configuration, no environment variables of its own. What has to be
//! kept between runs (the Python packages, screenshots) lives beside the build under the target directory.

mod bench;
mod browser;
mod coverage;
mod house;
mod independent;
mod licences;
mod process;
mod room;
mod sdk;
mod tally;
mod test;
mod tidy;
mod walls;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::house::House;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  tidy              check file heads, file sizes, names, walls between crates, licences
  test [STEP…]      everything CI runs; steps: room fmt clippy tidy cargo independent browser sdk
  bench [NAME…]     run the scripts in benches/ against a release build
  coverage          measure how often the intervals hold, and write docs/methods/coverage.md
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything asked for passed.
fn run(arguments: &[String]) -> Result<bool> {
    let house = House::find()?;
    let Some((command, rest)) = arguments.split_first() else {
        bail!("no command given\n{USAGE}")
    };
    match command.as_str() {
        "tidy" => {
            let tally = tidy::run(&house)?;
            println!("{tally}");
            Ok(tally.is_clean())
        }
        "test" => test::run(&house, rest),
        "bench" => bench::run(&house, rest),
        "coverage" => coverage::run(&house),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(true)
        }
        other => bail!("“{other}” is no command\n{USAGE}"),
    }
}
