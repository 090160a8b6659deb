//! The store itself: one opened data directory.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use longplay_domain::{Gate, PersonKey, Time};
use rusqlite::Connection;

use crate::{
    error::{PathContext, Result, StoreError},
    journal::Journal,
    lake::catalog::{self, Head},
    people::{
        links,
        moved::{self, Source},
        resolve::Who,
    },
    registry,
    segment::{SegmentInfo, ids::IdIndex, read::Segment},
    snapshot::Snapshot,
    tail::{SortedRun, Tail},
    terms::Terms,
};

/// An opened data directory. Shared freely between threads; calls block.
pub struct Store {
    directory: PathBuf,
    key: PersonKey,
    terms: Arc<Terms>,
    registry: Mutex<Connection>,
    live: Mutex<Live>,
}

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub events: u64,
    pub people: u64,
}

/// What changes while the store is open. Lock order: `live` before `registry`.
pub(crate) struct Live {
    pub journal: Journal,
    pub view: View,
}

/// This process's view of what all processes have accepted and sealed.
pub(crate) struct View {
    pub tail: Tail,
    pub head: Head,
    pub segments: Vec<Arc<LiveSegment>>,
    pub people: People,
    /// How the segments were last laid out for reading.
    pub layout: Option<Layout>,
}

/// Who is who, and which state of the links it was made of.
pub(crate) struct People {
    made_of: Option<(i64, u64)>,
    pub version: u64,
    pub who: Arc<Who>,
}

/// The segments as they are read: what lies where it belongs, and what has to be moved.
#[derive(Clone)]
pub(crate) struct Layout {
    snapshot: i64,
    version: u64,
    sources: Vec<Source>,
    moved: Arc<SortedRun>,
}

/// A live segment and its id index.
pub(crate) struct LiveSegment {
    pub segment: Arc<Segment>,
    pub ids: IdIndex,
    pub ids_path: PathBuf,
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
        let registry = registry::open(&directory, now)?;
        let key = registry::secret(&registry)?;
        let head = Head {
            snapshot: -1,
            sealed: 0,
        };
        let view = View {
            tail: Tail::new(key, 0),
            head,
            segments: Vec::new(),
            people: People {
                made_of: None,
                version: 0,
                who: Arc::default(),
            },
            layout: None,
        };
        let live = Live {
            journal: Journal::open(&directory)?,
            view,
        };
        let store = Self {
            directory,
            key,
            terms: Arc::default(),
            registry: Mutex::new(registry),
            live: Mutex::new(live),
        };
        store.refresh(&mut store.live())?;
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
        Ok(Gate {
            now,
            zone: self.zone()?,
            key: self.key,
        })
    }

    /// Everything accepted so far, by this process or another, frozen; without what is marked.
    pub fn snapshot(&self) -> Result<Snapshot> {
        let (mut snapshot, layout) = {
            let mut live = self.live();
            self.refresh(&mut live)?;
            let who = self.who(&mut live.view)?;
            let view = &mut live.view;
            let (id, version) = (view.head.snapshot, view.people.version);
            let layout = view.layout.clone();
            let counted = view.segments.iter().filter(|live| !live.segment.info.is_marked);
            let segments: Vec<Arc<Segment>> = counted.map(|live| Arc::clone(&live.segment)).collect();
            let snapshot = Snapshot {
                id,
                position: view.tail.last_position(),
                sources: Vec::new(),
                moved: Arc::default(),
                tail: view.tail.sorted(&who)?,
                people_version: version,
                terms: Arc::clone(&self.terms),
            };
            let is_current = |layout: &Layout| layout.snapshot == id && layout.version == version;
            (snapshot, layout.filter(is_current).ok_or((segments, who)))
        };
        let layout = match layout {
            Ok(layout) => layout,
            // Reading what has to be moved takes time, so nobody waits for it.
            Err((segments, who)) => {
                let (sources, moved) = moved::split(segments, &who)?;
                let layout = Layout {
                    snapshot: snapshot.id,
                    version: snapshot.people_version,
                    sources,
                    moved: Arc::new(moved),
                };
                self.live().view.layout = Some(layout.clone());
                layout
            }
        };
        (snapshot.sources, snapshot.moved) = (layout.sources, layout.moved);
        Ok(snapshot)
    }

    /// Who is who by everything said so far.
    pub(crate) fn who(&self, view: &mut View) -> Result<Arc<Who>> {
        let registry = self.registry();
        let made_of = (links::version(&registry)?, view.tail.links_version());
        if view.people.made_of == Some(made_of) {
            return Ok(Arc::clone(&view.people.who));
        }
        let (mut facts, undone) = links::facts(&registry)?;
        drop(registry);
        let undone: HashSet<i64, RandomState> = undone.into_iter().collect();
        let said = view.tail.links().map(|said| said.fact);
        facts.extend(said.filter(|fact| !undone.contains(&fact.id)));
        view.people = People {
            made_of: Some(made_of),
            version: view.people.version + 1,
            who: Arc::new(Who::resolve(&facts)),
        };
        Ok(Arc::clone(&view.people.who))
    }

    pub fn totals(&self) -> Result<Totals> {
        let snapshot = self.snapshot()?;
        Ok(Totals {
            events: snapshot.rows(),
            people: snapshot.people()?,
        })
    }

    pub(crate) fn registry(&self) -> MutexGuard<'_, Connection> {
        // A panic while holding the lock leaves at worst an open transaction, which SQLite rolls back.
        self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Brings tail and segments up to what all processes have done. The journal is read before the catalog: a batch that
    /// was trimmed in between is then in a segment that the catalog already names.
    pub(crate) fn refresh(&self, live: &mut Live) -> Result<()> {
        let batches = live.journal.after(live.view.tail.last_position())?;
        for batch in batches {
            live.view.tail.push(batch.position, batch.events);
        }
        self.refresh_catalog(&mut live.view)
    }

    pub(crate) fn refresh_catalog(&self, view: &mut View) -> Result<()> {
        let registry = self.registry();
        let head = catalog::head(&registry)?;
        if head == view.head {
            return Ok(());
        }
        let known: HashMap<i64, Arc<LiveSegment>, RandomState> = view
            .segments
            .drain(..)
            .map(|live| (live.segment.info.file_id, live))
            .collect();
        for info in catalog::segments(&registry, &self.directory)? {
            let segment = match known.get(&info.file_id) {
                Some(segment) => Arc::clone(segment),
                None => {
                    let rekeyed = catalog::rekeyed(&registry, &info.name)?;
                    Arc::new(LiveSegment::open(&self.directory, info, rekeyed)?)
                }
            };
            view.segments.push(segment);
        }
        view.tail.forget(head.sealed);
        view.head = head;
        Ok(())
    }

    /// Waits for the right to seal, merge and expire, which one process at a time holds until the file is dropped.
    pub(crate) fn maintenance(&self) -> Result<File> {
        let path = self.directory.join("maintenance.lock");
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .at("open the lock", &path)?;
        file.lock().at("take the lock", &path)?;
        Ok(file)
    }
}

impl LiveSegment {
    fn open(directory: &Path, info: SegmentInfo, rekeyed: Vec<(i64, i64)>) -> Result<Self> {
        let ids_path = directory.join("ids").join(format!("{}.ids", info.name));
        let ids = IdIndex::open(&ids_path)?;
        if ids.entries() != info.rows {
            let message = format!("has {} ids where the segment has {} rows", ids.entries(), info.rows);
            return Err(StoreError::Damaged {
                path: ids_path,
                message,
            });
        }
        Ok(Self {
            segment: Arc::new(Segment::open(info, rekeyed)?),
            ids,
            ids_path,
        })
    }
}
