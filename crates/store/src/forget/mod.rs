//! Forgetting: a person at their wish ([`Store::erase`]), and whatever is older than the owner keeps (`age`).
//!
//! A person goes in three steps, each of which is finished at the next open or by upkeep when something came between:
//! *asked* (one transaction: from then on what they did before is refused at the gate), *removed* (journal, segments, links,
//! names in files are rewritten without them and published in one transaction), *done* (old files are deleted, and both
//! databases are written anew, so that no free page and no log holds a byte of them).
//!
//! What must stay true: rows, links and names go only after the request is durable; the names needed to find what names them
//! are kept in `erasing` until then and no longer.

mod age;
mod damaged;
mod databases;
mod demo;
mod refusals;
mod rewrite;
mod texts;

use std::fs::File;

use longplay_domain::{Handle, Time};
use rusqlite::{Transaction, TransactionBehavior};

use self::rewrite::Leaving;
pub(crate) use self::rewrite::own_key;
use crate::{
    Store, crash,
    error::{Context, PathContext, Result},
    lake::{
        expire, leftover,
        publish::{Change, DELETED},
    },
    people::{PersonCard, links, person::Known},
    registry::{self, Asked, ErasureReceipt, Removed},
};

impl Store {
    /// Forgets the person behind a handle: everything they did until now, in every file, goes for good. `None` when nobody is
    /// known by it. Others accept and ask meanwhile.
    pub fn erase(&self, handle: &Handle, now: Time) -> Result<Option<ErasureReceipt>> {
        self.erase_person(self.key().person(handle).0, Some(handle), now)
    }

    /// The same by a key of theirs.
    pub fn erase_key(&self, key: i64, now: Time) -> Result<Option<ErasureReceipt>> {
        self.erase_person(key, None, now)
    }

    fn erase_person(&self, key: i64, named: Option<&Handle>, now: Time) -> Result<Option<ErasureReceipt>> {
        let lock = self.maintenance()?;
        // Who is who may take a while to work out the first time; nobody should wait for that behind the journal.
        let person = self.known_by(key)?.keys[0];
        let Some(number) = self.ask_to_forget(key, named, now)? else {
            return Ok(None);
        };
        crash::point("erase.asked");
        self.finish_under(&lock, now)?;
        registry::receipt(&self.registry(), number, person).map(Some)
    }

    /// Finishes what was begun and interrupted, or what somebody who read kept from being finished. Returns whether nothing is
    /// left to do.
    pub fn finish_erasures(&self, now: Time) -> Result<bool> {
        if !registry::has_pending(&self.registry())? {
            return Ok(true);
        }
        let lock = self.maintenance()?;
        self.finish_under(&lock, now)
    }

    /// The same for who opens the directory: when somebody else is at work, they see to it.
    pub(crate) fn finish_at_open(&self, now: Time) -> Result<()> {
        if !registry::has_pending(&self.registry())? {
            return Ok(());
        }
        if let Some(lock) = self.maintenance_if_free()?
            && let Err(error) = self.finish_under(&lock, now)
        {
            // A damaged segment must not keep `longplay check` from saying so.
            tracing::warn!(%error, "an erasure can't be finished yet");
        }
        Ok(())
    }

    /// Notes whom to forget. Nobody can accept anything meanwhile, so everything they did is either counted here or refused.
    fn ask_to_forget(&self, key: i64, named: Option<&Handle>, now: Time) -> Result<Option<i64>> {
        let mut journal = self.journal();
        let appending = journal.appending()?;
        let known = self.known_by(key)?;
        let Some(card) = self.card(&known, named)? else {
            return Ok(None);
        };
        let said = known.links.iter().map(|row| Time::from_micros(row.link.fact.at));
        let asked = Asked {
            keys: &self.named_keys(&known, &card),
            at: now,
            // Clocks run ahead: what is held is forgotten whatever time it says.
            until: said.chain(card.last).fold(now, Time::max),
            events: card.events,
            links: known.links.len() as u64,
        };
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing("note whom to forget")?;
        let number = registry::ask(&transaction, &asked)?;
        transaction.commit().doing("note whom to forget")?;
        drop(registry);
        drop(appending);
        Ok(Some(number))
    }

    /// Every key of a person, with its handle where we know it in clear.
    fn named_keys(&self, known: &Known, card: &PersonCard) -> Vec<(i64, Option<Handle>)> {
        let handles: Vec<Handle> = card.handles.iter().filter_map(|text| Handle::parse(text)).collect();
        let named = |key: i64| {
            handles
                .iter()
                .find(|handle| self.key().person(handle).0 == key)
                .cloned()
        };
        known.keys.iter().map(|&key| (key, named(key))).collect()
    }

    fn finish_under(&self, lock: &File, now: Time) -> Result<bool> {
        let swept = self.sweep()?;
        if registry::is_asked(&self.registry())? {
            self.remove(lock, now)?;
            crash::point("erase.removed");
        }
        let (gone, all_gone) = self.expire_at_once(now)?;
        let damaged = damaged::remove(self.directory())?;
        registry::files_removed(&self.registry(), swept + gone + damaged)?;
        crash::point("erase.expired");
        let is_done = all_gone && self.clean_databases()?;
        if is_done {
            registry::done(&self.registry())?;
        }
        Ok(is_done)
    }

    /// Takes rows, links and names out of everything that is live.
    fn remove(&self, lock: &File, now: Time) -> Result<()> {
        // What is in the tail was let go of when it was noted; what is left of it becomes segments, so that the journal has
        // nothing of before.
        self.seal_under(lock, now)?;
        let rules = self.watch().rules()?;
        let (keys, handles): (Vec<i64>, Vec<Option<Handle>>) =
            registry::to_remove(&self.registry())?.into_iter().unzip();
        let handles: Vec<Handle> = handles.into_iter().flatten().collect();
        let leaving = Leaving::forgotten(keys, &handles, &rules.forgotten)?;
        let rewritten = self.rewrite(&leaving, (lock, now))?;
        // Files somebody brought and did not import yet may name them too.
        let brought = self.directory().join("uploads");
        if brought.is_dir() {
            std::fs::remove_dir_all(&brought).at("remove the uploaded files", &brought)?;
        }
        let counts = Removed {
            segments_rewritten: rewritten.replaced.len() as u64,
            refused_rows: refusals::remove(self.directory(), &handles)?,
        };
        self.publish(&Change {
            written: &rewritten.written,
            replaced: &rewritten.replaced,
            sealed: None,
            links: &[],
            now,
            what: DELETED,
            also: &|transaction: &Transaction<'_>| {
                links::forget(transaction)?;
                registry::forget_talks(transaction)?;
                texts::remove(transaction, &handles)?;
                registry::removed(transaction, counts)
            },
        })?;
        *self.laid() = crate::layout::Laid::default();
        Ok(())
    }

    /// Deletes every file that is not live, whatever old snapshot still shows it. Returns how many went, and whether all did.
    fn expire_at_once(&self, now: Time) -> Result<(u64, bool)> {
        let gone = expire::expire(&mut self.registry(), self.directory(), expire::Due::AtOnce(now))?;
        // What could not be deleted is in no catalog any more.
        let left = leftover::look(&self.registry(), self.directory())?;
        Ok((gone as u64, left.ours.is_empty()))
    }
}
