//! What this process knows of all that was accepted and sealed, by whomever: the tail and the live segments.
//!
//! What must stay true: whoever looks at the view sees each event once, in the tail or in a segment. So batches are taken
//! in and the catalog is looked at under one hold of `watch`, the journal before the catalog; and when a segment appears,
//! its rows leave the tail in the same moment.

use std::{
    path::Path,
    sync::{Arc, MutexGuard},
};

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use longplay_domain::{Event, PersonKey};

use crate::{
    Store,
    error::{Result, StoreError},
    journal::Batch,
    lake::catalog::Head,
    layout::Laid,
    segment::{
        SegmentInfo, Written,
        ids::{self, IdIndex},
        read::Segment,
    },
    tail::Tail,
    watch::{Rules, Seen, Watch},
};

/// Id indexes of segments about to be published, by name, read already so that no batch waits for that.
pub(crate) type Warm = HashMap<String, IdIndex, RandomState>;

/// Tail and segments.
pub(crate) struct View {
    pub tail: Tail,
    pub head: Head,
    /// Which state of what is forgotten the tail was last held against.
    erasures: i64,
    /// The last lake snapshot with which events changed or went that were held before.
    pub rewritten: i64,
    /// The state of `longplay.db` in which `head` was read.
    version: i64,
    pub segments: Vec<Arc<LiveSegment>>,
}

/// A live segment and its id index.
pub(crate) struct LiveSegment {
    pub segment: Arc<Segment>,
    pub ids: IdIndex,
}

impl View {
    /// Before anything was looked at.
    pub fn new(key: PersonKey) -> Self {
        Self {
            tail: Tail::new(key, 0),
            head: Head {
                snapshot: -1,
                sealed: 0,
            },
            erasures: 0,
            rewritten: -1,
            version: -1,
            segments: Vec::new(),
        }
    }
}

impl View {
    pub const fn erasures(&self) -> i64 {
        self.erasures
    }
}

/// What tells two states of the data apart: equal states give equal answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Changes with every change of `longplay.db`, by whomever; within one opened store only.
    version: i64,
    /// The last batch that was accepted.
    position: i64,
    /// Grows whenever somebody is forgotten.
    pub erasures: i64,
    /// Events seen to come in since the store was opened: how much, from one state to a later one.
    pub accepted: u64,
}

impl Store {
    /// The state of the data as it is now, whoever changed it last.
    pub fn state(&self) -> Result<State> {
        let view = self.refresh()?;
        Ok(State {
            version: view.version,
            position: view.tail.last_position(),
            erasures: view.erasures,
            accepted: view.tail.accepted(),
        })
    }

    /// Reads the id indexes of segments that are about to be published.
    pub(crate) fn warm_up(&self, written: &[Written]) -> Result<()> {
        for Written { name, .. } in written {
            let index = IdIndex::open(&ids::path(self.directory(), name))?;
            index.warm()?;
            self.warm().insert(name.clone(), index);
        }
        Ok(())
    }

    /// Brings tail and segments up to what all processes have done. The journal is read before the catalog: a batch that
    /// was trimmed in between is then in a segment that the catalog already names.
    pub(crate) fn refresh(&self) -> Result<MutexGuard<'_, View>> {
        let mut watch = self.watch();
        let seen = self.view().tail.last_position();
        let batches = watch.batches_after(seen)?;
        // Later than the batches, for a batch that was accepted before somebody was forgotten may hold what they did.
        let rules = watch.rules()?;
        self.take_in(batches, &rules);
        self.refresh_catalog(&watch)?;
        Ok(self.view())
    }

    /// Takes batches of other processes into the tail, without what is forgotten by now. Whoever calls this holds `watch` until the catalog is refreshed too:
    /// the batches before these may have left the journal for a segment, and a view without either must not be seen.
    pub(crate) fn take_in(&self, batches: Vec<Batch>, rules: &Rules) {
        self.let_go(rules);
        for Batch { position, mut events } in batches {
            events.retain_mut(|event| !rules.forgotten.takes(event, &self.key()));
            let fingerprint = |event: &Event| self.key().fingerprint(event.id().as_str().as_bytes());
            let fingerprints: Vec<u64> = events.iter().map(fingerprint).collect();
            self.view().tail.push(position, events, &fingerprints);
        }
    }

    /// Lets go in memory of who was forgotten since this was last looked at.
    fn let_go(&self, rules: &Rules) {
        {
            let mut view = self.view();
            if view.erasures == rules.erasures {
                return;
            }
            view.erasures = rules.erasures;
            view.tail.let_go(&rules.forgotten);
        }
        *self.laid() = Laid::default();
    }

    /// Brings the segments up to the catalog, when it changed. Holding `watch` keeps others from doing the same at once.
    pub(crate) fn refresh_catalog(&self, watch: &Watch) -> Result<()> {
        let version = watch.version()?;
        let (head, held) = {
            let view = self.view();
            if view.version == version {
                return Ok(());
            }
            (view.head.clone(), view.segments.clone())
        };
        let Some(seen) = watch.catalog_unless(&head, self.directory())? else {
            self.view().version = version;
            return Ok(());
        };
        let Seen {
            head: new_head,
            segments: infos,
            only_grew,
        } = seen;
        let known: HashMap<i64, Arc<LiveSegment>, RandomState> =
            held.into_iter().map(|live| (live.segment.info.file_id, live)).collect();
        let mut segments = Vec::with_capacity(infos.len());
        for info in infos {
            segments.push(match known.get(&info.file_id) {
                Some(segment) => Arc::clone(segment),
                None => {
                    let warm = self.warm().remove(&info.name);
                    let rekeyed = watch.rekeyed(&info.name)?;
                    Arc::new(LiveSegment::open(self.directory(), info, (warm, rekeyed))?)
                }
            });
        }
        let mut view = self.view();
        let replaced = std::mem::replace(&mut view.segments, segments);
        let sealed = view.tail.forget(new_head.sealed);
        if !only_grew {
            view.rewritten = new_head.snapshot;
        }
        view.head = new_head;
        view.version = version;
        drop(view);
        // Giving so much memory back takes a while, and nobody has to wait for it.
        drop((replaced, sealed));
        Ok(())
    }
}

impl LiveSegment {
    fn open(directory: &Path, info: SegmentInfo, (warm, rekeyed): (Option<IdIndex>, Vec<(i64, i64)>)) -> Result<Self> {
        let path = ids::path(directory, &info.name);
        let ids = warm.map_or_else(|| IdIndex::open(&path), Ok)?;
        if ids.entries() != info.rows {
            let message = format!("has {} ids where the segment has {} rows", ids.entries(), info.rows);
            return Err(StoreError::Damaged { path, message });
        }
        Ok(Self {
            segment: Arc::new(Segment::open(info, rekeyed)?),
            ids,
        })
    }
}
