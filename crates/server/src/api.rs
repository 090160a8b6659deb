//! What programs call: `/healthz` and `/api/v1/*`. Answers travel exactly as they serialise; there are no mirror structs.

use axum::Extension;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use longplay_domain::Zone;
use longplay_measures::{ALL, Edition, Key, Question};
use longplay_store::Store;
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::{Caller, May};
use crate::collect::Recent;
use crate::error::{ApiError, Code, HttpError};
use crate::query::{self, Parameters};

/// The query of an address as it was written, or why it can't be read.
pub(crate) type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// `GET /healthz`: the store is open and its registry answers.
pub async fn healthz(State(app): State<App>) -> Result<&'static str, ApiError> {
    app.read(Store::zone).await?;
    Ok("ok\n")
}

/// `GET /api/v1/ask/{key}`: one answer; with the key `all` every standing answer from one pass.
pub async fn ask(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(key): Path<String>,
    pairs: Pairs,
) -> Result<Response, ApiError> {
    let names = caller.may(May::People);
    if key == ALL {
        let (parameters, zone) = parameters(&app, pairs).await?;
        parameters.about(None)?;
        let edition = app.ask_all(parameters.question(Key::ALL[0], &zone)).await?;
        let edition = if names { edition } else { edition.unnamed() };
        return Ok(Json(edition).into_response());
    }
    let key = query::key(&key)?;
    let (parameters, zone) = parameters(&app, pairs).await?;
    let question = Question {
        about: parameters.about(Some(key))?,
        ..parameters.of_key(key, &zone)?
    };
    let answer = app.ask(question).await?;
    Ok(Json(if names { answer } else { answer.unnamed() }).into_response())
}

/// `GET /api/v1/edition`: the standing answers as they were last worked out, which is at most moments ago.
pub async fn edition(State(app): State<App>, Extension(caller): Extension<Caller>) -> Result<Response, ApiError> {
    let zone = app.read(Store::zone).await?;
    let question = Question::new(Key::ALL[0], app.now(), zone);
    let edition = app.standing(question).await?;
    if caller.may(May::People) {
        return Ok(Json(&*edition).into_response());
    }
    Ok(Json(Edition::clone(&edition).unnamed()).into_response())
}

/// `GET /api/v1/pieces`: the pieces side by side, each with every standing figure about it.
pub async fn pieces(State(app): State<App>) -> Result<Response, ApiError> {
    Ok(Json(app.catalogue().await?).into_response())
}

/// `GET /api/v1/collect/recent`: what arrived since the server started, and why items were refused.
pub async fn recent(State(app): State<App>) -> Json<Recent> {
    Json(app.collector().recent(app.store(), |recent| recent.clone()))
}

/// Entries of the audit log in one answer.
const LOG_ENTRIES_MAX: u32 = 1_000;

/// `GET /api/v1/audit-log`: who did what, newest first.
pub async fn audit_log(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let entries = app.read(|store| store.audit_log(LOG_ENTRIES_MAX)).await?;
    let told = entries.into_iter().map(|entry| {
        json!({
            "at": entry.at.to_string(),
            "who": entry.who,
            "what": entry.what,
            "about": entry.about,
            "address": entry.address,
        })
    });
    Ok(Json(json!({ "entries": told.collect::<Vec<_>>() })))
}

/// The query of an address, where it can be read at all.
pub(crate) fn readable(pairs: Pairs) -> Result<Query<Vec<(String, String)>>, HttpError> {
    let message = "What follows the `?` can't be read; write it like ?from=2026-01-01&level=0.9";
    pairs.map_err(|_| HttpError::new(Code::BadParameter, message))
}

/// The parameters of a request, read in the workspace's zone.
pub(crate) async fn parameters(app: &App, pairs: Pairs) -> Result<(Parameters, Zone), HttpError> {
    let Query(pairs) = readable(pairs)?;
    let zone = app.read(Store::zone).await?;
    let parameters = Parameters::read(&pairs, &zone, app.now())?;
    let Some(name) = parameters.segment().map(str::to_owned) else {
        return Ok((parameters, zone));
    };
    let segment = app.read(move |store| store.saved_segment(&name)).await?;
    Ok((parameters.of_segment(segment)?, zone))
}

pub async fn unknown() -> ApiError {
    HttpError::new(
        Code::UnknownAddress,
        "Nothing is at this address. Questions are at /api/v1/ask/KEY.",
    )
    .into()
}

pub async fn wrong_method() -> ApiError {
    HttpError::new(Code::WrongMethod, "This address answers GET only.").into()
}
