//! Reading a segment: row groups that can hold a range of persons, only the columns asked for, repetitive texts as
//! dictionary arrays.

use std::{
    fs::File,
    ops::RangeInclusive,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use arrow::{
    array::{AsArray, RecordBatch, new_null_array},
    datatypes::{DataType, Field, Int64Type, Schema},
};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{
            ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
            RowSelection,
        },
    },
    file::statistics::Statistics,
};

use super::{
    SegmentInfo,
    checksum::checksum_of,
    held::Held,
    schema::{Column, segment_schema},
};
use crate::error::{PathContext, Result, StoreError};

/// Rows per decoded batch at most: small enough for the caches, large enough to pay for the call.
const BATCH_ROWS_MAX: usize = 16_384;
/// And at least.
const BATCH_ROWS_MIN: usize = 2_048;
/// Where many segments are read side by side, their batches together hold about so many rows.
const ROWS_SIDE_BY_SIDE: usize = 4 * BATCH_ROWS_MAX;
/// The same for whole rows, of which a merge holds a batch of every segment at once.
const PLAIN_BATCH_ROWS: usize = 2_048;

/// An opened segment: its footer is read once and shared by every reader.
#[derive(Debug)]
pub struct Segment {
    pub info: SegmentInfo,
    file: Held,
    plain: ArrowReaderMetadata,
    dictionary: ArrowReaderMetadata,
    /// Least and greatest person of each row group.
    persons: Vec<(i64, i64)>,
    /// How many columns the file has: those of later releases read as null.
    width: usize,
    /// (origin, person) of rows that lie under another key than their own.
    pub rekeyed: Vec<(i64, i64)>,
    /// Whether the file was found to be what was published.
    is_sound: Mutex<bool>,
    /// Every so many rows' person, once somebody looked for a few people: see [`super::places`].
    pub(super) signposts: OnceLock<Vec<i64>>,
}

impl Segment {
    pub fn open(info: SegmentInfo, rekeyed: Vec<(i64, i64)>) -> Result<Self> {
        let file = File::open(&info.path)
            .and_then(Held::new)
            .at("open the segment", &info.path)?;
        // Arrow's own note of the schema says nothing that Parquet's doesn't, and reading a damaged one panics.
        let bare = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let plain = ArrowReaderMetadata::load(&file, bare).at("opened", &info.path)?;
        let width = plain.schema().fields().len().min(Column::ALL.len());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(dictionary_schema(width)));
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
            file,
            plain,
            dictionary,
            persons,
            width,
            rekeyed,
            is_sound: Mutex::new(false),
            signposts: OnceLock::new(),
        })
    }

    /// Compares the file with the checksum it was published with, once in a process before it is first read: zstd and Parquet
    /// let some flipped bytes pass, and an answer must not be made of those.
    pub fn verify(&self) -> Result<()> {
        let mut is_sound = self.is_sound.lock().unwrap_or_else(PoisonError::into_inner);
        if !*is_sound && let Some(published) = self.info.crc32 {
            if checksum_of(self.file.file(), &self.info.path)? != published {
                return Err(StoreError::Damaged {
                    path: self.info.path.clone(),
                    message: "is not what was written; restore a backup".to_owned(),
                });
            }
            *is_sound = true;
        }
        Ok(())
    }

    /// How many rows each row group has.
    pub(super) fn group_rows(&self) -> Vec<usize> {
        let groups = self.plain.metadata().row_groups().iter();
        groups.map(|group| group.num_rows().unsigned_abs() as usize).collect()
    }

    /// How many columns the file has.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Bytes of a column, by its place.
    pub fn bytes_of(&self, index: usize) -> i64 {
        let groups = self.plain.metadata().row_groups().iter();
        groups.map(|group| group.column(index).compressed_size()).sum()
    }

    /// Reads `columns` of the row groups that can hold a person in `range`. The first and last group may hold others too.
    pub fn read(&self, columns: &[Column], range: &RangeInclusive<i64>, form: Form) -> Result<RangeReader> {
        let groups: Vec<usize> = (0..self.persons.len())
            .filter(|&group| self.persons[group].0 <= *range.end() && *range.start() <= self.persons[group].1)
            .collect();
        self.read_groups(columns, groups, None, form)
    }

    pub(super) fn read_groups(
        &self,
        columns: &[Column],
        groups: Vec<usize>,
        rows: Option<RowSelection>,
        form: Form,
    ) -> Result<RangeReader> {
        self.verify()?;
        let (metadata, batch_rows) = match form {
            Form::Plain => (self.plain.clone(), PLAIN_BATCH_ROWS),
            Form::Dictionary { beside } => {
                let rows = (ROWS_SIDE_BY_SIDE / (beside + 1)).clamp(BATCH_ROWS_MIN, BATCH_ROWS_MAX);
                (self.dictionary.clone(), rows)
            }
        };
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), metadata);
        let present = columns
            .iter()
            .map(|column| column.index())
            .filter(|&index| index < self.width);
        let mask = ProjectionMask::leaves(builder.parquet_schema(), present);
        let mut builder = builder
            .with_projection(mask)
            .with_row_groups(groups)
            .with_batch_size(batch_rows);
        if let Some(rows) = rows {
            builder = builder.with_row_selection(rows);
        }
        Ok(RangeReader {
            reader: builder.build().at("read", &self.info.path)?,
            path: self.info.path.clone(),
            absent: absent(columns, self.width, form),
        })
    }

    /// Whole rows of the given persons (ascending), in order.
    pub fn fetch(&self, persons: &[i64]) -> Result<Vec<RecordBatch>> {
        self.fetch_columns(persons, &Column::ALL)
    }

    /// The same of some columns only.
    pub fn fetch_columns(&self, persons: &[i64], columns: &[Column]) -> Result<Vec<RecordBatch>> {
        let mut batches = Vec::new();
        for (group, &(least, greatest)) in self.persons.iter().enumerate() {
            let from = persons.partition_point(|&person| person < least);
            let to = persons.partition_point(|&person| person <= greatest);
            if from == to {
                continue;
            }
            let ranges = self.find(group, &persons[from..to])?;
            if ranges.is_empty() {
                continue;
            }
            let rows = self.plain.metadata().row_group(group).num_rows().unsigned_abs() as usize;
            let selection = RowSelection::from_consecutive_ranges(ranges.into_iter(), rows);
            let mut reader = self.read_groups(columns, vec![group], Some(selection), Form::Plain)?;
            while let Some(batch) = reader.next_batch()? {
                batches.push(batch);
            }
        }
        Ok(batches)
    }

    /// Where in a row group the rows of the given persons lie.
    fn find(&self, group: usize, persons: &[i64]) -> Result<Vec<std::ops::Range<usize>>> {
        let mut reader = self.read_groups(&[Column::Person], vec![group], None, Form::Plain)?;
        let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
        let mut first = 0;
        while let Some(batch) = reader.next_batch()? {
            let here = batch.column(0).as_primitive::<Int64Type>().values();
            for person in persons {
                let from = here.partition_point(|key| key < person);
                let to = from + here[from..].partition_point(|key| key == person);
                if from < to {
                    ranges.push(first + from..first + to);
                }
            }
            first += here.len();
        }
        Ok(ranges)
    }

    /// The time of its oldest row, or something earlier.
    pub fn oldest(&self) -> i64 {
        let groups = self.plain.metadata().row_groups().iter();
        let oldest = groups.map(|group| match group.column(Column::Time.index()).statistics() {
            Some(Statistics::Int64(bounds)) => bounds.min_opt().copied().unwrap_or(i64::MIN),
            _ => i64::MIN,
        });
        oldest.min().unwrap_or(i64::MAX)
    }

    /// The time of its newest row, or something later.
    pub fn newest(&self) -> i64 {
        let groups = self.plain.metadata().row_groups().iter();
        let newest = groups.map(|group| match group.column(Column::Time.index()).statistics() {
            Some(Statistics::Int64(bounds)) => bounds.max_opt().copied().unwrap_or(i64::MAX),
            _ => i64::MAX,
        });
        newest.max().unwrap_or(i64::MIN)
    }

    /// Bytes on disk of `columns`, compressed.
    pub fn column_bytes(&self, columns: &[Column]) -> u64 {
        let groups = self.plain.metadata().row_groups().iter();
        groups
            .flat_map(|group| {
                columns
                    .iter()
                    .filter(|c| c.index() < self.width)
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
    Dictionary {
        /// How many other segments are read at the same time.
        beside: usize,
    },
}

/// Batches of one segment in order.
pub struct RangeReader {
    reader: ParquetRecordBatchReader,
    path: PathBuf,
    /// Columns asked for that the file is too old to have; they come last in every order of columns.
    absent: Vec<Field>,
}

impl RangeReader {
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        let batch = self.reader.next().transpose().at("read", &self.path)?;
        Ok(batch.map(|batch| {
            if self.absent.is_empty() {
                batch
            } else {
                padded(&batch, &self.absent)
            }
        }))
    }
}

fn absent(columns: &[Column], width: usize, form: Form) -> Vec<Field> {
    let schema = match form {
        Form::Plain => segment_schema(),
        Form::Dictionary { .. } => Arc::new(dictionary_schema(Column::ALL.len())),
    };
    let missing = columns
        .iter()
        .map(|column| column.index())
        .filter(|&index| index >= width);
    missing.map(|index| schema.field(index).clone()).collect()
}

/// The batch with the absent columns as nulls.
fn padded(batch: &RecordBatch, absent: &[Field]) -> RecordBatch {
    let mut fields: Vec<Arc<Field>> = batch.schema().fields().iter().cloned().collect();
    let mut columns = batch.columns().to_vec();
    for field in absent {
        columns.push(new_null_array(field.data_type(), batch.num_rows()));
        fields.push(Arc::new(field.clone()));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("a null array of its type per absent column")
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

/// The first `width` columns, repetitive texts as dictionaries.
fn dictionary_schema(width: usize) -> Schema {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let schema = segment_schema();
    let fields = Column::ALL
        .into_iter()
        .zip(schema.fields())
        .take(width)
        .map(|(column, field)| {
            if column.is_repetitive() {
                Field::new(field.name(), dictionary.clone(), field.is_nullable())
                    .with_metadata(field.metadata().clone())
            } else {
                field.as_ref().clone()
            }
        });
    Schema::new(fields.collect::<Vec<_>>()).with_metadata(schema.metadata().clone())
}
