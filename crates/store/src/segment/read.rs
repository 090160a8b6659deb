//! Reading a segment: row groups that can hold a range of persons, only the columns asked for, repetitive texts as
//! dictionary arrays.

use std::{fs::File, ops::RangeInclusive, path::PathBuf, sync::Arc};

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, Field, Schema},
};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{
            ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
        },
    },
    file::statistics::Statistics,
};

use super::{
    SegmentInfo,
    schema::{Column, segment_schema},
};
use crate::error::{PathContext, Result, StoreError};

/// Rows per decoded batch: small enough for the caches, large enough to pay for the call.
pub const BATCH_ROWS: usize = 16_384;

/// An opened segment: its footer is read once and shared by every reader.
#[derive(Debug)]
pub struct Segment {
    pub info: SegmentInfo,
    plain: ArrowReaderMetadata,
    dictionary: ArrowReaderMetadata,
    /// Least and greatest person of each row group.
    persons: Vec<(i64, i64)>,
}

impl Segment {
    pub fn open(info: SegmentInfo) -> Result<Self> {
        let file = File::open(&info.path).at("open the segment", &info.path)?;
        let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).at("opened", &info.path)?;
        let options = ArrowReaderOptions::new().with_schema(Arc::new(dictionary_schema()));
        let dictionary =
            ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options).at("opened", &info.path)?;
        let mut persons = Vec::new();
        let mut row = 0;
        for group in plain.metadata().row_groups() {
            persons.push(person_bounds(group.column(Column::Person.index()).statistics()));
            row += group.num_rows().unsigned_abs();
        }
        if row != info.rows {
            let message = format!("holds {row} rows where the catalog says {}", info.rows);
            return Err(StoreError::Damaged {
                path: info.path,
                message,
            });
        }
        Ok(Self {
            info,
            plain,
            dictionary,
            persons,
        })
    }

    /// Reads `columns` of the row groups that can hold a person in `range`. The first and last group may hold others too.
    pub fn read(&self, columns: &[Column], range: &RangeInclusive<i64>, form: Form) -> Result<RangeReader> {
        let groups: Vec<usize> = (0..self.persons.len())
            .filter(|&group| self.persons[group].0 <= *range.end() && *range.start() <= self.persons[group].1)
            .collect();
        let file = File::open(&self.info.path).at("open the segment", &self.info.path)?;
        let metadata = match form {
            Form::Plain => self.plain.clone(),
            Form::Dictionary => self.dictionary.clone(),
        };
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        let mask = ProjectionMask::leaves(builder.parquet_schema(), columns.iter().map(|column| column.index()));
        let reader = builder
            .with_projection(mask)
            .with_row_groups(groups)
            .with_batch_size(BATCH_ROWS)
            .build()
            .at("read", &self.info.path)?;
        Ok(RangeReader {
            reader,
            path: self.info.path.clone(),
        })
    }

    /// Bytes on disk of `columns`, compressed.
    pub fn column_bytes(&self, columns: &[Column]) -> u64 {
        let groups = self.plain.metadata().row_groups().iter();
        groups
            .flat_map(|group| {
                columns
                    .iter()
                    .map(|c| group.column(c.index()).compressed_size().unsigned_abs())
            })
            .sum()
    }
}

/// How repetitive texts come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As text, as they were written: for writing on.
    Plain,
    /// As dictionary arrays: for counting.
    Dictionary,
}

/// Batches of one segment in order.
pub struct RangeReader {
    reader: ParquetRecordBatchReader,
    path: PathBuf,
}

impl RangeReader {
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        self.reader.next().transpose().at("read", &self.path)
    }
}

fn person_bounds(statistics: Option<&Statistics>) -> (i64, i64) {
    match statistics {
        Some(Statistics::Int64(bounds)) => match (bounds.min_opt(), bounds.max_opt()) {
            (Some(&low), Some(&high)) => (low, high),
            _ => (i64::MIN, i64::MAX),
        },
        _ => (i64::MIN, i64::MAX),
    }
}

fn dictionary_schema() -> Schema {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let schema = segment_schema();
    let fields = Column::ALL.into_iter().zip(schema.fields()).map(|(column, field)| {
        if column.is_repetitive() {
            Field::new(field.name(), dictionary.clone(), field.is_nullable()).with_metadata(field.metadata().clone())
        } else {
            field.as_ref().clone()
        }
    });
    Schema::new(fields.collect::<Vec<_>>()).with_metadata(schema.metadata().clone())
}
