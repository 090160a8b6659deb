//! A person as programs read them: the card, everything held, and the receipt of their erasure. One place, because the CLI,
//! the API and the person's own download must say the same.

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{DataType, Int64Type, TimestampMicrosecondType},
};
use longplay_domain::Time;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{LinkInfo, PersonCard};
use crate::{ErasureReceipt, PersonNote, Store, error::Result, segment::schema::Column};

impl Store {
    /// Everything held on the person of a key: the card, with every event in place of their number, and what was written down
    /// about them. `None` when nothing is.
    pub fn everything_on(&self, key: i64) -> Result<Option<Value>> {
        let Some(card) = self.person_of(key)? else {
            return Ok(None);
        };
        let mut all = of_card(&card);
        let batches = self.events_of(key)?;
        let events = batches
            .iter()
            .flat_map(|batch| (0..batch.num_rows()).map(|row| event(batch, row)));
        all.insert("events".to_owned(), events.collect());
        all.insert("notes".to_owned(), self.notes_on(key)?.iter().map(of_note).collect());
        Ok(Some(Value::Object(all)))
    }

    /// What a person did, the newest first: events before the one with that number, at most so many; every event has its number
    /// from the first on. Marked ones too, which answers leave out.
    pub fn timeline(&self, key: i64, before: Option<u64>, most: usize) -> Result<Timeline> {
        let batches = self.events_of(key)?;
        let all: u64 = batches.iter().map(|batch| batch.num_rows() as u64).sum();
        let end = before.unwrap_or(all).min(all);
        let from = end.saturating_sub(most as u64);
        let places = batches
            .iter()
            .flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)));
        let mut events: Vec<Value> = places
            .skip(from as usize)
            .take((end - from) as usize)
            .map(|(batch, row)| event(batch, row))
            .collect();
        events.reverse();
        Ok(Timeline {
            all,
            events,
            before: (from > 0).then_some(from),
        })
    }
}

/// Some of what a person did, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// How many events there are, here or not.
    pub all: u64,
    pub events: Vec<Value>,
    /// What to ask for older ones by, if there are any.
    pub before: Option<u64>,
}

/// A note as programs read it.
impl Serialize for PersonNote {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        of_note(self).serialize(serializer)
    }
}

fn of_note(PersonNote { number, note }: &PersonNote) -> Value {
    json!({
        "number": number,
        "kind": note.kind.name(),
        "at": note.at.to_string(),
        "until": note.until.map(|until| until.to_string()),
        "channel": note.channel,
        "text": note.why,
    })
}

impl Serialize for PersonCard {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        of_card(self).serialize(serializer)
    }
}

fn of_card(card: &PersonCard) -> Map<String, Value> {
    let time = |time: Option<Time>| json!(time.map(|time| time.to_string()));
    let links = card.links.iter().map(of_link);
    let fields = [
        // A key has 64 bits, more than a JSON number carries everywhere.
        ("person", json!(card.person.to_string())),
        ("handles", json!(card.handles)),
        ("links", links.collect()),
        ("events", json!(card.events)),
        ("first", time(card.first)),
        ("last", time(card.last)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn of_link(link: &LinkInfo) -> Value {
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

/// What nobody but the owner can reach.
const BACKUPS: &str = "backups made before hold them still; erase again after restoring one";

impl ErasureReceipt {
    /// What the owner should know beside the counts.
    pub fn note(&self) -> String {
        if self.is_complete {
            return BACKUPS.to_owned();
        }
        format!(
            "somebody reads the data just now and keeps old pages of the databases from being overwritten: the server does \
             that by itself once they are done, as does the next longplay command; {BACKUPS}"
        )
    }
}

impl Serialize for ErasureReceipt {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        json!({
            "erased": true,
            "person": self.person.to_string(),
            "at": self.at.to_string(),
            "handles": self.handles,
            "events": self.events,
            "links": self.links,
            "segments_rewritten": self.segments_rewritten,
            "files_removed": self.files_removed,
            "refused_rows": self.refused_rows,
            "complete": self.is_complete,
            "receipt": self.receipt,
            "note": self.note(),
        })
        .serialize(serializer)
    }
}
