//! `longplay segment`: some people under a name, as a rule.

use longplay_domain::Goal;
use serde_json::{Value, json};

use super::ideal::rule_of;
use crate::{
    config::Config,
    exit::{Exit, Usage},
    output::{self, table::Table},
    wiring,
};

/// Save segments of people under a name, as rules
///
/// The language is that of `longplay ideal`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Save a segment, or replace the one of that name
    Set {
        /// Lower-case letters, digits and underscores, at most 40
        name: String,
        rule: String,
    },
    /// List the segments
    List {
        /// Print {"segments": […]} for programs
        #[arg(long)]
        json: bool,
    },
    /// Remove a segment; people and events are never touched
    Remove { name: String },
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    match &args.verb {
        Verb::Set { name, rule } => {
            is_name(name)?;
            let rule = rule_of(rule)?;
            wiring::open(config)?.save_segment(name, Some(&rule))?;
            output::line(&format!("Segment {name}: {rule}"))?;
        }
        Verb::List { json } => list(*json, config)?,
        Verb::Remove { name } => {
            is_name(name)?;
            if !wiring::open_existing(config)?.save_segment(name, None)? {
                anyhow::bail!("there is no segment “{name}”; see longplay segment list");
            }
            output::line(&format!("Segment {name} is removed."))?;
        }
    }
    Ok(Exit::Ok)
}

fn is_name(name: &str) -> Result<(), Usage> {
    if Goal::is_name(name) {
        Ok(())
    } else {
        Err(Usage(format!(
            "“{name}” is no name for a segment; use lower-case letters, digits and underscores, at most 40"
        )))
    }
}

fn list(json: bool, config: &Config) -> anyhow::Result<()> {
    let segments = wiring::open_existing(config)?.saved_segments()?;
    if json {
        let segments: Vec<Value> = segments
            .iter()
            .map(|(name, rule)| json!({ "name": name, "rule": rule.to_string() }))
            .collect();
        return output::json(&json!({ "segments": segments }));
    }
    let mut table = Table::with(&["segment", "rule"]);
    segments
        .into_iter()
        .for_each(|(name, rule)| table.push(vec![name, rule.to_string()]));
    table.write(&mut output::stdout())?;
    Ok(())
}
