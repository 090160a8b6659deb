//! Letting old snapshots and their files go, by DuckLake's own schedule table.
//!
//! A replaced file stays readable for time travel until the last snapshot that shows it expires: within hours for most, for
//! only one snapshot of each hour is kept for a day. Then the file is scheduled, and after a grace for readers that began
//! before, deleted. Our own readers hold their files open and need no grace.

use std::path::Path;

use longplay_domain::Time;
use rusqlite::{Connection, TransactionBehavior, params};

use super::EVENTS_TABLE;
use crate::{
    crash,
    error::{Context, Result},
    segment::lake_time,
};

/// How long every superseded snapshot can be asked for with `AT (VERSION => n)`.
const EVERY_SNAPSHOT_MINUTES: i64 = 60;
/// How long the last snapshot of each hour can.
const HOURLY_SNAPSHOT_MINUTES: i64 = 24 * 60;
/// How long a scheduled file is kept for readers that listed it before.
const FILE_GRACE_MINUTES: i64 = 15;
const MICROS_PER_MINUTE: i64 = 60_000_000;
const DOING: &str = "expire old snapshots";

/// What is due.
#[derive(Clone, Copy)]
pub enum Due {
    /// What its time is over for.
    InTime(Time),
    /// Everything but the newest snapshot and its files: what it shows must not be seen any more.
    AtOnce(Time),
}

/// Expires what is due and deletes files whose grace is over. Returns how many files were deleted.
pub fn expire(connection: &mut Connection, directory: &Path, due: Due) -> Result<usize> {
    let (now, is_at_once) = match due {
        Due::InTime(now) => (now, false),
        Due::AtOnce(now) => (now, true),
    };
    let before = |minutes: i64| match is_at_once {
        // Later than any instant that is written.
        true => "~".to_owned(),
        false => lake_time(Time::from_micros(now.micros() - minutes * MICROS_PER_MINUTE)),
    };
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .doing(DOING)?;
    transaction
        .execute(
            // Instants begin with their date and hour in 13 characters.
            "DELETE FROM ducklake_snapshot WHERE snapshot_id < (SELECT max(snapshot_id) FROM ducklake_snapshot)
             AND (snapshot_time < ?1 OR snapshot_time < ?2 AND snapshot_id NOT IN
                (SELECT max(snapshot_id) FROM ducklake_snapshot GROUP BY substr(snapshot_time, 1, 13)))",
            [before(HOURLY_SNAPSHOT_MINUTES), before(EVERY_SNAPSHOT_MINUTES)],
        )
        .doing(DOING)?;
    transaction
        .execute(
            "DELETE FROM ducklake_snapshot_changes WHERE snapshot_id NOT IN (SELECT snapshot_id FROM ducklake_snapshot)",
            [],
        )
        .doing(DOING)?;
    transaction
        .execute(
            "INSERT INTO ducklake_files_scheduled_for_deletion
             SELECT data_file_id, path, path_is_relative, ?1 FROM ducklake_data_file
             WHERE table_id = ?2 AND end_snapshot IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM ducklake_snapshot WHERE begin_snapshot <= snapshot_id AND snapshot_id < end_snapshot)",
            params![lake_time(now), EVENTS_TABLE],
        )
        .doing(DOING)?;
    for table in ["ducklake_file_column_stats", "ducklake_data_file"] {
        let sql = format!(
            "DELETE FROM {table} WHERE data_file_id IN (SELECT data_file_id FROM ducklake_files_scheduled_for_deletion)"
        );
        transaction.execute(&sql, []).doing(DOING)?;
    }
    let due: Vec<(i64, String)> = transaction
        .prepare("SELECT data_file_id, path FROM ducklake_files_scheduled_for_deletion WHERE schedule_start < ?1")
        .and_then(|mut select| {
            select
                .query_map([before(FILE_GRACE_MINUTES)], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .doing(DOING)?;
    crash::point("expire.begun");
    for (file_id, name) in &due {
        remove(directory, name);
        crash::point("expire.removed");
        for sql in [
            "DELETE FROM segment WHERE name = ?1",
            "DELETE FROM rekeyed WHERE segment = ?1",
        ] {
            transaction.execute(sql, [name]).doing(DOING)?;
        }
        transaction
            .execute(
                "DELETE FROM ducklake_files_scheduled_for_deletion WHERE data_file_id = ?1",
                [file_id],
            )
            .doing(DOING)?;
    }
    transaction.commit().doing(DOING)?;
    Ok(due.len())
}

/// Removes a segment's file and id index. Gone already is as good as removed; what can't be removed now is found as an
/// orphan later.
pub fn remove(directory: &Path, name: &str) {
    let files = [
        directory.join("segments").join(name),
        directory.join("ids").join(format!("{name}.ids")),
    ];
    for path in files {
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), %error, "a file that is no longer needed can't be removed");
        }
    }
}
