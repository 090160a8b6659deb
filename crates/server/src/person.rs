//! `/api/v1/person`: what is held on a person, and their erasure. Nothing here opens to a write key, only to an API token.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use longplay_domain::Handle;
use longplay_store::{ErasureReceipt, PersonCard};
use serde_json::Value;

use crate::api::Pairs;
use crate::app::App;
use crate::error::{ApiError, Code, HttpError};

/// `GET /api/v1/person?handle=…`
pub async fn card(State(app): State<App>, headers: HeaderMap, pairs: Pairs) -> Result<Json<PersonCard>, ApiError> {
    admit(&app, &headers).await?;
    let handle = named(pairs, &[])?;
    let card = app.read(move |store| store.person(&handle)).await?;
    Ok(Json(card.ok_or_else(nobody)?))
}

/// `GET /api/v1/person/export?handle=…`
pub async fn export(State(app): State<App>, headers: HeaderMap, pairs: Pairs) -> Result<Json<Value>, ApiError> {
    admit(&app, &headers).await?;
    let handle = named(pairs, &[])?;
    let all = app
        .read(move |store| store.everything_on(store.key_of(&handle)))
        .await?;
    Ok(Json(all.ok_or_else(nobody)?))
}

/// `POST /api/v1/person/erase` with `{"handle":…}`, or with the handle in the address.
pub async fn erase(
    State(app): State<App>,
    headers: HeaderMap,
    pairs: Pairs,
    body: Bytes,
) -> Result<Json<ErasureReceipt>, ApiError> {
    admit(&app, &headers).await?;
    let handle = named(pairs, &body)?;
    let now = app.now();
    let receipt = app.read(move |store| store.erase(&handle, now)).await?;
    Ok(Json(receipt.ok_or_else(nobody)?))
}

/// Lets programs in that bring a token of the owner's.
async fn admit(app: &App, headers: &HeaderMap) -> Result<(), HttpError> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value
        .and_then(|value| value.trim().split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned());
    let known = match token {
        Some(token) => app.read(move |store| store.token_name(&token)).await?,
        None => None,
    };
    let message = "This needs an API token: make one with `longplay token create NAME`, and send it as `Authorization: Bearer …`. \
                   A write key opens nothing here.";
    known
        .map(drop)
        .ok_or_else(|| HttpError::new(Code::Unauthorized, message))
}

/// The handle of the body, else of the address.
fn named(pairs: Pairs, body: &[u8]) -> Result<Handle, HttpError> {
    let said: Option<Value> = serde_json::from_slice(body).ok();
    let in_body = said
        .as_ref()
        .and_then(|said| said["handle"].as_str())
        .map(str::to_owned);
    let in_query = pairs
        .ok()
        .and_then(|Query(pairs)| pairs.into_iter().find(|(name, _)| name == "handle"));
    let text = in_body.or(in_query.map(|(_, handle)| handle));
    let message = "Name a person by `handle`, such as email:ada@example.com or user:42; a bare one means custom:.";
    text.and_then(|text| Handle::parse(&text))
        .ok_or_else(|| HttpError::new(Code::BadParameter, message))
}

fn nobody() -> HttpError {
    HttpError::new(
        Code::UnknownPerson,
        "Nobody is known by that handle; a bare one means custom:.",
    )
}
