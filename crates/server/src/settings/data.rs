//! What is kept, and for how long: retention, forgetting a person, a backup to take along.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use longplay_domain::Handle;
use longplay_store::{Store, StoreError};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

use super::{done, refused, wrong, zone};
use crate::app::App;
use crate::auth::Caller;
use crate::error::{self, Code, HttpError, PageError};
use crate::form::Fields;
use crate::pages::settings::ErasePage;

/// `POST /settings/retention`: for how many days events are kept; nothing keeps them for good.
pub async fn retention(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let said = fields.said("days").to_owned();
    let changed = async {
        let days = match said.as_str() {
            "" => None,
            text => Some(
                text.parse::<u32>()
                    .map_err(|_| wrong("Write a number of days, or nothing to keep everything."))?,
            ),
        };
        app.change(move |store| store.set_retention(days)).await
    };
    match changed.await {
        Ok(()) => {
            app.log(
                &caller,
                "retention_changed",
                Some(if said.is_empty() { "off".to_owned() } else { said }),
            )
            .await;
            Ok(done("retention", "data"))
        }
        Err(error) => refused(&app, &caller, error).await,
    }
}

/// `POST /settings/erase`: says what would go, and with `sure` does it.
pub async fn erase(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    match erased(&app, &caller, &fields).await {
        Ok(page) => {
            let frame = page.frame.clone();
            Ok(error::show(&page, &frame))
        }
        Err(error) => refused(&app, &caller, error).await,
    }
}

async fn erased(app: &App, caller: &Caller, fields: &Fields) -> Result<ErasePage, HttpError> {
    let nobody = || {
        HttpError::new(
            Code::UnknownPerson,
            "Nobody is known by that handle; a bare one means custom:.",
        )
    };
    let text = fields.said("handle").to_owned();
    let handle = Handle::parse(&text)
        .ok_or_else(|| wrong("Name a person by a handle, such as email:ada@example.com or user:42."))?;
    let frame = app.frame().await.at("/settings");
    let zone = zone(app).await;
    if fields.said("sure") != "yes" {
        let card = app.read(move |store| store.person(&handle)).await?.ok_or_else(nobody)?;
        return Ok(ErasePage::asked(text, &card, &zone, frame));
    }
    let now = app.now();
    let receipt = app
        .read(move |store| store.erase(&handle, now))
        .await?
        .ok_or_else(nobody)?;
    app.log(caller, "person_erased", Some(receipt.receipt.clone())).await;
    Ok(ErasePage::done(&receipt, &zone, frame))
}

/// `GET /settings/backup.tar`: everything in one file, written first and sent then. It has a name for no longer than it is written.
pub async fn backup(State(app): State<App>, Extension(caller): Extension<Caller>) -> Result<Response, PageError> {
    let now = app.now();
    let written = async {
        let file = app.read(move |store| written(store, now)).await?;
        app.log(&caller, "backup_downloaded", None).await;
        Ok(File::from_std(file))
    };
    match written.await {
        Ok(file) => {
            let day = zone(&app).await.day_of(now);
            let headers = [
                (header::CONTENT_TYPE, "application/x-tar".to_owned()),
                (
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"longplay-{day}.tar\""),
                ),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
        }
        Err(error) => {
            let frame = app.frame().await.at("/settings");
            Err(PageError { error, frame })
        }
    }
}

fn written(store: &Store, now: longplay_domain::Time) -> Result<std::fs::File, StoreError> {
    let path = store.directory().join(format!("backup-{}.tar", now.micros()));
    let made = longplay_store::backup(store.directory(), &path, now, &mut |_, _| {});
    let opened = made.and_then(|_| {
        std::fs::File::open(&path).map_err(|source| StoreError::Io {
            what: "open",
            path: path.clone(),
            source,
        })
    });
    // Whoever holds it open reads it to its end; nobody else needs it.
    let _ = std::fs::remove_file(&path);
    opened
}
