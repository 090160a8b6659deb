//! Writing both databases anew, so that neither a free page nor the write-ahead log holds what was deleted. A reader who holds
//! on to an old state keeps its pages in the log; then it is tried again later.

use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use crate::{
    Store,
    error::{Context, Result},
    registry,
};

/// How long others are waited for, each time.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often emptying the log is tried: readers come and go.
const TRIES: usize = 3;
const DOING: &str = "write the database anew";

impl Store {
    /// Whether both databases are clean now.
    pub(super) fn clean_databases(&self) -> Result<bool> {
        // A crash between a publish and its trim leaves sealed batches behind.
        let sealed = self.refresh()?.head.sealed;
        while self.journal().trim(sealed)? {}
        Ok(self.journal().with(clean)? && clean(&self.registry())?)
    }
}

fn clean(connection: &Connection) -> Result<bool> {
    connection.busy_timeout(PATIENCE).doing(DOING)?;
    let done = vacuum(connection).and_then(|vacuumed| Ok(vacuumed && empty_log(connection)?));
    connection.busy_timeout(registry::BUSY_TIMEOUT).doing(DOING)?;
    done.doing(DOING)
}

fn vacuum(connection: &Connection) -> rusqlite::Result<bool> {
    match connection.execute_batch("VACUUM") {
        Ok(()) => Ok(true),
        Err(error) if is_busy(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the log is empty and the database holds everything.
fn empty_log(connection: &Connection) -> rusqlite::Result<bool> {
    for _ in 0..TRIES {
        let kept = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        match kept {
            Ok(false) => return Ok(true),
            Ok(true) => {}
            Err(error) if is_busy(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}
