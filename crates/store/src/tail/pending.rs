//! The tail's rows at one moment, to be sorted and written while the tail goes on: nobody waits for either.

use arrow::{
    array::{BooleanArray, RecordBatch},
    compute::{self, interleave_record_batch},
};

use crate::{
    error::Result,
    order,
    people::{links::LinkFact, moved::rekey, resolve::Who},
    segment::schema::Column,
};

/// Rows per batch of a sorted run.
const RUN_BATCH_ROWS: usize = 65_536;

/// The tail laid out like a segment: sorted by person, time and id.
#[derive(Debug, Default)]
pub struct SortedRun {
    pub batches: Vec<RecordBatch>,
    pub rows: usize,
}

/// Which events are meant: those that answers count, or those they leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Counted,
    Marked,
}

/// What a seal will write: the tail's rows up to a journal position.
pub struct Pending {
    pub(super) batches: Vec<RecordBatch>,
    pub(super) position: i64,
    pub(super) links: Vec<LinkFact>,
    pub(super) links_version: u64,
    pub(super) has_marked: bool,
}

impl Pending {
    pub const fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    pub const fn position(&self) -> i64 {
        self.position
    }

    pub fn links(&self) -> &[LinkFact] {
        &self.links
    }

    /// Which state the tail's links were in.
    pub const fn links_version(&self) -> u64 {
        self.links_version
    }

    /// Hands the rows out in order of person, time and id, each under the person it belongs to.
    pub fn sort_into(&self, who: &Who, kept: Kept, sink: &mut dyn FnMut(RecordBatch) -> Result<()>) -> Result<()> {
        if kept == Kept::Marked && !self.has_marked {
            return Ok(());
        }
        let chosen = self.batches.iter().map(|batch| {
            let batch = if self.has_marked {
                marked(batch, kept)
            } else {
                batch.clone()
            };
            if who.is_empty() { batch } else { rekey(&batch, who) }
        });
        sort_batches(&chosen.collect::<Vec<_>>(), sink)
    }

    /// Every row, in no order.
    pub fn all(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// The rows that came under one of the keys, in no order.
    pub fn of(&self, keys: &[i64]) -> Vec<RecordBatch> {
        let own = self.batches.iter().map(|batch| {
            let persons = order::Keys::of(batch).person.iter();
            let keep: BooleanArray = persons.map(|person| Some(keys.contains(person))).collect();
            compute::filter_record_batch(batch, &keep).expect("one truth value per row")
        });
        own.filter(|batch| batch.num_rows() > 0).collect()
    }

    /// The same rows as a run in memory.
    pub fn run(&self, who: &Who, kept: Kept) -> Result<SortedRun> {
        let mut run = SortedRun::default();
        self.sort_into(who, kept, &mut |batch| {
            run.rows += batch.num_rows();
            run.batches.push(batch);
            Ok(())
        })?;
        Ok(run)
    }
}

/// Those rows of the batch that are meant.
fn marked(batch: &RecordBatch, kept: Kept) -> RecordBatch {
    let mark = batch.column(Column::Mark.index());
    let keep = match kept {
        Kept::Counted => compute::is_null(mark),
        Kept::Marked => compute::is_not_null(mark),
    };
    keep.and_then(|keep| compute::filter_record_batch(batch, &keep))
        .expect("one truth value per row")
}

/// Sorts rows of several batches by person, time and id.
pub(crate) fn sort_batches(batches: &[RecordBatch], sink: &mut dyn FnMut(RecordBatch) -> Result<()>) -> Result<()> {
    let batches: Vec<&RecordBatch> = batches.iter().collect();
    for part in order::sorted_places(&batches).chunks(RUN_BATCH_ROWS) {
        let batch =
            interleave_record_batch(&batches, part).expect("chunks share one schema and the places lie inside them");
        sink(batch)?;
    }
    Ok(())
}
