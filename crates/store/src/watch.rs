//! Seeing what other processes did: connections of their own to both databases, for reading only, so that neither a batch
//! nor a question ever waits for somebody who writes.

use std::{path::Path, sync::Arc};

use longplay_domain::{Acts, Forgotten, Zone};
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
    /// The rules in a state of the registry.
    rules: Option<(i64, Rules)>,
}

/// What the registry says of every claim and of everything held.
#[derive(Clone, Debug)]
pub struct Rules {
    pub zone: Zone,
    pub forgotten: Arc<Forgotten>,
    pub acts: Arc<Acts>,
    /// Tells states of `forgotten` apart; only grows.
    pub erasures: i64,
    /// After how many days events go.
    pub keep_days: Option<u32>,
}

/// A state of the catalog.
pub struct Seen {
    pub head: Head,
    pub segments: Vec<SegmentInfo>,
    /// Whether no event held in the state known before is another one now, or gone.
    pub only_grew: bool,
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
            rules: None,
        })
    }

    /// A number that changes whenever anybody, this process included, has changed `longplay.db`.
    pub fn version(&self) -> Result<i64> {
        self.registry
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut select| select.query_row([], |row| row.get(0)))
            .doing("look at the registry")
    }

    /// The rules in force, read only when the registry has changed.
    pub fn rules(&mut self) -> Result<Rules> {
        let version = self.version()?;
        let known = self.rules.take();
        let rules = match known {
            Some((at, rules)) if at == version => rules,
            known => self.read_rules(known.map(|(_, rules)| rules))?,
        };
        self.rules = Some((version, rules.clone()));
        Ok(rules)
    }

    fn read_rules(&self, known: Option<Rules>) -> Result<Rules> {
        let state = self.registry.unchecked_transaction().doing("read the rules")?;
        let erasures = registry::erasures(&state)?;
        let forgotten = match known {
            Some(known) if known.erasures == erasures => known.forgotten,
            _ => Arc::new(registry::forgotten(&state)?),
        };
        Ok(Rules {
            zone: registry::zone(&state)?,
            acts: Arc::new(registry::acts(&state)?),
            forgotten,
            erasures,
            keep_days: registry::keep_days(&state)?,
        })
    }

    /// The journal's batches after `position`, in order.
    pub fn batches_after(&self, position: i64) -> Result<Vec<Batch>> {
        self.journal.after(position)
    }

    /// Head and live segments of one state of the catalog, unless the head is still the one that is known.
    pub fn catalog_unless(&self, known: &Head, directory: &Path) -> Result<Option<Seen>> {
        let state = self.registry.unchecked_transaction().doing("read the lake catalog")?;
        let head = catalog::head(&state)?;
        if head == *known {
            return Ok(None);
        }
        Ok(Some(Seen {
            segments: catalog::segments(&state, directory)?,
            only_grew: catalog::only_grew(&state, known.snapshot, head.snapshot)?,
            head,
        }))
    }

    /// Which rows of a segment were written under another key than their own.
    pub fn rekeyed(&self, segment: &str) -> Result<Vec<(i64, i64)>> {
        catalog::rekeyed(&self.registry, segment)
    }
}
