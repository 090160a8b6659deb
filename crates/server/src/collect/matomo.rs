//! `/matomo.php` and its older names: a picture for a single request, a count for a bulk.

use axum::{
    Json,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use longplay_intake::protocols::matomo;
use serde_json::json;

use super::take::take;
use crate::app::App;

/// A transparent GIF of one pixel.
pub const PIXEL: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00\x21\xf9\x04\x01\x00\x00\x00\x00\x2c\
    \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";

pub async fn track(State(app): State<App>, request: Request) -> Response {
    let wants_no_image = request
        .uri()
        .query()
        .is_some_and(|query| query.split('&').any(|pair| pair == "send_image=0"));
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let is_bulk = request.method() == Method::POST && request.uri().query().is_none() && !is_form;
    match take(&app, request, "matomo", |bytes, facts, arrival| {
        matomo::parse(&facts.query, bytes, arrival)
    })
    .await
    {
        Ok(taken) if is_bulk => {
            let tracked = taken.admitted + taken.duplicates + taken.passed;
            Json(json!({ "status": "success", "tracked": tracked, "invalid": taken.refused })).into_response()
        }
        Ok(_) if wants_no_image => StatusCode::NO_CONTENT.into_response(),
        Ok(_) => pixel(),
        Err(why) => {
            let body = json!({ "status": "error", "tracked": 0, "message": why.words() });
            why.response(why.status(), Json(body))
        }
    }
}

pub fn pixel() -> Response {
    ([(header::CONTENT_TYPE, "image/gif")], PIXEL).into_response()
}
