//! Files in `segments/` and `ids/` that the catalog doesn't know: what a crash left behind, what a seal under way is writing,
//! or what somebody else put there.

use std::{collections::BTreeSet, path::Path};

use rusqlite::Connection;

use crate::error::{Context, PathContext, Result};

/// Files of ours in `segments/` start like this; others are never touched.
pub const NAME_PREFIX: &str = "seg-";

/// What the catalog doesn't know.
#[derive(Debug, Default)]
pub struct LeftOver {
    /// Segments of ours, by name, in no snapshot and no schedule.
    pub ours: BTreeSet<String>,
    /// Other files, as they lie under the data directory.
    pub foreign: BTreeSet<String>,
}

/// Looks for files that no snapshot and no schedule knows.
pub fn look(connection: &Connection, directory: &Path) -> Result<LeftOver> {
    // Listed first: a file published in between is then in the catalog already.
    let mut files = Vec::new();
    for (folder, suffix) in [("segments", ""), ("ids", ".ids")] {
        let path = directory.join(folder);
        let entries = match std::fs::read_dir(&path) {
            // Somebody lost it; what should be in it is missed elsewhere.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries.at("list the directory", &path)?,
        };
        for entry in entries {
            let name = entry.at("list the directory", &path)?.file_name();
            files.push((folder, name.to_string_lossy().into_owned(), suffix));
        }
    }
    let known: BTreeSet<String> = connection
        .prepare_cached(
            "SELECT path FROM ducklake_data_file UNION SELECT path FROM ducklake_files_scheduled_for_deletion",
        )
        .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
        .doing("read the lake catalog")?;
    let mut left = LeftOver::default();
    for (folder, file, suffix) in files {
        match file.strip_suffix(suffix).filter(|name| name.starts_with(NAME_PREFIX)) {
            Some(name) if known.contains(name) => {}
            Some(name) => {
                left.ours.insert(name.to_owned());
            }
            None => {
                left.foreign.insert(format!("{folder}/{file}"));
            }
        }
    }
    Ok(left)
}
