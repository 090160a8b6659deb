//! Writing a segment whose bytes are right but whose rows are not as they must be: again, sorted, each row once, counted and
//! marked ones apart. A part at a time, so that memory doesn't grow with the segment; a merge makes the parts one. The old file
//! stays for a day, as after a merge.

use std::collections::BTreeMap;

use arrow::{
    array::{Array, AsArray, BooleanArray, RecordBatch},
    compute::filter_record_batch,
};
use longplay_domain::PersonKey;

use super::Bench;
use crate::{
    error::{Result, StoreError},
    lake::{
        catalog, expire,
        leftover::NAME_PREFIX,
        publish::{COMPACTED, Change, publish},
    },
    registry,
    rows::EVERYBODY,
    segment::{
        Written, ids,
        read::{Form, Segment},
        schema::Column,
        write::SegmentWriter,
    },
    tail::sort_batches,
};

/// Rows sorted at a time.
const PART_ROWS: usize = 262_144;

impl Bench<'_> {
    /// Makes the id index of a segment anew.
    pub fn rebuild_ids(&mut self, name: &str) -> Result<()> {
        let Some(info) = self.info(name)? else { return Ok(()) };
        ids::rebuild(self.directory, &Segment::open(info, Vec::new())?, &self.key()?)
    }

    /// Writes a segment again without repeated rows, as one or more.
    pub fn rewrite(&mut self, name: &str, repeats: &BTreeMap<u64, bool>) -> Result<()> {
        let Some(info) = self.info(name)? else { return Ok(()) };
        let file_id = info.file_id;
        let mut written = Vec::new();
        let done = self
            .write_parts(&Segment::open(info, Vec::new())?, repeats, &mut written)
            .and_then(|()| {
                let change = Change {
                    written: &written,
                    replaced: &[file_id],
                    sealed: None,
                    links: &[],
                    now: self.now,
                    what: COMPACTED,
                    also: &|_| Ok(()),
                };
                publish(&mut self.registry, &change)
            });
        if done.is_err() {
            written
                .iter()
                .for_each(|written| expire::remove(self.directory, &written.name));
        }
        done.map(drop)
    }

    fn write_parts(&self, segment: &Segment, repeats: &BTreeMap<u64, bool>, written: &mut Vec<Written>) -> Result<()> {
        let key = self.key()?;
        let mut left = repeats.clone();
        let mut reader = segment.read(&Column::ALL, &EVERYBODY, Form::Plain)?;
        // Counted and marked rows waiting to be sorted.
        let mut parts: [Vec<RecordBatch>; 2] = Default::default();
        while let Some(batch) = reader.next_batch()? {
            let is_kept = kept(&batch, &mut left, &key);
            let marks = batch.column(Column::Mark.index());
            for (place, part) in parts.iter_mut().enumerate() {
                let is_here: BooleanArray = (0..batch.num_rows())
                    .map(|row| Some(is_kept[row] && marks.is_valid(row) == (place == 1)))
                    .collect();
                let rows = filter_record_batch(&batch, &is_here).expect("one truth value per row");
                if rows.num_rows() > 0 {
                    part.push(rows);
                }
                if part.iter().map(RecordBatch::num_rows).sum::<usize>() >= PART_ROWS {
                    written.push(self.write_part(&std::mem::take(part), key)?);
                }
            }
        }
        for part in parts.iter().filter(|part| !part.is_empty()) {
            written.push(self.write_part(part, key)?);
        }
        Ok(())
    }

    fn write_part(&self, rows: &[RecordBatch], key: PersonKey) -> Result<Written> {
        let position = catalog::head(&self.registry)?.sealed;
        let suffix = registry::hex(&registry::random::<4>()?);
        let name = format!("{NAME_PREFIX}{position:012}-{suffix}.parquet");
        let written = SegmentWriter::create(self.directory, name.clone(), key).and_then(|mut writer| {
            sort_batches(rows, &mut |batch| writer.append(&batch))?;
            writer.finish()
        });
        written.inspect_err(|_: &StoreError| expire::remove(self.directory, &name))
    }
}

fn kept(batch: &RecordBatch, left: &mut BTreeMap<u64, bool>, key: &PersonKey) -> Vec<bool> {
    let ids = batch.column(Column::Id.index()).as_string::<i32>();
    let is_kept = |id: Option<&str>| {
        let fingerprint = key.fingerprint(id.unwrap_or_default().as_bytes());
        left.get_mut(&fingerprint).is_none_or(std::mem::take)
    };
    ids.iter().map(is_kept).collect()
}
