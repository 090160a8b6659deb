//! One moment of a data directory: copies of both databases, and the segments of that catalog, opened.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use longplay_domain::Time;
use rusqlite::Connection;

use super::{FOLDERS, Kept};
use crate::{
    error::{Context, PathContext, Result, StoreError},
    lake::catalog,
    lock,
    segment::ids,
    upgrade::upgrade,
};

/// What goes into the archive, in its order.
pub struct Moment {
    pub parts: Vec<Part>,
    pub kept: Kept,
    /// Holds the copies of the databases until it is dropped.
    _copies: Copies,
}

/// One file of a backup.
pub struct Part {
    /// As it lies under the data directory.
    pub path: String,
    pub file: File,
    pub bytes: u64,
    /// Where the catalog knows it.
    pub crc32: Option<u32>,
}

/// A folder that goes away by itself.
struct Copies(PathBuf);

impl Drop for Copies {
    fn drop(&mut self) {
        // Nobody is left to be told; what stays is a copy.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What is no part of a backup: snapshots and files of the past.
const FORGET_THE_PAST: &str = "
    DELETE FROM ducklake_snapshot WHERE snapshot_id < (SELECT max(snapshot_id) FROM ducklake_snapshot);
    DELETE FROM ducklake_snapshot_changes WHERE snapshot_id NOT IN (SELECT snapshot_id FROM ducklake_snapshot);
    DELETE FROM ducklake_files_scheduled_for_deletion;
    DELETE FROM ducklake_data_file WHERE end_snapshot IS NOT NULL;
    DELETE FROM ducklake_file_column_stats WHERE data_file_id NOT IN (SELECT data_file_id FROM ducklake_data_file);
    DELETE FROM segment WHERE name NOT IN (SELECT path FROM ducklake_data_file);
    DELETE FROM rekeyed WHERE segment NOT IN (SELECT path FROM ducklake_data_file);";

impl Moment {
    /// Takes hold of the present. `room` is where copies of the databases may be put.
    pub fn of(directory: &Path, room: &Path, now: Time) -> Result<Self> {
        if !directory.join("longplay.db").is_file() {
            return Err(StoreError::Missing(directory.to_owned()));
        }
        drop(upgrade(directory, now)?);
        let copies = Copies(room.to_owned());
        std::fs::create_dir_all(room).at("create the directory", room)?;
        let _lock = lock::maintenance(directory)?;
        // The journal first: nobody seals meanwhile, so what is not in it is in a segment of the catalog copied next.
        let journal = copy(directory, "journal.db", room)?;
        let registry = copy(directory, "longplay.db", room)?;
        let connection = Connection::open(&registry).doing("read the copy")?;
        connection.execute_batch(FORGET_THE_PAST).doing("read the copy")?;
        let segments = catalog::segments(&connection, directory)?;
        drop(connection);
        let mut parts = vec![
            Part::database("longplay.db", &registry)?,
            Part::database("journal.db", &journal)?,
        ];
        let mut kept = Kept::default();
        for info in segments {
            kept.events += info.rows;
            let index = ids::path(directory, &info.name);
            parts.push(Part::of(format!("segments/{}", info.name), &info.path, info.crc32)?);
            parts.push(Part::of(format!("ids/{}.ids", info.name), &index, None)?);
        }
        let journal = Connection::open(&journal).doing("read the copy")?;
        kept.batches = journal
            .query_row("SELECT count(*) FROM batch", [], |row| row.get(0))
            .doing("read the copy")?;
        refusals(directory, &mut parts)?;
        kept.files = parts.len() as u64;
        kept.bytes = parts.iter().map(|part| part.bytes).sum();
        Ok(Self {
            parts,
            kept,
            _copies: copies,
        })
    }
}

impl Part {
    fn database(name: &str, copy: &Path) -> Result<Self> {
        Self::of(name.to_owned(), copy, None)
    }

    fn of(path: String, file: &Path, crc32: Option<u32>) -> Result<Self> {
        let opened = File::open(file).at("open", file)?;
        let bytes = opened.metadata().at("read", file)?.len();
        Ok(Self {
            path,
            file: opened,
            bytes,
            crc32,
        })
    }
}

/// Copies a database as it is at one moment, without keeping anybody from writing to it.
fn copy(directory: &Path, name: &str, room: &Path) -> Result<PathBuf> {
    let path = room.join(name);
    if path.exists() {
        std::fs::remove_file(&path).at("remove an older copy", &path)?;
    }
    let connection = Connection::open(directory.join(name)).doing("open the database")?;
    crate::registry::tune(&connection)?;
    let target = path.to_string_lossy();
    connection
        .execute("VACUUM INTO ?1", [&target])
        .doing("copy itself; there may be too little room beside the backup")?;
    Ok(path)
}

/// What imports refused, as far as it is still kept.
fn refusals(directory: &Path, parts: &mut Vec<Part>) -> Result<()> {
    let [.., folder] = FOLDERS;
    let path = directory.join(folder);
    let Ok(entries) = std::fs::read_dir(&path) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry.at("list the directory", &path)?;
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if super::is_ours(&name) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            parts.push(Part::of(name, &entry.path(), None)?);
        }
    }
    Ok(())
}
