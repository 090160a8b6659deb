//! The made-up audience, brought and taken away by one button each, so that somebody can look around before they have anything to bring.
//! Only into a workspace that has nobody yet; while it is there no files are taken, for nobody could tell them apart again.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use longplay_domain::Time;
use longplay_store::Store;

use super::{data_page, to};
use crate::app::App;
use crate::auth::Caller;
use crate::error::{Code, HttpError, PageError};

/// How the made-up audience is brought: the command's own code, handed in where the parts meet. It says in words what is wrong.
pub type Demonstration = fn(&Store, Time) -> Result<(), String>;

fn wrong(message: impl Into<String>) -> HttpError {
    HttpError::new(Code::BadParameter, message)
}

/// `POST /begin/demo`
pub async fn bring_demo(State(app): State<App>, Extension(caller): Extension<Caller>) -> Result<Response, PageError> {
    let brought = async {
        let bring = app
            .demonstration()
            .ok_or_else(|| wrong("This server brings no demonstration; `longplay demo` serves one of its own."))?;
        let now = app.now();
        let done = app.read(move |store| Ok(bring(store, now))).await?;
        done.map_err(|why| wrong(format!("The demonstration was not brought: {why}.")))
    };
    match brought.await {
        Err(error) => data_page(&app, Some(error)).await,
        Ok(()) => {
            app.editions().let_go();
            app.log(&caller, "demo_brought", None).await;
            Ok(to("/"))
        }
    }
}

/// `POST /begin/demo/remove`
pub async fn remove_demo(State(app): State<App>, Extension(caller): Extension<Caller>) -> Result<Response, PageError> {
    let removed = async {
        if app.demonstration().is_none() {
            return Err(wrong("Delete this demonstration's directory, and it is gone."));
        }
        let now = app.now();
        app.change(move |store| store.remove_demo(now)).await
    };
    match removed.await {
        Err(error) => data_page(&app, Some(error)).await,
        Ok(()) => {
            app.editions().let_go();
            app.log(&caller, "demo_removed", None).await;
            Ok(to("/begin/data"))
        }
    }
}
