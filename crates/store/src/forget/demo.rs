//! Taking a demonstration away: every event, piece and total, what was noted of people and days that never were, and links to
//! views of it, which would else show whatever comes next to whoever has them. What the owner said about themselves stays:
//! accounts, keys, goals, whom they want, the zone.
//!
//! What must stay true: nothing of a workspace that is no demonstration goes, and whoever looks sees all of it or nothing.

use longplay_domain::Time;

use super::rewrite::Leaving;
use crate::{
    Store,
    error::{Context, Result, StoreError},
    lake::publish::{Change, DELETED},
};

/// What a demonstration brings, and what can be noted of it. `setting` holds what kinds of settings go, and that it is one.
const GOES: &str = "
    DELETE FROM piece;
    DELETE FROM sample;
    DELETE FROM import;
    DELETE FROM link;
    DELETE FROM advice;
    DELETE FROM talk;
    DELETE FROM share;
    DELETE FROM setting WHERE name = 'demo' OR name GLOB 'hit:*' OR name GLOB 'note:*';
";

impl Store {
    /// Removes everything that the demonstration brought.
    pub fn remove_demo(&self, now: Time) -> Result<()> {
        if !self.is_demo()? {
            let message = "this is no demonstration, so nothing of it is removed";
            return Err(StoreError::Invalid(message.to_owned()));
        }
        // What lies in the journal leaves with the segments.
        self.seal(now)?;
        let lock = self.maintenance()?;
        let end_of_time = Time::from_micros(i64::MAX);
        let rewritten = self.rewrite(&Leaving::before(end_of_time, end_of_time), (&lock, now))?;
        self.publish(&Change {
            written: &rewritten.written,
            replaced: &rewritten.replaced,
            sealed: None,
            links: &[],
            now,
            what: DELETED,
            also: &|transaction| transaction.execute_batch(GOES).doing("remove the demonstration"),
        })?;
        let (_, all_gone) = self.expire_at_once(now)?;
        if !all_gone {
            tracing::warn!("files of the demonstration can't all be removed yet; the next seal tries again");
        }
        Ok(())
    }
}
