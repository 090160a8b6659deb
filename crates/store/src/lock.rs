//! The right to seal, merge, expire, repair or hold segments for a backup: one process at a time has it.

use std::{fs::File, path::Path};

use crate::error::{PathContext, Result};

/// Waits for the right, which ends when the file is dropped.
pub fn maintenance(directory: &Path) -> Result<File> {
    let path = directory.join("maintenance.lock");
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .at("open the lock", &path)?;
    file.lock().at("take the lock", &path)?;
    Ok(file)
}
