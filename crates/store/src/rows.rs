//! Whole rows in order: a k-way merge of segments and tail with every column, for writing segments on and for export.

use std::{cmp::Ordering, ops::RangeInclusive, sync::Arc};

use arrow::{
    array::{BooleanArray, RecordBatch},
    compute::{filter_record_batch, interleave_record_batch},
};

use crate::{
    error::Result,
    order::Keys,
    people::moved::Source,
    segment::{
        read::{Form, RangeReader},
        schema::Column,
    },
    tail::SortedRun,
};

/// Every person.
pub const EVERYBODY: RangeInclusive<i64> = i64::MIN..=i64::MAX;
/// Rows per batch handed out.
const OUT_ROWS: usize = 8_192;

/// Where rows come from.
enum Input {
    Segment {
        reader: Box<RangeReader>,
        hidden: Arc<[i64]>,
    },
    Run {
        run: Arc<SortedRun>,
        next: usize,
    },
}

impl Input {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        match self {
            Self::Segment { reader, hidden } => {
                let batch = reader.next_batch()?;
                Ok(batch.map(|batch| {
                    if hidden.is_empty() {
                        batch
                    } else {
                        without(&batch, hidden)
                    }
                }))
            }
            Self::Run { run, next } => {
                *next += 1;
                Ok(run.batches.get(*next - 1).cloned())
            }
        }
    }
}

/// One input with the batch it stands in.
struct Cursor {
    input: Input,
    /// Place of the current batch in `Rows::held`.
    slot: usize,
    row: usize,
}

/// The merge. Rows equal in person, time and id come out once.
pub struct Rows {
    cursors: Vec<Cursor>,
    /// Batches that rows waiting to go out still lie in.
    held: Vec<RecordBatch>,
    /// Rows waiting to go out.
    places: Vec<(usize, usize)>,
    last: Option<(usize, usize)>,
    /// How many rows were dropped because they came twice.
    pub duplicates: u64,
}

impl Rows {
    pub fn new(sources: &[Source], runs: impl IntoIterator<Item = Arc<SortedRun>>) -> Result<Self> {
        let mut inputs = Vec::new();
        for Source { segment, hidden } in sources {
            inputs.push(Input::Segment {
                reader: Box::new(segment.read(&Column::ALL, &EVERYBODY, Form::Plain)?),
                hidden: Arc::clone(hidden),
            });
        }
        inputs.extend(runs.into_iter().map(|run| Input::Run { run, next: 0 }));
        let mut rows = Self {
            cursors: Vec::new(),
            held: Vec::new(),
            places: Vec::new(),
            last: None,
            duplicates: 0,
        };
        for mut input in inputs {
            if let Some(batch) = next_filled(&mut input)? {
                rows.cursors.push(Cursor {
                    input,
                    slot: rows.held.len(),
                    row: 0,
                });
                rows.held.push(batch);
            }
        }
        Ok(rows)
    }

    /// The next rows in order, or `None` when all are out.
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        while self.places.len() < OUT_ROWS && !self.cursors.is_empty() {
            let least = self.least();
            let (stop_row, rows) = self.run_of(least);
            self.take(least, stop_row);
            if stop_row == rows {
                self.advance(least)?;
            }
        }
        if self.places.is_empty() {
            return Ok(None);
        }
        let batches: Vec<&RecordBatch> = self.held.iter().collect();
        let batch = interleave_record_batch(&batches, &self.places).expect("one schema, and the places lie inside");
        self.let_go();
        Ok(Some(batch))
    }

    fn key(&self, cursor: &Cursor) -> (i64, i64, &str) {
        Keys::of(&self.held[cursor.slot]).at(cursor.row)
    }

    fn least(&self) -> usize {
        let order = |a: &usize, b: &usize| self.key(&self.cursors[*a]).cmp(&self.key(&self.cursors[*b]));
        (0..self.cursors.len()).min_by(order).expect("there is a cursor")
    }

    /// How far cursor `index` can go before another one's row comes first: all its rows of persons before any other's.
    fn run_of(&self, index: usize) -> (usize, usize) {
        let cursor = &self.cursors[index];
        let keys = Keys::of(&self.held[cursor.slot]);
        let rows = keys.person.len();
        let others = self.cursors.iter().enumerate().filter(|&(other, _)| other != index);
        let bound = others.map(|(_, other)| self.key(other)).min();
        let stop = match bound {
            None => rows,
            Some(bound) => {
                let mut row = cursor.row + 1;
                while row < rows && keys.at(row).cmp(&bound) == Ordering::Less {
                    row += 1;
                }
                row
            }
        };
        (stop, rows)
    }

    fn take(&mut self, index: usize, stop_row: usize) {
        let Cursor { slot, row, .. } = self.cursors[index];
        for row in row..stop_row {
            let is_repeat = self.last.is_some_and(|(last_slot, last_row)| {
                Keys::of(&self.held[last_slot]).at(last_row) == Keys::of(&self.held[slot]).at(row)
            });
            if is_repeat {
                self.duplicates += 1;
            } else {
                self.places.push((slot, row));
                self.last = Some((slot, row));
            }
        }
        self.cursors[index].row = stop_row;
    }

    fn advance(&mut self, index: usize) -> Result<()> {
        match next_filled(&mut self.cursors[index].input)? {
            Some(batch) => {
                self.cursors[index].slot = self.held.len();
                self.cursors[index].row = 0;
                self.held.push(batch);
            }
            None => drop(self.cursors.swap_remove(index)),
        }
        Ok(())
    }

    /// Forgets batches whose rows are all out, but for the one the last row lies in: the next may repeat it.
    fn let_go(&mut self) {
        self.places.clear();
        let mut kept = Vec::new();
        let mut slot_of = vec![usize::MAX; self.held.len()];
        let needed = self
            .cursors
            .iter()
            .map(|cursor| cursor.slot)
            .chain(self.last.map(|(slot, _)| slot));
        for slot in needed {
            if slot_of[slot] == usize::MAX {
                slot_of[slot] = kept.len();
                kept.push(self.held[slot].clone());
            }
        }
        self.held = kept;
        for cursor in &mut self.cursors {
            cursor.slot = slot_of[cursor.slot];
        }
        self.last = self.last.map(|(slot, row)| (slot_of[slot], row));
    }
}

/// The batch without the rows of hidden persons (ascending).
fn without(batch: &RecordBatch, hidden: &[i64]) -> RecordBatch {
    let persons = Keys::of(batch).person;
    let from = hidden.partition_point(|&person| persons.first().is_some_and(|&first| person < first));
    let mut hidden = hidden[from..].iter().peekable();
    let keep: BooleanArray = persons
        .iter()
        .map(|person| {
            while hidden.peek().is_some_and(|&&next| next < *person) {
                hidden.next();
            }
            Some(hidden.peek() != Some(&person))
        })
        .collect();
    if keep.true_count() == keep.len() {
        return batch.clone();
    }
    filter_record_batch(batch, &keep).expect("one truth value per row")
}

fn next_filled(input: &mut Input) -> Result<Option<RecordBatch>> {
    loop {
        match input.next_batch()? {
            Some(batch) if batch.num_rows() == 0 => {}
            other => return Ok(other),
        }
    }
}
