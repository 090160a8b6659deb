//! What is held, laid out for reading: who is who, what has to be moved, the tail in order. Each is worked out when it is
//! asked for, on the asker's thread and without a lock, and kept until what it was made of changes.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use crate::{
    Store,
    error::Result,
    people::{
        links,
        moved::{self, Source},
        resolve::Who,
    },
    segment::read::Segment,
    snapshot::Snapshot,
    tail::{Kept, Pending, SortedRun},
};

/// What was worked out last.
#[derive(Default)]
pub(crate) struct Laid {
    people: People,
    segments: Option<Layout>,
    tail: Option<SortedTail>,
}

/// Who is who, and which state of the links it was made of.
#[derive(Clone, Default)]
struct People {
    made_of: Option<(i64, u64)>,
    version: u64,
    who: Arc<Who>,
}

/// The segments as they are read: what lies where it belongs, and what has to be moved.
#[derive(Clone)]
struct Layout {
    snapshot: i64,
    version: u64,
    sources: Vec<Source>,
    moved: Arc<SortedRun>,
}

/// The counted events of the tail, in order.
#[derive(Clone)]
struct SortedTail {
    /// Lake snapshot, journal position, state of the links.
    made_of: (i64, i64, u64),
    run: Arc<SortedRun>,
}

impl Store {
    /// Everything accepted so far, by this process or another, frozen; without what is marked.
    pub fn snapshot(&self) -> Result<Snapshot> {
        let acts = self.acts()?;
        let (id, segments, pending, (erasures, rewritten)) = {
            let mut view = self.refresh()?;
            let counted = view.segments.iter().filter(|live| !live.segment.info.is_marked);
            let segments: Vec<Arc<Segment>> = counted.map(|live| Arc::clone(&live.segment)).collect();
            let changes = (view.erasures(), view.rewritten);
            (view.head.snapshot, segments, view.tail.pending(), changes)
        };
        let people = self.people(&pending)?;
        let layout = self.layout(id, segments, &people)?;
        Ok(Snapshot {
            id,
            position: pending.position(),
            sources: layout.sources,
            moved: layout.moved,
            tail: self.sorted_tail(id, &pending, &people)?,
            people_version: people.version,
            who: people.who,
            erasures,
            rewritten,
            acts,
            terms: Arc::clone(self.terms()),
        })
    }

    /// Who is who by everything said so far.
    pub(crate) fn who(&self) -> Result<Arc<Who>> {
        let pending = self.refresh()?.tail.pending();
        Ok(self.people(&pending)?.who)
    }

    /// Who is who by what is on disk and what the tail says.
    pub(crate) fn who_with(&self, pending: &Pending) -> Result<Arc<Who>> {
        Ok(self.people(pending)?.who)
    }

    fn people(&self, pending: &Pending) -> Result<People> {
        let (made_of, facts) = {
            let registry = self.registry();
            let made_of = (links::version(&registry)?, pending.links_version());
            let known = self.laid().people.clone();
            if known.made_of == Some(made_of) {
                return Ok(known);
            }
            (made_of, links::facts(&registry)?)
        };
        let (mut facts, undone) = facts;
        let undone: HashSet<i64, RandomState> = undone.into_iter().collect();
        let said = pending.links().iter().map(|said| said.fact);
        facts.extend(said.filter(|fact| !undone.contains(&fact.id)));
        let who = Arc::new(Who::resolve(&facts));
        let mut laid = self.laid();
        laid.people = People {
            made_of: Some(made_of),
            version: laid.people.version + 1,
            who,
        };
        Ok(laid.people.clone())
    }

    fn layout(&self, snapshot: i64, segments: Vec<Arc<Segment>>, people: &People) -> Result<Layout> {
        let known = self.laid().segments.clone();
        let is_current = |layout: &Layout| (layout.snapshot, layout.version) == (snapshot, people.version);
        if let Some(layout) = known.filter(is_current) {
            return Ok(layout);
        }
        let (sources, moved) = moved::split(segments, &people.who)?;
        let layout = Layout {
            snapshot,
            version: people.version,
            sources,
            moved: Arc::new(moved),
        };
        self.laid().segments = Some(layout.clone());
        Ok(layout)
    }

    fn sorted_tail(&self, snapshot: i64, pending: &Pending, people: &People) -> Result<Arc<SortedRun>> {
        let made_of = (snapshot, pending.position(), people.version);
        let known = self.laid().tail.clone();
        if let Some(tail) = known.filter(|tail| tail.made_of == made_of) {
            return Ok(tail.run);
        }
        let run = Arc::new(pending.run(&people.who, Kept::Counted)?);
        self.laid().tail = Some(SortedTail {
            made_of,
            run: Arc::clone(&run),
        });
        Ok(run)
    }

    /// Lets go of the tail in order: it was sealed, and nobody may ask for long.
    pub(crate) fn drop_sorted_tail(&self) {
        self.laid().tail = None;
    }
}
