//! Keeping a workspace on the air: one server per data directory, upkeep beside it, and a clean stop within five seconds.

use std::{
    fs::{self, File, TryLockError},
    io::Write,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::Context;
use ipnet::IpNet;
use longplay_domain::Time;
use longplay_server::{Access, App};
use longplay_store::Store;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    config::{self, Config},
    demo,
    exit::Exit,
    imports, memory,
};

/// How often upkeep looks whether there is something to do.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// After how long so many events are sealed, and after how long any: a segment of a few events is not worth its files.
const SEAL_MANY: (usize, Duration) = (5_000, Duration::from_secs(5));
const SEAL_ANY: Duration = Duration::from_secs(60);
/// After how long without an event upkeep merges for the room it saves.
const QUIET: Duration = Duration::from_secs(5);
/// How long upkeep rests after something failed; twice as long after each failure in a row, up to the most.
const REST: Duration = Duration::from_secs(1);
const REST_MAX: Duration = Duration::from_secs(60);
/// How often files whose time is over are deleted.
const EXPIRE_EVERY: Duration = Duration::from_secs(600);
/// How often an erasure that somebody's reading keeps from its end is tried again.
const FINISH_EVERY: Duration = Duration::from_secs(20);
/// How long the stop waits for upkeep; the store survives being left in the middle, so it needn't wait longer.
const UPKEEP_STOP_MAX: Duration = Duration::from_millis(1_000);
/// The right to serve a data directory, held until the process ends.
pub struct ServeLock {
    _file: File,
}

impl ServeLock {
    pub fn take(data: &Path) -> anyhow::Result<Self> {
        let path = data.join("serve.lock");
        let doing = || format!("{}: can't be locked for serving", path.display());
        fs::create_dir_all(data).with_context(doing)?;
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(doing)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "{}: another longplay serves this data directory already; stop it first, or name another directory with --data",
                data.display()
            ),
            Err(TryLockError::Error(error)) => Err(error).with_context(doing),
        }
    }
}

/// Where a workspace is served, and to whom.
pub struct Place<'a> {
    pub listen: &'a str,
    pub trusted_proxies: Vec<IpNet>,
    /// Whether it may be read by everybody who reaches it while there is no account.
    pub may_be_open: bool,
    /// Whether it may be filled with the made-up audience, and emptied of it.
    pub may_be_a_demo: bool,
}

/// Serves `store` until SIGTERM or SIGINT. The lock is taken by the caller, before it opened the store.
pub fn serve(store: Store, place: Place<'_>, pace: Pace, _lock: ServeLock) -> anyhow::Result<Exit> {
    let (listener, address) = bind(place.listen)?;
    let is_loopback = address.ip().is_loopback();
    let is_open = !is_loopback && !store.has_accounts()?;
    if is_open && !place.may_be_open {
        anyhow::bail!(
            "{address} is reached from elsewhere, and this workspace has no account, so everybody could read it; make one with \
             `longplay account create NAME --role owner`, or say --without-accounts"
        );
    }
    let may_be_a_demo = place.may_be_a_demo;
    let access = Access {
        is_loopback,
        trusted_proxies: place.trusted_proxies,
    };
    memory::give_back_at_once();
    let store = Arc::new(store);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the server can't start its threads")?;
    let upkeep = Upkeep::start(Arc::clone(&store), pace)?;
    let served = runtime.block_on(async {
        // Whoever reads the line below may send a signal right away, so they are listened to first.
        let (mut terminate, mut interrupt) = (heard(SignalKind::terminate())?, heard(SignalKind::interrupt())?);
        let listener = tokio::net::TcpListener::from_std(listener).context("the server can't listen")?;
        announce(address, is_open);
        let told_to_stop = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        let mut app = App::reached_by(access, store, config::now).importing_with(imports::brought::import);
        if may_be_a_demo {
            app = app.demonstrating_with(demo::bring);
        }
        tokio::spawn(app.clone().keep_editions());
        longplay_server::serve(app, listener, told_to_stop)
            .await
            .map_err(anyhow::Error::from)
    });
    upkeep.stop();
    runtime.shutdown_background();
    served.map(|()| Exit::Ok)
}

fn bind(listen: &str) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let doing = || {
        format!(
            "{listen}: can't listen there; name a free address with --listen, such as 127.0.0.1:0 for any free port"
        )
    };
    let listener = TcpListener::bind(listen).with_context(doing)?;
    listener.set_nonblocking(true).with_context(doing)?;
    let address = listener.local_addr().with_context(doing)?;
    Ok((listener, address))
}

fn heard(kind: SignalKind) -> anyhow::Result<Signal> {
    signal(kind).context("the server can't listen for signals")
}

fn announce(address: SocketAddr, is_open: bool) {
    let mut out = std::io::stdout();
    // Nobody has to read it: a closed stdout must not keep the server from serving.
    let _ = writeln!(out, "Longplay is at http://{address}").and_then(|()| out.flush());
    if is_open {
        eprintln!("longplay: everybody who can reach {address} can read the answers until there is an account");
    }
}

/// The thread that seals, merges and expires at its own pace.
struct Upkeep {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Upkeep {
    fn start(store: Arc<Store>, mut pace: Pace) -> anyhow::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("upkeep".to_owned()).spawn(move || {
            let mut rest = pace.look_every;
            while stopped.recv_timeout(rest) == Err(RecvTimeoutError::Timeout) {
                rest = match pace.tend(&store) {
                    Ok(()) => pace.look_every,
                    Err(error) => {
                        tracing::error!(error = %crate::exit::in_words(&error), "upkeep failed; it is tried again");
                        (rest * 2).clamp(REST, REST_MAX)
                    }
                };
            }
        });
        Ok(Self {
            stop,
            thread: thread.context("the upkeep thread can't start")?,
        })
    }

    fn stop(self) {
        // The thread may have ended by itself only by panicking; then there is nobody to tell.
        let _ = self.stop.send(());
        let patience = Instant::now();
        while !self.thread.is_finished() && patience.elapsed() < UPKEEP_STOP_MAX {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// When what is due.
pub struct Pace {
    look_every: Duration,
    seal_many: (usize, Duration),
    seal_any: Duration,
    expire_every: Duration,
    /// How much further each expiry looks ahead of the clock: files grow old quickly where nobody has a day's time.
    ahead_by: Duration,
    ahead: Duration,
    /// Since when something waits to be sealed.
    unsealed_since: Option<Instant>,
    merge_is_due: bool,
    /// Since when nothing waits.
    quiet_since: Option<Instant>,
    /// Whether segments changed since the last look at rest.
    rest_is_due: bool,
    expired: Instant,
    /// When erasures were last seen to.
    finished: Option<Instant>,
}

impl Pace {
    /// The usual one, or the one that a crash test asks for: everything at once, and old files gone at once.
    pub fn of(config: &Config) -> Self {
        let usual = Self {
            look_every: LOOK_EVERY,
            seal_many: SEAL_MANY,
            seal_any: SEAL_ANY,
            expire_every: EXPIRE_EVERY,
            ahead_by: Duration::ZERO,
            ahead: Duration::ZERO,
            unsealed_since: None,
            merge_is_due: true,
            quiet_since: None,
            rest_is_due: true,
            expired: Instant::now(),
            finished: None,
        };
        if !config.trial.is_hurried {
            return usual;
        }
        Self {
            look_every: LOOK_EVERY / 10,
            seal_many: (1, Duration::ZERO),
            expire_every: LOOK_EVERY,
            ahead_by: Duration::from_secs(26 * 3_600),
            ..usual
        }
    }

    /// Does what is due: a seal, else a merge, which seals by itself when it takes long.
    fn tend(&mut self, store: &Store) -> anyhow::Result<()> {
        let now = config::now();
        let unsealed = store.unsealed()?;
        if unsealed.events == 0 {
            self.unsealed_since = None;
            self.quiet_since.get_or_insert_with(Instant::now);
        } else {
            self.quiet_since = None;
            let waiting = self.unsealed_since.get_or_insert_with(Instant::now).elapsed();
            let (many, soon) = self.seal_many;
            if unsealed.is_full || (unsealed.events >= many && waiting >= soon) || waiting >= self.seal_any {
                store.seal(now)?;
                self.unsealed_since = None;
                self.merge_is_due = true;
            }
        }
        if self.merge_is_due {
            self.merge_is_due = store.merge(now)?;
            self.rest_is_due = true;
        } else if self.rest_is_due && self.quiet_since.is_some_and(|since| since.elapsed() >= QUIET) {
            self.rest_is_due = store.merge_at_rest(now)?;
        }
        if self.finished.is_none_or(|finished| finished.elapsed() >= FINISH_EVERY) {
            self.finished = Some(Instant::now());
            store.finish_erasures(now)?;
        }
        if self.expired.elapsed() >= self.expire_every {
            self.expired = Instant::now();
            self.ahead += self.ahead_by;
            store.expire(Time::from_micros(now.micros() + self.ahead.as_micros() as i64))?;
            store.let_age(now)?;
        }
        Ok(())
    }
}
