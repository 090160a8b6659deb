//! Rows that lie under another key than that of the person they belong to: which they are, and those rows re-keyed and
//! sorted, ready to be merged with the rest as one more run.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch},
    datatypes::Int64Type,
};
use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::resolve::Who;
use crate::{
    error::Result,
    segment::{read::Segment, schema::Column},
    tail::{SortedRun, sort_batches},
};

/// A segment as a snapshot reads it.
#[derive(Clone)]
pub struct Source {
    pub segment: Arc<Segment>,
    /// Persons, ascending, whose rows in this segment are read from elsewhere.
    pub hidden: Arc<[i64]>,
}

/// Splits segments into what can be read as it lies and the rows that have to be moved.
pub fn split(segments: Vec<Arc<Segment>>, who: &Who) -> Result<(Vec<Source>, SortedRun)> {
    let mut sources = Vec::with_capacity(segments.len());
    let mut batches = Vec::new();
    let mut moved: Vec<i64> = who.moved().map(|(key, _)| key).collect();
    moved.sort_unstable();
    for segment in segments {
        let wanted = misplaced(&segment, who, &moved);
        let fetched = segment.fetch(&wanted)?;
        let mut hidden: Vec<i64> = Vec::new();
        for batch in &fetched {
            hidden.extend(
                batch
                    .column(Column::Person.index())
                    .as_primitive::<Int64Type>()
                    .values(),
            );
            hidden.dedup();
            batches.push(rekey(batch, who));
        }
        sources.push(Source {
            segment,
            hidden: hidden.into(),
        });
    }
    let mut run = SortedRun::default();
    sort_batches(&batches, &mut |batch| {
        run.rows += batch.num_rows();
        run.batches.push(batch);
        Ok(())
    })?;
    Ok((sources, run))
}

/// Persons under whom the segment may hold rows that belong to somebody else, ascending.
fn misplaced(segment: &Segment, who: &Who, moved: &[i64]) -> Vec<i64> {
    let elsewhere = segment
        .rekeyed
        .iter()
        .filter(|&&(origin, person)| who.person(origin) != person);
    let elsewhere: HashSet<i64, RandomState> = elsewhere.map(|&(_, person)| person).collect();
    if elsewhere.is_empty() {
        return moved.to_vec();
    }
    let mut all: Vec<i64> = moved.iter().copied().chain(elsewhere).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The batch with every row under the person it belongs to; a row then elsewhere than under its own key remembers it.
pub fn rekey(batch: &RecordBatch, who: &Who) -> RecordBatch {
    let persons = batch.column(Column::Person.index()).as_primitive::<Int64Type>();
    let origins = batch.column(Column::Origin.index()).as_primitive::<Int64Type>();
    let own = |row: usize| {
        if origins.is_valid(row) {
            origins.value(row)
        } else {
            persons.value(row)
        }
    };
    let rows = 0..batch.num_rows();
    let person: Int64Array = rows
        .clone()
        .map(|row| who.person(own(row)))
        .collect::<Vec<i64>>()
        .into();
    let origin: Int64Array = rows
        .map(|row| (person.value(row) != own(row)).then(|| own(row)))
        .collect();
    let mut columns = batch.columns().to_vec();
    columns[Column::Person.index()] = Arc::new(person) as ArrayRef;
    columns[Column::Origin.index()] = Arc::new(origin) as ArrayRef;
    RecordBatch::try_new(batch.schema(), columns).expect("the same columns, the same lengths")
}
