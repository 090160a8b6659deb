//! What names of events mean, by the owner's own word: for what comes, at the gate; for what is held, by writing anew the
//! segments that say otherwise.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use longplay_domain::{Act, Acts, Time};

use crate::{
    Store,
    error::{Result, StoreError},
    lake::publish::{Change, DELETED},
    registry,
    rows::EVERYBODY,
    segment::{
        read::{Form, Segment},
        schema::Column,
    },
};

impl Store {
    /// What names mean by the owner's own word.
    pub fn acts(&self) -> Result<Arc<Acts>> {
        Ok(self.watch().rules()?.acts)
    }

    /// Says what a name means from now on and always did, or with `None` that it means what it means to everybody. Returns how
    /// many events held are now of another act. Others accept and ask meanwhile.
    pub fn set_act(&self, event: &str, act: Option<Act>, now: Time) -> Result<u64> {
        if Acts::key(event).is_empty() {
            return Err(StoreError::Invalid("an event has a name; none was given".to_owned()));
        }
        let lock = self.maintenance()?;
        self.sweep()?;
        registry::set_act(&self.registry(), event, act)?;
        let acts = self.acts()?;
        self.seal_under(&lock, now)?;
        let (mut written, mut replaced, mut rows) = (Vec::new(), Vec::new(), 0);
        for segment in self.live_segments()? {
            if is_at_odds(&segment, &acts)? {
                written.extend(self.write_anew(&segment, (&lock, now), |_, batch| {
                    reclassified(&batch, &acts, &mut rows)
                })?);
                replaced.push(segment.info.file_id);
            }
        }
        if !replaced.is_empty() {
            self.publish(&Change {
                written: &written,
                replaced: &replaced,
                sealed: None,
                links: &[],
                now,
                what: DELETED,
                also: &|_| Ok(()),
            })?;
        }
        Ok(rows)
    }
}

/// Whether any event of a segment is of another act than its name means.
fn is_at_odds(segment: &Segment, acts: &Acts) -> Result<bool> {
    let mut reader = segment.read(&[Column::Act, Column::Event], &EVERYBODY, Form::Plain)?;
    while let Some(batch) = reader.next_batch()? {
        let (said, names) = (batch.column(0).as_string::<i32>(), batch.column(1).as_string::<i32>());
        if said
            .iter()
            .zip(names)
            .any(|(act, name)| act != name.map(|name| acts.of(name).name()))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn reclassified(batch: &RecordBatch, acts: &Acts, changed: &mut u64) -> RecordBatch {
    let said = batch.column(Column::Act.index()).as_string::<i32>();
    let names = batch.column(Column::Event.index()).as_string::<i32>();
    let meant: StringArray = names.iter().map(|name| Some(acts.of(name?).name())).collect();
    *changed += said.iter().zip(&meant).filter(|(said, meant)| said != meant).count() as u64;
    let mut columns = batch.columns().to_vec();
    columns[Column::Act.index()] = Arc::new(meant) as ArrayRef;
    RecordBatch::try_new(batch.schema(), columns).expect("the same columns, the same lengths")
}
