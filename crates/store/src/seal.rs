//! Journal → segment. Safe to run twice: nothing counts until the one transaction that names the file and the position.

use std::{fs::File, sync::Arc, thread, time::Duration};

use longplay_domain::Time;

use crate::{
    Store, crash,
    error::Result,
    lake::{
        expire,
        leftover::{self, NAME_PREFIX},
        publish::{Change, INSERTED, publish},
    },
    registry,
    segment::{Written, read::Segment, write::SegmentWriter},
    tail::Kept,
};

/// How long whoever accepts has the journal to himself between two steps of tidying it.
const STEP_REST: Duration = Duration::from_millis(2);

/// With fewer rows than this in the tail, the journal gives back the room that it kept for more to come.
const QUIET_ROWS: usize = 20_000;

/// How much is not yet in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsealed {
    pub events: usize,
    /// So much that it should be sealed now.
    pub is_full: bool,
}

impl Store {
    /// What is accepted and not yet in a segment, by whomever.
    pub fn unsealed(&self) -> Result<Unsealed> {
        let view = self.refresh()?;
        Ok(Unsealed {
            events: view.tail.rows(),
            is_full: view.tail.is_full(),
        })
    }

    /// Seals when the tail has grown large, for whoever accepts much at once and has nobody beside it to seal.
    pub fn make_room(&self, now: Time) -> Result<bool> {
        let is_large = self.view().tail.is_large();
        if is_large { self.seal(now) } else { Ok(false) }
    }

    /// Moves everything accepted into a segment. Returns whether there was anything. Others accept and ask meanwhile.
    pub fn seal(&self, now: Time) -> Result<bool> {
        let lock = self.maintenance()?;
        self.sweep()?;
        self.seal_under(&lock, now)
    }

    /// The same for who has the right to already, as a merge that takes so long that the tail fills.
    pub(crate) fn seal_under(&self, _lock: &File, now: Time) -> Result<bool> {
        let (pending, covered) = {
            let mut view = self.refresh()?;
            (view.tail.pending_seal(), view.head.sealed)
        };
        // Batches of which nothing is left, because those in them were forgotten, are covered all the same.
        if pending.is_empty() && pending.position() <= covered {
            return Ok(false);
        }
        let who = self.who_with(&pending)?;
        let sealed = pending.position();
        let mut written = Vec::new();
        for kept in [Kept::Counted, Kept::Marked] {
            let segment = self.write_segment(sealed, |writer| {
                pending.sort_into(&who, kept, &mut |batch| writer.append(&batch))
            })?;
            written.extend(segment);
        }
        self.publish(&Change {
            written: &written,
            replaced: &[],
            sealed: Some(sealed),
            links: pending.links(),
            now,
            what: INSERTED,
            also: &|_| Ok(()),
        })?;
        self.drop_sorted_tail();
        // A step at a time, and a rest after each: the lock goes to whoever asks first, and that would be us again.
        while {
            let has_more = self.journal().trim(sealed)?;
            crash::point("trim.some");
            has_more
        } {
            thread::sleep(STEP_REST);
        }
        if self.view().tail.rows() < QUIET_ROWS {
            while self.journal().shrink()? {
                thread::sleep(STEP_REST);
            }
        }
        Ok(true)
    }

    /// Writes one segment, or none when there are no rows; a file that could not be finished is taken away again.
    pub(crate) fn write_segment(
        &self,
        position: i64,
        fill: impl FnOnce(&mut SegmentWriter<'_>) -> Result<()>,
    ) -> Result<Option<Written>> {
        let name = format!(
            "{NAME_PREFIX}{position:012}-{}.parquet",
            registry::hex(&registry::random::<4>()?)
        );
        let written = SegmentWriter::create(self.directory(), name.clone(), self.key()).and_then(|mut writer| {
            fill(&mut writer)?;
            writer.finish()
        });
        match written {
            Ok(written) if written.rows > 0 => Ok(Some(written)),
            other => {
                expire::remove(self.directory(), &name);
                other.map(|_| None)
            }
        }
    }

    /// Publishes and brings this process's own view up to it.
    pub(crate) fn publish(&self, change: &Change<'_>) -> Result<i64> {
        self.warm_up(change.written)?;
        // When this fails, the files stay for the next sweep: a commit that failed may still turn out to have happened.
        let snapshot = publish(&mut self.registry(), change)?;
        drop(self.refresh()?);
        Ok(snapshot)
    }

    /// Takes away files that a crash left behind: ours, in no catalog, while we alone may write new ones.
    ///
    /// A process that died in its commit may have written all of it to the write-ahead log and not yet told the others. They
    /// don't see it, and whoever opens the database after all of them does. So something is written first: it takes the
    /// place of such a commit, which then never happened, and the files it named are orphans for good.
    pub(crate) fn sweep(&self) -> Result<u64> {
        if leftover::look(&self.registry(), self.directory())?.ours.is_empty() {
            return Ok(0);
        }
        registry::overwrite_in_doubt(&self.registry())?;
        let orphans = leftover::look(&self.registry(), self.directory())?.ours;
        for name in &orphans {
            tracing::info!(%name, "removing a segment that was never published");
            expire::remove(self.directory(), name);
        }
        Ok(orphans.len() as u64)
    }

    /// Lets snapshots and files go whose time is over. Returns how many files were deleted.
    pub fn expire(&self, now: Time) -> Result<usize> {
        let _lock = self.maintenance()?;
        expire::expire(&mut self.registry(), self.directory(), expire::Due::InTime(now))
    }

    /// The segments of the current view.
    pub(crate) fn live_segments(&self) -> Result<Vec<Arc<Segment>>> {
        let view = self.refresh()?;
        Ok(view.segments.iter().map(|live| Arc::clone(&live.segment)).collect())
    }
}
