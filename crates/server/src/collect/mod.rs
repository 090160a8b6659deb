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

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use longplay_domain::{PersonKey, Time, Zone};
use longplay_store::Store;
use tokio::sync::Semaphore;

#[cfg(test)]
pub(crate) use recent::RefusalNote;
pub(crate) use recent::{BatchNote, Recent};
pub(crate) use routes::routes;
pub(crate) use take::Peer;

use self::{keys::Keys, titles::Titles};

/// Bodies being read, parsed or written at the same time; more are told to come back.
const REQUESTS_MAX: usize = 1_024;
/// Bodies being parsed and judged at the same time, for each core: more would only take turns, and each takes memory.
const TURNS_PER_CORE: usize = 2;
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
    /// Whether it was said that somebody forwards who isn't known.
    warned: AtomicBool,
}

impl Collector {
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            places: Arc::new(Semaphore::new(REQUESTS_MAX)),
            turns: Arc::new(Semaphore::new(TURNS_PER_CORE * cores)),
            bytes: Arc::new(Semaphore::new(BYTES_MAX)),
            keys: Keys::default(),
            titles: Titles::default(),
            secret: OnceLock::new(),
            recent: Mutex::new(Recent::default()),
            warned: AtomicBool::new(false),
        }
    }

    /// Says once that somebody forwards whose word doesn't count.
    fn warn_of_proxy(&self, peer: IpAddr) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %peer,
                "events come through a proxy that is not known, so its visitors look like one; name it with --trusted-proxy"
            );
        }
    }

    pub fn recent<T>(&self, store: &Store, look: impl FnOnce(&mut Recent) -> T) -> T {
        // Whoever panicked while holding it left counts behind that are at worst one short.
        let mut recent = self.recent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        recent.let_go(store.erasures());
        look(&mut recent)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{body::Body, http::Request};
    use longplay_domain::Time;
    use tower::ServiceExt;

    use super::*;
    use crate::{App, router};

    async fn status(app: &App, path: &str) -> (u16, Option<String>) {
        let request = Request::post(path).body(Body::from("{}")).unwrap();
        let response = router(app.clone()).oneshot(request).await.unwrap();
        let wait = response
            .headers()
            .get("retry-after")
            .map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), wait)
    }

    #[tokio::test]
    async fn without_room_everybody_is_asked_to_come_again() {
        let directory = tempfile::tempdir().unwrap();
        let now = || Time::from_micros(1_795_393_440_000_000);
        let store = Arc::new(Store::open(directory.path(), now()).unwrap());
        let app = App::at(store, now);
        let collector = app.collector();
        for (room, all) in [(&collector.places, REQUESTS_MAX), (&collector.bytes, BYTES_MAX)] {
            let taken = room.try_acquire_many(u32::try_from(all).unwrap()).unwrap();
            for path in ["/v1/batch", "/batch/", "/api/event", "/matomo.php", "/beacon/v1/batch"] {
                assert_eq!(status(&app, path).await, (503, Some("2".to_owned())), "{path}");
            }
            drop(taken);
        }
        assert_eq!(status(&app, "/v1/batch").await, (401, None), "room again, and no key");
    }

    #[test]
    fn a_salt_is_of_one_day_and_one_workspace() {
        let collector = Collector::new();
        let noon = Time::from_micros(1_795_393_440_000_000);
        let later = |hours: i64| Time::from_micros(noon.micros() + hours * 3_600_000_000);
        let salt = |secret: u8, now| {
            let salt = collector.salt(PersonKey::new([secret; 16]), &Zone::utc(), now);
            salt.fingerprint(b"x")
        };
        assert_eq!(salt(1, noon), salt(1, later(1)));
        assert_ne!(salt(1, noon), salt(1, later(24)));
        assert_ne!(salt(1, noon), salt(2, noon));
    }
}
