//! The order of everything: person, then time, then event id.

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{Int64Type, TimestampMicrosecondType},
};

use crate::segment::schema::Column;

/// The columns that decide the order, of one batch with all columns.
pub struct Keys<'a> {
    pub person: &'a [i64],
    pub time: &'a [i64],
    pub id: &'a arrow::array::StringArray,
}

impl<'a> Keys<'a> {
    pub fn of(batch: &'a RecordBatch) -> Self {
        Self {
            person: batch
                .column(Column::Person.index())
                .as_primitive::<Int64Type>()
                .values(),
            time: batch
                .column(Column::Time.index())
                .as_primitive::<TimestampMicrosecondType>()
                .values(),
            id: batch.column(Column::Id.index()).as_string::<i32>(),
        }
    }

    /// The persons of a batch that begins with them, whatever else it has.
    pub fn persons(batch: &'a RecordBatch) -> &'a [i64] {
        batch
            .column(Column::Person.index())
            .as_primitive::<Int64Type>()
            .values()
    }

    pub fn at(&self, row: usize) -> (i64, i64, &'a str) {
        (self.person[row], self.time[row], self.id.value(row))
    }
}

/// The places (batch, row) of all rows, in order. Equal rows keep the order in which they came.
pub fn sorted_places(batches: &[&RecordBatch]) -> Vec<(usize, usize)> {
    let keys: Vec<Keys<'_>> = batches.iter().map(|batch| Keys::of(batch)).collect();
    let rows = keys.iter().map(|key| key.id.len()).sum();
    let mut order: Vec<(i64, i64, u32, u32)> = Vec::with_capacity(rows);
    for (batch, key) in keys.iter().enumerate() {
        order.extend((0..key.id.len()).map(|row| (key.person[row], key.time[row], batch as u32, row as u32)));
    }
    order.sort_unstable_by(|a, b| {
        (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| {
            let id = |place: &(i64, i64, u32, u32)| keys[place.2 as usize].id.value(place.3 as usize);
            id(a).cmp(id(b)).then((a.2, a.3).cmp(&(b.2, b.3)))
        })
    });
    order
        .into_iter()
        .map(|(_, _, batch, row)| (batch as usize, row as usize))
        .collect()
}
