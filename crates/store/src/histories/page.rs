//! A page: some rows of one run, decoded into what folds read.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch, StringArray},
    buffer::ScalarBuffer,
    datatypes::{Int32Type, Int64Type, TimestampMicrosecondType},
};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use longplay_domain::{Act, PersonId};

use super::{Columns, History, Properties};
use crate::{
    segment::schema::Column,
    terms::{Code, NONE, Terms},
};

/// Decoded rows, all columns equally long or empty.
#[derive(Default)]
pub struct Page {
    pub persons: ScalarBuffer<i64>,
    pub times: ScalarBuffer<i64>,
    pub acts: Vec<u8>,
    pub values: ScalarBuffer<i64>,
    pub codes: Vec<Vec<Code>>,
    pub properties: Option<StringArray>,
    /// Number of the page's first row in its run.
    pub first_ordinal: u64,
}

impl Page {
    pub fn rows(&self) -> usize {
        self.persons.len()
    }

    #[inline]
    pub fn history(&self, person: i64, from: usize, to: usize) -> History<'_> {
        let cut =
            |column: &ScalarBuffer<i64>| -> std::ops::Range<usize> { if column.is_empty() { 0..0 } else { from..to } };
        History {
            person: PersonId(person),
            times: &self.times[cut(&self.times)],
            acts: if self.acts.is_empty() {
                &[]
            } else {
                &self.acts[from..to]
            },
            values: &self.values[cut(&self.values)],
            codes: &self.codes,
            properties: self.properties.as_ref().map_or(Properties::Unread, Properties::Page),
            first: from,
            length: to - from,
        }
    }
}

/// Turns batches of one run into pages, remembering what the last dictionaries meant.
pub struct Decoder {
    columns: Columns,
    terms: Arc<Terms>,
    acts: Option<Dictionary<u8>>,
    dictionaries: Vec<Option<Dictionary<Code>>>,
}

/// A dictionary and the code of each of its entries.
struct Dictionary<T> {
    values: ArrayRef,
    codes: Vec<T>,
}

impl Decoder {
    pub fn new(columns: Columns, terms: &Arc<Terms>) -> Self {
        let dictionaries = Column::ALL.map(|_| None).into();
        Self {
            columns,
            terms: Arc::clone(terms),
            acts: None,
            dictionaries,
        }
    }

    /// Decodes `batch`, whose columns are `names` in that order, into `page`, reusing its buffers.
    pub fn decode(&mut self, batch: &RecordBatch, names: &[Column], page: &mut Page) {
        page.codes.resize_with(Column::ALL.len(), Vec::new);
        for (&column, array) in names
            .iter()
            .zip(batch.columns())
            .filter(|(column, _)| self.columns.reads(**column))
        {
            match column {
                Column::Person => page.persons = array.as_primitive::<Int64Type>().values().clone(),
                Column::Time => page.times = array.as_primitive::<TimestampMicrosecondType>().values().clone(),
                Column::ValueMinor => page.values = array.as_primitive::<Int64Type>().values().clone(),
                Column::Act => {
                    let act = |text: &str| Act::named(text).unwrap_or(Act::Other).code();
                    decode_texts(array, &mut self.acts, &mut page.acts, (Act::Other.code(), act));
                }
                Column::Properties => page.properties = Some(array.as_string::<i32>().clone()),
                _ => {
                    let codes = &mut page.codes[column.index()];
                    let code = |text: &str| self.terms.code(text);
                    decode_texts(array, &mut self.dictionaries[column.index()], codes, (NONE, code));
                }
            }
        }
    }
}

/// Looks each row's text up: in what its dictionary means if it has one, else text by text. `missing` stands for no text.
fn decode_texts<T: Copy>(
    array: &ArrayRef,
    known: &mut Option<Dictionary<T>>,
    codes: &mut Vec<T>,
    (missing, code): (T, impl Fn(&str) -> T),
) {
    codes.clear();
    let Some(array) = array.as_dictionary_opt::<Int32Type>() else {
        return decode_plain(array, codes, (missing, code));
    };
    let values = array.values();
    if !known.as_ref().is_some_and(|known| Arc::ptr_eq(&known.values, values)) {
        let texts = values.as_string::<i32>();
        let codes = texts.iter().map(|text| text.map_or(missing, &code)).collect();
        *known = Some(Dictionary {
            values: Arc::clone(values),
            codes,
        });
    }
    let Some(dictionary) = known else { return };
    let meant = |key: i32| dictionary.codes.get(key as usize).copied().unwrap_or(missing);
    let keys = array.keys();
    match keys.nulls().filter(|nulls| nulls.null_count() > 0) {
        None => codes.extend(keys.values().iter().map(|&key| meant(key))),
        // Hardly ever there, as money is: only what is there is looked up.
        Some(nulls) if nulls.null_count() > keys.len() / 2 => {
            codes.resize(keys.len(), missing);
            nulls
                .valid_indices()
                .for_each(|row| codes[row] = meant(keys.value(row)));
        }
        Some(nulls) => {
            codes.extend(keys.values().iter().map(|&key| meant(key)));
            let absent = !nulls.inner();
            absent.set_indices().for_each(|row| codes[row] = missing);
        }
    }
}

fn decode_plain<T: Copy>(array: &ArrayRef, codes: &mut Vec<T>, (missing, code): (T, impl Fn(&str) -> T)) {
    let array = array.as_string::<i32>();
    let mut seen: HashMap<&str, T, RandomState> = HashMap::default();
    codes.extend(
        array
            .iter()
            .map(|text| text.map_or(missing, |text| *seen.entry(text).or_insert_with(|| code(text)))),
    );
}
