//! Events as rows in Longplay's own open format, in order of person, time and id, so that what was exported can be imported
//! again: the lake's columns, but `value` as a decimal in major units, and no `act`, which follows from the event's name.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray},
    compute::filter_record_batch,
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType},
};
use longplay_domain::{Currency, Money, Time};
use longplay_store::{Column, Snapshot};

use super::Sheet;

/// Writes every event up to and including `as_of`.
pub fn write(
    snapshot: &Snapshot,
    as_of: Time,
    begin: impl Fn(SchemaRef) -> anyhow::Result<Sheet>,
) -> anyhow::Result<()> {
    // A workspace without events still has columns.
    let mut sheet = begin(schema())?;
    snapshot.each_batch(|batch| -> anyhow::Result<()> { sheet.write(&opened(&until(&batch, as_of)?)?) })?;
    sheet.finish()
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

/// The lake's columns as those of the open format.
fn opened(batch: &RecordBatch) -> anyhow::Result<RecordBatch> {
    let columns = exported().map(|column| match column {
        Column::ValueMinor => decimals(batch),
        _ => Arc::clone(batch.column(column.index())),
    });
    Ok(RecordBatch::try_new(schema(), columns.collect())?)
}

fn decimals(batch: &RecordBatch) -> ArrayRef {
    let minors = batch.column(Column::ValueMinor.index()).as_primitive::<Int64Type>();
    let currencies = batch.column(Column::Currency.index()).as_string::<i32>();
    let decimal = |row: usize| {
        let currency = Currency::parse(currencies.is_valid(row).then(|| currencies.value(row))?)?;
        let money = Money {
            minor: minors.is_valid(row).then(|| minors.value(row))?,
            currency,
        }
        .to_string();
        money.split(' ').next().map(str::to_owned)
    };
    Arc::new((0..batch.num_rows()).map(decimal).collect::<StringArray>())
}

/// The columns of the open format: what is ours alone (the act we read into a name, keys behind links, marks) stays here.
fn exported() -> impl Iterator<Item = Column> {
    let is_ours = |column: &Column| matches!(column, Column::Act | Column::Origin | Column::Handle | Column::Mark);
    Column::ALL.into_iter().filter(move |column| !is_ours(column))
}

fn schema() -> SchemaRef {
    let field = |column: Column| {
        let (name, kind) = match (column, column.lake_type()) {
            (Column::ValueMinor, _) => ("value", DataType::Utf8),
            (_, "int64") => (column.name(), DataType::Int64),
            (_, "timestamptz") => (
                column.name(),
                DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            ),
            _ => (column.name(), DataType::Utf8),
        };
        Field::new(name, kind, !column.is_required())
    };
    Arc::new(Schema::new(exported().map(field).collect::<Vec<_>>()))
}
