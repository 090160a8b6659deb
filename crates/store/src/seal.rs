//! Journal → segment. Safe to run twice: nothing counts until the one transaction that names the file and the position.

use std::sync::Arc;

use longplay_domain::Time;

use crate::{
    Store,
    error::Result,
    lake::{
        expire,
        publish::{Change, publish},
    },
    registry,
    segment::{Written, read::Segment, write::SegmentWriter},
    tail::Kept,
};

/// Files of ours in `segments/` start like this; others are never touched.
pub(crate) const NAME_PREFIX: &str = "seg-";

impl Store {
    /// Moves everything accepted into a segment. Returns whether there was anything.
    pub fn seal(&self, now: Time) -> Result<bool> {
        let _lock = self.maintenance()?;
        let (pending, who) = {
            let mut live = self.live();
            self.refresh(&mut live)?;
            let who = self.who(&mut live.view)?;
            (live.view.tail.pending(), who)
        };
        if pending.is_empty() {
            return Ok(false);
        }
        self.sweep()?;
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
        })?;
        self.live().journal.trim(sealed)?;
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
        let mut live = self.live();
        let published = publish(&mut self.registry(), change);
        if published.is_err() {
            change
                .written
                .iter()
                .for_each(|written| expire::remove(self.directory(), &written.name));
        }
        let snapshot = published?;
        self.refresh(&mut live)?;
        Ok(snapshot)
    }

    /// Takes away files that a crash left behind: ours, in no catalog, while we alone may write new ones.
    fn sweep(&self) -> Result<()> {
        for name in self.orphans()? {
            tracing::info!(%name, "removing a segment that was never published");
            expire::remove(self.directory(), &name);
        }
        Ok(())
    }

    /// Lets snapshots and files go whose time is over. Returns how many files were deleted.
    pub fn expire(&self, now: Time) -> Result<usize> {
        let _lock = self.maintenance()?;
        expire::expire(&mut self.registry(), self.directory(), now)
    }

    /// The segments of the current view.
    pub(crate) fn live_segments(&self) -> Result<Vec<Arc<Segment>>> {
        let mut live = self.live();
        self.refresh(&mut live)?;
        Ok(live
            .view
            .segments
            .iter()
            .map(|live| Arc::clone(&live.segment))
            .collect())
    }
}
