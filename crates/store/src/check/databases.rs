//! The two databases: there, intact, of a format we know, and without rows that belong to nothing.

use std::path::Path;

use longplay_domain::Time;
use rusqlite::Connection;

use super::{Repair, Report, State};
use crate::{
    error::{Context, Result, StoreError},
    registry, upgrade,
};

/// Returns whether anything else can be looked at.
pub fn verify(directory: &Path, now: Time, report: &mut Report) -> Result<bool> {
    if !directory.join("longplay.db").is_file() {
        return Err(StoreError::Missing(directory.to_owned()));
    }
    for name in ["longplay.db", "journal.db"] {
        verify_integrity(&directory.join(name), report);
    }
    if !report.findings.is_empty() {
        return Ok(false);
    }
    let found = registry::format(directory)?;
    if found > registry::FORMAT {
        let message = format!(
            "{} has format {found}, this program knows formats up to {}; update Longplay",
            directory.display(),
            registry::FORMAT
        );
        report.add("format_unknown", Repair::None, message);
        return Ok(false);
    }
    let registry = if found < registry::FORMAT {
        registry::open(directory, now)?
    } else {
        Connection::open(directory.join("longplay.db")).doing("open the registry")?
    };
    registry::tune(&registry)?;
    if let Err(error) = upgrade::renew_ids(&registry, directory) {
        // Looked at with the other indexes.
        tracing::debug!(%error, "an id index can't be brought up to date");
    }
    Ok(true)
}

fn verify_integrity(path: &Path, report: &mut Report) {
    if !path.is_file() {
        return report.add(
            "database_missing",
            Repair::None,
            format!("{} is missing", path.display()),
        );
    }
    let verdict = Connection::open(path)
        .and_then(|connection| connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)));
    let verdict = verdict.unwrap_or_else(|error| error.to_string());
    if verdict != "ok" {
        report.add(
            "database_damaged",
            Repair::None,
            format!("{}: {verdict}", path.display()),
        );
    }
}

/// Rows that belong to a file the catalog doesn't name: (how to count them, what they are).
const DANGLING: [(&str, &str); 3] = [
    (
        "SELECT count(*) FROM ducklake_file_column_stats WHERE data_file_id NOT IN (SELECT data_file_id FROM ducklake_data_file)",
        "statistics",
    ),
    (
        "SELECT count(*) FROM segment WHERE name NOT IN (SELECT path FROM ducklake_data_file
         UNION SELECT path FROM ducklake_files_scheduled_for_deletion)",
        "checksums",
    ),
    (
        "SELECT count(*) FROM rekeyed WHERE segment NOT IN (SELECT path FROM ducklake_data_file
         UNION SELECT path FROM ducklake_files_scheduled_for_deletion)",
        "re-keyed pairs",
    ),
];

pub fn verify_rows(state: &State, report: &mut Report) -> Result<()> {
    for (sql, what) in DANGLING {
        let rows: i64 = state
            .registry
            .query_row(sql, [], |row| row.get(0))
            .doing("read the lake catalog")?;
        if rows > 0 {
            let message = format!("{rows} {what} in the catalog belong to no file");
            report.add("dangling_row", Repair::Possible, message);
        }
    }
    Ok(())
}
