//! One commit for all batches in line: what is known is found across all of them, one row a batch, one flush.
//!
//! What must stay true: the journal is locked from before the known ids are looked up until the commit, so nobody, in this
//! process or another, can add an id in between; and the tail takes in only what is durable.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashSet;
use longplay_domain::{PersonKey, Refusal};

use super::{Judged, Receipt, Verdict, queue::Waiting};
use crate::{
    Store, crash,
    error::{Result, StoreError},
    journal,
    watch::Rules,
};

impl Store {
    /// Commits what is in line and tells the owners, until somebody else leads or nobody is in line.
    pub(super) fn lead(&self) {
        let queue = self.queue();
        let leading = queue.leading();
        loop {
            let mut taken = queue.take();
            match self.commit(&mut taken) {
                Ok(positions) => {
                    for (mut waiting, position) in taken.into_iter().zip(positions) {
                        let verdicts = std::mem::take(&mut waiting.batch.verdicts);
                        waiting.tell(Ok(Receipt { position, verdicts }));
                    }
                }
                Err(error) => {
                    let error = Arc::new(error);
                    for waiting in taken {
                        waiting.tell(Err(StoreError::Together(Arc::clone(&error))));
                    }
                }
            }
            if leading.hand_on() {
                return;
            }
        }
    }

    /// Makes what is new in the batches durable and visible; returns each one's position.
    fn commit(&self, taken: &mut [Waiting]) -> Result<Vec<i64>> {
        let mut journal = self.journal();
        // From here on nobody else can append or trim, so what counts as known can't change under us.
        let appending = journal.appending()?;
        let others = appending.after(self.view().tail.last_position())?;
        {
            let mut watch = self.watch();
            let rules = watch.rules()?;
            self.take_in(others, &rules);
            self.refresh_catalog(&watch)?;
            for Waiting { batch, .. } in taken.iter_mut() {
                batch.let_go(&rules, &self.key())?;
            }
        }
        self.drop_known(taken)?;
        crash::point("journal.lined_up");
        let mut positions = Vec::with_capacity(taken.len());
        for Waiting { batch, .. } in taken.iter() {
            positions.push(match batch.events.len() {
                0 => 0,
                events => appending.add(&batch.body, events, batch.now)?,
            });
        }
        crash::point("journal.added");
        appending.commit()?;
        crash::point("journal.committed");
        let mut view = self.view();
        for (Waiting { batch, .. }, &position) in taken.iter_mut().zip(&positions) {
            view.tail
                .push(position, std::mem::take(&mut batch.events), &batch.fingerprints);
        }
        Ok(positions)
    }

    /// Takes the events out of the batches whose ids came before: in an earlier place of these batches, in the tail, or in
    /// a segment.
    fn drop_known(&self, taken: &mut [Waiting]) -> Result<()> {
        let fingerprints = || {
            taken
                .iter()
                .flat_map(|waiting| waiting.batch.fingerprints.iter().copied())
        };
        let count = fingerprints().count();
        let mut known = Vec::with_capacity(count);
        let mut wanted = Vec::with_capacity(count);
        let segments = {
            let view = self.view();
            let mut seen: HashSet<u64, RandomState> = HashSet::with_capacity_and_hasher(count, RandomState::default());
            for (place, fingerprint) in fingerprints().enumerate() {
                let is_known = !seen.insert(fingerprint) || view.tail.holds_id(fingerprint);
                known.push(is_known);
                if !is_known {
                    wanted.push((fingerprint, place));
                }
            }
            view.segments.clone()
        };
        wanted.sort_unstable();
        let sorted: Vec<u64> = wanted.iter().map(|&(fingerprint, _)| fingerprint).collect();
        for segment in &segments {
            segment.ids.find(&sorted, |index| known[wanted[index].1] = true)?;
        }
        let mut known = known.into_iter();
        for waiting in taken {
            let count = waiting.batch.events.len();
            let known: Vec<bool> = known.by_ref().take(count).collect();
            if known.contains(&true) {
                waiting.batch.keep_new(&known)?;
            }
        }
        Ok(())
    }
}

impl Judged {
    /// Refuses what somebody did who was forgotten since the batch was judged.
    fn let_go(&mut self, rules: &Rules, key: &PersonKey) -> Result<()> {
        if self.erasures == rules.erasures {
            return Ok(());
        }
        self.erasures = rules.erasures;
        let taken = self.events.iter_mut().map(|event| rules.forgotten.takes(event, key));
        let taken: Vec<bool> = taken.collect();
        // Also when none is taken as a whole: what it said of others may be.
        self.keep_others(&taken, &Verdict::Refused(Refusal::Forgotten))
    }

    /// Calls the events that are known duplicates and lets go of them.
    fn keep_new(&mut self, known: &[bool]) -> Result<()> {
        self.keep_others(known, &Verdict::Duplicate)
    }

    /// Gives those that are out their verdict and lets go of them.
    fn keep_others(&mut self, out: &[bool], verdict: &Verdict) -> Result<()> {
        for (&place, _) in self.places.iter().zip(out).filter(|(_, out)| **out) {
            self.verdicts[place] = verdict.clone();
        }
        let mut is_in = out.iter().map(|out| !out);
        self.events.retain(|_| is_in.next().unwrap_or(true));
        let mut is_in = out.iter().map(|out| !out);
        self.fingerprints.retain(|_| is_in.next().unwrap_or(true));
        let mut is_in = out.iter().map(|out| !out);
        self.places.retain(|_| is_in.next().unwrap_or(true));
        self.body = journal::encode(&self.events)?;
        Ok(())
    }
}
