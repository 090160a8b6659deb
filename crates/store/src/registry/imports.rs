//! What was imported when.

use longplay_domain::Time;
use rusqlite::params;

use crate::{
    Store,
    error::{Context, Result},
};

/// One imported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportNote {
    pub path: String,
    pub format: String,
    pub at: Time,
    pub claims: u64,
    pub admitted: u64,
    pub duplicates: u64,
    pub refused: u64,
    pub pieces: u64,
    pub samples: u64,
}

impl Store {
    pub fn note_import(&self, note: &ImportNote) -> Result<()> {
        self.registry()
            .execute(
                "INSERT INTO import (path, format, at, claims, admitted, duplicates, refused, pieces, samples)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    note.path,
                    note.format,
                    note.at.micros(),
                    note.claims as i64,
                    note.admitted as i64,
                    note.duplicates as i64,
                    note.refused as i64,
                    note.pieces as i64,
                    note.samples as i64
                ],
            )
            .doing("note the import")
            .map(drop)
    }

    /// Every import, newest first.
    pub fn imports(&self) -> Result<Vec<ImportNote>> {
        let registry = self.registry();
        let mut select = registry
            .prepare_cached(
                "SELECT path, format, at, claims, admitted, duplicates, refused, pieces, samples FROM import ORDER BY id DESC",
            )
            .doing("read the imports")?;
        let rows = select.query_map([], |row| {
            Ok(ImportNote {
                path: row.get(0)?,
                format: row.get(1)?,
                at: Time::from_micros(row.get(2)?),
                claims: row.get(3)?,
                admitted: row.get(4)?,
                duplicates: row.get(5)?,
                refused: row.get(6)?,
                pieces: row.get(7)?,
                samples: row.get(8)?,
            })
        });
        rows.and_then(Iterator::collect).doing("read the imports")
    }
}
