//! Everything accepted up to a moment, frozen: segments, tail and the codes of their texts.

use std::sync::Arc;

use arrow::array::RecordBatch;
use longplay_domain::Acts;

use crate::{
    error::Result,
    histories::{self, Columns, History},
    people::{moved::Source, resolve::Who},
    rows::Rows,
    segment::{read::Form, schema::Column},
    tail::SortedRun,
    terms::Terms,
};

/// A frozen view of the store. Cheap to clone; stays readable while the store goes on.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) id: i64,
    pub(crate) position: i64,
    pub(crate) sources: Vec<Source>,
    /// Rows of the sources that belong to somebody else than they lie under.
    pub(crate) moved: Arc<SortedRun>,
    pub(crate) tail: Arc<SortedRun>,
    /// Which state the links were in, and what they came to.
    pub(crate) people_version: u64,
    pub(crate) who: Arc<Who>,
    /// How often somebody was forgotten, and when last what was held became something else: see [`crate::changes`].
    pub(crate) erasures: i64,
    pub(crate) rewritten: i64,
    /// What names of events mean by the owner's own word.
    pub(crate) acts: Arc<Acts>,
    pub(crate) terms: Arc<Terms>,
}

impl Snapshot {
    /// The lake snapshot.
    pub const fn id(&self) -> i64 {
        self.id
    }

    /// The last journal position it holds: two snapshots with the same id and position hold the same events.
    pub const fn position(&self) -> i64 {
        self.position
    }

    /// Tells states of who is who apart, within one opened store.
    pub const fn people_version(&self) -> u64 {
        self.people_version
    }

    /// Keeps what tells it apart and its terms; there are no events in it any more.
    pub fn let_go_of_rows(&mut self) {
        self.sources = Vec::new();
        self.moved = Arc::default();
        self.tail = Arc::default();
    }

    /// Number of events.
    pub fn rows(&self) -> u64 {
        let segments = self.sources.iter().map(|source| source.segment.info.rows);
        segments.sum::<u64>() + self.tail.rows as u64
    }

    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Bytes on disk of the given columns.
    pub fn column_bytes(&self, columns: &[Column]) -> u64 {
        let segments = self.sources.iter().map(|source| &source.segment);
        segments.map(|segment| segment.column_bytes(columns)).sum()
    }

    /// Number of distinct persons.
    pub fn people(&self) -> Result<u64> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let counts = histories::in_parallel(self, Columns::none(), threads, |histories| {
            let mut people = 0;
            histories.each(|_: &History<'_>| people += 1)?;
            Ok(people)
        })?;
        Ok(counts.into_iter().sum())
    }

    /// Decodes `columns` of every segment and does nothing with them: the yardstick for a pass. Returns the rows decoded.
    pub fn decode(&self, columns: Columns, threads: usize) -> Result<u64> {
        let names = columns.to_read();
        let decode = |range: &std::ops::RangeInclusive<i64>| {
            let mut rows = 0;
            for source in &self.sources {
                let mut reader = source.segment.read(&names, range, Form::Dictionary { beside: 0 })?;
                while let Some(batch) = reader.next_batch()? {
                    rows += batch.num_rows() as u64;
                }
            }
            Ok(rows)
        };
        std::thread::scope(|scope| {
            let ranges = histories::ranges(threads);
            let workers: Vec<_> = ranges
                .into_iter()
                .map(|range| scope.spawn(move || decode(&range)))
                .collect();
            let parts = workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            parts.sum()
        })
    }

    /// Every event with every column, in order of person, time and id, batch by batch.
    pub fn each_batch<E: From<crate::StoreError>>(
        &self,
        mut sink: impl FnMut(RecordBatch) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let mut rows = Rows::new(&self.sources, [Arc::clone(&self.moved), Arc::clone(&self.tail)])?;
        while let Some(batch) = rows.next_batch()? {
            sink(batch)?;
        }
        Ok(())
    }
}
