//! `longplay plan`: keep today's advice, and look at what was advised before.

use longplay_domain::Advice;
use longplay_measures::{Key, Question};
use serde_json::json;

use crate::{
    config::Config,
    exit::Exit,
    output::{self, table::Table},
    wiring,
};

/// Keep what plan advises, so that it can be held against what happens
///
/// `longplay serve` keeps it by itself. What came of it stands in `longplay ask plan`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Keep today's advice, if it differs from the last that was kept
    Keep {
        /// Print {"kept": …, "advice": …} for programs
        #[arg(long)]
        json: bool,
    },
    /// List the advice that was kept
    List {
        /// Print {"advice": […]} for programs
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    match args.verb {
        Verb::Keep { json } => keep(json, config)?,
        Verb::List { json } => list(json, config)?,
    }
    Ok(Exit::Ok)
}

fn keep(json: bool, config: &Config) -> anyhow::Result<()> {
    let store = wiring::open_existing(config)?;
    let zone = wiring::zone_of(&store, config)?;
    let question = Question::new(Key::Plan, config.now, zone);
    let answer = longplay_measures::ask(&question, &store)?;
    let advice = longplay_measures::advice_of(&answer, question.today());
    let kept = match &advice {
        Some(advice) => store.keep_advice(advice)?,
        None => false,
    };
    if json {
        return output::json(&json!({ "kept": kept, "advice": advice }));
    }
    output::line(&answer.sentence)?;
    output::line(match (&advice, kept) {
        (None, _) => "There is no advice to keep yet.",
        (Some(_), true) => "Kept; longplay ask plan will say what came of it.",
        (Some(_), false) => "That is what the last advice kept says too.",
    })
}

fn list(json: bool, config: &Config) -> anyhow::Result<()> {
    let advice = wiring::open_existing(config)?.advice()?;
    if json {
        return output::json(&json!({ "advice": advice }));
    }
    let mut table = Table::with(&["given on", "topic", "format", "channel", "sure", "expected"]);
    for Advice {
        given_on,
        topic,
        format,
        channel,
        p_best,
        rate,
        is_per_hour,
    } in advice
    {
        let text = |fact: Option<String>| fact.unwrap_or_else(|| "–".to_owned());
        let per = if is_per_hour { "an hour" } else { "a piece" };
        table.push(vec![
            given_on.to_string(),
            text(topic),
            text(format),
            text(channel),
            format!("{:.0} in 100", p_best * 100.0),
            format!("{rate:.2} {per}"),
        ]);
    }
    table.write(&mut output::stdout())?;
    Ok(())
}
