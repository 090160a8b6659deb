//! The journal in memory: accepted events that are in no segment yet, and so already part of every answer.
//!
//! Events lie in chunks in the order they were accepted; each chunk knows where in the journal its rows come from, so that a
//! seal by another process takes exactly the sealed ones away. Bounded: [`Tail::is_full`] tells when to seal.

use std::sync::Arc;

use arrow::{array::RecordBatch, compute::interleave_record_batch};
use foldhash::fast::RandomState;
use hashbrown::HashSet;
use longplay_domain::{Event, PersonKey};

use crate::{error::Result, order, segment::schema::to_batch};

/// Rows after which the tail is sealed.
pub const ROWS_MAX: usize = 1_000_000;
/// Bytes of column data after which the tail is sealed.
pub const BYTES_MAX: usize = 192 << 20;
/// Small batches are gathered up to this many rows before they become columns.
const CHUNK_ROWS: usize = 4_096;
/// Rows per batch of a sorted run.
const RUN_BATCH_ROWS: usize = 65_536;

/// Columns of consecutive journal batches.
#[derive(Clone)]
struct Chunk {
    batch: RecordBatch,
    /// (position, number of rows), ascending.
    positions: Vec<(i64, usize)>,
    fingerprints: Vec<u64>,
}

/// What is accepted and not yet sealed.
pub struct Tail {
    key: PersonKey,
    chunks: Vec<Chunk>,
    fresh: Vec<Event>,
    fresh_positions: Vec<(i64, usize)>,
    ids: HashSet<u64, RandomState>,
    /// The last journal position seen, sealed or not.
    last_position: i64,
    rows: usize,
    bytes: usize,
    sorted: Option<Arc<SortedRun>>,
}

/// The tail laid out like a segment: sorted by person, time and id.
#[derive(Debug, Default)]
pub struct SortedRun {
    pub batches: Vec<RecordBatch>,
    pub rows: usize,
}

impl Tail {
    pub fn new(key: PersonKey, sealed: i64) -> Self {
        Self {
            key,
            chunks: Vec::new(),
            fresh: Vec::new(),
            fresh_positions: Vec::new(),
            ids: HashSet::default(),
            last_position: sealed,
            rows: 0,
            bytes: 0,
            sorted: None,
        }
    }

    pub const fn last_position(&self) -> i64 {
        self.last_position
    }

    pub const fn is_full(&self) -> bool {
        self.rows >= ROWS_MAX || self.bytes >= BYTES_MAX
    }

    pub fn holds_id(&self, fingerprint: u64) -> bool {
        self.ids.contains(&fingerprint)
    }

    /// Takes in one journal batch. Positions only grow.
    pub fn push(&mut self, position: i64, events: Vec<Event>) {
        self.last_position = self.last_position.max(position);
        if events.is_empty() {
            return;
        }
        self.sorted = None;
        self.rows += events.len();
        for event in &events {
            self.ids.insert(self.key.fingerprint(event.id().as_str().as_bytes()));
        }
        self.fresh_positions.push((position, events.len()));
        if self.fresh.is_empty() {
            self.fresh = events;
        } else {
            self.fresh.extend(events);
        }
        if self.fresh.len() >= CHUNK_ROWS {
            self.freeze();
        }
    }

    fn freeze(&mut self) {
        if self.fresh.is_empty() {
            return;
        }
        let events = std::mem::take(&mut self.fresh);
        let batch = to_batch(&events);
        let fingerprints = events
            .iter()
            .map(|event| self.key.fingerprint(event.id().as_str().as_bytes()))
            .collect();
        self.bytes += batch.get_array_memory_size();
        self.chunks.push(Chunk {
            batch,
            positions: std::mem::take(&mut self.fresh_positions),
            fingerprints,
        });
    }

    /// Drops everything up to `sealed`: it is in published segments now.
    pub fn forget(&mut self, sealed: i64) {
        self.freeze();
        self.last_position = self.last_position.max(sealed);
        let oldest = self.chunks.first().and_then(|chunk| chunk.positions.first());
        if oldest.is_none_or(|&(position, _)| position > sealed) {
            return;
        }
        self.sorted = None;
        self.chunks.retain_mut(|chunk| {
            let gone = chunk.positions.partition_point(|&(position, _)| position <= sealed);
            let rows_gone: usize = chunk.positions.drain(..gone).map(|(_, rows)| rows).sum();
            chunk.batch = chunk.batch.slice(rows_gone, chunk.batch.num_rows() - rows_gone);
            chunk.fingerprints.drain(..rows_gone);
            chunk.batch.num_rows() > 0
        });
        self.rows = self.chunks.iter().map(|chunk| chunk.batch.num_rows()).sum();
        self.bytes = self
            .chunks
            .iter()
            .map(|chunk| chunk.batch.get_array_memory_size())
            .sum();
        if self.chunks.is_empty() {
            self.ids = HashSet::default();
        } else {
            self.ids = self
                .chunks
                .iter()
                .flat_map(|chunk| chunk.fingerprints.iter().copied())
                .collect();
        }
    }

    /// The tail as one sorted run; kept until the tail changes.
    pub fn sorted(&mut self) -> Result<Arc<SortedRun>> {
        if let Some(run) = &self.sorted {
            return Ok(Arc::clone(run));
        }
        let mut batches = Vec::new();
        sort_batches(self.pending().batches(), &mut |batch| {
            batches.push(batch);
            Ok(())
        })?;
        let run = Arc::new(SortedRun {
            batches,
            rows: self.rows,
        });
        self.sorted = Some(Arc::clone(&run));
        Ok(run)
    }

    /// Everything in the tail, to be sealed while the tail goes on.
    pub fn pending(&mut self) -> Pending {
        self.freeze();
        let batches = self.chunks.iter().map(|chunk| chunk.batch.clone()).collect();
        Pending {
            batches,
            position: self.last_position,
        }
    }
}

/// What a seal will write: the tail's rows up to a journal position.
pub struct Pending {
    batches: Vec<RecordBatch>,
    position: i64,
}

impl Pending {
    pub const fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    pub const fn position(&self) -> i64 {
        self.position
    }

    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// Hands the rows out in order of person, time and id.
    pub fn sort_into(&self, sink: &mut dyn FnMut(RecordBatch) -> Result<()>) -> Result<()> {
        sort_batches(&self.batches, sink)
    }
}

fn sort_batches(batches: &[RecordBatch], sink: &mut dyn FnMut(RecordBatch) -> Result<()>) -> Result<()> {
    let batches: Vec<&RecordBatch> = batches.iter().collect();
    for part in order::sorted_places(&batches).chunks(RUN_BATCH_ROWS) {
        let batch =
            interleave_record_batch(&batches, part).expect("chunks share one schema and the places lie inside them");
        sink(batch)?;
    }
    Ok(())
}
