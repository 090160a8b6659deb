//! What was set aside as damaged can't be searched: nobody knows whose events its bytes were. So it goes whole.

use std::{fs, path::Path};

use crate::{
    check::SET_ASIDE,
    error::{PathContext, Result},
};

/// Deletes every file that was set aside; returns how many.
pub fn remove(directory: &Path) -> Result<u64> {
    let folder = directory.join(SET_ASIDE);
    if !folder.is_dir() {
        return Ok(0);
    }
    let mut files = 0;
    for entry in fs::read_dir(&folder).at("list the directory", &folder)? {
        let path = entry.at("list the directory", &folder)?.path();
        fs::remove_file(&path).at("remove what was set aside", &path)?;
        files += 1;
    }
    Ok(files)
}
