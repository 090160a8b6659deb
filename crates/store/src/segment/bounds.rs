//! What the catalog says of a column in a file: least and greatest value, and how many are missing. Measured when a segment
//! is written and again when it is verified, by the same code.

use arrow::{
    array::{Array, AsArray},
    datatypes::{Int64Type, TimestampMicrosecondType},
};
use longplay_domain::Time;

use super::{ColumnStats, lake_time, schema::Column};

/// Least and greatest value of a column over a whole file.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    nulls: i64,
    numbers: Option<(i64, i64)>,
    texts: Option<(String, String)>,
}

/// Longer texts get no bounds: DuckLake's statistics are for pruning, and a cut maximum would lie.
const BOUND_BYTES_MAX: usize = 256;

impl Bounds {
    pub fn widen(&mut self, column: Column, array: &dyn Array) {
        self.nulls += array.null_count() as i64;
        match column {
            Column::Person | Column::ValueMinor | Column::Origin => {
                self.widen_numbers(array.as_primitive::<Int64Type>().iter().flatten())
            }
            Column::Time => {
                let times = array.as_primitive::<TimestampMicrosecondType>();
                self.widen_numbers(times.iter().flatten());
            }
            // Nobody looks a handle up by range, and the catalog is no place for addresses.
            Column::Handle => {}
            _ => {
                let texts = array.as_string::<i32>();
                for text in texts.iter().flatten() {
                    match &mut self.texts {
                        None => self.texts = Some((text.to_owned(), text.to_owned())),
                        Some((low, _)) if text < low.as_str() => text.clone_into(low),
                        Some((_, high)) if text > high.as_str() => text.clone_into(high),
                        Some(_) => {}
                    }
                }
            }
        }
    }

    fn widen_numbers(&mut self, numbers: impl Iterator<Item = i64>) {
        for number in numbers {
            let (low, high) = self.numbers.unwrap_or((number, number));
            self.numbers = Some((low.min(number), high.max(number)));
        }
    }

    /// What the catalog says of the column in a file of so many rows.
    pub fn into_stats(self, column: Column, bytes: i64, rows: u64) -> ColumnStats {
        let show = |number: i64| match column {
            Column::Time => lake_time(Time::from_micros(number)),
            _ => number.to_string(),
        };
        let bounds = match (self.numbers, self.texts) {
            (Some((low, high)), _) => Some((show(low), show(high))),
            (_, Some((low, high))) if low.len().max(high.len()) <= BOUND_BYTES_MAX => Some((low, high)),
            _ => None,
        };
        let (min, max) = bounds.unzip();
        ColumnStats {
            field_id: column.field_id(),
            bytes,
            values: rows as i64 - self.nulls,
            nulls: self.nulls,
            min,
            max,
        }
    }
}
