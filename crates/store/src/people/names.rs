//! By what names people are known, many at a time: for lists, of which every row has a name, and for finding somebody by a part
//! of one. Reads three columns and no whole row.
//!
//! What must stay true: a name belongs to the person its key belongs to now, however the row lies on disk.

use std::collections::{BTreeMap, BTreeSet};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::Int64Type,
};
use longplay_domain::{Handle, PersonId};

use super::{links, resolve::Who};
use crate::{
    Store,
    error::Result,
    histories::ranges,
    people::links::LinkFact,
    segment::{
        read::{Form, Segment},
        schema::Column,
    },
};

/// What tells whose a name is.
const COLUMNS: [Column; 3] = [Column::Person, Column::Origin, Column::Handle];

/// The person a row belongs to now, and the name it came with, of rows with these three columns in that order.
fn each_name(batch: &RecordBatch, places: [usize; 3], who: &Who, mut see: impl FnMut(i64, &str)) {
    let [person, origin, handle] = places;
    let persons = batch.column(person).as_primitive::<Int64Type>();
    let origins = batch.column(origin).as_primitive::<Int64Type>();
    let handles = batch.column(handle).as_string::<i32>();
    for row in (0..batch.num_rows()).filter(|&row| handles.is_valid(row)) {
        let own = if origins.is_valid(row) {
            origins.value(row)
        } else {
            persons.value(row)
        };
        see(who.person(own), handles.value(row));
    }
}

/// Where those columns lie in a batch that has all.
fn whole() -> [usize; 3] {
    COLUMNS.map(Column::index)
}

impl Store {
    /// Every handle known in clear of each of these people, in order; the people in the order asked.
    pub fn names_of(&self, people: &[PersonId]) -> Result<Vec<(PersonId, Vec<String>)>> {
        let (segments, pending) = self.live_rows()?;
        let who = self.who_with(&pending)?;
        let mut names: BTreeMap<i64, BTreeSet<String>> =
            people.iter().map(|person| (person.0, BTreeSet::new())).collect();
        let mut keys: BTreeSet<i64> = names.keys().copied().collect();
        keys.extend(
            who.moved()
                .filter(|(_, owner)| names.contains_key(owner))
                .map(|(key, _)| key),
        );
        let wanted: Vec<i64> = keys.iter().copied().collect();
        let mut see = |person: i64, name: &str| {
            if let Some(names) = names.get_mut(&person)
                && !names.contains(name)
            {
                names.insert(name.to_owned());
            }
        };
        for segment in &segments {
            let once = segment.rekeyed.iter().filter(|(origin, _)| keys.contains(origin));
            let mut here: Vec<i64> = wanted.iter().copied().chain(once.map(|&(_, at)| at)).collect();
            here.sort_unstable();
            here.dedup();
            for batch in segment.fetch_columns(&here, &COLUMNS)? {
                each_name(&batch, [0, 1, 2], &who, &mut see);
            }
        }
        for batch in pending.of(&wanted) {
            each_name(&batch, whole(), &who, &mut see);
        }
        let mut said: Vec<LinkFact> = pending.links().to_vec();
        for some in wanted.chunks(KEYS_AT_ONCE) {
            said.extend(links::touching(&self.registry(), some)?.into_iter().map(|row| row.link));
        }
        for LinkFact { link, fact } in &said {
            see(who.person(fact.from), link.from().as_str());
            see(who.person(fact.to), link.to().as_str());
        }
        let named = |person: &PersonId| (*person, names.get(&person.0).into_iter().flatten().cloned().collect());
        Ok(people.iter().map(named).collect())
    }

    /// People of whom a name holds `text`, whatever its case, at most so many; and whoever is known by exactly that handle.
    pub fn find_people(&self, text: &str, most: usize) -> Result<Vec<PersonId>> {
        let text = text.trim().to_lowercase();
        let Some(handle) = Handle::parse(&text) else {
            return Ok(Vec::new());
        };
        let (segments, pending) = self.live_rows()?;
        let who = self.who_with(&pending)?;
        let mut found = self.find_in_segments(&segments, &text, (&who, most))?;
        let mut see = |person: i64, name: &str| {
            if found.len() < most && holds(name, &text) {
                found.insert(person);
            }
        };
        for batch in pending.all() {
            each_name(batch, whole(), &who, &mut see);
        }
        for LinkFact { link, fact } in pending.links().iter().chain(&links::naming(&self.registry(), &text)?) {
            see(who.person(fact.from), link.from().as_str());
            see(who.person(fact.to), link.to().as_str());
        }
        // A browser's id is kept as a key alone, so it is found only where it is known in full.
        let exactly = who.person(self.key_of(&handle));
        if self.person_of(exactly)?.is_some() {
            found.insert(exactly);
        }
        Ok(found.into_iter().map(PersonId).collect())
    }

    /// The same of what lies in segments, on every core.
    fn find_in_segments(
        &self,
        segments: &[std::sync::Arc<Segment>],
        text: &str,
        (who, most): (&Who, usize),
    ) -> Result<BTreeSet<i64>> {
        let look = |range: std::ops::RangeInclusive<i64>| {
            let mut found = BTreeSet::new();
            for segment in segments {
                let mut reader = segment.read(&COLUMNS, &range, Form::Plain)?;
                while let Some(batch) = reader.next_batch()? {
                    each_name(&batch, [0, 1, 2], who, |person, name| {
                        if found.len() < most && holds(name, text) {
                            found.insert(person);
                        }
                    });
                }
            }
            Ok(found)
        };
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let parts: Vec<Result<BTreeSet<i64>>> = std::thread::scope(|scope| {
            let workers: Vec<_> = ranges(threads)
                .into_iter()
                .map(|range| scope.spawn(|| look(range)))
                .collect();
            let joined = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined
                .map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
        let mut found = BTreeSet::new();
        for part in parts {
            found.extend(part?);
        }
        while found.len() > most {
            found.pop_last();
        }
        Ok(found)
    }
}

/// Keys that one look into the links may name.
const KEYS_AT_ONCE: usize = 500;

/// Whether a name holds a text that is in small letters; of the handle, what stands behind its kind counts too.
fn holds(name: &str, text: &str) -> bool {
    if name.is_ascii() && text.is_ascii() {
        let (name, text) = (name.as_bytes(), text.as_bytes());
        return name.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text));
    }
    name.to_lowercase().contains(text)
}
