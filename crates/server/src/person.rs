//! `/api/v1/person`: what is held on a person, and their erasure. A write key opens nothing here.

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use longplay_domain::Handle;
use longplay_store::{ErasureReceipt, PersonCard};
use serde_json::Value;

use crate::api::Pairs;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, Code, HttpError};

/// `GET /api/v1/person?handle=…`
pub async fn card(State(app): State<App>, pairs: Pairs) -> Result<Json<PersonCard>, ApiError> {
    let handle = named(pairs, &[])?;
    let card = app.read(move |store| store.person(&handle)).await?;
    Ok(Json(card.ok_or_else(nobody)?))
}

/// `GET /api/v1/person/export?handle=…`
pub async fn export(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Result<Json<Value>, ApiError> {
    let handle = named(pairs, &[])?;
    let all = app
        .read(move |store| store.everything_on(store.key_of(&handle)))
        .await?;
    let all = all.ok_or_else(nobody)?;
    app.log(&caller, "person_exported", None).await;
    Ok(Json(all))
}

/// `POST /api/v1/person/erase` with `{"handle":…}`, or with the handle in the address.
pub async fn erase(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
    body: Bytes,
) -> Result<Json<ErasureReceipt>, ApiError> {
    let handle = named(pairs, &body)?;
    let now = app.now();
    let receipt = app.read(move |store| store.erase(&handle, now)).await?;
    let receipt = receipt.ok_or_else(nobody)?;
    app.log(&caller, "person_erased", Some(receipt.receipt.clone())).await;
    Ok(Json(receipt))
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
