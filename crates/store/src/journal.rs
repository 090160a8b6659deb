//! Accepted and durable: one SQLite row per accepted batch. When [`Appending::commit`] has returned, the batches added
//! survive a power cut; until then they never happened.

use std::path::{Path, PathBuf};

use longplay_domain::{Event, FormerEvent, Time};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::{Context, Result, StoreError};

/// Bodies start with this byte, so that encodings can be told apart. Every one that was ever written is read.
/// Version 2 has no checksum, version 1 neither links nor marks.
const BODY_VERSION: u8 = 3;
/// The version, then CRC-32 of what follows.
const HEAD_BYTES: usize = 5;

/// Batches trimmed at a time: a few milliseconds in which nobody can append.
const TRIM_BATCHES: i64 = 64;
/// Pages given back at a time.
const SHRINK_PAGES: usize = 2_048;

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
        // Only counts for a file that is new.
        connection
            .pragma_update(None, "auto_vacuum", "INCREMENTAL")
            .doing("prepare the journal")?;
        crate::registry::tune(&connection)?;
        connection
            .execute_batch(include_str!("journal.sql"))
            .doing("prepare the journal")?;
        Ok(Self { connection, path })
    }

    /// Sees to it that positions go on after the sealed one, should the journal have been lost: whatever has an earlier one
    /// counts as sealed.
    pub fn continue_after(&mut self, sealed: i64) -> Result<()> {
        let doing = "prepare the journal";
        if last_position(&self.connection)? >= sealed {
            return Ok(());
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)?;
        let given = last_position(&transaction)?;
        if given >= sealed {
            return Ok(());
        }
        if given > 0 {
            return Err(StoreError::Damaged {
                path: self.path.clone(),
                message: format!(
                    "has given positions up to {given} only, where segments hold all up to {sealed}: it is older than they are, and \
                     `longplay check --repair` keeps what is in it"
                ),
            });
        }
        transaction
            .execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('batch', ?1)", [sealed])
            .doing(doing)?;
        transaction.commit().doing(doing)
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

    /// Keeps the journal from growing beyond so many pages.
    #[cfg(test)]
    pub fn limit_pages(&self, pages: u32) {
        self.connection
            .pragma_update(None, "max_page_count", pages)
            .expect("any number will do");
    }

    /// Forgets some of what is in published segments; returns whether there may be more. Nothing is lost when this is, so it
    /// isn't flushed.
    pub fn trim(&self, through: i64) -> Result<bool> {
        let trimmed = self.unflushed(|connection| {
            connection
                .prepare_cached(
                    "DELETE FROM batch WHERE position IN
                     (SELECT position FROM batch WHERE position <= ?1 ORDER BY position LIMIT ?2)",
                )?
                .execute([through, TRIM_BATCHES])
        });
        Ok(trimmed.doing("trim the journal")? == TRIM_BATCHES as usize)
    }

    /// Gives some of the file's free room back; returns whether there is more of it.
    pub fn shrink(&self) -> Result<bool> {
        let free = |connection: &Connection| connection.query_row("PRAGMA freelist_count", [], |row| row.get(0));
        let left = self.unflushed(|connection| {
            let before: i64 = free(connection)?;
            // It gives back one page a step, so it is stepped through to its end.
            let mut pages = connection.prepare_cached(&format!("PRAGMA incremental_vacuum({SHRINK_PAGES})"))?;
            let mut steps = pages.query([])?;
            while steps.next()?.is_some() {}
            Ok((before, free(connection)?))
        });
        let (before, left) = left.doing("shrink the journal")?;
        Ok(left > 0 && left < before)
    }

    /// Works on the database itself, while nobody else in this process does.
    pub fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&self.connection)
    }

    fn unflushed<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        let done = work(&self.connection);
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        done
    }
}

/// The events of a batch as the journal keeps them.
pub fn encode(events: &[Event]) -> Result<Vec<u8>> {
    let mut body = postcard::to_extend(events, vec![BODY_VERSION; HEAD_BYTES])
        .map_err(|error| StoreError::Invalid(format!("a batch can't be encoded for the journal ({error})")))?;
    let crc32 = crc32fast::hash(&body[HEAD_BYTES..]);
    body[1..HEAD_BYTES].copy_from_slice(&crc32.to_le_bytes());
    Ok(body)
}

/// An append under way: look at what others appended, then add batches, then commit.
pub struct Appending<'a> {
    transaction: Transaction<'a>,
    path: &'a Path,
}

impl Appending<'_> {
    pub fn after(&self, position: i64) -> Result<Vec<Batch>> {
        read_after(&self.transaction, self.path, position)
    }

    /// Adds an encoded batch and returns the position it will have.
    pub fn add(&self, body: &[u8], events: usize, now: Time) -> Result<i64> {
        self.transaction
            .prepare_cached("INSERT INTO batch (accepted_at, events, body) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute((now.micros(), events as i64, body)))
            .doing("append to the journal")?;
        Ok(self.transaction.last_insert_rowid())
    }

    /// Puts the batches on disk.
    pub fn commit(self) -> Result<()> {
        self.transaction.commit().doing("make the journal durable")
    }
}

/// The last position that was given.
pub fn last_position(connection: &Connection) -> Result<i64> {
    connection
        .query_row(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'batch'), 0)",
            [],
            |row| row.get(0),
        )
        .doing("read the journal")
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

/// The events of a batch, whichever release wrote it; `None` when it can't be read.
pub fn decode(body: &[u8]) -> Option<Vec<Event>> {
    let (&version, rest) = body.split_first()?;
    match version {
        1 => {
            let former: Vec<FormerEvent> = whole(rest)?;
            Some(former.into_iter().map(Event::from).collect())
        }
        2 => whole(rest),
        BODY_VERSION => {
            let (crc32, rest) = rest.split_first_chunk()?;
            // SQLite knows its pages by place, not by content: a torn or flipped one may still look like a batch.
            (crc32fast::hash(rest) == u32::from_le_bytes(*crc32)).then(|| whole(rest))?
        }
        _ => None,
    }
}

/// What the bytes say, when they say nothing else.
fn whole<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (value, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_trimmed_is_given_back_many_pages_at_a_time() {
        const BATCHES: usize = 100;
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).expect("a journal");
        let appending = journal.appending().expect("the lock");
        for _ in 0..BATCHES {
            appending.add(&[0; 64 << 10], 1, Time::from_micros(0)).expect("room");
        }
        appending.commit().expect("on disk");
        while journal.trim(BATCHES as i64).expect("trimmed") {}
        let mut steps = 1;
        while journal.shrink().expect("shrunk") {
            steps += 1;
        }
        // 100 batches of 17 pages, of which it gives 2,048 back at a time.
        assert_eq!(steps, 1);
    }
}
