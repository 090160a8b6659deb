//! `longplay key`: keys that let other programs in.

use anyhow::Context;
use serde_json::json;

use crate::{
    config::Config,
    exit::{Exit, Usage},
    output::{self, table::Table},
    wiring,
};

/// Longest name of a key.
const NAME_CHARS_MAX: usize = 100;

/// Create and list the keys with which programs send events or ask questions
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make a new key and print it; it is shown this one time only
    Create {
        /// What the key is for, such as "website"
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Print {"key": …} for programs
        #[arg(long)]
        json: bool,
    },
    /// List the keys there are, without their secrets
    List {
        /// Print {"keys": […]} for programs
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: Args, config: &Config) -> anyhow::Result<Exit> {
    match args.verb {
        Verb::Create { name, json } => create(name.trim(), json, config),
        Verb::List { json } => list(json, config),
    }
}

fn create(name: &str, json: bool, config: &Config) -> anyhow::Result<Exit> {
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Usage(format!(
            "a key's name is 1 to {NAME_CHARS_MAX} characters, such as “website”"
        ))
        .into());
    }
    let store = wiring::open(config)?;
    let key = store.create_key(name, config.now).context("the key was not made")?;
    if json {
        output::json(&json!({ "key": key }))?;
    } else {
        output::line(&key)?;
        eprintln!("This key is shown once only. Keep it where programs keep their secrets.");
    }
    Ok(Exit::Ok)
}

fn list(json: bool, config: &Config) -> anyhow::Result<Exit> {
    let keys = wiring::open_existing(config)?.keys()?;
    if json {
        let entry = |key: &longplay_store::KeyInfo| json!({ "name": key.name, "created_at": key.created_at.to_string(), "prefix": key.prefix });
        output::json(&json!({ "keys": keys.iter().map(entry).collect::<Vec<_>>() }))?;
        return Ok(Exit::Ok);
    }
    if keys.is_empty() {
        output::line("There are no keys yet: longplay key create --name NAME")?;
        return Ok(Exit::Ok);
    }
    let mut table = Table::with(&["name", "begins with", "created"]);
    for key in keys {
        table.push(vec![key.name, format!("{}…", key.prefix), key.created_at.to_string()]);
    }
    let mut out = output::stdout();
    table.write(&mut out)?;
    Ok(Exit::Ok)
}
