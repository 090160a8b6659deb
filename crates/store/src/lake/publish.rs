//! The one transaction that makes segments exist: new snapshot, files with their statistics, and the journal position
//! they cover.

use longplay_domain::Time;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{EVENTS_TABLE, catalog, stats};
use crate::{
    crash,
    error::{Context, Result},
    people::links::{self, LinkFact},
    segment::{Written, lake_time},
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
    /// What DuckLake calls it.
    pub what: &'static str,
    /// What else changes with it, before the links are written.
    pub also: &'a dyn Fn(&Transaction<'_>) -> Result<()>,
}

pub const INSERTED: &str = "inserted_into_table";
pub const COMPACTED: &str = "compacted_table";
pub const DELETED: &str = "deleted_from_table";

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
    (change.also)(&transaction)?;
    links::record(&transaction, change.links)?;
    stats::refresh(&transaction)?;
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
    transaction
        .execute(
            "INSERT INTO ducklake_snapshot_changes VALUES (?1, ?2, 'longplay', NULL, ?3)",
            params![
                snapshot,
                format!("{}:{EVENTS_TABLE}", change.what),
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
    stats::insert_rekeyed(transaction, &written.name, written.rekeyed.iter().copied())?;
    stats::insert(transaction, file_id, &written.columns)
}
