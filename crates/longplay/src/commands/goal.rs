//! `longplay goal`: what the owner wants people to do.

use longplay_domain::{Act, Goal, Renewal};
use serde_json::json;

use crate::{
    config::Config,
    exit::{Exit, Usage},
    output::{self, table::Table},
    wiring,
};

/// Say what you want people to do: add, list and remove goals
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    Add(Add),
    /// List the goals
    List {
        /// Print {"goals": […]} for programs
        #[arg(long)]
        json: bool,
    },
    /// Remove a goal; events are never touched
    Remove {
        name: String,
    },
}

/// Add a goal, or replace the one of that name
///
/// An event reaches the goal when its act is one of those given and every other filter equals.
#[derive(clap::Args)]
struct Add {
    /// Lower-case letters, digits and underscores, at most 40
    name: String,
    /// Acts, separated by commas, such as signed_up,subscribed
    #[arg(long, value_name = "ACT[,ACT]", value_delimiter = ',', value_parser = act, required_unless_present = "event")]
    act: Vec<Act>,
    /// Only events of exactly this name, as they were sent
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// Only on this piece
    #[arg(long, value_name = "ID")]
    piece: Option<String>,
    /// Only on this channel
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// Each payment lasts a week, month, quarter or year: tells how many contracts run, are renewed, and are still worth
    #[arg(long, value_name = "PERIOD", value_parser = renewal)]
    renews: Option<Renewal>,
}

/// An act by its own name or by any name that means it; `other` is asked for by its own name only.
pub fn act(text: &str) -> Result<Act, String> {
    let found = Act::named(text.trim()).or_else(|| Some(Act::of(text)).filter(|act| *act != Act::Other));
    found.ok_or_else(|| {
        let names: Vec<_> = Act::ALL.into_iter().map(Act::name).collect();
        format!("no such act; there are {}", names.join(", "))
    })
}

fn renewal(text: &str) -> Result<Renewal, String> {
    Renewal::named(text).ok_or_else(|| {
        let names = Renewal::ALL.map(Renewal::name);
        format!("no such period; there are {}", names.join(", "))
    })
}

pub fn run(args: Args, config: &Config) -> anyhow::Result<Exit> {
    match args.verb {
        Verb::Add(add) => self::add(add, config),
        Verb::List { json } => list(json, config),
        Verb::Remove { name } => remove(&name, config),
    }
}

fn add(
    Add {
        name,
        act,
        event,
        piece,
        channel,
        renews,
    }: Add,
    config: &Config,
) -> anyhow::Result<Exit> {
    if !Goal::is_name(&name) {
        return Err(Usage(format!(
            "“{name}” is no name for a goal; use lower-case letters, digits and underscores, at most 40"
        ))
        .into());
    }
    let goal = Goal {
        name,
        acts: act,
        event,
        piece,
        channel,
        renews,
    };
    wiring::open(config)?.put_goal(&goal)?;
    output::line(&format!(
        "Goal {}: longplay ask goals now answers converted_{}.",
        goal.name, goal.name
    ))?;
    Ok(Exit::Ok)
}

fn list(json: bool, config: &Config) -> anyhow::Result<Exit> {
    let goals = wiring::open_existing(config)?.goals()?;
    if json {
        output::json(&json!({ "goals": goals }))?;
        return Ok(Exit::Ok);
    }
    let mut table = Table::with(&["goal", "acts", "event", "piece", "channel", "renews"]);
    for goal in goals {
        let acts: Vec<_> = goal.acts.iter().map(|act| act.name()).collect();
        let any = |filter: Option<String>| filter.unwrap_or_else(|| "any".to_owned());
        let acts = if acts.is_empty() {
            "any".to_owned()
        } else {
            acts.join(", ")
        };
        table.push(vec![
            goal.name,
            acts,
            any(goal.event),
            any(goal.piece),
            any(goal.channel),
            goal.renews.map_or("", Renewal::name).to_owned(),
        ]);
    }
    let mut out = output::stdout();
    table.write(&mut out)?;
    Ok(Exit::Ok)
}

fn remove(name: &str, config: &Config) -> anyhow::Result<Exit> {
    if !wiring::open_existing(config)?.remove_goal(name)? {
        anyhow::bail!("there is no goal “{name}”; see longplay goal list");
    }
    output::line(&format!("Goal {name} is removed."))?;
    Ok(Exit::Ok)
}
