//! `longplay person`: one person looked at whole, and the owner's word on who is one.

use std::io::{self, IsTerminal};

use longplay_domain::{Handle, Time};
use longplay_store::{ErasureReceipt, LinkInfo, PersonCard, Store};

use crate::{
    config::Config,
    exit::{Exit, Usage},
    output::{self, table::Table},
    wiring,
};

/// Look at one person; say who is one with whom, or take it back
///
/// A HANDLE is kind:value, such as email:ada@example.com, user:42 or anonymous:…; a bare one means custom:.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Show a person's handles, links and how many events we hold
    Show {
        handle: String,
        /// Print one JSON object for programs
        #[arg(long)]
        json: bool,
    },
    /// Say that two handles are one person
    Merge {
        one: String,
        other: String,
        /// Your reason, kept with the link
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// Undo a link: every answer is then as if it had never been
    Unlink {
        /// The link's id, as `person show` lists it
        link: String,
    },
    /// Print everything held on a person as JSON
    Export { handle: String },
    /// Print a link by which the person sees what is held on them, takes it along or has it erased
    ///
    /// The link names nobody and opens this one person's page only, to whoever has it: send it to them alone.
    Link {
        handle: String,
        /// For how many days it is good
        #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
        /// Where people reach this server
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7070")]
        base: String,
    },
    /// Forget a person: everything they did goes from every file, for good
    ///
    /// Their events, links and every place that names them are removed while a server goes on. What they did until now is
    /// refused when it comes again; what they do from now on is a new start. Backups made before are yours to delete.
    Erase {
        handle: String,
        /// Don't ask
        #[arg(long)]
        yes: bool,
        /// Print the receipt as one JSON object for programs
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let store = wiring::open_existing(config)?;
    match &args.verb {
        Verb::Show { handle, json } => show(&card(&store, handle)?, *json),
        Verb::Merge { one, other, why } => {
            let link = store.merge_people(&parse(one)?, &parse(other)?, why, config.now)?;
            let LinkInfo { id, from, to, .. } = link;
            output::line(&format!(
                "{from} and {to} are one person now; longplay person unlink {id} undoes it."
            ))?;
            Ok(Exit::Ok)
        }
        Verb::Unlink { link } => {
            let LinkInfo { from, to, .. } = store.unlink(link, config.now)?;
            output::line(&format!("The link between {from} and {to} is undone."))?;
            Ok(Exit::Ok)
        }
        Verb::Export { handle } => {
            let all = store.everything_on(store.key_of(&parse(handle)?))?;
            output::json(&all.ok_or_else(|| nobody(handle))?)?;
            Ok(Exit::Ok)
        }
        Verb::Link { handle, days, base } => {
            let card = card(&store, handle)?;
            let link = store.sign_link(card.person, *days, config.now);
            output::line(&format!("{}/you/{link}", base.trim_end_matches('/')))?;
            Ok(Exit::Ok)
        }
        Verb::Erase { handle, yes, json } => {
            if !yes && !confirmed(&card(&store, handle)?)? {
                output::line("Nothing was changed.")?;
                return Ok(Exit::Ok);
            }
            let receipt = store.erase(&parse(handle)?, config.now)?;
            told(&receipt.ok_or_else(|| nobody(handle))?, *json)
        }
    }
}

fn parse(handle: &str) -> anyhow::Result<Handle> {
    let read = Handle::parse(handle);
    read.ok_or_else(|| Usage(format!("“{handle}” is no handle; write kind:value, such as user:42")).into())
}

fn card(store: &Store, handle: &str) -> anyhow::Result<PersonCard> {
    let card = store.person(&parse(handle)?)?;
    card.ok_or_else(|| nobody(handle))
}

fn nobody(handle: &str) -> anyhow::Error {
    if handle.contains(':') {
        return anyhow::anyhow!("nobody is known by “{handle}”");
    }
    anyhow::anyhow!("nobody is known by “{handle}”; a bare handle means custom:{handle}")
}

/// Asks whoever sits at a terminal; a program that calls has decided.
fn confirmed(card: &PersonCard) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(true);
    }
    eprint!(
        "Forget {} with {} events, for good? Write yes to do it: ",
        card.handles.join(", "),
        card.events
    );
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}

fn told(receipt: &ErasureReceipt, json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(receipt)?;
        return Ok(Exit::Ok);
    }
    let ErasureReceipt {
        receipt: number,
        handles,
        events,
        links,
        segments_rewritten,
        files_removed,
        refused_rows,
        ..
    } = receipt;
    output::line(&format!(
        "Forgotten: {events} events and {links} links of {handles} handles."
    ))?;
    output::line(&format!(
        "Segments written anew: {segments_rewritten}; files deleted: {files_removed}; refused rows taken out: {refused_rows}."
    ))?;
    output::line(&format!("Receipt {number}; {}.", receipt.note()))?;
    Ok(Exit::Ok)
}

fn show(card: &PersonCard, json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(card)?;
        return Ok(Exit::Ok);
    }
    let when = |time: Option<Time>| time.map_or_else(|| "never".to_owned(), |time| time.to_string());
    let PersonCard {
        events, first, last, ..
    } = card;
    output::line(&format!("Known by: {}", card.handles.join(", ")))?;
    output::line(&format!(
        "Events: {events}, first {}, last {}",
        when(*first),
        when(*last)
    ))?;
    if card.links.is_empty() {
        return Ok(Exit::Ok);
    }
    let mut table = Table::with(&["link", "from", "to", "said by", "since", "holds"]);
    for link in &card.links {
        let holds = match (link.undone_at, link.is_in_force) {
            (Some(at), _) => format!("undone {at}"),
            (None, true) => "yes".to_owned(),
            (None, false) => "no, it said so of somebody else before".to_owned(),
        };
        let LinkInfo {
            id,
            from,
            to,
            evidence,
            at,
            ..
        } = link;
        let row = [id, from, to].map(Clone::clone).into_iter();
        table.push(row.chain([evidence.name().to_owned(), at.to_string(), holds]).collect());
    }
    table.write(&mut output::stdout())?;
    Ok(Exit::Ok)
}
