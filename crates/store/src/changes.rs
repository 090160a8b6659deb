//! Whose histories differ between two states of the data, where the later one only grew: so that what was made of the earlier one can
//! be brought up to date by reading these people alone.
//!
//! What must stay true: whoever is not named has the very same history in both. Where that can't be vouched for (somebody was
//! forgotten, names of events got another meaning, old events went, somebody else sealed what was never seen here, or too much came
//! in to be remembered), nobody is named and there is no answer.

use longplay_domain::Time;

use crate::{Snapshot, Store, error::Result, order::Keys};

impl Store {
    /// The people whose histories differ between two snapshots of this store, ascending; `None` where it can't be told.
    pub fn changed_between(&self, earlier: &Snapshot, later: &Snapshot) -> Result<Option<Vec<i64>>> {
        let is_other =
            (earlier.erasures, earlier.rewritten) != (later.erasures, later.rewritten) || earlier.acts != later.acts;
        if is_other || later.position < earlier.position {
            return Ok(None);
        }
        let Some(came) = self.view().tail.came_between(earlier.position, later.position) else {
            return Ok(None);
        };
        if earlier.rows() + came.len() as u64 != later.rows() {
            return Ok(None);
        }
        let mut changed: Vec<i64> = came.iter().map(|&key| later.who.person(key)).collect();
        if earlier.people_version != later.people_version {
            let moved = [earlier, later].into_iter().flat_map(|snapshot| snapshot.who.moved());
            let keys = moved.map(|(key, _)| key);
            for (was, is) in keys.map(|key| (earlier.who.person(key), later.who.person(key))) {
                if was != is {
                    changed.extend([was, is]);
                }
            }
            changed.extend(came.iter().map(|&key| earlier.who.person(key)));
        }
        changed.sort_unstable();
        changed.dedup();
        Ok(Some(changed))
    }
}

impl Snapshot {
    /// Everybody with an event later than `time`, ascending; `None` where some of those may lie in segments.
    pub fn with_events_after(&self, time: Time) -> Option<Vec<i64>> {
        let segments = self.sources.iter().map(|source| source.segment.newest());
        if segments.max().is_some_and(|newest| newest > time.micros()) {
            return None;
        }
        let mut people = Vec::new();
        for batch in self.tail.batches.iter().chain(&self.moved.batches) {
            let keys = Keys::of(batch);
            let rows = keys.person.iter().zip(keys.time);
            people.extend(rows.filter(|(_, at)| **at > time.micros()).map(|(person, _)| *person));
        }
        people.sort_unstable();
        people.dedup();
        Some(people)
    }
}
