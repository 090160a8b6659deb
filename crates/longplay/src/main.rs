//! The binary: parse, run one command, and leave with the exit code other programs rely on.
//!
//! 0 ok, 1 failed, 2 usage, 3 nothing recognised or admitted. Errors go to stderr and say what, where and what to do.

mod commands;
mod config;
mod demo;
mod exit;
mod export;
mod imports;
mod memory;
mod output;
mod serving;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

use commands::Command;
use config::{Config, GlobalArgs};

/// Audience analytics whose lead number is regulars: the people who keep coming back.
#[derive(Parser)]
#[command(name = "longplay", version, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: GlobalArgs,
}

const AFTER_HELP: &str = "\
Exit codes: 0 ok, 1 failed, 2 usage, 3 nothing recognised or admitted.
Start with `longplay demo`, or with `longplay import FILE…` and `longplay ask returns`.";

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = Config::resolve(cli.global).and_then(|config| {
        if let Some((place, count)) = &config.trial.crash_at {
            longplay_store::crash::arm(place, *count);
        }
        cli.command.run(&config)
    });
    exit::code_of(done)
}
