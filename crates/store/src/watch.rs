//! Seeing what other processes did: connections of their own to both databases, for reading only, so that neither a batch
//! nor a question ever waits for somebody who writes.

use std::path::Path;

use longplay_domain::Zone;
use rusqlite::{Connection, OpenFlags};

use crate::{
    error::{Context, Result},
    journal::{Batch, Journal},
    lake::catalog::{self, Head},
    registry,
    segment::SegmentInfo,
};

/// The reading side of a data directory.
pub struct Watch {
    registry: Connection,
    journal: Journal,
    /// The zone in a state of the registry.
    zone: Option<(i64, Zone)>,
}

impl Watch {
    /// Both databases exist already.
    pub fn open(directory: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let registry = Connection::open_with_flags(directory.join("longplay.db"), flags).doing("open the registry")?;
        registry::tune(&registry)?;
        Ok(Self {
            registry,
            journal: Journal::open(directory)?,
            zone: None,
        })
    }

    /// A number that changes whenever anybody, this process included, has changed `longplay.db`.
    pub fn version(&self) -> Result<i64> {
        self.registry
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut select| select.query_row([], |row| row.get(0)))
            .doing("look at the registry")
    }

    /// The zone whose calendar days count, read only when the registry has changed.
    pub fn zone(&mut self) -> Result<Zone> {
        let version = self.version()?;
        match &self.zone {
            Some((at, zone)) if *at == version => Ok(zone.clone()),
            _ => {
                let zone = registry::zone(&self.registry)?;
                self.zone = Some((version, zone.clone()));
                Ok(zone)
            }
        }
    }

    /// The journal's batches after `position`, in order.
    pub fn batches_after(&self, position: i64) -> Result<Vec<Batch>> {
        self.journal.after(position)
    }

    /// Head and live segments of one state of the catalog, unless the head is still the one that is known.
    pub fn catalog_unless(&self, known: &Head, directory: &Path) -> Result<Option<(Head, Vec<SegmentInfo>)>> {
        let state = self.registry.unchecked_transaction().doing("read the lake catalog")?;
        let head = catalog::head(&state)?;
        if head == *known {
            return Ok(None);
        }
        let segments = catalog::segments(&state, directory)?;
        Ok(Some((head, segments)))
    }

    /// Which rows of a segment were written under another key than their own.
    pub fn rekeyed(&self, segment: &str) -> Result<Vec<(i64, i64)>> {
        catalog::rekeyed(&self.registry, segment)
    }
}
