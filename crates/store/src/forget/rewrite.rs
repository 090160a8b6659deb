//! Segments written anew without some of their rows: only those that hold such rows, one batch in memory at a time.

use std::{fs::File, sync::Arc};

use aho_corasick::AhoCorasick;
use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray},
    compute,
    datatypes::{DataType, Int32Type, Int64Type},
};
use longplay_domain::{
    Forgotten, Handle, PersonId, Time,
    forgotten::{is_telling, without},
};

use crate::{
    Store,
    error::{Result, StoreError},
    order::Keys,
    rows::EVERYBODY,
    segment::{
        Written,
        read::{Form, Segment},
        schema::Column,
    },
};

/// Texts in which somebody may be named. Ids decide what is known, so they stay; the others are closed lists.
const TEXTS: [Column; 9] = [
    Column::Event,
    Column::Piece,
    Column::Channel,
    Column::Referrer,
    Column::Source,
    Column::Medium,
    Column::Campaign,
    Column::Country,
    Column::Properties,
];

/// Which rows leave, and what leaves the rows that stay.
pub struct Leaving<'a> {
    who: Who<'a>,
    names: Option<Names>,
}

enum Who<'a> {
    /// What came under one of the keys (ascending) and is forgotten.
    Forgotten { keys: Vec<i64>, forgotten: &'a Forgotten },
    /// Whatever is older than `since`, in segments that hold anything older than `late`.
    Before { since: Time, late: Time },
}

/// Names to be looked for in other people's rows.
struct Names {
    values: Vec<String>,
    search: AhoCorasick,
}

/// What was rewritten.
#[derive(Default)]
pub struct Rewritten {
    pub written: Vec<Written>,
    /// `file_id`s that end.
    pub replaced: Vec<i64>,
    /// Rows that left.
    pub rows: u64,
}

impl<'a> Leaving<'a> {
    /// What people of these keys did before they were forgotten, and their names in what others did.
    pub fn forgotten(mut keys: Vec<i64>, handles: &[Handle], forgotten: &'a Forgotten) -> Result<Self> {
        keys.sort_unstable();
        keys.dedup();
        Ok(Self {
            who: Who::Forgotten { keys, forgotten },
            names: Names::of(handles)?,
        })
    }

    /// What is older than `since`, where anything is older than `late`.
    pub const fn before(since: Time, late: Time) -> Self {
        Self {
            who: Who::Before { since, late },
            names: None,
        }
    }

    /// Whether a segment has to be written anew.
    fn concerns(&self, segment: &Segment) -> Result<bool> {
        match &self.who {
            Who::Before { late, .. } => return Ok(segment.oldest() < late.micros()),
            Who::Forgotten { keys, .. } => {
                let once = segment
                    .rekeyed
                    .iter()
                    .filter(|(origin, _)| keys.binary_search(origin).is_ok());
                let mut wanted: Vec<i64> = keys.iter().copied().chain(once.map(|&(_, at)| at)).collect();
                wanted.sort_unstable();
                wanted.dedup();
                for batch in segment.fetch(&wanted)? {
                    if self.stays(&batch).is_some() {
                        return Ok(true);
                    }
                }
            }
        }
        self.names.as_ref().map_or(Ok(false), |names| names.stand_in(segment))
    }

    /// Which rows stay; `None` when all do.
    fn stays(&self, batch: &RecordBatch) -> Option<BooleanArray> {
        let keys = Keys::of(batch);
        let stays: BooleanArray = match &self.who {
            Who::Before { since, .. } => {
                let since = since.micros();
                keys.time.iter().map(|&time| Some(time >= since)).collect()
            }
            Who::Forgotten { keys: gone, forgotten } => {
                let is_gone = |row: usize| {
                    let own = own_key(batch, Column::Origin.index(), (keys.person, row));
                    gone.binary_search(&own).is_ok()
                        && forgotten.covers(PersonId(own), Time::from_micros(keys.time[row]))
                };
                (0..batch.num_rows()).map(|row| Some(!is_gone(row))).collect()
            }
        };
        (stays.true_count() < stays.len()).then_some(stays)
    }
}

/// The key of the handle a row came under; `origin` says which of the batch's columns that is.
pub fn own_key(batch: &RecordBatch, origin: usize, (persons, row): (&[i64], usize)) -> i64 {
    let origins = batch.column(origin).as_primitive::<Int64Type>();
    if origins.is_valid(row) {
        origins.value(row)
    } else {
        persons[row]
    }
}

impl Names {
    fn of(handles: &[Handle]) -> Result<Option<Self>> {
        let values: Vec<String> = handles
            .iter()
            .map(|handle| handle.value().to_owned())
            .filter(|value| is_telling(value))
            .collect();
        if values.is_empty() {
            return Ok(None);
        }
        let search = AhoCorasick::builder().ascii_case_insensitive(true).build(&values);
        let search = search.map_err(|error| StoreError::Invalid(format!("the names can't be looked for ({error})")))?;
        Ok(Some(Self { values, search }))
    }

    /// Whether any of them stands in any text of the segment.
    fn stand_in(&self, segment: &Segment) -> Result<bool> {
        let mut reader = segment.read(&TEXTS, &EVERYBODY, Form::Dictionary { beside: 0 })?;
        while let Some(batch) = reader.next_batch()? {
            for column in batch.columns() {
                let texts = match column.data_type() {
                    DataType::Utf8 => column.as_string::<i32>(),
                    _ => column.as_dictionary::<Int32Type>().values().as_string::<i32>(),
                };
                // One look at all texts on end; only where that finds something is each looked at.
                if self.search.is_match(texts.value_data()) && self.left_of(texts).is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The texts without the names; `None` when none stands in them.
    fn left_of(&self, texts: &StringArray) -> Option<StringArray> {
        let mut is_changed = false;
        let left: StringArray = texts
            .iter()
            .map(|text| {
                let text = text?;
                let found = self.search.is_match(text);
                match found
                    .then(|| without(text, self.values.iter().map(String::as_str)))
                    .flatten()
                {
                    None => Some(text.to_owned()),
                    Some(left) => {
                        is_changed = true;
                        Some(left)
                    }
                }
            })
            .collect();
        is_changed.then_some(left)
    }

    /// The rows without the names.
    fn taken_out_of(&self, batch: RecordBatch) -> RecordBatch {
        let mut columns = batch.columns().to_vec();
        let mut is_changed = false;
        for column in TEXTS {
            let texts = columns[column.index()].as_string::<i32>();
            if self.search.is_match(texts.value_data())
                && let Some(left) = self.left_of(texts)
            {
                columns[column.index()] = Arc::new(left) as ArrayRef;
                is_changed = true;
            }
        }
        if !is_changed {
            return batch;
        }
        RecordBatch::try_new(batch.schema(), columns).expect("the same columns, the same lengths")
    }
}

impl Store {
    /// Writes every live segment anew that holds what leaves. Nothing changes until the caller publishes it.
    pub(super) fn rewrite(&self, leaving: &Leaving<'_>, at_work: (&File, Time)) -> Result<Rewritten> {
        let mut rewritten = Rewritten::default();
        let outcome = self.live_segments().and_then(|segments| {
            for segment in segments {
                if leaving.concerns(&segment)? {
                    self.rewrite_one(&segment, leaving, at_work, &mut rewritten)?;
                }
            }
            Ok(())
        });
        if let Err(error) = outcome {
            self.let_go_of(&rewritten.written);
            return Err(error);
        }
        Ok(rewritten)
    }

    fn rewrite_one(
        &self,
        segment: &Segment,
        leaving: &Leaving<'_>,
        at_work: (&File, Time),
        rewritten: &mut Rewritten,
    ) -> Result<()> {
        let rows = &mut rewritten.rows;
        let written = self.write_anew(segment, at_work, |writer, batch| {
            let staying = match leaving.stays(&batch) {
                None => batch,
                Some(stays) => {
                    let gone = part(&batch, &compute::not(&stays).expect("truth values have opposites"));
                    *rows += gone.num_rows() as u64;
                    writer.leave_out(&gone);
                    part(&batch, &stays)
                }
            };
            match &leaving.names {
                Some(names) => names.taken_out_of(staying),
                None => staying,
            }
        })?;
        rewritten.written.extend(written);
        rewritten.replaced.push(segment.info.file_id);
        Ok(())
    }

    fn let_go_of(&self, written: &[Written]) {
        for Written { name, .. } in written {
            crate::lake::expire::remove(self.directory(), name);
        }
    }
}

fn part(batch: &RecordBatch, rows: &BooleanArray) -> RecordBatch {
    compute::filter_record_batch(batch, rows).expect("one truth value per row")
}
