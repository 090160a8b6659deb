//! The journal in memory: accepted events that are in no segment yet, and so already part of every answer.
//!
//! Events lie in chunks in the order they were accepted; each chunk knows where in the journal its rows come from, so that a
//! seal by another process takes exactly the sealed ones away. Bounded: [`Tail::is_full`] tells when to seal.

use std::sync::Arc;

use arrow::{
    array::{BooleanArray, RecordBatch},
    compute::{self, interleave_record_batch},
};
use foldhash::fast::RandomState;
use hashbrown::HashSet;
use longplay_domain::{Event, PersonKey};

use crate::{
    error::Result,
    order,
    people::{links::LinkFact, moved::rekey, resolve::Who},
    segment::schema::{Column, to_batch},
};

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
    sorted: Option<(Arc<Who>, Arc<SortedRun>)>,
    /// What events here say about who is who, with the position of their batch.
    links: Vec<(i64, LinkFact)>,
    /// Grows whenever `links` changes.
    links_version: u64,
    has_marked: bool,
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
            links: Vec::new(),
            links_version: 0,
            has_marked: false,
        }
    }

    /// What events here say about who is who.
    pub fn links(&self) -> impl Iterator<Item = &LinkFact> {
        self.links.iter().map(|(_, link)| link)
    }

    pub const fn links_version(&self) -> u64 {
        self.links_version
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
            self.has_marked |= event.mark().is_some();
            for link in event.links() {
                self.note(position, LinkFact::new(link.clone(), event.time(), &self.key));
            }
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

    /// Keeps a fact unless it is known from at least as early.
    fn note(&mut self, position: i64, said: LinkFact) {
        let known = self
            .links()
            .any(|known| known.fact.id == said.fact.id && known.fact.at <= said.fact.at);
        if !known {
            self.links.push((position, said));
            self.links_version += 1;
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
        let links = self.links.len();
        self.links.retain(|(position, _)| *position > sealed);
        self.links_version += u64::from(links != self.links.len());
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
            self.has_marked = false;
            self.ids = HashSet::default();
        } else {
            self.ids = self
                .chunks
                .iter()
                .flat_map(|chunk| chunk.fingerprints.iter().copied())
                .collect();
        }
    }

    /// The tail as one sorted run of the events that answers count, each under the person it belongs to; kept until the
    /// tail changes.
    pub fn sorted(&mut self, who: &Arc<Who>) -> Result<Arc<SortedRun>> {
        if let Some((known, run)) = &self.sorted
            && Arc::ptr_eq(known, who)
        {
            return Ok(Arc::clone(run));
        }
        let run = Arc::new(self.pending().run(who, Kept::Counted)?);
        self.sorted = Some((Arc::clone(who), Arc::clone(&run)));
        Ok(run)
    }

    /// Everything in the tail, to be sealed while the tail goes on.
    pub fn pending(&mut self) -> Pending {
        self.freeze();
        let batches = self.chunks.iter().map(|chunk| chunk.batch.clone()).collect();
        Pending {
            batches,
            position: self.last_position,
            links: self.links().cloned().collect(),
            has_marked: self.has_marked,
        }
    }
}

/// Which events are meant: those that answers count, or those they leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Counted,
    Marked,
}

/// What a seal will write: the tail's rows up to a journal position.
pub struct Pending {
    batches: Vec<RecordBatch>,
    position: i64,
    links: Vec<LinkFact>,
    has_marked: bool,
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
