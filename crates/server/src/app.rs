//! What every request may reach: the store, the clock, the files of the pages. Built once, passed as state.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use longplay_domain::{PersonId, Rule, Time};
use longplay_measures::people::{self, People, Whole};
use longplay_measures::rule::{self, Tried};
use longplay_measures::talk::Arm;
use longplay_measures::{Answer, AskError, Edition, Key, Question};
use longplay_store::{LogEntry, Store, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::{task, time};

use crate::assets::Assets;
use crate::auth::{Access, Caller, Hashing, Throttle};
use crate::begin::Demonstration;
use crate::begin::uploads::{Importer, Uploads};
use crate::collect::Collector;
use crate::editions::Editions;
use crate::error::{Code, HttpError};
use crate::lists::Lists;
use crate::pages::exhibit::Moment;
use crate::pages::sections::Dated;
use crate::pages::{Frame, Titles, words::capital};
use crate::shares::SharedViews;

/// Questions worked out at the same time; each may use every core, so more would only take turns.
const QUESTIONS_AT_ONCE_MAX: usize = 2;
/// How long a question waits for its turn before the caller is told to come back.
const TURN_WAIT_MAX: Duration = Duration::from_secs(20);

/// The state of the server; cheap to clone.
#[derive(Clone)]
pub struct App {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<Store>,
    clock: fn() -> Time,
    assets: Assets,
    turns: Arc<Semaphore>,
    collector: Collector,
    editions: Editions,
    lists: Lists,
    access: Access,
    hashing: Hashing,
    throttle: Throttle,
    uploads: Uploads,
    shared_views: SharedViews,
    /// How a made-up audience is brought, where one is.
    demonstration: OnceLock<Demonstration>,
    /// Whether there was an account when it was last looked: once there is one, there always is.
    has_accounts: AtomicBool,
}

impl App {
    /// An app over `store` that takes the time from the system.
    pub fn new(store: Arc<Store>) -> Self {
        Self::at(store, system_time)
    }

    /// The same with a clock of the caller's.
    pub fn at(store: Arc<Store>, clock: fn() -> Time) -> Self {
        Self::reached_by(Access::default(), store, clock)
    }

    /// The same where it isn't only this machine that reaches it, or where proxies stand before it.
    pub fn reached_by(access: Access, store: Arc<Store>, clock: fn() -> Time) -> Self {
        let turns = Arc::new(Semaphore::new(QUESTIONS_AT_ONCE_MAX));
        Self {
            shared: Arc::new(Shared {
                store,
                clock,
                assets: Assets::new(),
                turns,
                collector: Collector::new(),
                editions: Editions::default(),
                lists: Lists::default(),
                access,
                hashing: Hashing::default(),
                throttle: Throttle::default(),
                uploads: Uploads::default(),
                shared_views: SharedViews::default(),
                demonstration: OnceLock::new(),
                has_accounts: AtomicBool::new(false),
            }),
        }
    }

    pub fn now(&self) -> Time {
        (self.shared.clock)()
    }

    pub(crate) fn editions(&self) -> &Editions {
        &self.shared.editions
    }

    pub(crate) fn lists(&self) -> &Lists {
        &self.shared.lists
    }

    pub(crate) fn collector(&self) -> &Collector {
        &self.shared.collector
    }

    pub(crate) fn access(&self) -> &Access {
        &self.shared.access
    }

    pub(crate) fn hashing(&self) -> &Hashing {
        &self.shared.hashing
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.shared.throttle
    }

    pub(crate) fn shared_views(&self) -> &SharedViews {
        &self.shared.shared_views
    }

    pub(crate) fn uploads(&self) -> &Uploads {
        &self.shared.uploads
    }

    /// Says how files are imported; until then none are taken.
    #[must_use]
    pub fn importing_with(self, importer: Importer) -> Self {
        self.shared.uploads.import_with(importer, &self.shared.store);
        self
    }

    /// Says how a made-up audience is brought; until then none is offered.
    #[must_use]
    pub fn demonstrating_with(self, demonstration: Demonstration) -> Self {
        // Set once, before the first request.
        let _ = self.shared.demonstration.set(demonstration);
        self
    }

    pub(crate) fn demonstration(&self) -> Option<Demonstration> {
        self.shared.demonstration.get().copied()
    }

    pub(crate) fn shared_store(&self) -> Arc<Store> {
        Arc::clone(&self.shared.store)
    }

    /// Whether anybody has an account; another process may have made the first a moment ago.
    pub(crate) async fn has_accounts(&self) -> Result<bool, HttpError> {
        let known = &self.shared.has_accounts;
        if !known.load(Ordering::Relaxed) && self.read(Store::has_accounts).await? {
            known.store(true, Ordering::Relaxed);
        }
        Ok(known.load(Ordering::Relaxed))
    }

    /// Writes into the audit log what somebody did. That it was done stands, also where it can't be written down.
    pub(crate) async fn log(&self, caller: &Caller, what: &'static str, about: Option<String>) {
        let entry = LogEntry {
            at: self.now(),
            who: caller.name(),
            what: what.to_owned(),
            about,
            address: caller.client.address.map(|address| address.to_string()),
        };
        if let Err(error) = self.read(move |store| store.log(&entry)).await {
            error.log();
        }
    }

    /// The store itself, for threads that may block.
    pub(crate) fn store(&self) -> &Store {
        &self.shared.store
    }

    pub(crate) fn assets(&self) -> &Assets {
        &self.shared.assets
    }

    /// What stands around a page.
    pub(crate) async fn frame(&self) -> Frame {
        // A store that can't say is about to fail the page itself; its message needs a frame all the same.
        let demo = self.read(Store::is_demo).await.unwrap_or(false);
        Frame {
            brings_demo: self.demonstration().is_some(),
            ..Frame::new(self.assets(), demo)
        }
    }

    /// The titles of the workspace's pieces, with what happened when.
    pub(crate) async fn titles(&self) -> Result<Titles, HttpError> {
        let (zone, pieces, notes) = self
            .read(|store| Ok((store.zone()?, store.pieces()?, store.day_notes()?)))
            .await?;
        let channels: BTreeMap<&str, &String> = pieces
            .iter()
            .filter_map(|piece| Some((piece.id.as_str(), piece.channel.as_ref()?)))
            .collect();
        let noted = notes.into_iter().map(|note| Dated {
            channel: note
                .piece
                .as_deref()
                .and_then(|piece| channels.get(piece).copied().cloned()),
            piece: note.piece,
            moment: Moment {
                at: note.day,
                is_note: true,
                words: note.text,
            },
        });
        let out = pieces.iter().filter_map(|piece| {
            let title = piece.title.as_ref().filter(|title| !title.trim().is_empty());
            Some(Dated {
                channel: piece.channel.clone(),
                piece: Some(piece.id.clone()),
                moment: Moment {
                    at: zone.day_of(piece.published_at?),
                    is_note: false,
                    words: title.unwrap_or(&piece.id).clone(),
                },
            })
        });
        let dated = noted.chain(out).collect();
        let titles = pieces.into_iter().filter_map(|piece| Some((piece.id, piece.title?)));
        Ok(Titles::new(titles).with_days(dated))
    }

    /// Reads from the store on a thread that may block.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, HttpError>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    {
        let store = Arc::clone(&self.shared.store);
        task::spawn_blocking(move || read(&store))
            .await
            .map_err(HttpError::failed)?
            .map_err(HttpError::failed)
    }

    /// Changes something in the store; what it refuses is told in its words.
    pub(crate) async fn change<T, F>(&self, change: F) -> Result<T, HttpError>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    {
        let store = Arc::clone(&self.shared.store);
        task::spawn_blocking(move || change(&store))
            .await
            .map_err(HttpError::failed)?
            .map_err(|error| match error {
                StoreError::Invalid(message) => HttpError::new(Code::BadParameter, capital(&message)),
                error => HttpError::failed(error),
            })
    }

    /// Counts whom a rule means, when it is its turn.
    pub(crate) async fn try_rule(&self, rule: Rule) -> Result<Tried, HttpError> {
        let now = self.now();
        self.in_turn(move |store| Ok(rule::try_rule(&rule, store, now, &store.zone()?)?))
            .await
    }

    /// Works out one question when it is its turn.
    pub(crate) async fn ask(&self, question: Question) -> Result<Answer, HttpError> {
        self.in_turn(move |store| longplay_measures::ask(&question, store))
            .await
    }

    /// Lists people when it is its turn.
    pub(crate) async fn people(&self, question: Question, ask: people::Ask) -> Result<People, HttpError> {
        self.in_turn(move |store| people::people(&question, &ask, store)).await
    }

    /// Today's list with who is on it and who is held out of it.
    pub(crate) async fn todays_list(&self) -> Result<(Answer, Vec<(PersonId, Arm)>), HttpError> {
        let zone = self.read(Store::zone).await?;
        let question = Question::new(Key::Talk, self.now(), zone);
        self.in_turn(move |store| longplay_measures::todays_list(&question, store))
            .await
    }

    /// Looks at one person whole, as of now.
    pub(crate) async fn whole(&self, person: PersonId) -> Result<Option<Whole>, HttpError> {
        let zone = self.read(Store::zone).await?;
        let question = Question::new(Key::Ladder, self.now(), zone);
        self.in_turn(move |store| people::person(&question, person, store))
            .await
    }

    /// Works out every standing question about one and the same state of the data; the key of `question` doesn't count.
    pub(crate) async fn ask_all(&self, question: Question) -> Result<Edition, HttpError> {
        self.in_turn(move |store| longplay_measures::ask_all(&question, store))
            .await
    }

    /// Works for nobody in particular, however long others are first.
    pub(crate) async fn work_out<T, F>(&self, work: F) -> Result<T, HttpError>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T, AskError> + Send + 'static,
    {
        let turns = Arc::clone(&self.shared.turns);
        let turn = turns.acquire_owned().await.map_err(HttpError::failed)?;
        self.on_turn(turn, work).await
    }

    async fn in_turn<T, F>(&self, work: F) -> Result<T, HttpError>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T, AskError> + Send + 'static,
    {
        let turn = time::timeout(TURN_WAIT_MAX, Arc::clone(&self.shared.turns).acquire_owned()).await;
        let busy = "Others are asking just now. Ask again in half a minute.";
        let turn = turn
            .map_err(|_| HttpError::new(Code::Busy, busy))?
            .map_err(HttpError::failed)?;
        self.on_turn(turn, work).await
    }

    async fn on_turn<T, F>(&self, turn: OwnedSemaphorePermit, work: F) -> Result<T, HttpError>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T, AskError> + Send + 'static,
    {
        let store = Arc::clone(&self.shared.store);
        // The turn goes along: a caller who hangs up doesn't end the work, so it mustn't free its place either.
        let done = task::spawn_blocking(move || {
            let _turn = turn;
            work(&store)
        });
        done.await.map_err(HttpError::failed)?.map_err(|error| match error {
            AskError::Goal { .. } => HttpError::new(Code::BadParameter, format!("`goal`: {error}.")),
            error => HttpError::failed(error),
        })
    }
}

fn system_time() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
