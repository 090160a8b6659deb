//! Accepted and durable: one SQLite row per accepted batch. When [`Appending::commit`] has returned, the batch survives a
//! power cut; until then it never happened.

use std::path::{Path, PathBuf};

use longplay_domain::{Event, Time};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::{Context, Result, StoreError};

/// Bodies start with this byte, so that a later encoding can be told apart.
const BODY_VERSION: u8 = 2;

/// The journal of one data directory. Several processes may hold one.
pub struct Journal {
    connection: Connection,
    path: PathBuf,
}

/// A batch as the journal holds it.
pub struct Batch {
    pub position: i64,
    pub events: Vec<Event>,
}

impl Journal {
    pub fn open(directory: &Path) -> Result<Self> {
        let path = directory.join("journal.db");
        let connection = Connection::open(&path).doing("open the journal")?;
        crate::registry::tune(&connection)?;
        connection
            .execute_batch(include_str!("journal.sql"))
            .doing("prepare the journal")?;
        Ok(Self { connection, path })
    }

    /// Starts an append. No other process can append, and so nobody can trim, until it ends.
    pub fn appending(&mut self) -> Result<Appending<'_>> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing("lock the journal")?;
        Ok(Appending {
            transaction,
            path: &self.path,
        })
    }

    /// Every batch after `position`, in order.
    pub fn after(&self, position: i64) -> Result<Vec<Batch>> {
        read_after(&self.connection, &self.path, position)
    }

    /// Forgets what is in published segments.
    pub fn trim(&self, through: i64) -> Result<()> {
        self.connection
            .execute("DELETE FROM batch WHERE position <= ?1", [through])
            .doing("trim the journal")
            .map(drop)
    }
}

/// An append under way: look at what others appended, then add one batch, then commit.
pub struct Appending<'a> {
    transaction: Transaction<'a>,
    path: &'a Path,
}

impl Appending<'_> {
    pub fn after(&self, position: i64) -> Result<Vec<Batch>> {
        read_after(&self.transaction, self.path, position)
    }

    /// Adds the batch and returns its position once it is on disk.
    pub fn commit(self, events: &[Event], now: Time) -> Result<i64> {
        let body = postcard::to_extend(events, vec![BODY_VERSION]).map_err(|error| StoreError::Damaged {
            path: self.path.to_owned(),
            message: format!("a batch can't be encoded ({error})"),
        })?;
        self.transaction
            .prepare_cached("INSERT INTO batch (accepted_at, events, body) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute((now.micros(), events.len() as i64, body)))
            .doing("append to the journal")?;
        let position = self.transaction.last_insert_rowid();
        self.transaction.commit().doing("make the journal durable")?;
        Ok(position)
    }
}

fn read_after(connection: &Connection, path: &Path, position: i64) -> Result<Vec<Batch>> {
    let mut select = connection
        .prepare_cached("SELECT position, body FROM batch WHERE position > ?1 ORDER BY position")
        .doing("read the journal")?;
    let mut rows = select.query([position]).doing("read the journal")?;
    let mut batches = Vec::new();
    while let Some(row) = rows.next().doing("read the journal")? {
        let position: i64 = row.get(0).doing("read the journal")?;
        let body = row
            .get_ref(1)
            .and_then(|value| Ok(value.as_blob()?))
            .doing("read the journal")?;
        let events = decode(body).ok_or_else(|| StoreError::Damaged {
            path: path.to_owned(),
            message: format!("batch {position} can't be read"),
        })?;
        batches.push(Batch { position, events });
    }
    Ok(batches)
}

fn decode(body: &[u8]) -> Option<Vec<Event>> {
    let (&version, rest) = body.split_first()?;
    if version != BODY_VERSION {
        return None;
    }
    postcard::from_bytes(rest).ok()
}
