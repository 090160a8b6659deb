//! `longplay check`: is everything on disk as it must be?

use std::io::Write;

use anyhow::Context;
use serde_json::json;

use crate::{
    config::Config,
    exit::Exit,
    output::{self, cell::shown},
};

/// Verify the data directory, and say in words what is wrong
#[derive(clap::Args)]
pub struct Args {
    /// Print {"healthy": …, "findings": […]} for programs
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let data = config.data();
    let findings =
        longplay_store::check(data, config.now).with_context(|| format!("{}: could not be checked", data.display()))?;
    let exit = if findings.is_empty() { Exit::Ok } else { Exit::Failed };
    if args.json {
        let entry = |finding: &longplay_store::Finding| json!({ "code": finding.code, "message": finding.message });
        let found: Vec<_> = findings.iter().map(entry).collect();
        output::json(&json!({ "healthy": found.is_empty(), "findings": found }))?;
    } else if findings.is_empty() {
        output::line(&format!("{}: everything is as it must be.", data.display()))?;
    } else {
        let mut out = output::stdout();
        for finding in &findings {
            writeln!(out, "{}: {}", finding.code, shown(&finding.message))?;
        }
        out.flush()?;
    }
    Ok(exit)
}
