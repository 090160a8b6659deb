//! Creating the catalog and reading it.

use std::path::Path;

use longplay_domain::Time;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    EVENTS_TABLE,
    publish::{COMPACTED, INSERTED},
};
use crate::{
    error::{Context, Result},
    segment::{SegmentInfo, lake_time, schema::Column},
};

/// Lake format written; DuckDB 1.4's ducklake reads it.
const LAKE_VERSION: &str = "0.3";

/// The newest snapshot and what it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub snapshot: i64,
    /// Every journal batch up to this position is in a segment.
    pub sealed: i64,
}

/// Writes the first two snapshots: the schema `main`, then the table `events` with the views `pieces` and `samples`.
pub fn create(connection: &Connection, now: Time) -> Result<()> {
    let doing = "create the lake catalog";
    connection.execute_batch(include_str!("tables.sql")).doing(doing)?;
    let metadata = [
        ("version", LAKE_VERSION),
        ("created_by", concat!("longplay ", env!("CARGO_PKG_VERSION"))),
        ("data_path", ""),
        ("encrypted", "false"),
    ];
    for (key, value) in metadata {
        connection
            .execute(
                "INSERT INTO ducklake_metadata VALUES (?1, ?2, NULL, NULL)",
                [key, value],
            )
            .doing(doing)?;
    }
    let time = lake_time(now);
    for (snapshot, changes, next_catalog_id) in [
        (0, r#"created_schema:"main""#, 1),
        (1, r#"created_table:"main"."events""#, 4),
    ] {
        connection
            .execute(
                "INSERT INTO ducklake_snapshot VALUES (?1, ?2, ?1, ?3, 0)",
                params![snapshot, time, next_catalog_id],
            )
            .doing(doing)?;
        connection
            .execute(
                "INSERT INTO ducklake_snapshot_changes VALUES (?1, ?2, 'longplay', NULL, ?3)",
                params![snapshot, changes, extra_info(0)],
            )
            .doing(doing)?;
        connection
            .execute("INSERT INTO ducklake_schema_versions VALUES (?1, ?1)", [snapshot])
            .doing(doing)?;
    }
    connection
        .execute(
            "INSERT INTO ducklake_schema VALUES (0, ?1, 0, NULL, 'main', '', 1)",
            [uuid()?],
        )
        .doing(doing)?;
    connection
        .execute(
            "INSERT INTO ducklake_table VALUES (?1, ?2, 1, NULL, 0, 'events', '', 1)",
            params![EVENTS_TABLE, uuid()?],
        )
        .doing(doing)?;
    connection
        .execute("INSERT INTO ducklake_table_stats VALUES (?1, 0, 0, 0)", [EVENTS_TABLE])
        .doing(doing)?;
    Column::ALL
        .iter()
        .try_for_each(|&column| add_column(connection, 1, column))?;
    for (view_id, name) in [(2, "pieces"), (3, "samples")] {
        connection
            .execute(
                "INSERT INTO ducklake_view VALUES (?1, ?2, 1, NULL, 0, ?3, 'duckdb', '', '')",
                params![view_id, uuid()?, name],
            )
            .doing(doing)?;
    }
    Ok(())
}

/// Adds the columns that a later release brought, as a snapshot of its own; files written before read as null there.
pub fn widen(connection: &Connection, now: Time) -> Result<()> {
    let doing = "widen the lake catalog";
    let known: i64 = connection
        .query_row(
            "SELECT count(*) FROM ducklake_column WHERE end_snapshot IS NULL",
            [],
            |row| row.get(0),
        )
        .doing(doing)?;
    let missing = &Column::ALL[(known as usize).min(Column::ALL.len())..];
    if missing.is_empty() {
        return Ok(());
    }
    let Head { snapshot, sealed } = head(connection)?;
    let next = snapshot + 1;
    connection
        .execute(
            "INSERT INTO ducklake_snapshot SELECT ?1, ?2, schema_version + 1, next_catalog_id, next_file_id
             FROM ducklake_snapshot WHERE snapshot_id = ?3",
            params![next, lake_time(now), snapshot],
        )
        .doing(doing)?;
    connection
        .execute(
            "INSERT INTO ducklake_snapshot_changes VALUES (?1, ?2, 'longplay', NULL, ?3)",
            params![next, format!("altered_table:{EVENTS_TABLE}"), extra_info(sealed)],
        )
        .doing(doing)?;
    connection
        .execute(
            "INSERT INTO ducklake_schema_versions
             SELECT ?1, schema_version FROM ducklake_snapshot WHERE snapshot_id = ?1",
            [next],
        )
        .doing(doing)?;
    missing
        .iter()
        .try_for_each(|&column| add_column(connection, next, column))
}

fn add_column(connection: &Connection, snapshot: i64, column: Column) -> Result<()> {
    connection
        .execute(
            "INSERT INTO ducklake_column VALUES (?1, ?2, NULL, ?3, ?1, ?4, ?5, NULL, NULL, ?6, NULL)",
            params![
                column.field_id(),
                snapshot,
                EVENTS_TABLE,
                column.name(),
                column.lake_type(),
                !column.is_required()
            ],
        )
        .doing("write the lake catalog")
        .map(drop)
}

/// Where DuckDB finds the segments of a directory.
pub fn data_path(directory: &Path) -> String {
    format!("{}/segments/", directory.display())
}

/// Makes the catalog name the directory where it now lies.
pub fn settle(connection: &Connection, directory: &Path) -> Result<()> {
    let data_path = data_path(directory);
    let known: String = connection
        .query_row(
            "SELECT value FROM ducklake_metadata WHERE key = 'data_path'",
            [],
            |row| row.get(0),
        )
        .doing("read the lake catalog")?;
    if known == data_path {
        return Ok(());
    }
    let doing = "move the lake catalog";
    connection
        .execute(
            "UPDATE ducklake_metadata SET value = ?1 WHERE key = 'data_path'",
            [&data_path],
        )
        .doing(doing)?;
    let database = directory.join("longplay.db").display().to_string().replace('\'', "''");
    for (name, table) in [("pieces", "piece"), ("samples", "sample")] {
        let sql = format!("SELECT * FROM sqlite_scan('{database}', '{table}')");
        connection
            .execute(
                "UPDATE ducklake_view SET sql = ?1 WHERE view_name = ?2",
                [sql.as_str(), name],
            )
            .doing(doing)?;
    }
    Ok(())
}

pub fn head(connection: &Connection) -> Result<Head> {
    let doing = "read the lake catalog";
    let snapshot = connection
        .query_row("SELECT max(snapshot_id) FROM ducklake_snapshot", [], |row| row.get(0))
        .doing(doing)?;
    // A snapshot written by somebody else carries no position; the newest of ours holds.
    let info: Option<String> = connection
        .query_row(
            "SELECT commit_extra_info FROM ducklake_snapshot_changes
             WHERE commit_extra_info IS NOT NULL ORDER BY snapshot_id DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()
        .doing(doing)?;
    let sealed = info
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .and_then(|value| value["journal_position"].as_i64())
        .unwrap_or(0);
    Ok(Head { snapshot, sealed })
}

/// What a snapshot of ours says of the journal.
pub fn extra_info(sealed: i64) -> String {
    format!("{{\"journal_position\":{sealed}}}")
}

/// The live segments, oldest first.
pub fn segments(connection: &Connection, directory: &Path) -> Result<Vec<SegmentInfo>> {
    let doing = "read the lake catalog";
    let mut select = connection
        .prepare_cached(
            "SELECT data_file_id, path, record_count, file_size_bytes, coalesce(marked, 0), crc32
             FROM ducklake_data_file LEFT JOIN segment ON name = path
             WHERE table_id = ?1 AND end_snapshot IS NULL ORDER BY data_file_id",
        )
        .doing(doing)?;
    let rows = select.query_map([EVENTS_TABLE], |row| {
        let name: String = row.get(1)?;
        let path = directory.join("segments").join(&name);
        Ok(SegmentInfo {
            file_id: row.get(0)?,
            name,
            path,
            rows: row.get(2)?,
            bytes: row.get(3)?,
            is_marked: row.get(4)?,
            crc32: row.get(5)?,
        })
    });
    rows.and_then(Iterator::collect).doing(doing)
}

/// Whether every snapshot after one, up to another, only brought in what came or laid together what was there. Where that can't be
/// told any more, it counts as no.
pub fn only_grew(connection: &Connection, after: i64, through: i64) -> Result<bool> {
    let harmless = [INSERTED, COMPACTED].map(|what| format!("{what}:{EVENTS_TABLE}"));
    let count: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM ducklake_snapshot_changes
             WHERE ?1 < snapshot_id AND snapshot_id <= ?2 AND changes_made IN (?3, ?4)",
        )
        .and_then(|mut select| select.query_row(params![after, through, harmless[0], harmless[1]], |row| row.get(0)))
        .doing("read the lake catalog")?;
    Ok(count == through - after)
}

/// (origin, person) of the rows a segment holds under another key than their own.
pub fn rekeyed(connection: &Connection, name: &str) -> Result<Vec<(i64, i64)>> {
    connection
        .prepare_cached("SELECT origin, person FROM rekeyed WHERE segment = ?1")
        .and_then(|mut select| {
            select
                .query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .doing("read the lake catalog")
}

/// A random UUID (version 4), as the format wants for its objects.
fn uuid() -> Result<String> {
    let mut bytes = crate::registry::random::<16>()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    ))
}
