//! The lake catalog: its sums, its snapshots, the files of its past, and where it says they are.

use rusqlite::{OptionalExtension, params};

use super::{Repair, Report, State};
use crate::{
    error::{Context, Result},
    lake::{EVENTS_TABLE, catalog, leftover, stats},
    segment::schema::Column,
};

const DOING: &str = "read the lake catalog";

pub fn verify(state: &State, report: &mut Report) -> Result<()> {
    verify_sums(state, report)?;
    verify_statistics(state, report)?;
    verify_snapshots(state, report)?;
    verify_history(state, report)?;
    verify_schedule(state, report)?;
    verify_place(state, report)
}

fn verify_sums(state: &State, report: &mut Report) -> Result<()> {
    let said: Option<(i64, i64)> = state
        .registry
        .query_row(
            "SELECT record_count, file_size_bytes FROM ducklake_table_stats WHERE table_id = ?1",
            [EVENTS_TABLE],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
        .doing(DOING)?;
    let rows: u64 = state.live.iter().map(|info| info.rows).sum();
    let bytes: u64 = state.live.iter().map(|info| info.bytes).sum();
    if said != Some((rows as i64, bytes as i64)) {
        let (said_rows, said_bytes) = said.unwrap_or_default();
        let message =
            format!("the catalog sums up {said_rows} rows in {said_bytes} bytes, its files are {rows} in {bytes}");
        report.add("catalog_sums", Repair::Possible, message);
    }
    Ok(())
}

fn verify_statistics(state: &State, report: &mut Report) -> Result<()> {
    for column in Column::ALL {
        let said = stats::of_table(&state.registry, column)?;
        let live = stats::of_live_files(&state.registry, column)?;
        if said.is_some_and(|said| said != live) {
            let message = format!(
                "the catalog's statistics of column {} are not those of its files",
                column.name()
            );
            report.add("table_stats", Repair::Possible, message);
        }
    }
    Ok(())
}

/// What must find nothing, and what it means when it does.
const SNAPSHOT_RULES: [(&str, &str); 5] = [
    (
        "SELECT count(*) FROM ducklake_data_file WHERE begin_snapshot > ?1 OR end_snapshot > ?1 OR end_snapshot <= begin_snapshot",
        "files begin or end with a snapshot that never was",
    ),
    (
        "SELECT count(*) FROM ducklake_snapshot WHERE snapshot_id = ?1 AND next_file_id <=
         (SELECT coalesce(max(data_file_id), -1) FROM ducklake_data_file)",
        "the next file's number is given already",
    ),
    (
        "SELECT count(*) FROM ducklake_snapshot LEFT JOIN ducklake_snapshot_changes USING (snapshot_id)
         WHERE changes_made IS NULL AND snapshot_id <= ?1",
        "snapshots don't say what they changed",
    ),
    (
        "SELECT count(*) FROM ducklake_table_stats WHERE ?1 IS NOT NULL AND next_row_id <
         (SELECT coalesce(max(row_id_start + record_count), 0) FROM ducklake_data_file)",
        "the next row's number is given already",
    ),
    (
        "SELECT count(*) FROM (SELECT row_id_start, lag(row_id_start + record_count) OVER (ORDER BY row_id_start) AS before
         FROM ducklake_data_file WHERE ?1 IS NOT NULL) WHERE row_id_start < before",
        "files share row numbers",
    ),
];

fn verify_snapshots(state: &State, report: &mut Report) -> Result<()> {
    for (sql, what) in SNAPSHOT_RULES {
        let count: i64 = state
            .registry
            .query_row(sql, [state.head.snapshot], |row| row.get(0))
            .doing(DOING)?;
        if count > 0 {
            report.add("snapshots", Repair::None, format!("{what} ({count})"));
        }
    }
    Ok(())
}

fn verify_history(state: &State, report: &mut Report) -> Result<()> {
    let past: Vec<String> = state
        .registry
        .prepare("SELECT path FROM ducklake_data_file WHERE end_snapshot IS NOT NULL ORDER BY path")
        .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
        .doing(DOING)?;
    for name in past {
        let is_there = state.directory.join("segments").join(&name).is_file();
        if !is_there && state.still_has(&name)? {
            let message = format!("segments/{name}, which only older snapshots show, is missing");
            report.add_about("history_missing", Repair::Possible, (Some(&name), message));
        }
    }
    Ok(())
}

fn verify_schedule(state: &State, report: &mut Report) -> Result<()> {
    let needed: Vec<String> = state
        .registry
        .prepare(
            "SELECT path FROM ducklake_files_scheduled_for_deletion
             WHERE path IN (SELECT path FROM ducklake_data_file) ORDER BY path",
        )
        .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
        .doing(DOING)?;
    for name in needed {
        let message = format!("segments/{name} is in the catalog and scheduled for deletion");
        report.add_about("deletion_schedule", Repair::Possible, (Some(&name), message));
    }
    Ok(())
}

fn verify_place(state: &State, report: &mut Report) -> Result<()> {
    let said: String = state
        .registry
        .query_row(
            "SELECT value FROM ducklake_metadata WHERE key = ?1",
            params!["data_path"],
            |row| row.get(0),
        )
        .doing(DOING)?;
    let directory = std::fs::canonicalize(&state.directory).unwrap_or_else(|_| state.directory.clone());
    if said != catalog::data_path(&directory) {
        let message =
            format!("the catalog says that segments are in {said}; the next command that opens it corrects that");
        report.add("moved", Repair::Possible, message);
    }
    let left = leftover::look(&state.registry, &state.directory)?;
    for name in left.ours {
        let message = format!("segments/{name} was never published; the next seal takes it away");
        report.add_about("left_over", Repair::Possible, (Some(&name), message));
    }
    for path in left.foreign {
        let message = format!("{path} is none of Longplay's; it is never read and never touched");
        report.add("left_over", Repair::None, message);
    }
    Ok(())
}
