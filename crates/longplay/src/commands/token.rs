//! `longplay token`: what opens people's data to programs.

use anyhow::Context;
use serde_json::json;

use crate::{
    config::Config,
    exit::{Exit, Usage},
    output::{self, table::Table},
    wiring,
};

/// Create, list and revoke the tokens with which programs read and erase people's data
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make a new token and print it; it is shown this one time only
    Create {
        /// What the token is for, such as "support desk"
        name: String,
        /// Print {"token": …} for programs
        #[arg(long)]
        json: bool,
    },
    /// List the tokens there are, without their secrets
    List {
        /// Print {"tokens": […]} for programs
        #[arg(long)]
        json: bool,
    },
    /// End a token: from then on it opens nothing
    Revoke { name: String },
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    match &args.verb {
        Verb::Create { name, json } => {
            let store = wiring::open(config)?;
            let token = store.create_token(name, config.now).context("the token was not made")?;
            if *json {
                output::json(&json!({ "token": token }))?;
            } else {
                output::line(&token)?;
                eprintln!("This token is shown once only, and opens everything held on people. Keep it secret.");
            }
        }
        Verb::List { json } => list(*json, config)?,
        Verb::Revoke { name } => {
            if !wiring::open_existing(config)?.revoke_token(name)? {
                return Err(Usage(format!("there is no token called “{name}”; see `longplay token list`")).into());
            }
            output::line(&format!("The token “{name}” opens nothing any more."))?;
        }
    }
    Ok(Exit::Ok)
}

fn list(json: bool, config: &Config) -> anyhow::Result<()> {
    let tokens = wiring::open_existing(config)?.tokens()?;
    if json {
        let entry = |token: &longplay_store::KeyInfo| json!({ "name": token.name, "created_at": token.created_at.to_string(), "prefix": token.prefix });
        return output::json(&json!({ "tokens": tokens.iter().map(entry).collect::<Vec<_>>() }));
    }
    if tokens.is_empty() {
        return output::line("There are no tokens yet: longplay token create NAME");
    }
    let mut table = Table::with(&["name", "begins with", "created"]);
    for token in tokens {
        table.push(vec![
            token.name,
            format!("{}…", token.prefix),
            token.created_at.to_string(),
        ]);
    }
    table.write(&mut output::stdout())?;
    Ok(())
}
