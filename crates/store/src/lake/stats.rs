//! What the catalog says of columns, file by file and of the whole table, by which DuckDB passes over files.

use rusqlite::{Connection, OptionalExtension, params};

use super::EVENTS_TABLE;
use crate::{
    error::{Context, Result},
    segment::{ColumnStats, schema::Column},
};

const WRITE: &str = "write the lake catalog";
const READ: &str = "read the lake catalog";

/// Says what a file holds in its columns.
pub fn insert(connection: &Connection, file_id: i64, columns: &[ColumnStats]) -> Result<()> {
    for stats in columns {
        connection
            .prepare_cached(
                "INSERT INTO ducklake_file_column_stats VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, NULL)",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    file_id,
                    EVENTS_TABLE,
                    stats.field_id,
                    stats.bytes,
                    stats.values,
                    stats.nulls,
                    stats.min,
                    stats.max
                ])
            })
            .doing(WRITE)?;
    }
    Ok(())
}

/// Says under which other keys than their own rows of a segment lie.
pub fn insert_rekeyed(connection: &Connection, name: &str, pairs: impl IntoIterator<Item = (i64, i64)>) -> Result<()> {
    for (origin, person) in pairs {
        connection
            .prepare_cached("INSERT OR IGNORE INTO rekeyed VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![name, origin, person]))
            .doing(WRITE)?;
    }
    Ok(())
}

/// What the catalog says of a column in a file.
pub fn of_file(connection: &Connection, file_id: i64, column: Column) -> Result<Option<ColumnStats>> {
    connection
        .prepare_cached(
            "SELECT column_size_bytes, value_count, null_count, min_value, max_value
             FROM ducklake_file_column_stats WHERE data_file_id = ?1 AND column_id = ?2",
        )
        .and_then(|mut select| {
            let read = |row: &rusqlite::Row<'_>| {
                Ok(ColumnStats {
                    field_id: column.field_id(),
                    bytes: row.get(0)?,
                    values: row.get(1)?,
                    nulls: row.get(2)?,
                    min: row.get(3)?,
                    max: row.get(4)?,
                })
            };
            select.query_row([file_id, column.field_id()], read).optional()
        })
        .doing(READ)
}

/// What is said of a column of the whole table.
#[derive(Debug, PartialEq, Eq)]
pub struct TableStats {
    pub contains_null: bool,
    pub min: Option<String>,
    pub max: Option<String>,
}

/// What the catalog says of a column of the whole table.
pub fn of_table(connection: &Connection, column: Column) -> Result<Option<TableStats>> {
    connection
        .prepare_cached(
            "SELECT contains_null, min_value, max_value FROM ducklake_table_column_stats
             WHERE table_id = ?1 AND column_id = ?2",
        )
        .and_then(|mut select| {
            let read = |row: &rusqlite::Row<'_>| {
                Ok(TableStats {
                    contains_null: row.get(0)?,
                    min: row.get(1)?,
                    max: row.get(2)?,
                })
            };
            select.query_row([EVENTS_TABLE, column.field_id()], read).optional()
        })
        .doing(READ)
}

/// The table's own statistics are those of its live files together.
pub fn refresh(connection: &Connection) -> Result<()> {
    connection
        .execute(
            "UPDATE ducklake_table_stats SET
               record_count = (SELECT coalesce(sum(record_count), 0) FROM ducklake_data_file WHERE table_id = ?1 AND end_snapshot IS NULL),
               file_size_bytes = (SELECT coalesce(sum(file_size_bytes), 0) FROM ducklake_data_file WHERE table_id = ?1 AND end_snapshot IS NULL)
             WHERE table_id = ?1",
            [EVENTS_TABLE],
        )
        .doing(WRITE)?;
    connection
        .execute(
            "DELETE FROM ducklake_table_column_stats WHERE table_id = ?1",
            [EVENTS_TABLE],
        )
        .doing(WRITE)?;
    for column in Column::ALL {
        let total = of_live_files(connection, column)?;
        connection
            .execute(
                "INSERT INTO ducklake_table_column_stats VALUES (?1, ?2, ?3, NULL, ?4, ?5, NULL)",
                params![
                    EVENTS_TABLE,
                    column.field_id(),
                    total.contains_null,
                    total.min,
                    total.max
                ],
            )
            .doing(WRITE)?;
    }
    Ok(())
}

/// What the statistics of the live files come to.
pub fn of_live_files(connection: &Connection, column: Column) -> Result<TableStats> {
    // Numbers compare as numbers; instants in DuckDB's writing compare as text.
    let as_number = matches!(column.lake_type(), "int64");
    let value = |name: &str| {
        if as_number {
            format!("CAST({name} AS INTEGER)")
        } else {
            name.to_owned()
        }
    };
    // A file without statistics is older than the column, which reads as null there. A file with values but no bounds (texts
    // too long for them) leaves the table without bounds too.
    let sql = format!(
        "SELECT coalesce(sum(coalesce(null_count, record_count)), 0) > 0,
                coalesce(sum(value_count > 0 AND min_value IS NULL), 0) > 0, min({}), max({})
         FROM ducklake_data_file AS file
         LEFT JOIN ducklake_file_column_stats AS stats ON stats.data_file_id = file.data_file_id AND column_id = ?1
         WHERE end_snapshot IS NULL",
        value("min_value"),
        value("max_value")
    );
    connection
        .query_row(&sql, [column.field_id()], |row| {
            let is_unbounded: bool = row.get(1)?;
            let text = |index| -> rusqlite::Result<Option<String>> {
                if is_unbounded {
                    return Ok(None);
                }
                if as_number {
                    Ok(row.get::<_, Option<i64>>(index)?.map(|number| number.to_string()))
                } else {
                    row.get(index)
                }
            };
            Ok(TableStats {
                contains_null: row.get(0)?,
                min: text(2)?,
                max: text(3)?,
            })
        })
        .doing(READ)
}
