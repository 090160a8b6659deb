//! The standing answers, worked out again in the background when data changed, so that a page never waits for them.
//!
//! What must stay true: an edition is served only while nobody has been forgotten since; what was accepted is in the next
//! edition; and working editions out takes at most a part of the machine, however fast data arrives. What an edition was made of is
//! kept for the next, which then reads those people alone whose histories changed. While much comes in, the machine and its memory
//! are for what comes in: editions are then rarer, and each is worked out from scratch on a single thread with nothing kept.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use longplay_domain::{Day, Time, Zone};
use longplay_measures::catalogue::Catalogue;
use longplay_measures::{
    Edition, Foundation, Key, Question, Renewed, advice_of, ask_all_on, engine::LocalEngine, renew,
};
use longplay_store::{State, Store};
use tokio::time;

use crate::app::App;
use crate::error::HttpError;

/// How often it is looked whether data changed.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// An edition that took a second is followed by a rest of this many before the next …
const RESTS: u32 = 3;
/// … and by one of this many for as long as so many events come in a second.
const RESTS_BUSY: u32 = 12;
const BUSY_EVENTS_PER_S: f64 = 2_000.0;
/// After a failure.
const REST_FAILED: Duration = Duration::from_secs(30);

/// The latest edition.
#[derive(Default)]
pub(crate) struct Editions {
    latest: Mutex<Option<Standing>>,
    /// How often what stood was let go of: what was begun before is not shown after.
    lettings: AtomicU64,
    /// What the latest was made of, while nobody is at work on the next.
    foundation: Mutex<Option<Foundation>>,
}

/// An edition and what it rests on.
#[derive(Clone)]
struct Standing {
    edition: Arc<Edition>,
    state: State,
    /// The day it was made: yesterday's edition does not know what is unfinished today.
    day: Day,
    made: Time,
}

impl Editions {
    fn latest(&self) -> Option<Standing> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows what stood no more, nor what is being worked out, nor keeps what it was made of.
    pub fn let_go(&self) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        self.lettings.fetch_add(1, Ordering::Relaxed);
        *latest = None;
        drop(latest);
        drop(self.founded(None));
    }

    fn lettings(&self) -> u64 {
        self.lettings.load(Ordering::Relaxed)
    }

    /// Shows an edition, unless what stood was let go of since it was begun.
    fn publish(&self, standing: Standing, lettings: u64) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lettings() == lettings {
            *latest = Some(standing);
        }
    }

    /// Lays down what the next edition can go on from, and hands out what lay there.
    fn founded(&self, foundation: Option<Foundation>) -> Option<Foundation> {
        let mut known = self.foundation.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut known, foundation)
    }
}

impl App {
    /// The latest edition; where there is none yet, one worked out for `question`.
    pub(crate) async fn standing(&self, question: Question) -> Result<Arc<Edition>, HttpError> {
        match self.edition().await? {
            Some(edition) => Ok(edition),
            None => Ok(Arc::new(self.ask_all(question).await?)),
        }
    }

    /// The pieces side by side, from the standing answers.
    pub(crate) async fn catalogue(&self) -> Result<Catalogue, HttpError> {
        Ok(self.pieces_of_edition().await?.1)
    }

    /// The standing answers, and the pieces side by side from the same.
    pub(crate) async fn pieces_of_edition(&self) -> Result<(Arc<Edition>, Catalogue), HttpError> {
        let zone = self.read(Store::zone).await?;
        // Any key will do: an edition holds them all.
        let edition = self.standing(Question::new(Key::ALL[0], self.now(), zone)).await?;
        let catalogue = self.catalogue_of(&edition).await?;
        Ok((edition, catalogue))
    }

    /// The pieces side by side, from these answers.
    pub(crate) async fn catalogue_of(&self, edition: &Edition) -> Result<Catalogue, HttpError> {
        Ok(Catalogue::of(edition, self.read(Store::pieces).await?))
    }

    /// The latest edition, if there is one that may still be shown.
    pub(crate) async fn edition(&self) -> Result<Option<Arc<Edition>>, HttpError> {
        let Some(standing) = self.editions().latest() else {
            return Ok(None);
        };
        let erasures = self.read(|store| Ok(store.state()?.erasures)).await?;
        Ok((standing.state.erasures == erasures).then_some(standing.edition))
    }

    /// Keeps an edition at hand for as long as it is awaited. Without it every page works its answers out itself.
    pub async fn keep_editions(self) {
        let mut pace = Pace::default();
        loop {
            let rest = match self.renew(&mut pace).await {
                Ok(()) => LOOK_EVERY,
                Err(error) => {
                    error.log();
                    REST_FAILED
                }
            };
            time::sleep(rest).await;
        }
    }

    /// Keeps what the edition advises, where it differs from before, so that it can be held against what happens.
    async fn keep_advice(&self, edition: &Edition, day: Day) -> Result<(), HttpError> {
        let plan = edition
            .answers
            .iter()
            .find(|answer| answer.question == Key::Plan.name());
        let Some(advice) = plan.and_then(|answer| advice_of(answer, day)) else {
            return Ok(());
        };
        self.read(move |store| store.keep_advice(&advice)).await.map(drop)
    }

    /// Works out an edition, if the latest is not of this state of the data and it is time for one.
    async fn renew(&self, pace: &mut Pace) -> Result<(), HttpError> {
        let (now, lettings) = (self.now(), self.editions().lettings());
        let (state, zone) = self.read(|store| Ok((store.state()?, store.zone()?))).await?;
        pace.look(state.accepted, Instant::now());
        let day = zone.day_of(now);
        if self
            .editions()
            .latest()
            .is_some_and(|latest| latest.state.erasures != state.erasures)
            || pace.is_busy
        {
            // What was read of people who are forgotten goes at once, and what is kept while it is quiet makes room.
            drop(self.editions().founded(None));
        }
        let is_current = |latest: Standing| latest.state == state && latest.day == day && latest.made <= now;
        if self.editions().latest().is_some_and(is_current) || !pace.is_due(Instant::now()) {
            return Ok(());
        }
        let begun = Instant::now();
        let edition = self.next((now, zone), pace).await?;
        self.keep_advice(&edition, day).await?;
        let standing = Standing {
            edition: Arc::new(edition),
            state,
            day,
            made: now,
        };
        self.editions().publish(standing, lettings);
        if !pace.is_busy {
            // While much comes in the list is worked out when somebody asks for it: it holds everybody in memory.
            self.list_beforehand().await?;
        }
        pace.rests_after(begun.elapsed(), Instant::now());
        Ok(())
    }
}

impl App {
    async fn next(&self, (now, zone): (Time, Zone), pace: &Pace) -> Result<Edition, HttpError> {
        let engine = pace.engine();
        if pace.is_busy {
            // Any key will do: an edition holds them all.
            let question = Question::new(Key::ALL[0], now, zone);
            return self.work_out(move |store| ask_all_on(&question, store, engine)).await;
        }
        let last = self.editions().founded(None);
        let work = move |store: &Store| renew((now, zone), store, engine, last);
        let Renewed {
            edition,
            way,
            foundation,
        } = self.work_out(work).await?;
        tracing::debug!(?way, "an edition");
        self.editions().founded(Some(foundation));
        Ok(edition)
    }
}

/// When the next edition is due, and what it may take of the machine.
#[derive(Default)]
struct Pace {
    /// When it was looked last, and how many events had come in by then.
    looked: Option<(Instant, u64)>,
    is_busy: bool,
    /// When the last edition was done, and how long it took.
    done: Option<(Instant, Duration)>,
}

impl Pace {
    fn look(&mut self, accepted: u64, now: Instant) {
        if let Some((looked, before)) = self.looked.replace((now, accepted)) {
            let came = accepted.saturating_sub(before) as f64;
            self.is_busy = came > BUSY_EVENTS_PER_S * now.saturating_duration_since(looked).as_secs_f64();
        }
    }

    fn is_due(&self, now: Instant) -> bool {
        let rests = if self.is_busy { RESTS_BUSY } else { RESTS };
        self.done
            .is_none_or(|(done, took)| now.saturating_duration_since(done) >= took * rests)
    }

    fn engine(&self) -> LocalEngine {
        let usual = LocalEngine::default();
        if self.is_busy {
            LocalEngine { threads: 1 }
        } else {
            usual
        }
    }

    const fn rests_after(&mut self, took: Duration, now: Instant) {
        self.done = Some((now, took));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn while_much_comes_in_editions_are_rarer_and_on_one_thread() {
        let begun = Instant::now();
        let mut pace = Pace::default();
        pace.look(1_000_000, begun);
        assert!(pace.is_due(begun), "the first waits for nothing");
        pace.rests_after(SECOND, begun);
        pace.look(1_000_100, begun + 2 * SECOND);
        assert!(!pace.is_due(begun + 2 * SECOND));
        assert!(pace.is_due(begun + 3 * SECOND));
        assert_eq!(pace.engine().threads, LocalEngine::default().threads);
        pace.look(1_100_000, begun + 4 * SECOND);
        assert!(!pace.is_due(begun + 4 * SECOND));
        assert!(pace.is_due(begun + 12 * SECOND), "however long much comes in");
        assert_eq!(pace.engine().threads, 1);
        pace.look(1_100_000, begun + 5 * SECOND);
        assert!(pace.is_due(begun + 5 * SECOND), "it is quiet again");
    }
}
