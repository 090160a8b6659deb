//! One person, looked at whole: handles, links, events. And the owner's word on who is one.

use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use longplay_domain::{Evidence, Handle, Link, Time};

use super::{
    links::{self, LinkFact, LinkRow},
    moved::rekey,
};
use crate::{
    Store,
    error::{Result, StoreError},
    order::Keys,
    segment::{read::Segment, schema::Column},
    tail::{Pending, sort_batches},
};

/// What is known of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonCard {
    /// The person's key.
    pub person: i64,
    /// Every handle we know in clear, in order.
    pub handles: Vec<String>,
    /// Every link that touches one of their handles, oldest first, undone ones too.
    pub links: Vec<LinkInfo>,
    /// Events held, those that answers leave out among them.
    pub events: u64,
    pub first: Option<Time>,
    pub last: Option<Time>,
}

/// A link as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkInfo {
    /// 16 hexadecimal digits.
    pub id: String,
    pub from: String,
    pub to: String,
    pub evidence: Evidence,
    pub at: Time,
    pub why: Option<String>,
    /// Whether it makes the two one: an undone link doesn't, nor one that says of a shared device what another said before.
    pub is_in_force: bool,
    pub undone_at: Option<Time>,
}

fn shown(id: i64) -> String {
    format!("{id:016x}")
}

impl Store {
    /// What is known of the person behind a handle; `None` when nothing is.
    pub fn person(&self, handle: &Handle) -> Result<Option<PersonCard>> {
        let known = self.known(handle)?;
        self.card(&known, Some(handle))
    }

    /// What is known of the person of a key; `None` when nothing is.
    pub fn person_of(&self, key: i64) -> Result<Option<PersonCard>> {
        let known = self.known_by(key)?;
        self.card(&known, None)
    }

    pub(crate) fn card(&self, known: &Known, named: Option<&Handle>) -> Result<Option<PersonCard>> {
        let batches = self.rows_of(known)?;
        let mut handles: Vec<String> = Vec::new();
        for link in &known.links {
            let link = &link.link.link;
            let ours = |handle: &Handle| known.keys.contains(&self.key().person(handle).0);
            handles.extend(
                [link.from(), link.to()]
                    .into_iter()
                    .filter(|h| ours(h))
                    .map(|h| h.as_str().to_owned()),
            );
        }
        let (mut events, mut first, mut last) = (0, None, None);
        for batch in &batches {
            let clear = batch.column(Column::Handle.index()).as_string::<i32>();
            handles.extend(clear.iter().flatten().map(str::to_owned));
            let times = Keys::of(batch).time;
            events += times.len() as u64;
            first = first.into_iter().chain(times.iter().copied()).min();
            last = last.into_iter().chain(times.iter().copied()).max();
        }
        if events == 0 && known.links.is_empty() {
            return Ok(None);
        }
        handles.extend(named.map(|handle| handle.as_str().to_owned()));
        handles.sort();
        handles.dedup();
        let links = known.links.iter().map(|row| known.info(row)).collect();
        Ok(Some(PersonCard {
            person: known.keys[0],
            handles,
            links,
            events,
            first: first.map(Time::from_micros),
            last: last.map(Time::from_micros),
        }))
    }

    /// The key of a handle, by which a person is found without naming them.
    pub fn key_of(&self, handle: &Handle) -> i64 {
        self.key().person(handle).0
    }

    /// Every event held on the person of a key with every column, in order of time; marked ones too.
    pub(super) fn events_of(&self, key: i64) -> Result<Vec<RecordBatch>> {
        let known = self.known_by(key)?;
        self.rows_of(&known)
    }

    /// Says that two handles are one person. Undoes an earlier undoing.
    pub fn merge_people(&self, one: &Handle, other: &Handle, why: &str, now: Time) -> Result<LinkInfo> {
        let link = Link::new(one.clone(), other.clone(), Evidence::Merge)
            .ok_or_else(|| StoreError::Invalid(format!("{} is that person already", one.as_str())))?;
        let said = LinkFact::new(link, now, &self.key());
        let registry = self.registry();
        links::merge(&registry, &said, why)?;
        let row = links::find(&registry, said.fact.id)?.ok_or_else(|| no_link(&shown(said.fact.id)))?;
        drop(registry);
        Ok(self.known(one)?.info(&row))
    }

    /// Undoes a link; every answer is then as if it had never been. Saying the same again does not bring it back, only
    /// [`Store::merge_people`] does.
    pub fn unlink(&self, id: &str, now: Time) -> Result<LinkInfo> {
        let number = u64::from_str_radix(id, 16).map_err(|_| no_link(id))? as i64;
        let pending = self.refresh()?.tail.pending();
        let in_tail = pending.links().iter().find(|said| said.fact.id == number).cloned();
        let registry = self.registry();
        let kept = links::find(&registry, number)?.map(|row| row.link);
        let said = kept.or(in_tail).ok_or_else(|| no_link(id))?;
        links::undo(&registry, &said, now)?;
        let row = links::find(&registry, number)?.ok_or_else(|| no_link(id))?;
        drop(registry);
        Ok(self.known(said.link.from())?.info(&row))
    }

    /// The keys and links of the person behind a handle.
    pub(crate) fn known(&self, handle: &Handle) -> Result<Known> {
        self.known_by(self.key().person(handle).0)
    }

    /// The same of a key.
    pub(crate) fn known_by(&self, key: i64) -> Result<Known> {
        let pending = self.refresh()?.tail.pending();
        let who = self.who_with(&pending)?;
        let keys = who.keys_of(who.person(key));
        let mut rows = links::touching(&self.registry(), &keys)?;
        for said in pending.links() {
            let touches = keys.contains(&said.fact.from) || keys.contains(&said.fact.to);
            if !touches {
                continue;
            }
            match rows.iter_mut().find(|row| row.link.fact.id == said.fact.id) {
                Some(row) => row.link.fact.at = row.link.fact.at.min(said.fact.at),
                None => rows.push(LinkRow {
                    link: said.clone(),
                    why: None,
                    undone_at: None,
                }),
            }
        }
        rows.sort_by_key(|row| (row.link.fact.at, row.link.fact.id));
        Ok(Known { keys, links: rows, who })
    }

    /// Everything that is held just now: the segments, and what waits in the tail.
    pub(super) fn live_rows(&self) -> Result<(Vec<Arc<Segment>>, Pending)> {
        let mut view = self.refresh()?;
        let segments = view.segments.iter().map(|live| Arc::clone(&live.segment)).collect();
        Ok((segments, view.tail.pending()))
    }

    /// Every row of a person, each once.
    fn rows_of(&self, known: &Known) -> Result<Vec<RecordBatch>> {
        let (segments, pending) = self.live_rows()?;
        let person = known.keys[0];
        let mut found = Vec::new();
        for segment in segments {
            // Rows may lie under a key they were once moved to.
            let once = segment.rekeyed.iter().filter(|(origin, _)| known.keys.contains(origin));
            let mut wanted: Vec<i64> = known.keys.iter().copied().chain(once.map(|&(_, at)| at)).collect();
            wanted.sort_unstable();
            wanted.dedup();
            found.extend(segment.fetch(&wanted)?);
        }
        found.extend(pending.of(&known.keys));
        let mut own = Vec::new();
        for batch in found {
            let batch = rekey(&batch, &known.who);
            let persons = Keys::of(&batch).person;
            for (row, _) in persons.iter().enumerate().filter(|(_, at)| **at == person) {
                own.push(batch.slice(row, 1));
            }
        }
        let mut sorted = Vec::new();
        sort_batches(&own, &mut |batch| {
            sorted.push(batch);
            Ok(())
        })?;
        Ok(sorted)
    }
}

/// A person's keys and links at one moment.
pub(crate) struct Known {
    /// The person's own first.
    pub keys: Vec<i64>,
    pub links: Vec<LinkRow>,
    pub who: Arc<super::resolve::Who>,
}

impl Known {
    fn info(&self, row: &LinkRow) -> LinkInfo {
        let LinkFact { link, fact } = &row.link;
        LinkInfo {
            id: shown(fact.id),
            from: link.from().as_str().to_owned(),
            to: link.to().as_str().to_owned(),
            evidence: link.evidence(),
            at: Time::from_micros(fact.at),
            why: row.why.clone(),
            is_in_force: row.undone_at.is_none() && self.who.is_in_force(fact.id),
            undone_at: row.undone_at,
        }
    }
}

fn no_link(id: &str) -> StoreError {
    StoreError::Invalid(format!(
        "there is no link “{id}”; `longplay person show HANDLE` lists a person's links"
    ))
}
