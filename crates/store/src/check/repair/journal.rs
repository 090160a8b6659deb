//! Repairs of the journal: counts, positions, and events that are in segments already.

use std::collections::BTreeMap;

use longplay_domain::{Event, PersonKey};
use rusqlite::{TransactionBehavior, params};

use super::{Bench, Repeats};
use crate::{
    error::{Context, Result},
    journal::{decode, encode, last_position},
    lake::catalog,
    segment::ids::{self, IdIndex},
};

const DOING: &str = "repair the journal";

/// A batch as it lies there.
struct Raw {
    position: i64,
    accepted_at: i64,
    events: i64,
    body: Vec<u8>,
}

impl Bench<'_> {
    fn batches_after(&self, position: i64) -> Result<Vec<Raw>> {
        self.journal
            .prepare("SELECT position, accepted_at, events, body FROM batch WHERE position > ?1 ORDER BY position")
            .and_then(|mut select| {
                let rows = select.query_map([position], |row| {
                    Ok(Raw {
                        position: row.get(0)?,
                        accepted_at: row.get(1)?,
                        events: row.get(2)?,
                        body: row.get(3)?,
                    })
                });
                rows?.collect()
            })
            .doing(DOING)
    }

    /// Fingerprints of the ids not yet in a segment with their batch's position, ascending.
    pub fn unsealed_ids(&self) -> Result<Vec<(u64, i64)>> {
        let key = self.key()?;
        let sealed = catalog::head(&self.registry)?.sealed;
        let mut all = Vec::new();
        for raw in self.batches_after(sealed)? {
            let events = decode(&raw.body).unwrap_or_default();
            all.extend(events.iter().map(|event| (fingerprint(&key, event), raw.position)));
        }
        all.sort_unstable();
        Ok(all)
    }

    pub fn trim_journal(&mut self) -> Result<()> {
        let sealed = catalog::head(&self.registry)?.sealed;
        self.journal
            .execute("DELETE FROM batch WHERE position <= ?1", [sealed])
            .doing(DOING)
            .map(drop)
    }

    pub fn recount_batch(&mut self, name: &str) -> Result<()> {
        let position = name
            .strip_prefix("batch-")
            .and_then(|position| position.parse::<i64>().ok());
        let raw = position.map(|position| self.batches_after(position - 1)).transpose()?;
        let raw = raw.and_then(|raw| raw.into_iter().next());
        let Some((raw, events)) = raw.and_then(|raw| decode(&raw.body).map(|events| (raw, events))) else {
            return Ok(());
        };
        self.journal
            .execute(
                "UPDATE batch SET events = ?2 WHERE position = ?1",
                [raw.position, events.len() as i64],
            )
            .doing(DOING)
            .map(drop)
    }

    /// Writes batches again without events that are held elsewhere. A batch stays, if empty, so that positions are unbroken.
    pub fn drop_from_batches(&mut self, repeats: &Repeats) -> Result<()> {
        let key = self.key()?;
        let sealed = catalog::head(&self.registry)?.sealed;
        let batches = self.batches_after(sealed)?;
        let transaction = self
            .journal
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(DOING)?;
        for raw in batches {
            let name = super::super::journal::batch_name(raw.position);
            let (Some(gone), Some(mut events)) = (repeats.get(&name), decode(&raw.body)) else {
                continue;
            };
            keep_first(&mut events, gone, &key);
            transaction
                .execute(
                    "UPDATE batch SET events = ?2, body = ?3 WHERE position = ?1",
                    params![raw.position, events.len() as i64, encode(&events)?],
                )
                .doing(DOING)?;
        }
        transaction.commit().doing(DOING)
    }

    /// Gives batches of a journal that began anew positions after the sealed one, without what is in segments.
    pub fn renumber_journal(&mut self) -> Result<()> {
        let key = self.key()?;
        let sealed = catalog::head(&self.registry)?.sealed;
        let live = self.live()?;
        let path = |name: &str| ids::path(self.directory, name);
        let indexes: Vec<IdIndex> = live
            .iter()
            .map(|info| IdIndex::open(&path(&info.name)))
            .collect::<Result<_>>()?;
        let batches = self.batches_after(0)?;
        let transaction = self
            .journal
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(DOING)?;
        if last_position(&transaction)? >= sealed {
            return Ok(());
        }
        transaction.execute_batch("DELETE FROM batch").doing(DOING)?;
        transaction
            .execute_batch("DELETE FROM sqlite_sequence WHERE name = 'batch'")
            .doing(DOING)?;
        transaction
            .execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('batch', ?1)", [sealed])
            .doing(DOING)?;
        for mut raw in batches {
            if let Some(mut events) = decode(&raw.body) {
                let mut gone = BTreeMap::new();
                let mut own: Vec<u64> = events.iter().map(|event| fingerprint(&key, event)).collect();
                own.sort_unstable();
                for index in &indexes {
                    index.find(&own, |place| {
                        gone.insert(own[place], false);
                    })?;
                }
                keep_first(&mut events, &gone, &key);
                raw.events = events.len() as i64;
                raw.body = encode(&events)?;
            }
            transaction
                .execute(
                    "INSERT INTO batch (accepted_at, events, body) VALUES (?1, ?2, ?3)",
                    params![raw.accepted_at, raw.events, raw.body],
                )
                .doing(DOING)?;
        }
        transaction.commit().doing(DOING)
    }
}

fn fingerprint(key: &PersonKey, event: &Event) -> u64 {
    key.fingerprint(event.id().as_str().as_bytes())
}

/// Drops the events whose ids are among `repeats`, but for the first of those whose first one stays.
fn keep_first(events: &mut Vec<Event>, repeats: &BTreeMap<u64, bool>, key: &PersonKey) {
    let mut left = repeats.clone();
    events.retain(|event| match left.get_mut(&fingerprint(key, event)) {
        Some(keeps_first) => std::mem::take(keeps_first),
        None => true,
    });
}
