//! Backup and restore: everything that can't be made again, in one plain tar file with checksums.
//!
//! A backup shows one moment although a server goes on accepting: whoever backs up holds the maintenance lock while both
//! databases are copied and the segments of that catalog opened, so nothing is sealed, merged or deleted in between; the
//! copying of segments, which takes long, comes after, from files that stay readable however long it takes. The first entry
//! says what the file is, the last one lists every file with its length and SHA-256: a file that was cut off has no end.

mod archive;
mod moment;
mod restore;

use std::path::{Component, Path};

use longplay_domain::Time;
use serde::{Deserialize, Serialize};

pub use self::{archive::backup, restore::restore};

/// Version of the archive's own layout.
const VERSION: u32 = 1;
/// The first entry.
const HEAD: &str = "longplay-backup.json";
/// The last entry.
const LIST: &str = "longplay-backup-files.json";
/// Folders whose files are part of a backup.
const FOLDERS: [&str; 3] = ["segments", "ids", "refusals"];
const DATABASES: [&str; 2] = ["longplay.db", "journal.db"];

/// What the file is.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    backup: u32,
    made_by: String,
    made_at: String,
}

/// What the file holds.
#[derive(Debug, Serialize, Deserialize)]
struct List {
    files: Vec<Listed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Listed {
    path: String,
    bytes: u64,
    sha256: String,
}

/// What a backup holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub files: u64,
    pub bytes: u64,
    /// Events in segments.
    pub events: u64,
    /// Unsealed batches.
    pub batches: u64,
}

/// Called with bytes done and, where it is known, bytes in all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Whether a path in an archive is one that a backup has: never one that leads out of the directory.
fn is_ours(path: &str) -> bool {
    let parts: Vec<_> = Path::new(path).components().collect();
    let is_plain = parts.iter().all(|part| matches!(part, Component::Normal(_)));
    let names: Vec<&str> = path.split('/').collect();
    is_plain
        && names
            .iter()
            .all(|name| !name.is_empty() && !name.starts_with('.') && !name.contains(['\0', '\\']))
        && match names[..] {
            [database] => DATABASES.contains(&database),
            [folder, _] => FOLDERS.contains(&folder),
            _ => false,
        }
}

fn made_at(now: Time) -> String {
    now.to_string()
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn only_paths_of_a_data_directory_are_taken() {
        for path in [
            "longplay.db",
            "journal.db",
            "segments/seg-1.parquet",
            "ids/seg-1.parquet.ids",
            "refusals/a b.csv",
        ] {
            assert!(is_ours(path), "{path}");
        }
        for path in [
            "",
            "/",
            "/longplay.db",
            "../longplay.db",
            "segments/../../x",
            "segments/..",
            "segments/",
            "segments//x",
            "./longplay.db",
            "segments/a/b",
            "other/x",
            "x",
            "segments/.hidden",
            "segments/a\\b",
            "segments",
            "C:\\longplay.db",
            "longplay.db/",
        ] {
            assert!(!is_ours(path), "{path}");
        }
    }
}
