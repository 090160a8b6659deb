//! The one door: claims in, a verdict for each in order, and what was admitted durable before the receipt leaves.
//!
//! Called from many threads at once. Judging, fingerprinting and encoding happen on the caller's thread without a lock; then
//! batches line up in the [`queue`], and whoever finds nobody at work commits all in line in one transaction ([`commit`]),
//! so that a flush is shared by everybody who came while the last one ran.

mod commit;
pub(crate) mod queue;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use longplay_domain::{Claim, Event, Refusal, Time};

use self::queue::{Owner, Role, Seat};
use crate::{
    Store,
    error::{Result, StoreError},
    journal,
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

/// A batch that passed the gate, before it is known which of its ids are new. The first three are equally long.
pub struct Judged {
    events: Vec<Event>,
    fingerprints: Vec<u64>,
    /// Which verdict is each event's own.
    places: Vec<usize>,
    verdicts: Vec<Verdict>,
    /// The events as the journal keeps them, should all of them be new, as they mostly are.
    body: Vec<u8>,
    now: Time,
    /// Which state of what is forgotten they were judged by.
    erasures: i64,
}

impl Store {
    /// Judges claims, drops the known and makes the rest durable. When this returns, the admitted events survive a power
    /// cut and are part of every snapshot taken from now on. An error means that nothing of the batch was kept.
    ///
    /// Whoever accepts without end sees to it that [`Store::seal`] is called now and then: beyond a bound of unsealed
    /// events, and beyond a bound of batches in line, the answer is [`StoreError::Busy`].
    pub fn accept(&self, claims: Vec<Claim>, now: Time) -> Result<Receipt> {
        let judged = self.judge(claims, now)?;
        let seat = Arc::new(Seat::default());
        self.line_up(judged, Owner::Seated(Arc::clone(&seat)));
        loop {
            match seat.wait() {
                Role::Told(outcome) => return outcome,
                Role::Lead => self.lead(),
            }
        }
    }

    /// The same for what was judged, without waiting: `told` is called once, by whoever commits the batch. That may be the
    /// calling thread, which then goes on committing for others who don't wait, as long as there are any.
    pub fn keep(&self, judged: Judged, told: impl FnOnce(Result<Receipt>) + Send + 'static) {
        self.line_up(judged, Owner::Gone(Box::new(told)));
    }

    fn line_up(&self, judged: Judged, owner: Owner) {
        if judged.events.is_empty() {
            let verdicts = judged.verdicts;
            owner.tell(Ok(Receipt { position: 0, verdicts }));
        } else if self.view().tail.is_overfull() {
            owner.tell(Err(StoreError::Busy));
        } else if self.queue().enter(judged, owner) {
            self.lead();
        }
    }

    /// Whether a batch had better not come now: [`Store::accept`] would refuse it, or let it wait for long.
    pub fn is_crowded(&self) -> bool {
        self.queue().is_crowded() || self.view().tail.is_overfull()
    }

    /// Judges claims and makes them ready for the journal: all that can be done without waiting for anybody.
    pub fn judge(&self, claims: Vec<Claim>, now: Time) -> Result<Judged> {
        let (gate, erasures) = self.gate_and_erasures(now)?;
        let mut judged = Judged {
            events: Vec::with_capacity(claims.len()),
            fingerprints: Vec::with_capacity(claims.len()),
            places: Vec::with_capacity(claims.len()),
            verdicts: Vec::with_capacity(claims.len()),
            body: Vec::new(),
            now,
            erasures,
        };
        for claim in claims {
            match gate.admit(claim) {
                Ok(event) => {
                    judged
                        .fingerprints
                        .push(self.key().fingerprint(event.id().as_str().as_bytes()));
                    judged.places.push(judged.verdicts.len());
                    judged.events.push(event);
                    judged.verdicts.push(Verdict::Admitted);
                }
                Err(refusal) => judged.verdicts.push(Verdict::Refused(refusal)),
            }
        }
        if !judged.events.is_empty() {
            judged.body = journal::encode(&judged.events)?;
        }
        Ok(judged)
    }
}
