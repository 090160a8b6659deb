//! `/you/{link}`: where a person sees what is held on them, takes it along and has it erased. The signed link is the whole
//! authority, so nothing else has to be proven and nobody else's page can make a browser do it. Works without script.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::error::{self, Code, HttpError, PageError};
use crate::headers::private;
use crate::pages::{You, you};

/// `GET /you/{link}`
pub async fn look(State(app): State<App>, Path(link): Path<String>) -> Response {
    shown(&app, link, |card| card.map_or(You::Nothing, You::Held)).await
}

/// `GET /you/{link}/erase`: asks once more.
pub async fn ask(State(app): State<App>, Path(link): Path<String>) -> Response {
    shown(&app, link, |card| card.map_or(You::Nothing, You::Asked)).await
}

async fn shown(app: &App, link: String, page: fn(Option<longplay_store::PersonCard>) -> You) -> Response {
    let frame = app.frame().await.outside();
    let outcome = match key(app, &link).await {
        Ok(key) => app.read(move |store| Ok((store.person_of(key)?, store.zone()?))).await,
        Err(error) => Err(error),
    };
    private(match outcome {
        Ok((card, zone)) => error::show(&you(page(card), link, &zone, frame.clone()), &frame),
        Err(error) => PageError { error, frame }.into_response(),
    })
}

/// `GET /you/{link}/data.json`: everything, to take along.
pub async fn data(State(app): State<App>, Path(link): Path<String>) -> Response {
    let outcome = match key(&app, &link).await {
        Ok(key) => app.read(move |store| store.everything_on(key)).await,
        Err(error) => Err(error),
    };
    private(match outcome {
        Ok(all) => {
            let text = all.map_or_else(|| "{}".to_owned(), |all| format!("{all:#}"));
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"what-is-held.json\"",
                ),
            ];
            (headers, text).into_response()
        }
        Err(error) => PageError {
            error,
            frame: app.frame().await.outside(),
        }
        .into_response(),
    })
}

/// `POST /you/{link}/erase`: does it.
pub async fn erase(State(app): State<App>, Path(link): Path<String>) -> Response {
    let frame = app.frame().await.outside();
    let now = app.now();
    let outcome = match key(&app, &link).await {
        Ok(key) => {
            app.read(move |store| Ok((store.erase_key(key, now)?, store.zone()?)))
                .await
        }
        Err(error) => Err(error),
    };
    private(match outcome {
        Ok((receipt, zone)) => {
            let page = receipt.map_or(You::Nothing, You::Erased);
            error::show(&you(page, link, &zone, frame.clone()), &frame)
        }
        Err(error) => PageError { error, frame }.into_response(),
    })
}

async fn key(app: &App, link: &str) -> Result<i64, HttpError> {
    let (link, now) = (link.to_owned(), app.now());
    let key = app.read(move |store| Ok(store.signed_key(&link, now))).await?;
    let message = "This link has ended, or is not whole. Ask whoever sent it to you for a new one.";
    key.ok_or_else(|| HttpError::new(Code::Forbidden, message))
}
