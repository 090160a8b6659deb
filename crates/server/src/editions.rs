//! The standing answers, worked out again in the background when data changed, so that a page never waits for them.
//!
//! What must stay true: an edition is served only while nobody has been forgotten since; what was accepted is in the next
//! edition; and working editions out takes at most a part of the machine, however fast data arrives.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use longplay_domain::{Day, Time};
use longplay_measures::catalogue::Catalogue;
use longplay_measures::{Edition, Key, Question, advice_of};
use longplay_store::State;
use tokio::time;

use crate::app::App;
use crate::error::HttpError;

/// How often it is looked whether data changed.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// An edition that took a second is followed by a rest of this many before the next.
const RESTS: u32 = 3;
/// After a failure.
const REST_FAILED: Duration = Duration::from_secs(30);

/// The latest edition.
#[derive(Default)]
pub(crate) struct Editions {
    latest: Mutex<Option<Standing>>,
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

    fn publish(&self, standing: Standing) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(standing);
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
        let (zone, pieces) = self.read(|store| Ok((store.zone()?, store.pieces()?))).await?;
        // Any key will do: an edition holds them all.
        let edition = self.standing(Question::new(Key::ALL[0], self.now(), zone)).await?;
        Ok(Catalogue::of(&edition, pieces))
    }

    /// The latest edition, if there is one that may still be shown.
    async fn edition(&self) -> Result<Option<Arc<Edition>>, HttpError> {
        let Some(standing) = self.editions().latest() else {
            return Ok(None);
        };
        let erasures = self.read(|store| Ok(store.state()?.erasures)).await?;
        Ok((standing.state.erasures == erasures).then_some(standing.edition))
    }

    /// Keeps an edition at hand for as long as it is awaited. Without it every page works its answers out itself.
    pub async fn keep_editions(self) {
        loop {
            let rest = match self.renew().await {
                Ok(None) => LOOK_EVERY,
                Ok(Some(took)) => (took * RESTS).max(LOOK_EVERY),
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

    /// Works out an edition, if the latest is not of this state of the data; says how long that took.
    async fn renew(&self) -> Result<Option<Duration>, HttpError> {
        let now = self.now();
        let (state, zone) = self.read(|store| Ok((store.state()?, store.zone()?))).await?;
        let day = zone.day_of(now);
        let is_current = |latest: Standing| latest.state == state && latest.day == day && latest.made <= now;
        if self.editions().latest().is_some_and(is_current) {
            return Ok(None);
        }
        let begun = Instant::now();
        // Any key will do: an edition holds them all.
        let edition = self.ask_all(Question::new(Key::ALL[0], now, zone)).await?;
        self.keep_advice(&edition, day).await?;
        self.editions().publish(Standing {
            edition: Arc::new(edition),
            state,
            day,
            made: now,
        });
        Ok(Some(begun.elapsed()))
    }
}
