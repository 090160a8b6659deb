//! Listening and stopping. Connections are bounded in number and in how long they may take to say what they want; once told
//! to stop, open requests get a moment to end, then the server ends anyway.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time,
};
use tower::ServiceExt;

use crate::{app::App, collect::Peer, router::router};

/// How long open requests may take after the word to stop; the whole stop must stay within five seconds.
const GRACE: Duration = Duration::from_secs(3);
/// Connections at the same time; more wait to be accepted.
const CONNECTIONS_MAX: usize = 4_096;
/// How long a connection may take to say what it wants, and how long it may be idle.
const HEAD_MAX: Duration = Duration::from_secs(20);
/// Longest head of a request; tracking calls carry a page's address, its referrer and more.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// After the system had no connection to give, such as when there are no file descriptors left.
const PAUSE: Duration = Duration::from_millis(50);

/// Why serving ended other than by being told to.
#[derive(Debug, thiserror::Error)]
#[error("the server can't take connections any more")]
pub struct ServerError(#[from] std::io::Error);

/// Serves `app` on `listener` until `shutdown` is done, then stops within five seconds. A question that is still being
/// worked out then keeps its thread: end the runtime with `shutdown_background`, not by dropping it.
pub async fn serve(
    app: App,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServerError> {
    let router = router(app);
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let open = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        tokio::select! {
            () = &mut shutdown => break,
            (place, accepted) = accepted => match accepted {
                Ok((stream, peer)) => speak(stream, peer, router.clone(), &open, place.ok()),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    time::sleep(PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    // Whoever still holds on after that is left to the end of the process.
    let _ = time::timeout(GRACE, open.shutdown()).await;
    Ok(())
}

/// Speaks with one connection for as long as it lasts.
fn speak(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    open: &GracefulShutdown,
    place: Option<OwnedSemaphorePermit>,
) {
    // Answers are small and awaited, so they aren't held back to fill a packet; without it they are only slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let connection = open.watch(connection);
    tokio::spawn(async move {
        let _place = place;
        // A connection that breaks concerns nobody but the one who broke it.
        let _ = connection.await;
    });
}
