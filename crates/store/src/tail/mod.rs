//! The journal in memory: accepted events that are in no segment yet, and so already part of every answer.
//!
//! Events lie in chunks in the order they were accepted; each chunk knows where in the journal its rows come from, so that a
//! seal by another process takes exactly the sealed ones away. Bounded: [`Tail::is_full`] tells when to seal, and beyond
//! [`Tail::is_overfull`] nothing more is accepted. Every call is short; what takes long is done on a [`Pending`].

mod came;
mod known;
mod pending;

use arrow::{
    array::{BooleanArray, RecordBatch},
    compute,
};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use longplay_domain::{Event, Forgotten, PersonId, PersonKey, Time};

pub(crate) use self::pending::sort_batches;
pub use self::pending::{Kept, Pending, SortedRun};
use self::{came::Came, known::Known};
use crate::{order::Keys, people::links::LinkFact, segment::schema::to_batch};

/// How much the tail may hold.
#[derive(Clone, Copy)]
struct Bound {
    rows: usize,
    /// Bytes of column data.
    bytes: usize,
}

/// A server seals beyond this. While it does, as much may come in again, and both lie in order beside what came.
const FULL: Bound = Bound {
    rows: 120_000,
    bytes: 24 << 20,
};
/// An import, which takes much at once and answers nobody meanwhile, seals beyond this.
const LARGE: Bound = Bound {
    rows: 800_000,
    bytes: 144 << 20,
};
/// Nothing is accepted beyond this: whoever seals is not keeping up.
const OVERFULL: Bound = Bound {
    rows: 1_000_000,
    bytes: 160 << 20,
};
/// Small batches are gathered up to this many rows before they become columns.
const CHUNK_ROWS: usize = 4_096;

/// Columns of consecutive journal batches.
struct Chunk {
    batch: RecordBatch,
    /// (position, number of rows), ascending.
    positions: Vec<(i64, usize)>,
    fingerprints: Vec<u64>,
}

impl Chunk {
    /// Keeps the rows whose person and time are to be kept.
    fn retain(&mut self, is_kept: impl Fn(i64, i64) -> bool) {
        let keys = Keys::of(&self.batch);
        let kept: Vec<bool> = keys
            .person
            .iter()
            .zip(keys.time)
            .map(|(&person, &time)| is_kept(person, time))
            .collect();
        if !kept.contains(&false) {
            return;
        }
        let mut rest = kept.as_slice();
        for (_, rows) in &mut self.positions {
            let (own, others) = rest.split_at(*rows);
            *rows = own.iter().filter(|kept| **kept).count();
            rest = others;
        }
        let mut row = kept.iter();
        self.fingerprints.retain(|_| row.next().copied().unwrap_or(true));
        self.batch =
            compute::filter_record_batch(&self.batch, &BooleanArray::from(kept)).expect("one truth value per row");
    }
}

/// What a tail let go of.
#[derive(Default)]
#[allow(dead_code, reason = "held to be dropped")]
pub struct Gone {
    chunks: Vec<Chunk>,
    eras: Vec<known::Era>,
}

/// What is accepted and not yet sealed.
pub struct Tail {
    key: PersonKey,
    chunks: Vec<Chunk>,
    fresh: Vec<Event>,
    fresh_positions: Vec<(i64, usize)>,
    fresh_fingerprints: Vec<u64>,
    ids: Known,
    came: Came,
    /// The last journal position seen, sealed or not.
    last_position: i64,
    /// Events that ever came in here.
    accepted: u64,
    rows: usize,
    bytes: usize,
    /// What events here say about who is who, with the position of their batch.
    links: Vec<(i64, LinkFact)>,
    /// When each of those facts was first said.
    said_at: HashMap<i64, i64, RandomState>,
    /// Grows whenever `links` changes.
    links_version: u64,
    has_marked: bool,
}

impl Tail {
    pub fn new(key: PersonKey, sealed: i64) -> Self {
        Self {
            key,
            chunks: Vec::new(),
            fresh: Vec::new(),
            fresh_positions: Vec::new(),
            fresh_fingerprints: Vec::new(),
            ids: Known::default(),
            came: Came::default(),
            last_position: sealed,
            accepted: 0,
            rows: 0,
            bytes: 0,
            links: Vec::new(),
            said_at: HashMap::default(),
            links_version: 0,
            has_marked: false,
        }
    }

    pub const fn last_position(&self) -> i64 {
        self.last_position
    }

    pub const fn accepted(&self) -> u64 {
        self.accepted
    }

    /// The key under which each counted event came in after one position, up to another; `None` where that is not known any
    /// more.
    pub fn came_between(&self, after: i64, through: i64) -> Option<Vec<i64>> {
        self.came.between(after, through)
    }

    pub const fn rows(&self) -> usize {
        self.rows
    }

    pub const fn is_full(&self) -> bool {
        self.exceeds(FULL)
    }

    pub const fn is_large(&self) -> bool {
        self.exceeds(LARGE)
    }

    pub const fn is_overfull(&self) -> bool {
        self.exceeds(OVERFULL)
    }

    const fn exceeds(&self, bound: Bound) -> bool {
        self.rows >= bound.rows || self.bytes >= bound.bytes
    }

    pub fn holds_id(&self, fingerprint: u64) -> bool {
        self.ids.holds(fingerprint)
    }

    /// Takes in one journal batch with the fingerprints of its ids. A batch that has been taken in before, as when another
    /// thread saw it in the journal first, changes nothing.
    pub fn push(&mut self, position: i64, events: Vec<Event>, fingerprints: &[u64]) {
        if position <= self.last_position {
            return;
        }
        self.came.note(position, self.last_position, &events);
        self.last_position = position;
        self.rows += events.len();
        self.accepted += events.len() as u64;
        self.ids.extend(fingerprints);
        self.fresh_fingerprints.extend(fingerprints);
        for event in &events {
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
        let known = self.said_at.entry(said.fact.id).or_insert(i64::MAX);
        if said.fact.at < *known {
            *known = said.fact.at;
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
        self.bytes += batch.get_array_memory_size();
        self.chunks.push(Chunk {
            batch,
            positions: std::mem::take(&mut self.fresh_positions),
            fingerprints: std::mem::take(&mut self.fresh_fingerprints),
        });
    }

    /// Drops everything up to `sealed`: it is in published segments now.
    ///
    /// Returns what that was, to be dropped when nobody waits for the tail any more.
    #[must_use = "giving much memory back takes long"]
    pub fn forget(&mut self, sealed: i64) -> Gone {
        if sealed > self.last_position {
            self.came.missed(sealed);
            self.last_position = sealed;
        }
        self.forget_links(sealed);
        let first = |positions: &[(i64, usize)]| positions.first().map(|&(position, _)| position);
        let oldest = self
            .chunks
            .first()
            .map_or(&self.fresh_positions, |chunk| &chunk.positions);
        if first(oldest).is_none_or(|position| position > sealed) {
            return Gone::default();
        }
        if first(&self.fresh_positions).is_some_and(|position| position <= sealed) {
            self.freeze();
        }
        let is_gone = |chunk: &mut Chunk| {
            let gone = chunk.positions.partition_point(|&(position, _)| position <= sealed);
            let rows_gone: usize = chunk.positions.drain(..gone).map(|(_, rows)| rows).sum();
            chunk.batch = chunk.batch.slice(rows_gone, chunk.batch.num_rows() - rows_gone);
            chunk.fingerprints.drain(..rows_gone);
            chunk.batch.num_rows() == 0
        };
        let chunks = self.chunks.extract_if(.., is_gone).collect();
        self.count();
        self.has_marked &= self.rows > 0;
        let frozen = self.chunks.iter().map(|chunk| chunk.fingerprints.as_slice());
        let eras = self
            .ids
            .forget(sealed, frozen.chain([self.fresh_fingerprints.as_slice()]));
        Gone { chunks, eras }
    }

    /// Lets go of whoever is forgotten: their rows, and what anybody said of who they are. Ids stay known until they are
    /// sealed; whoever sends one again is refused before it is looked for.
    pub fn let_go(&mut self, forgotten: &Forgotten) {
        self.freeze();
        for chunk in &mut self.chunks {
            chunk.retain(|person, time| !forgotten.covers(PersonId(person), Time::from_micros(time)));
        }
        self.chunks.retain(|chunk| chunk.batch.num_rows() > 0);
        self.count();
        self.retain_links(|_, said| !said.is_forgotten(forgotten));
    }

    /// Counts what the chunks hold.
    fn count(&mut self) {
        self.rows = self.fresh.len() + self.chunks.iter().map(|chunk| chunk.batch.num_rows()).sum::<usize>();
        self.bytes = self
            .chunks
            .iter()
            .map(|chunk| chunk.batch.get_array_memory_size())
            .sum();
    }

    fn forget_links(&mut self, sealed: i64) {
        self.retain_links(|position, _| position > sealed);
    }

    fn retain_links(&mut self, is_kept: impl Fn(i64, &LinkFact) -> bool) {
        let before = self.links.len();
        self.links.retain(|(position, said)| is_kept(*position, said));
        if self.links.len() != before {
            self.links_version += 1;
            self.said_at.clear();
            for (_, said) in &self.links {
                let at = self.said_at.entry(said.fact.id).or_insert(i64::MAX);
                *at = said.fact.at.min(*at);
            }
        }
    }

    /// Everything in the tail as it is now.
    pub fn pending(&mut self) -> Pending {
        self.freeze();
        Pending {
            batches: self.chunks.iter().map(|chunk| chunk.batch.clone()).collect(),
            position: self.last_position,
            links: self.links.iter().map(|(_, said)| said.clone()).collect(),
            links_version: self.links_version,
            has_marked: self.has_marked,
        }
    }

    /// The same, about to be sealed.
    pub fn pending_seal(&mut self) -> Pending {
        self.ids.end_era(self.last_position);
        self.pending()
    }
}
