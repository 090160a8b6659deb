//! Requests to forget somebody (`erasure`), what is left to do for them (`erasing`), and the keyed hashes by which what they
//! did is not taken in again (`forgotten`). Only `erasing` holds names, and only until they are removed.

use longplay_domain::{Forgotten, Handle, PersonId, Time};
use rusqlite::{Connection, Transaction, params};

use super::{hex, random};
use crate::error::{Context, Result};

const DOING: &str = "note whom to forget";

/// Somebody to be forgotten.
pub(crate) struct Asked<'a> {
    /// Every key they have, each with its handle where that is known.
    pub keys: &'a [(i64, Option<Handle>)],
    pub at: Time,
    /// What they did and what was said of them until then is forgotten.
    pub until: Time,
    pub events: u64,
    pub links: u64,
}

/// What was counted while removing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Removed {
    pub segments_rewritten: u64,
    pub refused_rows: u64,
}

/// What became of a request: whom it concerned it never says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureReceipt {
    /// The person's key.
    pub person: i64,
    /// By which it is found again.
    pub receipt: String,
    pub at: Time,
    pub handles: u64,
    pub events: u64,
    pub links: u64,
    pub segments_rewritten: u64,
    pub files_removed: u64,
    pub refused_rows: u64,
    /// Whether no byte is left. Else somebody reads and holds on to old pages; what is left goes by itself once they are done.
    pub is_complete: bool,
}

/// Grows with every request.
pub(crate) fn erasures(connection: &Connection) -> Result<i64> {
    connection
        .prepare_cached("SELECT coalesce(max(number), 0) FROM erasure")
        .and_then(|mut select| select.query_row([], |row| row.get(0)))
        .doing("read the rules")
}

pub(crate) fn has_pending(connection: &Connection) -> Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM erasure WHERE state <> 'done')")
        .and_then(|mut select| select.query_row([], |row| row.get(0)))
        .doing("read the rules")
}

pub(crate) fn forgotten(connection: &Connection) -> Result<Forgotten> {
    connection
        .prepare_cached("SELECT key, at FROM forgotten")
        .and_then(|mut select| {
            let rows = select.query_map([], |row| Ok((PersonId(row.get(0)?), Time::from_micros(row.get(1)?))));
            rows?.collect()
        })
        .doing("read the rules")
}

/// Notes a request; returns its number.
pub(crate) fn ask(transaction: &Transaction<'_>, asked: &Asked<'_>) -> Result<i64> {
    transaction
        .execute(
            "INSERT INTO erasure (receipt, at, state, handles, events, links) VALUES (?1, ?2, 'asked', ?3, ?4, ?5)",
            params![
                hex(&random::<8>()?),
                asked.at.micros(),
                asked.keys.len() as i64,
                asked.events as i64,
                asked.links as i64
            ],
        )
        .doing(DOING)?;
    let number = transaction.last_insert_rowid();
    for (key, handle) in asked.keys {
        transaction
            .execute(
                "INSERT INTO forgotten VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET at = max(at, excluded.at)",
                [*key, asked.until.micros()],
            )
            .doing(DOING)?;
        transaction
            .execute(
                "INSERT INTO erasing VALUES (?1, ?2, ?3)",
                params![number, key, handle.as_ref().map(Handle::as_str)],
            )
            .doing(DOING)?;
    }
    Ok(number)
}

/// Keys and names still to be removed.
pub(crate) fn to_remove(connection: &Connection) -> Result<Vec<(i64, Option<Handle>)>> {
    connection
        .prepare_cached("SELECT key, handle FROM erasing")
        .and_then(|mut select| {
            let rows = select.query_map([], |row| {
                let handle: Option<String> = row.get(1)?;
                Ok((row.get(0)?, handle.as_deref().and_then(Handle::parse)))
            });
            rows?.collect()
        })
        .doing("read whom to forget")
}

/// Whether any request is yet to be carried out on rows.
pub(crate) fn is_asked(connection: &Connection) -> Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM erasure WHERE state = 'asked')")
        .and_then(|mut select| select.query_row([], |row| row.get(0)))
        .doing("read whom to forget")
}

/// Says that rows and names are removed, and forgets the names. What was counted is of all requests at once, and told of each.
pub(crate) fn removed(transaction: &Transaction<'_>, counts: Removed) -> Result<()> {
    transaction
        .execute(
            "UPDATE erasure SET state = 'removed', segments_rewritten = ?1, refused_rows = ?2 WHERE state = 'asked'",
            [counts.segments_rewritten as i64, counts.refused_rows as i64],
        )
        .doing(DOING)?;
    transaction.execute("DELETE FROM erasing", []).doing(DOING).map(drop)
}

/// Adds the files that are gone.
pub(crate) fn files_removed(connection: &Connection, files: u64) -> Result<()> {
    connection
        .execute(
            "UPDATE erasure SET files_removed = files_removed + ?1 WHERE state = 'removed'",
            [files as i64],
        )
        .doing(DOING)
        .map(drop)
}

/// Says that no byte is left.
pub(crate) fn done(connection: &Connection) -> Result<()> {
    connection
        .execute("UPDATE erasure SET state = 'done' WHERE state = 'removed'", [])
        .doing(DOING)
        .map(drop)
}

pub(crate) fn receipt(connection: &Connection, number: i64, person: i64) -> Result<ErasureReceipt> {
    connection
        .query_row(
            "SELECT receipt, at, handles, events, links, segments_rewritten, files_removed, refused_rows, state = 'done'
             FROM erasure WHERE number = ?1",
            [number],
            |row| {
                Ok(ErasureReceipt {
                    person,
                    receipt: row.get(0)?,
                    at: Time::from_micros(row.get(1)?),
                    handles: row.get(2)?,
                    events: row.get(3)?,
                    links: row.get(4)?,
                    segments_rewritten: row.get(5)?,
                    files_removed: row.get(6)?,
                    refused_rows: row.get(7)?,
                    is_complete: row.get(8)?,
                })
            },
        )
        .doing("read the receipt")
}
