//! Listening and stopping: once told to stop, open requests get a moment to end, then the server ends anyway.

use std::future::Future;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time;

use crate::app::App;
use crate::router::router;

/// How long open requests may take after the word to stop; the whole stop must stay within five seconds.
const GRACE: Duration = Duration::from_secs(3);

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
    let (told, hears) = oneshot::channel();
    let until = async move {
        shutdown.await;
        // The receiver is gone only when serving has ended already.
        let _ = told.send(());
    };
    let serving = axum::serve(listener, router(app)).with_graceful_shutdown(until);
    let out_of_patience = async move {
        match hears.await {
            Ok(()) => time::sleep(GRACE).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = serving => Ok(ended?),
        () = out_of_patience => Ok(()),
    }
}
