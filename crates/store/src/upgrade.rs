//! Bringing a directory that an older release wrote up to date: the registry by its migrations, and id indexes of the first
//! layout by writing them anew. Segments stay as they are; batches of the journal are read in the layout they were written in.

use std::path::Path;

use longplay_domain::Time;
use rusqlite::Connection;

use crate::{error::Result, lake::catalog, lock, registry, segment::ids};

/// Opens the registry of a directory of any format we know, which is the newest from then on.
pub fn upgrade(directory: &Path, now: Time) -> Result<Connection> {
    let registry = registry::open(directory, now)?;
    renew_ids(&registry, directory)?;
    Ok(registry)
}

/// Writes id indexes of the first layout anew.
pub fn renew_ids(registry: &Connection, directory: &Path) -> Result<()> {
    let is_old = |name: &String| ids::is_of_first_layout(&ids::path(directory, name));
    let names: Vec<String> = catalog::segments(registry, directory)?
        .into_iter()
        .map(|info| info.name)
        .collect();
    if names.iter().any(is_old) {
        let _lock = lock::maintenance(directory)?;
        for name in names.iter().filter(|name| is_old(name)) {
            ids::renew(&ids::path(directory, name))?;
        }
    }
    Ok(())
}
