//! Keeping events for so many days and no longer. The gate refuses what is older; what grows older is removed when a segment's
//! oldest row is a week past its age, so that a segment is written anew once a week and not with every row. Old snapshots
//! and files go with it, and the links of people of whom no event is left.

use std::fs::File;

use foldhash::fast::RandomState;
use hashbrown::HashSet;
use longplay_domain::{Time, admit::kept_since};
use rusqlite::TransactionBehavior;

use super::rewrite::{Leaving, own_key};
use crate::{
    Store,
    error::{Context, Result, StoreError},
    lake::publish::{Change, DELETED},
    order::Keys,
    people::links,
    registry,
    rows::EVERYBODY,
    segment::{read::Form, schema::Column},
};

/// How far past its age the oldest row of a segment may grow.
const SLACK_DAYS: i64 = 7;
const MICROS_PER_DAY: i64 = 86_400_000_000;
/// A century: more would be a slip of the finger.
const DAYS_MAX: u32 = 36_500;

impl Store {
    /// After how many days events go; `None` keeps them.
    pub fn retention(&self) -> Result<Option<u32>> {
        registry::keep_days(&self.registry())
    }

    /// Sets after how many days events go. What is older is removed by the next [`Store::let_age`].
    pub fn set_retention(&self, days: Option<u32>) -> Result<()> {
        if days.is_some_and(|days| days == 0 || days > DAYS_MAX) {
            let message =
                format!("events are kept for 1 to {DAYS_MAX} days; `longplay retention off` keeps them for good");
            return Err(StoreError::Invalid(message));
        }
        registry::set_keep_days(&self.registry(), days)
    }

    /// Removes what is older than is kept; returns how many events went. Others accept and ask meanwhile.
    pub fn let_age(&self, now: Time) -> Result<u64> {
        let Some(days) = self.watch().rules()?.keep_days else {
            return Ok(0);
        };
        let since = kept_since(now, days);
        let late = Time::from_micros(since.micros().saturating_sub(SLACK_DAYS * MICROS_PER_DAY));
        let is_due = |store: &Self| -> Result<bool> {
            let segments = store.live_segments()?;
            Ok(segments.iter().any(|segment| segment.oldest() < late.micros()))
        };
        if !is_due(self)? {
            return Ok(0);
        }
        let lock = self.maintenance()?;
        self.remove_before(since, late, (&lock, now))
    }

    fn remove_before(&self, since: Time, late: Time, (lock, now): (&File, Time)) -> Result<u64> {
        let rewritten = self.rewrite(&Leaving::before(since, late), (lock, now))?;
        if rewritten.replaced.is_empty() {
            return Ok(0);
        }
        self.publish(&Change {
            written: &rewritten.written,
            replaced: &rewritten.replaced,
            sealed: None,
            links: &[],
            now,
            what: DELETED,
            also: &|_| Ok(()),
        })?;
        self.forget_links_before(since)?;
        let (_, all_gone) = self.expire_at_once(now)?;
        if !all_gone {
            tracing::warn!("files past their age can't all be removed yet; the next seal tries again");
        }
        // Statistics and links of what went. Where somebody's reading keeps the old pages, they are overwritten in time.
        self.clean_databases()?;
        Ok(rewritten.rows)
    }

    /// Takes away what was said before a time of people of whom no event is left.
    fn forget_links_before(&self, since: Time) -> Result<()> {
        let old = links::before(&self.registry(), since)?;
        let who = self.who()?;
        let mut gone: HashSet<i64, RandomState> = old.iter().map(|&(_, key)| who.person(key)).collect();
        let pending = self.refresh()?.tail.pending();
        let mut present = |batch: &arrow::array::RecordBatch, origin: usize| {
            let persons = Keys::persons(batch);
            for row in 0..batch.num_rows() {
                gone.remove(&who.person(own_key(batch, origin, (persons, row))));
            }
        };
        for batch in pending.all() {
            present(batch, Column::Origin.index());
        }
        for segment in self.live_segments()? {
            let mut reader = segment.read(&[Column::Person, Column::Origin], &EVERYBODY, Form::Plain)?;
            while let Some(batch) = reader.next_batch()? {
                present(&batch, 1);
            }
        }
        let lost: Vec<i64> = old
            .into_iter()
            .filter(|&(_, key)| gone.contains(&who.person(key)))
            .map(|(id, _)| id)
            .collect();
        if lost.is_empty() {
            return Ok(());
        }
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing("remove old links")?;
        links::remove(&transaction, &lost)?;
        transaction.commit().doing("remove old links")
    }
}
