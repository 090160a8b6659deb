//! Events as rows: the columns of the lake, in order of person, time and id.

use std::sync::Arc;

use arrow::{
    array::{AsArray, BooleanArray, RecordBatch},
    compute::filter_record_batch,
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType},
};
use longplay_domain::Time;
use longplay_store::{Column, Snapshot};

use super::Sheet;

/// Writes every event up to and including `as_of`.
pub fn write(
    snapshot: &Snapshot,
    as_of: Time,
    begin: impl Fn(SchemaRef) -> anyhow::Result<Sheet>,
) -> anyhow::Result<()> {
    let mut sheet = None;
    snapshot.each_batch(|batch| -> anyhow::Result<()> {
        let sheet = match &mut sheet {
            Some(sheet) => sheet,
            None => sheet.insert(begin(batch.schema())?),
        };
        sheet.write(&until(&batch, as_of)?)
    })?;
    // A workspace without events still has columns.
    sheet.map_or_else(|| begin(schema()), Ok)?.finish()
}

fn until(batch: &RecordBatch, as_of: Time) -> anyhow::Result<RecordBatch> {
    let times = batch
        .column(Column::Time.index())
        .as_primitive::<TimestampMicrosecondType>();
    let is_past: BooleanArray = times
        .values()
        .iter()
        .map(|&time| Some(time <= as_of.micros()))
        .collect();
    Ok(filter_record_batch(batch, &is_past)?)
}

fn schema() -> SchemaRef {
    let field = |column: Column| {
        let kind = match column.lake_type() {
            "int64" => DataType::Int64,
            "timestamptz" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            _ => DataType::Utf8,
        };
        Field::new(column.name(), kind, !column.is_required())
    };
    Arc::new(Schema::new(Column::ALL.map(field).to_vec()))
}
