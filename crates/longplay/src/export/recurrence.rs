//! Recurrence as rows: what models of coming back read, one person a row.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use longplay_domain::{Time, Zone};
use longplay_measures::RecurrenceRow;
use longplay_store::Snapshot;

use super::Sheet;

/// Rows written at once.
const BATCH_ROWS: usize = 65_536;

/// Writes person, x, t_x and T, all in days of `zone`.
pub fn write(
    snapshot: &Snapshot,
    as_of: Time,
    zone: &Zone,
    begin: impl Fn(SchemaRef) -> anyhow::Result<Sheet>,
) -> anyhow::Result<()> {
    let mut sheet = begin(schema())?;
    let mut rows = Vec::with_capacity(BATCH_ROWS);
    longplay_measures::each_recurrence(snapshot, as_of, zone, |row| -> anyhow::Result<()> {
        rows.push(row);
        if rows.len() == BATCH_ROWS {
            sheet.write(&batch(&rows)?)?;
            rows.clear();
        }
        Ok(())
    })?;
    sheet.write(&batch(&rows)?)?;
    sheet.finish()
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(
        ["person", "x", "t_x", "T"]
            .map(|name| Field::new(name, DataType::Int64, false))
            .to_vec(),
    ))
}

fn batch(rows: &[RecurrenceRow]) -> anyhow::Result<RecordBatch> {
    let column = |of: fn(&RecurrenceRow) -> i64| -> ArrayRef { Arc::new(rows.iter().map(of).collect::<Int64Array>()) };
    let columns = vec![
        column(|row| row.person.0),
        column(|row| i64::from(row.cell.x)),
        column(|row| i64::from(row.cell.t_x)),
        column(|row| i64::from(row.cell.t)),
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}
