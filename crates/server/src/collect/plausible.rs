//! `POST /api/event`: Plausible's one path. It says 202 to everything it could read, and tells in a header what it left out.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use longplay_intake::protocols::plausible;
use serde_json::json;

use super::{
    answer::{Taken, Why},
    take::take,
};
use crate::app::App;

const DROPPED: HeaderName = HeaderName::from_static("x-plausible-dropped");

pub async fn event(State(app): State<App>, request: Request) -> Response {
    match take(&app, request, "plausible", |bytes, _, arrival| {
        plausible::parse(bytes, arrival)
    })
    .await
    {
        Ok(Taken { refused: 0, .. }) => taken(false),
        Ok(_) | Err(Why::NoKey | Why::UnknownKey) => taken(true),
        Err(why) => {
            let body = Json(json!({ "errors": { "request": [why.words()] } }));
            why.response(why.status(), body)
        }
    }
}

fn taken(is_dropped: bool) -> Response {
    let mut response = (StatusCode::ACCEPTED, "ok").into_response();
    if is_dropped {
        response.headers_mut().insert(DROPPED, HeaderValue::from_static("1"));
    }
    response
}
