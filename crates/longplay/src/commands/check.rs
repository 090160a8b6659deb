//! `longplay check`: is everything on disk as it must be, and what can be set right?

use std::io::Write;

use anyhow::Context;
use longplay_store::{Finding, Repair, Report};
use serde_json::{Value, json};

use crate::{
    config::Config,
    exit::Exit,
    output::{self, cell::shown, progress},
    serving::ServeLock,
};

/// Verify the data directory, and say in words what is wrong
///
/// docs/checks.md lists what must be true, by number. With --repair, what can be set right without losing anything is;
/// nobody may serve the directory meanwhile.
#[derive(clap::Args)]
pub struct Args {
    /// Print {"healthy", "findings", "notes", "checked"} for programs
    #[arg(long)]
    json: bool,
    /// Set right what can be set right without losing anything
    #[arg(long)]
    repair: bool,
    /// Do without a segment or batch that is damaged or missing: it is moved to damaged/, and answers can be had again
    #[arg(long, value_name = "NAME", requires = "repair")]
    set_aside: Vec<String>,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let data = config.data();
    let doing = || format!("{}: could not be checked", data.display());
    let waiting = progress::spinner("checking");
    let report = if args.repair && data.join("longplay.db").is_file() {
        let _lock = ServeLock::take(data)?;
        longplay_store::repair(data, config.now, &args.set_aside)
    } else {
        longplay_store::check(data, config.now)
    };
    waiting.finish_and_clear();
    let report = report.with_context(doing)?;
    if args.json {
        output::json(&in_json(&report))?;
    } else {
        tell(&report, config)?;
    }
    Ok(if report.is_healthy() { Exit::Ok } else { Exit::Failed })
}

fn in_json(report: &Report) -> Value {
    let entry = |finding: &Finding| {
        json!({
            "invariant": finding.invariant.number,
            "code": finding.invariant.code,
            "message": finding.message,
            "repair": finding.repair.name(),
        })
    };
    let checked = report.checked;
    json!({
        "healthy": report.is_healthy(),
        "findings": report.findings.iter().map(entry).collect::<Vec<_>>(),
        "notes": report.notes.iter().map(entry).collect::<Vec<_>>(),
        "set_aside": report.set_aside,
        "checked": {
            "invariants": longplay_store::INVARIANTS.len(),
            "segments": checked.segments,
            "events": checked.rows,
            "bytes": checked.bytes,
            "unsealed_batches": checked.batches,
            "unsealed_events": checked.unsealed,
            "links": checked.links,
        },
    })
}

fn tell(report: &Report, config: &Config) -> anyhow::Result<()> {
    let mut out = output::stdout();
    for said in &report.set_aside {
        writeln!(out, "{}", shown(said))?;
    }
    let mut is_possible = false;
    for finding in &report.findings {
        is_possible |= finding.repair == Repair::Possible;
        let done = if finding.repair == Repair::Done {
            " (repaired)"
        } else {
            ""
        };
        writeln!(out, "{}: {}{done}", finding.invariant.code, shown(&finding.message))?;
    }
    for note in &report.notes {
        let done = if note.repair == Repair::Done { " (done)" } else { "" };
        writeln!(out, "note: {}{done}", shown(&note.message))?;
    }
    let data = config.data().display();
    if report.is_healthy() {
        writeln!(out, "{data}: everything is as it must be.")?;
    } else if is_possible {
        writeln!(
            out,
            "{data}: longplay check --repair sets right what loses nothing; docs/checks.md says how."
        )?;
    }
    out.flush()?;
    Ok(())
}
