//! `longplay account`: who may open the pages. Whoever can write to the data directory may do this; that is the way back in for an owner
//! who lost their password.

use std::io::{self, BufRead, IsTerminal};

use anyhow::Context;
use longplay_server::{fault, hash};
use longplay_store::{Account, LogEntry, Role, Store};
use serde_json::json;

use crate::{
    config::Config,
    exit::{Exit, Usage},
    output::{self, table::Table},
    wiring,
};

/// Longest line that is read as a password.
const LINE_BYTES_MAX: u64 = 4_096;

/// Make, list, change and remove the accounts that open the pages
///
/// From the first account on, pages and API ask who is there. Passwords are asked for, or read as one line from stdin
/// where that is no terminal; they are never an argument.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make an account; the first is an owner's
    Create {
        /// By which they log in
        name: String,
        /// owner: also says who may come in; editor: sees people and changes settings; viewer: sees answers
        #[arg(long, value_name = "ROLE", value_parser = role)]
        role: Role,
    },
    /// List the accounts there are
    List {
        /// Print {"accounts": […]} for programs
        #[arg(long)]
        json: bool,
    },
    /// Give an account another role; its sessions end
    Role {
        name: String,
        /// owner, editor or viewer
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Give an account another password; its sessions end
    Password {
        name: String,
        /// Also ask for one-time codes no longer, for whoever lost their app and their recovery codes
        #[arg(long)]
        without_codes: bool,
    },
    /// Remove an account; its sessions end
    Remove { name: String },
}

fn role(text: &str) -> Result<Role, String> {
    Role::named(text).ok_or_else(|| "a role is owner, editor or viewer".to_owned())
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    match &args.verb {
        Verb::Create { name, role } => {
            let store = wiring::open(config)?;
            let hash = asked_for(name)?;
            let account = store
                .create_account(name, *role, &hash, config.now)
                .context("the account was not made")?;
            log(&store, config, "account_created", &account.name)?;
            let said = format!("{} may log in now, as {}.", account.name, account.role.name());
            output::line(&said)?;
        }
        Verb::List { json } => list(*json, config)?,
        Verb::Role { name, role } => {
            let (store, account) = known(name, config)?;
            store.set_role(&account.name, *role)?;
            log(&store, config, "role_changed", &account.name)?;
            output::line(&format!(
                "{} is {} now, and has to log in again.",
                account.name,
                role.name()
            ))?;
        }
        Verb::Password { name, without_codes } => {
            let (store, account) = known(name, config)?;
            let hash = asked_for(&account.name)?;
            store.set_password(&account.name, &hash)?;
            log(&store, config, "password_changed", &account.name)?;
            if *without_codes {
                store.clear_totp(account.id)?;
                log(&store, config, "codes_off", &account.name)?;
            }
            output::line(&format!(
                "{} has a new password, and has to log in again.",
                account.name
            ))?;
        }
        Verb::Remove { name } => {
            let (store, account) = known(name, config)?;
            store.remove_account(&account.name)?;
            log(&store, config, "account_removed", &account.name)?;
            output::line(&format!("{} may not log in any more.", account.name))?;
        }
    }
    Ok(Exit::Ok)
}

fn known(name: &str, config: &Config) -> anyhow::Result<(Store, Account)> {
    let store = wiring::open_existing(config)?;
    match store.account(name)? {
        Some(account) => Ok((store, account)),
        None => Err(Usage(format!(
            "there is no account called “{name}”; see `longplay account list`"
        ))
        .into()),
    }
}

/// The hash of a password that is typed twice at a terminal, or comes as a line from a program.
fn asked_for(name: &str) -> anyhow::Result<String> {
    let password = if io::stdin().is_terminal() {
        let password =
            rpassword::prompt_password(format!("A password for {name}: ")).context("no password was read")?;
        let again = rpassword::prompt_password("The same again: ").context("no password was read")?;
        if password != again {
            anyhow::bail!("the two were not the same; nothing was changed");
        }
        password
    } else {
        let mut line = String::new();
        io::Read::take(io::stdin().lock(), LINE_BYTES_MAX)
            .read_line(&mut line)
            .context("no password could be read from stdin")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if let Some(fault) = fault(&password, name) {
        return Err(Usage(format!("{fault} Nothing was changed.")).into());
    }
    Ok(hash(&password)?)
}

fn log(store: &Store, config: &Config, what: &str, about: &str) -> anyhow::Result<()> {
    Ok(store.log(&LogEntry {
        at: config.now,
        who: "command line".to_owned(),
        what: what.to_owned(),
        about: Some(about.to_owned()),
        address: None,
    })?)
}

fn list(json: bool, config: &Config) -> anyhow::Result<()> {
    let accounts = wiring::open_existing(config)?.accounts()?;
    if json {
        let entry = |account: &Account| {
            json!({
                "name": account.name,
                "role": account.role.name(),
                "created_at": account.created_at.to_string(),
                "one_time_codes": account.has_totp,
            })
        };
        return output::json(&json!({ "accounts": accounts.iter().map(entry).collect::<Vec<_>>() }));
    }
    if accounts.is_empty() {
        return output::line("There are no accounts yet: longplay account create NAME --role owner");
    }
    let mut table = Table::with(&["name", "role", "one-time codes", "created"]);
    for account in accounts {
        table.push(vec![
            account.name,
            account.role.name().to_owned(),
            if account.has_totp { "yes" } else { "no" }.to_owned(),
            account.created_at.to_string(),
        ]);
    }
    table.write(&mut output::stdout())?;
    Ok(())
}
