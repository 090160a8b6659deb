//! One table written batch by batch, in whichever shape was asked for. Memory holds one batch.
//!
//! In CSV, text that a spreadsheet would take for a formula gets an apostrophe in front; JSON Lines and Parquet hold texts
//! as they are. Instants are RFC 3339 in UTC.

use std::{io::Write, path::Path};

use anyhow::Context;
use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{DataType, Float64Type, Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType},
};
use longplay_domain::Time;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};

use super::target::Target;
use crate::output::cell;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Shape {
    Csv,
    Jsonl,
    Parquet,
}

/// A table being written.
pub struct Sheet(Kind);

enum Kind {
    Csv(Box<csv::Writer<Target>>),
    Jsonl(Target),
    Parquet(Box<ArrowWriter<Target>>),
}

impl Sheet {
    /// Begins a table in `out`, or on stdout.
    pub fn begin(shape: Shape, out: Option<&Path>, schema: SchemaRef) -> anyhow::Result<Self> {
        let target = Target::open(out)?;
        Ok(Self(match shape {
            Shape::Csv => {
                let mut writer = csv::Writer::from_writer(target);
                writer.write_record(schema.fields().iter().map(|field| field.name().as_bytes()))?;
                Kind::Csv(Box::new(writer))
            }
            Shape::Jsonl => Kind::Jsonl(target),
            Shape::Parquet => {
                let level = ZstdLevel::try_new(3).context("zstd has a level 3")?;
                let properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(level))
                    .build();
                Kind::Parquet(Box::new(ArrowWriter::try_new(target, schema, Some(properties))?))
            }
        }))
    }

    pub fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        match &mut self.0 {
            Kind::Csv(writer) => write_csv(writer, batch),
            Kind::Jsonl(target) => write_jsonl(target, batch),
            Kind::Parquet(writer) => Ok(writer.write(batch)?),
        }
    }

    /// Completes the table; only now a file appears under its own name.
    pub fn finish(self) -> anyhow::Result<()> {
        match self.0 {
            Kind::Csv(writer) => {
                let unflushed = |error: csv::IntoInnerError<csv::Writer<Target>>| error.into_error();
                writer.into_inner().map_err(unflushed)?.finish()
            }
            Kind::Jsonl(target) => target.finish(),
            Kind::Parquet(writer) => writer.into_inner()?.finish(),
        }
    }
}

/// One cell, as text shapes write it.
enum Cell<'a> {
    Empty,
    Number(String),
    Text(std::borrow::Cow<'a, str>),
}

fn write_csv(writer: &mut csv::Writer<Target>, batch: &RecordBatch) -> anyhow::Result<()> {
    for row in 0..batch.num_rows() {
        for column in batch.columns() {
            match cell_of(column, row)? {
                Cell::Empty => writer.write_field("")?,
                Cell::Number(number) => writer.write_field(number)?,
                Cell::Text(text) => writer.write_field(cell::guarded(&text).as_bytes())?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

fn write_jsonl(target: &mut Target, batch: &RecordBatch) -> anyhow::Result<()> {
    let schema = batch.schema();
    for row in 0..batch.num_rows() {
        for (index, (field, column)) in schema.fields().iter().zip(batch.columns()).enumerate() {
            target.write_all(if index == 0 { b"{" } else { b"," })?;
            serde_json::to_writer(&mut *target, field.name())?;
            target.write_all(b":")?;
            match cell_of(column, row)? {
                Cell::Empty => target.write_all(b"null")?,
                Cell::Number(number) => target.write_all(number.as_bytes())?,
                Cell::Text(text) => serde_json::to_writer(&mut *target, &text)?,
            }
        }
        target.write_all(b"}\n")?;
    }
    Ok(())
}

fn cell_of<'a>(column: &'a dyn Array, row: usize) -> anyhow::Result<Cell<'a>> {
    if column.is_null(row) {
        return Ok(Cell::Empty);
    }
    Ok(match column.data_type() {
        DataType::Int64 => Cell::Number(column.as_primitive::<Int64Type>().value(row).to_string()),
        DataType::Float64 => Cell::Number(column.as_primitive::<Float64Type>().value(row).to_string()),
        DataType::Utf8 => Cell::Text(column.as_string::<i32>().value(row).into()),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let time = Time::from_micros(column.as_primitive::<TimestampMicrosecondType>().value(row));
            Cell::Text(time.to_string().into())
        }
        other => anyhow::bail!("a column of {other} can't be written as text; export as parquet"),
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use arrow::{
        array::{ArrayRef, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray},
        datatypes::{Field, Schema},
    };
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    fn batch() -> RecordBatch {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(vec![i64::MIN, 7])),
            Arc::new(StringArray::from(vec![Some("=A1,\"x\"\n"), None])),
            Arc::new(Float64Array::from(vec![-0.5, 2.0])),
            Arc::new(TimestampMicrosecondArray::from(vec![0, 1]).with_timezone("UTC")),
        ];
        let names = ["person", "piece", "value", "time"];
        let field = |(name, column): (&&str, &ArrayRef)| Field::new(*name, column.data_type().clone(), true);
        let fields: Vec<_> = names.iter().zip(&columns).map(field).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
    }

    fn written(shape: Shape) -> (tempfile::TempDir, std::path::PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        let mut sheet = Sheet::begin(shape, Some(&path), batch().schema()).unwrap();
        sheet.write(&batch()).unwrap();
        assert!(!path.exists(), "an unfinished export has no name yet");
        sheet.finish().unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        (directory, path)
    }

    #[test]
    fn csv_disarms_formulas_but_leaves_numbers() {
        let (_directory, path) = written(Shape::Csv);
        let expected = "person,piece,value,time\n-9223372036854775808,\"'=A1,\"\"x\"\"\n\",-0.5,1970-01-01T00:00:00Z\n\
                        7,,2,1970-01-01T00:00:00.000001Z\n";
        assert_eq!(fs::read_to_string(path).unwrap(), expected);
    }

    #[test]
    fn json_lines_hold_texts_as_they_are() {
        let (_directory, path) = written(Shape::Jsonl);
        let text = fs::read_to_string(path).unwrap();
        let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows[0]["piece"], "=A1,\"x\"\n");
        assert_eq!(
            rows[1],
            serde_json::json!({"person": 7, "piece": null, "value": 2, "time": "1970-01-01T00:00:00.000001Z"})
        );
    }

    #[test]
    fn parquet_reads_back_as_it_was() {
        let (_directory, path) = written(Shape::Parquet);
        let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path).unwrap())
            .unwrap()
            .build()
            .unwrap();
        assert_eq!(reader.map(Result::unwrap).collect::<Vec<_>>(), [batch()]);
    }
}
