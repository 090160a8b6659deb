//! Verifying a data directory: every invariant of the [`invariants`] registry, and in words what is wrong.
//!
//! Looks at one state of the journal and, after it, one state of the catalog, so that a server may go on meanwhile; what looks
//! wrong with a file is looked at once more, for the file may have gone by then, as it should. Writes nothing but what every
//! command that opens the directory writes (an older format is brought up to date). Memory doesn't grow with the events held.

mod catalog;
mod databases;
mod forgotten;
mod ids;
pub mod invariants;
mod journal;
mod people;
pub mod repair;
mod report;
mod segments;

use std::path::{Path, PathBuf};

use longplay_domain::{PersonKey, Time};
use rusqlite::Connection;

pub use self::report::{Checked, Finding, Repair, Report};
use self::segments::Verified;
use crate::{
    error::{Context, Result, StoreError},
    lake::catalog::{self as lake_catalog, Head},
    registry,
    segment::SegmentInfo,
};

/// The folder for what is damaged and done without.
pub(crate) const SET_ASIDE: &str = "damaged";

/// The state of a directory that is verified.
struct State {
    directory: PathBuf,
    /// In a transaction: one state of the registry and the catalog.
    registry: Connection,
    /// In a transaction that is older than the other.
    journal: Connection,
    key: Option<PersonKey>,
    head: Head,
    live: Vec<SegmentInfo>,
}

/// Verifies everything in the data directory.
pub fn check(directory: &Path, now: Time) -> Result<Report> {
    let mut report = Report::default();
    verify(directory, now, &mut report)?;
    Ok(report)
}

fn verify(directory: &Path, now: Time, report: &mut Report) -> Result<()> {
    if !databases::verify(directory, now, report)? {
        return Ok(());
    }
    let state = State::open(directory)?;
    databases::verify_rows(&state, report)?;
    people::verify_settings(&state, report)?;
    let mut verified = Vec::with_capacity(state.live.len());
    for info in &state.live {
        verified.push(segments::verify(&state, info, report)?);
    }
    let unsealed = journal::verify(&state, report)?;
    ids::verify(&state, &verified, unsealed, report)?;
    catalog::verify(&state, report)?;
    people::verify_links(&state, report)?;
    forgotten::verify(&state, report)?;
    report.forget_what_went(&state)?;
    Ok(())
}

impl State {
    fn open(directory: &Path) -> Result<Self> {
        let open = |name| {
            let connection = Connection::open(directory.join(name)).doing("open the database")?;
            registry::tune(&connection)?;
            connection.execute_batch("BEGIN").doing("read the database")?;
            // A transaction stands on the state of its first look.
            connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
                .doing("read the database")?;
            Ok::<_, StoreError>(connection)
        };
        let (journal, registry) = (open("journal.db")?, open("longplay.db")?);
        Ok(Self {
            directory: directory.to_owned(),
            key: registry::secret(&registry).ok(),
            head: lake_catalog::head(&registry)?,
            live: lake_catalog::segments(&registry, directory)?,
            registry,
            journal,
        })
    }

    /// Whether the catalog, as it is by now, still has a segment.
    fn still_has(&self, name: &str) -> Result<bool> {
        let connection = Connection::open(self.directory.join("longplay.db")).doing("open the registry")?;
        registry::tune(&connection)?;
        connection
            .query_row(
                "SELECT count(*) > 0 FROM ducklake_data_file WHERE path = ?1",
                [name],
                |row| row.get(0),
            )
            .doing("read the lake catalog")
    }
}

fn with_cause(error: &StoreError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
