//! `longplay regular`: who counts as a regular.

use clap::builder::PossibleValuesParser;
use longplay_domain::RegularRule;
use serde_json::json;

use crate::{config::Config, exit::Exit, output, wiring};

/// Choose who counts as a regular
///
/// By default whoever was here in at least 3 of the last 4 periods of their own rhythm. Every answer follows the choice at
/// once, about the past too.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Say who counts as one
    Show {
        /// Print {"rule": …, "words": …} for programs
        #[arg(long)]
        json: bool,
    },
    /// Choose the rule
    Set {
        #[arg(value_name = "RULE", value_parser = PossibleValuesParser::new(RegularRule::ALL.map(RegularRule::name)))]
        rule: String,
    },
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let store = match &args.verb {
        Verb::Show { .. } => wiring::open_existing(config)?,
        Verb::Set { rule } => {
            let store = wiring::open(config)?;
            // Clap lets no other name through.
            store.set_regular_rule(RegularRule::named(rule).unwrap_or_default())?;
            store
        }
    };
    let rule = store.regular_rule()?;
    let words = format!("A regular is somebody who {}.", rule.words());
    if let Verb::Show { json: true } = args.verb {
        output::json(&json!({ "rule": rule.name(), "words": words }))?;
    } else {
        output::line(&words)?;
    }
    Ok(Exit::Ok)
}
