//! One live segment written anew, a batch in memory at a time. Nothing changes until the caller publishes it.

use std::fs::File;

use arrow::array::RecordBatch;
use longplay_domain::Time;

use crate::{
    Store,
    error::Result,
    rows::EVERYBODY,
    segment::{
        Written,
        read::{Form, Segment},
        schema::Column,
        write::SegmentWriter,
    },
};

impl Store {
    /// Writes a segment with each of its batches as `change` leaves it, which may hold fewer rows but none of another order.
    /// `None` when no row is left. The lock is the one to seal and merge.
    pub(crate) fn write_anew(
        &self,
        segment: &Segment,
        (lock, now): (&File, Time),
        mut change: impl FnMut(&mut SegmentWriter<'_>, RecordBatch) -> RecordBatch,
    ) -> Result<Option<Written>> {
        let position = self.refresh()?.head.sealed;
        self.write_segment(position, |writer| {
            writer.rewrites(&segment.info.name);
            let mut reader = segment.read(&Column::ALL, &EVERYBODY, Form::Plain)?;
            while let Some(batch) = reader.next_batch()? {
                let changed = change(writer, batch);
                writer.append(&changed)?;
                // A large segment takes longer than a busy tail has room for.
                if self.refresh()?.tail.is_full() {
                    self.seal_under(lock, now)?;
                }
            }
            Ok(())
        })
    }
}
