//! The store itself: one opened data directory.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use longplay_domain::{Gate, PersonKey, Time};
use rusqlite::Connection;

use crate::{
    accept::queue::Queue,
    error::{PathContext, Result, StoreError},
    journal::Journal,
    lake::catalog,
    layout::Laid,
    lock, registry,
    terms::Terms,
    upgrade::upgrade,
    view::{View, Warm},
    watch::Watch,
};

/// An opened data directory. Shared freely between threads; calls block.
///
/// Lock order: `journal` before `watch` before `view`; the others are taken last and let go before the next. Nothing is
/// written, flushed or sorted under `view`, which every accept and every question needs for a moment.
pub struct Store {
    directory: PathBuf,
    key: PersonKey,
    terms: Arc<Terms>,
    registry: Mutex<Connection>,
    queue: Queue,
    journal: Mutex<Journal>,
    watch: Mutex<Watch>,
    view: Mutex<View>,
    warm: Mutex<Warm>,
    laid: Mutex<Laid>,
}

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub events: u64,
    pub people: u64,
}

impl Store {
    /// Opens the data directory, creating it when there is none.
    pub fn open(directory: &Path, now: Time) -> Result<Self> {
        if directory.is_file() {
            let message = format!("{} is a file; a data directory is a directory", directory.display());
            return Err(StoreError::Invalid(message));
        }
        for part in [directory.to_owned(), directory.join("segments"), directory.join("ids")] {
            std::fs::create_dir_all(&part).at("create the directory", &part)?;
        }
        let directory = std::fs::canonicalize(directory).at("find the directory", directory)?;
        if !directory.join("longplay.db").is_file() {
            // Where there is a registry, a journal that is missing or empty was lost. So it is there first.
            Journal::open(&directory)?;
        }
        let registry = upgrade(&directory, now)?;
        let key = registry::secret(&registry)?;
        let mut journal = Journal::open(&directory)?;
        journal.continue_after(catalog::head(&registry)?.sealed)?;
        let store = Self {
            key,
            terms: Arc::default(),
            registry: Mutex::new(registry),
            queue: Queue::default(),
            journal: Mutex::new(journal),
            watch: Mutex::new(Watch::open(&directory)?),
            view: Mutex::new(View::new(key)),
            warm: Mutex::default(),
            laid: Mutex::default(),
            directory,
        };
        drop(store.refresh()?);
        store.finish_at_open(now)?;
        Ok(store)
    }

    /// Opens a data directory that must exist already.
    pub fn open_existing(directory: &Path, now: Time) -> Result<Self> {
        if !directory.join("longplay.db").is_file() {
            return Err(StoreError::Missing(directory.to_owned()));
        }
        Self::open(directory, now)
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub fn terms(&self) -> &Arc<Terms> {
        &self.terms
    }

    pub(crate) const fn key(&self) -> PersonKey {
        self.key
    }

    /// The gate by which claims of this workspace are judged.
    pub fn gate(&self, now: Time) -> Result<Gate> {
        Ok(self.gate_and_erasures(now)?.0)
    }

    /// The gate, and which state of what is forgotten it goes by.
    pub(crate) fn gate_and_erasures(&self, now: Time) -> Result<(Gate, i64)> {
        let rules = self.watch().rules()?;
        let gate = Gate {
            now,
            acts: rules.acts,
            zone: rules.zone,
            key: self.key,
            forgotten: rules.forgotten,
            keep_days: rules.keep_days,
        };
        Ok((gate, rules.erasures))
    }

    pub fn totals(&self) -> Result<Totals> {
        let snapshot = self.snapshot()?;
        Ok(Totals {
            events: snapshot.rows(),
            people: snapshot.people()?,
        })
    }

    /// Grows whenever somebody is forgotten: whoever keeps texts of strangers in memory lets go of them then.
    pub fn erasures(&self) -> i64 {
        self.view().erasures()
    }

    // A panic while holding one of these locks leaves at worst an open transaction, which SQLite rolls back.

    pub(crate) fn registry(&self) -> MutexGuard<'_, Connection> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) const fn queue(&self) -> &Queue {
        &self.queue
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn warm(&self) -> MutexGuard<'_, Warm> {
        self.warm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn laid(&self) -> MutexGuard<'_, Laid> {
        self.laid.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the right to seal, merge and expire, which one process at a time holds until the file is dropped.
    pub(crate) fn maintenance(&self) -> Result<File> {
        lock::maintenance(&self.directory)
    }

    /// The same, or `None` when somebody has it.
    pub(crate) fn maintenance_if_free(&self) -> Result<Option<File>> {
        let path = self.directory.join("maintenance.lock");
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .at("open the lock", &path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).at("take the lock", &path),
        }
    }
}
