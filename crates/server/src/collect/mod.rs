//! What SDKs call. Each protocol answers as its SDK expects, so that the SDK neither sends again what is kept nor drops
//! what is not: a 2xx leaves only after the store has the batch on disk, a lack of room is a 503 with a time to come back.
//!
//! Everything a stranger can make grow has a limit here: bodies, what they unpack to, how long they take, how many wait.

mod answer;
mod body;
mod cors;
mod keys;
mod matomo;
mod plausible;
mod posthog;
mod recent;
mod routes;
mod segment;
mod take;
mod titles;

use std::sync::{Arc, Mutex, OnceLock};

use longplay_domain::{PersonKey, Time, Zone};
use tokio::sync::Semaphore;

#[cfg(test)]
pub(crate) use recent::RefusalNote;
pub(crate) use recent::{BatchNote, Recent};
pub(crate) use routes::routes;
pub(crate) use take::Peer;

use self::{keys::Keys, titles::Titles};

/// Bodies being read, parsed or written at the same time; more are told to come back.
const REQUESTS_MAX: usize = 1_024;
/// Bodies whose claims are being made durable at the same time: each holds a thread, and they share one flush.
const HAND_OFFS_MAX: usize = 96;
/// What all bodies under way may take together, packed and unpacked.
const BYTES_MAX: usize = 64 << 20;

/// What collecting needs beside the store; one per server.
pub(crate) struct Collector {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    keys: Keys,
    titles: Titles,
    secret: OnceLock<(PersonKey, Zone)>,
    recent: Mutex<Recent>,
}

impl Collector {
    pub fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(REQUESTS_MAX)),
            turns: Arc::new(Semaphore::new(HAND_OFFS_MAX)),
            bytes: Arc::new(Semaphore::new(BYTES_MAX)),
            keys: Keys::default(),
            titles: Titles::default(),
            secret: OnceLock::new(),
            recent: Mutex::new(Recent::default()),
        }
    }

    pub fn recent<T>(&self, look: impl FnOnce(&mut Recent) -> T) -> T {
        // Whoever panicked while holding it left counts behind that are at worst one short.
        look(&mut self.recent.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// The salt of a day's visits: made of the workspace's secret and the day, so it needs no keeping.
    fn salt(&self, key: PersonKey, zone: &Zone, now: Time) -> PersonKey {
        let day = zone.day_of(now).0;
        let [high, low] = ["high", "low"].map(|half| key.fingerprint(format!("visits of {day} {half}").as_bytes()));
        let mut salt = [0; 16];
        salt[..8].copy_from_slice(&high.to_le_bytes());
        salt[8..].copy_from_slice(&low.to_le_bytes());
        PersonKey::new(salt)
    }
}
