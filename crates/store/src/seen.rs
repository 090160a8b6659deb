//! What people did, by the names it was sent under: what an owner can choose from who wants to say what matters.

use std::{collections::HashMap, sync::Arc};

use arrow::array::{Array, AsArray, RecordBatch};
use longplay_domain::Act;

use crate::{
    Store,
    error::Result,
    rows::EVERYBODY,
    segment::{read::Form, schema::Column},
};

/// Different names that are counted; a sender can make up any number.
const NAMES_MAX: usize = 10_000;

/// A name under which events came, what it means, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub event: String,
    pub act: Act,
    pub events: u64,
}

#[derive(Default)]
struct Names(HashMap<(String, Act), u64>);

impl Names {
    fn add(&mut self, batch: &RecordBatch, (event, act): (usize, usize)) {
        let (names, acts) = (
            batch.column(event).as_string::<i32>(),
            batch.column(act).as_string::<i32>(),
        );
        for row in 0..batch.num_rows() {
            let known = Act::named(acts.value(row)).filter(|_| names.is_valid(row));
            let Some(act) = known else { continue };
            let name = (names.value(row).to_owned(), act);
            if self.0.len() < NAMES_MAX || self.0.contains_key(&name) {
                *self.0.entry(name).or_default() += 1;
            }
        }
    }
}

impl Store {
    /// The names of everything that was done, what was done most first.
    pub fn names_seen(&self) -> Result<Vec<Seen>> {
        let (segments, pending) = {
            let mut view = self.refresh()?;
            let segments: Vec<_> = view.segments.iter().map(|live| Arc::clone(&live.segment)).collect();
            (segments, view.tail.pending())
        };
        let mut names = Names::default();
        for segment in segments {
            let mut reader = segment.read(&[Column::Event, Column::Act], &EVERYBODY, Form::Plain)?;
            while let Some(batch) = reader.next_batch()? {
                let place = |column: Column| batch.schema().index_of(column.name()).ok();
                if let (Some(event), Some(act)) = (place(Column::Event), place(Column::Act)) {
                    names.add(&batch, (event, act));
                }
            }
        }
        for batch in pending.all() {
            names.add(batch, (Column::Event.index(), Column::Act.index()));
        }
        let mut seen: Vec<Seen> = names
            .0
            .into_iter()
            .map(|((event, act), events)| Seen { event, act, events })
            .collect();
        seen.sort_by(|one, other| {
            (other.events, &one.event, one.act.name()).cmp(&(one.events, &other.event, other.act.name()))
        });
        Ok(seen)
    }
}
