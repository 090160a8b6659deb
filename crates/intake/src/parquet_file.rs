//! Parquet as a stream of batches, strings as views into the pages they came from.
//!
//! Views matter for speed (a repeated name is not copied per row) and for safety (a batch of a hostile file can't be larger
//! than its pages). The decoder is foreign code that may panic on damaged files, so a panic inside it is caught here and
//! becomes what it is: a damaged file.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use crate::{IntakeError, container::Container, limits::COLUMNS_MAX, text::Header};

const BATCH_ROWS: usize = 8 * 1_024;

/// The columns' names, from the footer.
pub(crate) fn header(container: &Container) -> Result<Header, IntakeError> {
    let metadata = guarded(container, 0, || metadata(container))?;
    let names = metadata
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    Ok(Header::new(names, ""))
}

pub(crate) struct Batches<'a> {
    container: &'a Container,
    schema: SchemaRef,
    reader: ParquetRecordBatchReader,
    rows_read: u64,
}

impl<'a> Batches<'a> {
    pub fn open(container: &'a Container) -> Result<Self, IntakeError> {
        guarded(container, 0, || {
            let metadata = metadata(container)?;
            let schema = Arc::clone(metadata.schema());
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(open(container)?, metadata)
                .with_batch_size(BATCH_ROWS)
                .build()?;
            Ok(Self {
                container,
                schema,
                reader,
                rows_read: 0,
            })
        })
    }

    pub const fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The next batch and the number of rows before it.
    pub fn next(&mut self) -> Result<Option<(u64, RecordBatch)>, IntakeError> {
        let Self {
            container,
            reader,
            rows_read,
            ..
        } = self;
        let batch = guarded(container, *rows_read, || reader.next().transpose().map_err(Into::into))?;
        let before = *rows_read;
        Ok(batch.map(|batch| {
            *rows_read += batch.num_rows() as u64;
            (before, batch)
        }))
    }
}

/// The file's metadata, with every plain string column to be read as views.
fn metadata(container: &Container) -> Result<ArrowReaderMetadata, Failure> {
    let file = open(container)?;
    let inferred = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
    let columns = inferred.schema().fields().len();
    if columns > COLUMNS_MAX {
        return Err(Failure(format!(
            "it has {columns} columns; at most {COLUMNS_MAX} are read"
        )));
    }
    let fields: Vec<Field> = inferred.schema().fields().iter().map(|field| viewed(field)).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, inferred.schema().metadata().clone()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    // Should the decoder not offer views for a column, its own choice of types is right too, only slower.
    Ok(ArrowReaderMetadata::try_new(Arc::clone(inferred.metadata()), options).unwrap_or(inferred))
}

fn viewed(field: &Field) -> Field {
    let is_text = |kind: &DataType| matches!(kind, DataType::Utf8 | DataType::LargeUtf8);
    match field.data_type() {
        kind if is_text(kind) => field.clone().with_data_type(DataType::Utf8View),
        DataType::Dictionary(_, kind) if is_text(kind) => field.clone().with_data_type(DataType::Utf8View),
        _ => field.clone(),
    }
}

fn open(container: &Container) -> Result<File, Failure> {
    File::open(&container.path).map_err(|error| Failure(error.to_string()))
}

/// Anything the decoder says.
struct Failure(String);

impl From<parquet::errors::ParquetError> for Failure {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self(error.to_string())
    }
}

impl From<arrow::error::ArrowError> for Failure {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self(error.to_string())
    }
}

fn guarded<T>(
    container: &Container,
    rows_read: u64,
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, IntakeError> {
    let why = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(Failure(why))) => why,
        Err(_) => "the Parquet decoder gave up on it".to_owned(),
    };
    let place = (rows_read > 0).then(|| format!("the rows behind row {rows_read}"));
    Err(IntakeError::Damaged {
        path: container.path.clone(),
        place,
        why,
    })
}
