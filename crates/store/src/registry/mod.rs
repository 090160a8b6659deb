//! Small facts that are not events (`longplay.db`): settings, goals, pieces, samples, write keys, imports, accounts.
//!
//! Migrations are the numbered `.sql` files, applied in one transaction each; `PRAGMA user_version` tells how far.

mod accounts;
mod advice;
mod audit_log;
mod day_notes;
mod erasures;
mod goals;
mod hit_notes;
mod imports;
mod keys;
mod notes;
mod one_time;
mod pieces;
pub(crate) mod rules;
mod samples;
mod sessions;
mod settings;
mod shares;
mod talks;
mod tokens;

use std::{path::Path, time::Duration};

use longplay_domain::Time;
use rusqlite::{Connection, TransactionBehavior};

use crate::{
    crash,
    error::{Context, PathContext, Result, StoreError},
    lake::catalog,
};

pub use accounts::{Account, Role};
pub use audit_log::{LOG_KEEP_DAYS, LogEntry};
pub use day_notes::DayNote;
pub use erasures::ErasureReceipt;
pub(crate) use erasures::{
    Asked, Removed, ask, done, erasures, files_removed, forgotten, has_pending, is_asked, receipt, removed, to_remove,
};
pub use imports::ImportNote;
pub use keys::KeyInfo;
pub use notes::PersonNote;
pub use samples::PieceTotal;
pub(crate) use sessions::end_all_sessions;
pub use sessions::{IDLE_MAX_HOURS, SESSION_MAX_HOURS, Session, Whence};
pub(crate) use settings::{acts, keep_days, secret, set_act, set_keep_days, zone};
pub use shares::{NewShare, Share};
pub(crate) use talks::forget_talks;
pub use talks::{TalkKind, TalkNote};
pub use tokens::{Scope, TokenInfo};

/// The on-disk format this release writes.
pub const FORMAT: i64 = 8;
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(60);

/// Opens `longplay.db`, creating or migrating it as needed.
pub(crate) fn open(directory: &Path, now: Time) -> Result<Connection> {
    let path = directory.join("longplay.db");
    let mut connection = Connection::open(&path).doing("open the registry")?;
    tune(&connection)?;
    let doing = "prepare the registry";
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .doing(doing)?;
    let found: i64 = transaction
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .doing(doing)?;
    if found > FORMAT {
        return Err(StoreError::Newer {
            path: directory.to_owned(),
            found,
            known: FORMAT,
        });
    }
    if found < 1 {
        transaction.execute_batch(include_str!("0001_first.sql")).doing(doing)?;
        catalog::create(&transaction, now)?;
        settings::create(&transaction)?;
    }
    if found < 2 {
        transaction
            .execute_batch(include_str!("0002_people.sql"))
            .doing(doing)?;
        catalog::widen(&transaction, now)?;
    }
    if found < 3 {
        transaction
            .execute_batch(include_str!("0003_forgetting.sql"))
            .doing(doing)?;
    }
    if found < 4 {
        transaction
            .execute_batch(include_str!("0004_advice.sql"))
            .doing(doing)?;
    }
    if found < 5 {
        transaction
            .execute_batch(include_str!("0005_talking.sql"))
            .doing(doing)?;
    }
    if found < 6 {
        transaction
            .execute_batch(include_str!("0006_accounts.sql"))
            .doing(doing)?;
    }
    if found < 7 {
        transaction
            .execute_batch(include_str!("0007_contracts.sql"))
            .doing(doing)?;
    }
    if found < 1 {
        goals::create(&transaction)?;
    }
    if found < 8 {
        transaction
            .execute_batch(include_str!("0008_shares.sql"))
            .doing(doing)?;
    }
    if found < FORMAT {
        crash::point("migrate.begun");
    }
    transaction.pragma_update(None, "user_version", FORMAT).doing(doing)?;
    // DuckDB wants to be told a whole path.
    let whole = std::fs::canonicalize(directory).at("find the directory", directory)?;
    catalog::settle(&transaction, &whole)?;
    transaction.commit().doing(doing)?;
    if found < FORMAT {
        crash::point("migrate.done");
    }
    Ok(connection)
}

/// The format of a directory that is there.
pub(crate) fn format(directory: &Path) -> Result<i64> {
    let doing = "look at the registry";
    let connection = Connection::open(directory.join("longplay.db")).doing(doing)?;
    tune(&connection)?;
    connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .doing(doing)
}

/// Settings every database of ours is used with: durable on commit, patient with other processes.
pub(crate) fn tune(connection: &Connection) -> Result<()> {
    let doing = "prepare the database";
    connection.busy_timeout(BUSY_TIMEOUT).doing(doing)?;
    connection.pragma_update(None, "journal_mode", "WAL").doing(doing)?;
    connection.pragma_update(None, "synchronous", "FULL").doing(doing)?;
    // Keeps the write-ahead log from staying at its largest size ever.
    connection
        .pragma_update(None, "journal_size_limit", 64 << 20)
        .doing(doing)
}

/// Commits something that changes nothing, in the place of what somebody who died may have half committed.
pub(crate) fn overwrite_in_doubt(connection: &Connection) -> Result<()> {
    connection
        .execute(
            "INSERT INTO setting VALUES ('sweeps', '1')
             ON CONFLICT(name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)",
            [],
        )
        .doing("prepare to remove what a crash left behind")
        .map(drop)
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::Invalid(format!("the system gives no random numbers: {error}")))?;
    Ok(bytes)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
