//! `longplay ideal`: whom the owner wants, as a rule.

use std::io::Write;

use longplay_domain::{Rule, RuleError};
use longplay_measures::{
    rule::{Count, Tried, try_rule},
    words,
};
use serde_json::{Value, json};

use crate::{
    config::Config,
    exit::{Exit, Usage},
    output::{self, cell, table::Table},
    wiring,
};

/// Say whom you want: your ideal audience, as a rule
///
/// A rule is conditions joined by and, or, not and parentheses, such as
///
///   country in (AT, DE) and (did purchased or trait role contains "buyer")
///
/// It says yes, no or not known of each person. Conditions begin with country, channel, source,
/// medium, campaign, piece, topic or format (with first before it: at their first contact), did,
/// spent, trait, days present, first seen, last seen.
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Say whom you want; what was said before is replaced
    Set {
        rule: String,
    },
    /// Show the rule
    Show {
        /// Print {"rule": …} for programs; null when there is none
        #[arg(long)]
        json: bool,
    },
    /// Take the rule back
    Clear,
    Try(Try),
}

/// Count whom a rule means now, condition by condition; keeps nothing
#[derive(clap::Args)]
struct Try {
    /// The rule; without it, the one that is set
    rule: Option<String>,
    /// Print {"rule", "as_of", "people", "yes", "no", "unknown", "conditions"} for programs
    #[arg(long)]
    json: bool,
}

/// Reads a rule; a mistake is a usage error that points at the word.
pub fn rule_of(text: &str) -> Result<Rule, Usage> {
    text.parse().map_err(|error: RuleError| Usage(error.shown(text)))
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    match &args.verb {
        Verb::Set { rule } => {
            let rule = rule_of(rule)?;
            wiring::open(config)?.set_ideal(Some(&rule))?;
            output::line(&format!("Whom you want: {rule}"))?;
        }
        Verb::Show { json } => {
            let rule = wiring::open_existing(config)?.ideal()?;
            if *json {
                output::json(&json!({ "rule": rule.map(|rule| rule.to_string()) }))?;
            } else {
                output::line(&rule.map_or_else(|| NOBODY_SAID.to_owned(), |rule| rule.to_string()))?;
            }
        }
        Verb::Clear => {
            let was_said = wiring::open_existing(config)?.set_ideal(None)?;
            output::line(if was_said {
                "The rule is taken back."
            } else {
                NOBODY_SAID
            })?;
        }
        Verb::Try(args) => attempt(args, config)?,
    }
    Ok(Exit::Ok)
}

const NOBODY_SAID: &str = "Nobody said yet whom you want; say it with `longplay ideal set \"RULE\"`.";

fn attempt(args: &Try, config: &Config) -> anyhow::Result<()> {
    let rule = args.rule.as_deref().map(rule_of).transpose()?;
    let store = wiring::open_existing(config)?;
    let Some(rule) = rule.map_or_else(|| store.ideal(), |rule| Ok(Some(rule)))? else {
        return Err(Usage(NOBODY_SAID.to_owned()).into());
    };
    let zone = wiring::zone_of(&store, config)?;
    let tried = try_rule(&rule, &store, config.now, &zone)?;
    if args.json {
        return output::json(&as_json(&rule, &tried, config));
    }
    let mut out = output::stdout();
    writeln!(out, "{}", cell::shown(&tried.whole.sentence()))?;
    writeln!(out)?;
    let mut table = Table::with(&["condition", ">yes", ">no", ">not known"]);
    let counts = |count: &Count| [count.yes, count.no, count.unknown].map(words::count);
    for (condition, count) in rule.conditions().into_iter().zip(&tried.conditions) {
        let [yes, no, unknown] = counts(count);
        table.push(vec![condition.to_string(), yes, no, unknown]);
    }
    table.write(&mut out)?;
    out.flush()?;
    Ok(())
}

fn as_json(rule: &Rule, tried: &Tried, config: &Config) -> Value {
    let conditions = rule.conditions().into_iter().zip(&tried.conditions);
    let conditions: Vec<Value> = conditions
        .map(|(condition, count)| {
            json!({
                "condition": condition.to_string(),
                "yes": count.yes,
                "no": count.no,
                "unknown": count.unknown,
            })
        })
        .collect();
    json!({
        "rule": rule.to_string(),
        "as_of": config.now.to_string(),
        "people": tried.whole.people(),
        "yes": tried.whole.yes,
        "no": tried.whole.no,
        "unknown": tried.whole.unknown,
        "conditions": conditions,
    })
}
