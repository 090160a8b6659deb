//! `longplay token`: what opens people's data to programs.

use anyhow::Context;
use longplay_store::{Scope, TokenInfo};
use serde_json::json;

use crate::{
    config::Config,
    exit::{Exit, Usage},
    output::{self, table::Table},
    wiring,
};

/// Create, list and revoke the tokens with which programs use the API
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
        /// What it opens, once for each: read (answers), people (what is held on them), erase (forgetting them), write
        /// (settings and imports) [default: read, people, erase]
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<Scope>,
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

fn scope(text: &str) -> Result<Scope, String> {
    Scope::named(text).ok_or_else(|| format!("a scope is one of {}", Scope::ALL.map(Scope::name).join(", ")))
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    match &args.verb {
        Verb::Create { name, scopes, json } => {
            let store = wiring::open(config)?;
            let scopes = if scopes.is_empty() {
                &Scope::USUAL
            } else {
                scopes.as_slice()
            };
            let token = store
                .create_token_for(name, scopes, config.now)
                .context("the token was not made")?;
            if *json {
                output::json(&json!({ "token": token }))?;
            } else {
                output::line(&token)?;
                let opens = scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(", ");
                eprintln!("This token is shown once only. It opens: {opens}. Keep it secret.");
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

fn names(token: &TokenInfo) -> Vec<&'static str> {
    token.scopes.iter().map(|scope| scope.name()).collect()
}

fn list(json: bool, config: &Config) -> anyhow::Result<()> {
    let tokens = wiring::open_existing(config)?.tokens()?;
    if json {
        let entry = |token: &TokenInfo| json!({ "name": token.name, "created_at": token.created_at.to_string(), "prefix": token.prefix, "scopes": names(token) });
        return output::json(&json!({ "tokens": tokens.iter().map(entry).collect::<Vec<_>>() }));
    }
    if tokens.is_empty() {
        return output::line("There are no tokens yet: longplay token create NAME");
    }
    let mut table = Table::with(&["name", "opens", "begins with", "created"]);
    for token in tokens {
        let opens = names(&token).join(", ");
        table.push(vec![
            token.name,
            opens,
            format!("{}…", token.prefix),
            token.created_at.to_string(),
        ]);
    }
    table.write(&mut output::stdout())?;
    Ok(())
}
