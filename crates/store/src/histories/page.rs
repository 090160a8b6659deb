//! A page: some rows of one run, decoded into what folds read.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    buffer::ScalarBuffer,
    datatypes::{Int32Type, Int64Type, TimestampMicrosecondType},
};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use longplay_domain::{Act, PersonId};

use super::{Columns, History};
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
    /// Number of the page's first row in its run.
    pub first_ordinal: u64,
}

impl Page {
    pub fn rows(&self) -> usize {
        self.persons.len()
    }

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
            first: from,
            length: to - from,
        }
    }
}

/// Turns batches of one run into pages, remembering what the last dictionaries meant.
pub struct Decoder {
    columns: Columns,
    terms: Arc<Terms>,
    dictionaries: Vec<Option<Dictionary>>,
}

/// A dictionary and the code of each of its entries.
struct Dictionary {
    values: ArrayRef,
    codes: Vec<Code>,
}

impl Decoder {
    pub fn new(columns: Columns, terms: &Arc<Terms>) -> Self {
        let dictionaries = Column::ALL.map(|_| None).into();
        Self {
            columns,
            terms: Arc::clone(terms),
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
                Column::ValueMinor => page.values = numbers(array),
                Column::Act => {
                    let acts = |text: &str| Code::from(Act::named(text).unwrap_or(Act::Other).code());
                    let codes = &mut page.codes[column.index()];
                    decode_texts(array, &mut self.dictionaries[column.index()], codes, acts);
                    page.acts.clear();
                    page.acts.extend(codes.iter().map(|&code| code as u8));
                    codes.clear();
                }
                _ => {
                    let codes = &mut page.codes[column.index()];
                    decode_texts(array, &mut self.dictionaries[column.index()], codes, |text| {
                        self.terms.code(text)
                    });
                }
            }
        }
    }
}

/// Numbers with 0 for missing.
fn numbers(array: &ArrayRef) -> ScalarBuffer<i64> {
    let array = array.as_primitive::<Int64Type>();
    if array.null_count() == 0 {
        return array.values().clone();
    }
    array.iter().map(Option::unwrap_or_default).collect()
}

fn decode_texts(array: &ArrayRef, known: &mut Option<Dictionary>, codes: &mut Vec<Code>, code: impl Fn(&str) -> Code) {
    codes.clear();
    let Some(array) = array.as_dictionary_opt::<Int32Type>() else {
        return decode_plain(array, codes, code);
    };
    let values = array.values();
    if !known.as_ref().is_some_and(|known| Arc::ptr_eq(&known.values, values)) {
        let texts = values.as_string::<i32>();
        let codes = texts.iter().map(|text| text.map_or(NONE, &code)).collect();
        *known = Some(Dictionary {
            values: Arc::clone(values),
            codes,
        });
    }
    let Some(dictionary) = known else { return };
    let keys = array.keys();
    if keys.null_count() == 0 {
        codes.extend(keys.values().iter().map(|&key| dictionary.codes[key as usize]));
    } else if keys.null_count() == keys.len() {
        codes.resize(keys.len(), NONE);
    } else {
        codes.extend(
            keys.iter()
                .map(|key| key.map_or(NONE, |key| dictionary.codes[key as usize])),
        );
    }
}

fn decode_plain(array: &ArrayRef, codes: &mut Vec<Code>, code: impl Fn(&str) -> Code) {
    let array = array.as_string::<i32>();
    let mut seen: HashMap<&str, Code, RandomState> = HashMap::default();
    codes.extend(
        array
            .iter()
            .map(|text| text.map_or(NONE, |text| *seen.entry(text).or_insert_with(|| code(text)))),
    );
}
