//! The one transaction that makes segments exist: new snapshot, files with their statistics, and the journal position
//! they cover.

use longplay_domain::Time;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{EVENTS_TABLE, catalog};
use crate::{
    crash,
    error::{Context, Result},
    people::links::{self, LinkFact},
    segment::{ColumnStats, Written, lake_time, schema::Column},
};

const DOING: &str = "publish a segment";

/// What changes: files that appear, files that end, and up to where the journal is sealed.
pub struct Change<'a> {
    pub written: &'a [Written],
    /// `file_id`s replaced by `written`.
    pub replaced: &'a [i64],
    /// `None` leaves the position where it is.
    pub sealed: Option<i64>,
    /// What the sealed events say about who is who.
    pub links: &'a [LinkFact],
    pub now: Time,
}

/// Publishes a change as one snapshot and returns its number.
pub fn publish(connection: &mut Connection, change: &Change<'_>) -> Result<i64> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .doing(DOING)?;
    let head = catalog::head(&transaction)?;
    let (schema_version, next_catalog_id, mut next_file_id): (i64, i64, i64) = transaction
        .query_row(
            "SELECT schema_version, next_catalog_id, next_file_id FROM ducklake_snapshot WHERE snapshot_id = ?1",
            [head.snapshot],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .doing(DOING)?;
    let snapshot = head.snapshot + 1;
    for written in change.written {
        insert_file(&transaction, snapshot, next_file_id, written)?;
        next_file_id += 1;
    }
    for file_id in change.replaced {
        transaction
            .execute(
                "UPDATE ducklake_data_file SET end_snapshot = ?1 WHERE data_file_id = ?2 AND end_snapshot IS NULL",
                [snapshot, *file_id],
            )
            .doing(DOING)?;
    }
    links::record(&transaction, change.links)?;
    refresh_table_stats(&transaction)?;
    transaction
        .execute(
            "INSERT INTO ducklake_snapshot VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                snapshot,
                lake_time(change.now),
                schema_version,
                next_catalog_id,
                next_file_id
            ],
        )
        .doing(DOING)?;
    let what = if change.replaced.is_empty() {
        "inserted_into_table"
    } else {
        "compacted_table"
    };
    transaction
        .execute(
            "INSERT INTO ducklake_snapshot_changes VALUES (?1, ?2, 'longplay', NULL, ?3)",
            params![
                snapshot,
                format!("{what}:{EVENTS_TABLE}"),
                catalog::extra_info(change.sealed.unwrap_or(head.sealed))
            ],
        )
        .doing(DOING)?;
    crash::point("publish.begun");
    transaction.commit().doing(DOING)?;
    crash::point("publish.committed");
    Ok(snapshot)
}

fn insert_file(transaction: &Transaction<'_>, snapshot: i64, file_id: i64, written: &Written) -> Result<()> {
    let row_id_start: i64 = transaction
        .query_row(
            "SELECT next_row_id FROM ducklake_table_stats WHERE table_id = ?1",
            [EVENTS_TABLE],
            |row| row.get(0),
        )
        .doing(DOING)?;
    transaction
        .execute(
            "INSERT INTO ducklake_data_file VALUES (?1, ?2, ?3, NULL, NULL, ?4, 1, 'parquet', ?5, ?6, ?7, ?8, NULL, NULL, NULL, NULL)",
            params![
                file_id,
                EVENTS_TABLE,
                snapshot,
                written.name,
                written.rows as i64,
                written.bytes as i64,
                written.footer_bytes as i64,
                row_id_start
            ],
        )
        .doing(DOING)?;
    transaction
        .execute(
            "UPDATE ducklake_table_stats SET next_row_id = next_row_id + ?1 WHERE table_id = ?2",
            [written.rows as i64, EVENTS_TABLE],
        )
        .doing(DOING)?;
    transaction
        .execute(
            "INSERT INTO segment (name, crc32, marked) VALUES (?1, ?2, ?3)",
            params![written.name, written.crc32, written.is_marked],
        )
        .doing(DOING)?;
    for (origin, person) in &written.rekeyed {
        transaction
            .prepare_cached("INSERT OR IGNORE INTO rekeyed VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![written.name, origin, person]))
            .doing(DOING)?;
    }
    for stats in &written.columns {
        transaction
            .execute(
                "INSERT INTO ducklake_file_column_stats VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, NULL)",
                params![
                    file_id,
                    EVENTS_TABLE,
                    stats.field_id,
                    stats.bytes,
                    stats.values,
                    stats.nulls,
                    stats.min,
                    stats.max
                ],
            )
            .doing(DOING)?;
    }
    Ok(())
}

/// The table's own statistics are those of its live files together.
fn refresh_table_stats(transaction: &Transaction<'_>) -> Result<()> {
    transaction
        .execute(
            "UPDATE ducklake_table_stats SET
               record_count = (SELECT coalesce(sum(record_count), 0) FROM ducklake_data_file WHERE table_id = ?1 AND end_snapshot IS NULL),
               file_size_bytes = (SELECT coalesce(sum(file_size_bytes), 0) FROM ducklake_data_file WHERE table_id = ?1 AND end_snapshot IS NULL)
             WHERE table_id = ?1",
            [EVENTS_TABLE],
        )
        .doing(DOING)?;
    transaction
        .execute(
            "DELETE FROM ducklake_table_column_stats WHERE table_id = ?1",
            [EVENTS_TABLE],
        )
        .doing(DOING)?;
    for column in Column::ALL {
        let total = live_stats(transaction, column)?;
        transaction
            .execute(
                "INSERT INTO ducklake_table_column_stats VALUES (?1, ?2, ?3, NULL, ?4, ?5, NULL)",
                params![EVENTS_TABLE, column.field_id(), total.nulls > 0, total.min, total.max],
            )
            .doing(DOING)?;
    }
    Ok(())
}

fn live_stats(transaction: &Transaction<'_>, column: Column) -> Result<ColumnStats> {
    // Numbers compare as numbers; instants in DuckDB's writing compare as text.
    let as_number = matches!(column.lake_type(), "int64");
    let value = |name: &str| {
        if as_number {
            format!("CAST({name} AS INTEGER)")
        } else {
            name.to_owned()
        }
    };
    // A file with values but no bounds (texts too long for them) leaves the table without bounds too.
    let sql = format!(
        "SELECT coalesce(sum(column_size_bytes), 0), coalesce(sum(value_count), 0), coalesce(sum(null_count), 0),
                coalesce(sum(value_count > 0 AND min_value IS NULL), 0), min({}), max({})
         FROM ducklake_file_column_stats JOIN ducklake_data_file USING (data_file_id)
         WHERE column_id = ?1 AND end_snapshot IS NULL",
        value("min_value"),
        value("max_value")
    );
    let stats = transaction.query_row(&sql, [column.field_id()], |row| {
        let unbounded = row.get::<_, i64>(3)? > 0;
        let text = |index| -> rusqlite::Result<Option<String>> {
            if unbounded {
                return Ok(None);
            }
            if as_number {
                Ok(row.get::<_, Option<i64>>(index)?.map(|number| number.to_string()))
            } else {
                row.get(index)
            }
        };
        Ok(ColumnStats {
            field_id: column.field_id(),
            bytes: row.get(0)?,
            values: row.get(1)?,
            nulls: row.get(2)?,
            min: text(4)?,
            max: text(5)?,
        })
    });
    stats.optional().doing(DOING).map(|stats| {
        stats.unwrap_or(ColumnStats {
            field_id: column.field_id(),
            bytes: 0,
            values: 0,
            nulls: 0,
            min: None,
            max: None,
        })
    })
}
