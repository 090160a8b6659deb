//! How many events are kept and left out of every answer, so that an answer can say so.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use longplay_domain::{Mark, Time};

use crate::{
    Store,
    error::Result,
    segment::{read::Form, schema::Column},
};

/// Events that answers leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// Sent by programs.
    pub bots: u64,
    /// The owner's own visits.
    pub own: u64,
}

impl Marked {
    /// Adds the rows of a batch that happened until `last`, their time and mark standing in those columns.
    fn add(&mut self, batch: &RecordBatch, (time, mark): (usize, usize), last: Time) {
        let times = batch.column(time).as_primitive::<TimestampMicrosecondType>();
        let marks = batch.column(mark).as_string::<i32>();
        let until = (0..batch.num_rows()).filter(|&row| times.value(row) <= last.micros() && marks.is_valid(row));
        for row in until {
            match marks.value(row) {
                name if name == Mark::Bot.name() => self.bots += 1,
                _ => self.own += 1,
            }
        }
    }
}

impl Store {
    /// How many marked events happened until `last`.
    pub fn marked(&self, last: Time) -> Result<Marked> {
        let (segments, pending) = {
            let mut view = self.refresh()?;
            let marked = view.segments.iter().filter(|live| live.segment.info.is_marked);
            let segments: Vec<_> = marked.map(|live| std::sync::Arc::clone(&live.segment)).collect();
            (segments, view.tail.pending())
        };
        let mut found = Marked::default();
        for segment in segments {
            let mut reader = segment.read(&[Column::Time, Column::Mark], &(i64::MIN..=i64::MAX), Form::Plain)?;
            while let Some(batch) = reader.next_batch()? {
                let place = |column: Column| batch.schema().index_of(column.name()).ok();
                if let (Some(time), Some(mark)) = (place(Column::Time), place(Column::Mark)) {
                    found.add(&batch, (time, mark), last);
                }
            }
        }
        for batch in pending.all() {
            found.add(batch, (Column::Time.index(), Column::Mark.index()), last);
        }
        Ok(found)
    }
}
