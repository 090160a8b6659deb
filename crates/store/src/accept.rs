//! The one door: claims in, a verdict for each in order, and what was admitted durable before the receipt leaves.

use foldhash::fast::RandomState;
use hashbrown::HashSet;
use longplay_domain::{Claim, Event, Refusal, Time};

use crate::{
    Store,
    error::Result,
    store::{Live, View},
};

/// What became of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Admitted,
    /// Its id has been admitted before.
    Duplicate,
    Refused(Refusal),
}

/// Proof that a batch is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Journal position; 0 when nothing was new.
    pub position: i64,
    /// One verdict a claim, in order.
    pub verdicts: Vec<Verdict>,
}

/// A claim that passed the gate, before it is known whether its id is new.
struct Candidate {
    fingerprint: u64,
    /// Which verdict is its own.
    place: usize,
    event: Event,
}

impl Store {
    /// Judges claims, drops the known and makes the rest durable. When this returns, the admitted events survive a power
    /// cut and are part of every snapshot taken from now on. Seals by itself when the tail has grown large.
    pub fn accept(&self, claims: Vec<Claim>, now: Time) -> Result<Receipt> {
        let gate = self.gate(now)?;
        let mut verdicts = Vec::with_capacity(claims.len());
        let mut candidates = Vec::with_capacity(claims.len());
        for claim in claims {
            match gate.admit(claim) {
                Ok(event) => {
                    let fingerprint = self.key().fingerprint(event.id().as_str().as_bytes());
                    candidates.push(Candidate {
                        fingerprint,
                        place: verdicts.len(),
                        event,
                    });
                    verdicts.push(Verdict::Admitted);
                }
                Err(refusal) => verdicts.push(Verdict::Refused(refusal)),
            }
        }
        let (position, is_full) = self.append(candidates, &mut verdicts, now)?;
        if is_full {
            self.seal(now)?;
        }
        Ok(Receipt { position, verdicts })
    }

    fn append(&self, candidates: Vec<Candidate>, verdicts: &mut [Verdict], now: Time) -> Result<(i64, bool)> {
        if candidates.is_empty() {
            return Ok((0, false));
        }
        let mut live = self.live();
        let Live { journal, view } = &mut *live;
        // From here on nobody else can append or trim, so what counts as known can't change under us.
        let appending = journal.appending()?;
        for batch in appending.after(view.tail.last_position())? {
            view.tail.push(batch.position, batch.events);
        }
        self.refresh_catalog(view)?;
        let known = known(&candidates, view)?;
        let mut events = Vec::with_capacity(candidates.len());
        for (candidate, known) in candidates.into_iter().zip(known) {
            if known {
                verdicts[candidate.place] = Verdict::Duplicate;
            } else {
                events.push(candidate.event);
            }
        }
        if events.is_empty() {
            return Ok((0, view.tail.is_full()));
        }
        let position = appending.commit(&events, now)?;
        view.tail.push(position, events);
        Ok((position, view.tail.is_full()))
    }
}

/// Which candidates' ids are in the batch before them, in the tail, or in a segment.
fn known(candidates: &[Candidate], view: &View) -> Result<Vec<bool>> {
    let mut batch: HashSet<u64, RandomState> =
        HashSet::with_capacity_and_hasher(candidates.len(), RandomState::default());
    let mut known = Vec::with_capacity(candidates.len());
    let mut wanted = Vec::with_capacity(candidates.len());
    for (place, candidate) in candidates.iter().enumerate() {
        let is_known = !batch.insert(candidate.fingerprint) || view.tail.holds_id(candidate.fingerprint);
        known.push(is_known);
        if !is_known {
            wanted.push((candidate.fingerprint, place));
        }
    }
    wanted.sort_unstable();
    let sorted: Vec<u64> = wanted.iter().map(|&(fingerprint, _)| fingerprint).collect();
    for segment in &view.segments {
        segment
            .ids
            .find(&sorted, &segment.ids_path, |index| known[wanted[index].1] = true)?;
    }
    Ok(known)
}
