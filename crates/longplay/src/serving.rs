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
use longplay_server::App;
use longplay_store::Store;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{config, exit::Exit};

/// How often what was accepted is sealed and segments are merged.
const UPKEEP_EVERY: Duration = Duration::from_secs(3);
/// How often files whose time is over are deleted.
const EXPIRE_EVERY: Duration = Duration::from_secs(3_600);
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

/// Serves `store` at `listen` until SIGTERM or SIGINT. The lock is taken by the caller, before it opened the store.
pub fn serve(store: Store, listen: &str, _lock: ServeLock) -> anyhow::Result<Exit> {
    let (listener, address) = bind(listen)?;
    let store = Arc::new(store);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the server can't start its threads")?;
    let upkeep = Upkeep::start(Arc::clone(&store))?;
    let served = runtime.block_on(async {
        // Whoever reads the line below may send a signal right away, so they are listened to first.
        let (mut terminate, mut interrupt) = (heard(SignalKind::terminate())?, heard(SignalKind::interrupt())?);
        let listener = tokio::net::TcpListener::from_std(listener).context("the server can't listen")?;
        announce(address);
        let told_to_stop = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        longplay_server::serve(App::at(store, config::now), listener, told_to_stop)
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

fn announce(address: SocketAddr) {
    let mut out = std::io::stdout();
    // Nobody has to read it: a closed stdout must not keep the server from serving.
    let _ = writeln!(out, "Longplay is at http://{address}").and_then(|()| out.flush());
    if !address.ip().is_loopback() {
        eprintln!(
            "longplay: everybody who can reach {address} can read the answers; put a proxy with a login in front of it"
        );
    }
}

/// The thread that seals, merges and expires at its own pace.
struct Upkeep {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Upkeep {
    fn start(store: Arc<Store>) -> anyhow::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("upkeep".to_owned()).spawn(move || {
            let mut expired = Instant::now();
            while stopped.recv_timeout(UPKEEP_EVERY) == Err(RecvTimeoutError::Timeout) {
                let is_due = expired.elapsed() >= EXPIRE_EVERY;
                if is_due {
                    expired = Instant::now();
                }
                if let Err(error) = tend(&store, is_due) {
                    tracing::error!(error = %crate::exit::in_words(&error), "upkeep failed; it is tried again");
                }
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

fn tend(store: &Store, expire: bool) -> anyhow::Result<()> {
    let now = config::now();
    store.seal(now)?;
    store.merge(now)?;
    if expire {
        store.expire(now)?;
    }
    Ok(())
}
