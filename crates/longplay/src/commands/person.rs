//! `longplay person`: one person looked at whole, and the owner's word on who is one.

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{DataType, Int64Type, TimestampMicrosecondType},
};
use longplay_domain::{Handle, Time};
use longplay_store::{Column, LinkInfo, PersonCard, Store};
use serde_json::{Map, Value, json};

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
        Verb::Export { handle } => export(&store, handle),
    }
}

fn parse(handle: &str) -> anyhow::Result<Handle> {
    let read = Handle::parse(handle);
    read.ok_or_else(|| Usage(format!("“{handle}” is no handle; write kind:value, such as user:42")).into())
}

fn card(store: &Store, handle: &str) -> anyhow::Result<PersonCard> {
    let card = store.person(&parse(handle)?)?;
    card.ok_or_else(|| anyhow::anyhow!("nobody is known by “{handle}”; a bare handle means custom:{handle}"))
}

fn show(card: &PersonCard, json: bool) -> anyhow::Result<Exit> {
    if json {
        let mut shown = in_json(card);
        shown.insert("events".to_owned(), json!(card.events));
        output::json(&Value::Object(shown))?;
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

fn in_json(card: &PersonCard) -> Map<String, Value> {
    let links = card.links.iter().map(|link| {
        json!({
            "id": link.id,
            "from": link.from,
            "to": link.to,
            "evidence": link.evidence.name(),
            "at": link.at.to_string(),
            "why": link.why,
            "in_force": link.is_in_force,
            "undone": link.undone_at.is_some(),
        })
    });
    let fields = [
        // A key has 64 bits, more than a JSON number carries everywhere.
        ("person", json!(card.person.to_string())),
        ("handles", json!(card.handles)),
        ("links", links.collect()),
        ("first", json!(card.first.map(|time| time.to_string()))),
        ("last", json!(card.last.map(|time| time.to_string()))),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn export(store: &Store, handle: &str) -> anyhow::Result<Exit> {
    let mut all = in_json(&card(store, handle)?);
    let batches = store.person_events(&parse(handle)?)?;
    let events: Vec<Value> = batches
        .iter()
        .flat_map(|batch| (0..batch.num_rows()).map(|row| event(batch, row)))
        .collect();
    all.insert("events".to_owned(), Value::Array(events));
    output::json(&Value::Object(all))?;
    Ok(Exit::Ok)
}

/// One event with every column that says something.
fn event(batch: &RecordBatch, row: usize) -> Value {
    let mut fields = Map::new();
    for column in Column::ALL {
        let array = batch.column(column.index());
        if array.is_null(row) || matches!(column, Column::Person | Column::Origin) {
            continue;
        }
        let value = match array.data_type() {
            DataType::Int64 => json!(array.as_primitive::<Int64Type>().value(row)),
            DataType::Timestamp(..) => {
                let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
                json!(Time::from_micros(micros).to_string())
            }
            _ => text(column, array.as_string::<i32>().value(row)),
        };
        fields.insert(column.name().to_owned(), value);
    }
    Value::Object(fields)
}

/// Properties are JSON already.
fn text(column: Column, text: &str) -> Value {
    let properties = (column == Column::Properties)
        .then(|| serde_json::from_str(text).ok())
        .flatten();
    properties.unwrap_or_else(|| json!(text))
}
