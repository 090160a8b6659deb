//! Segment's paths, and those that RudderStack and Jitsu add.

use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use longplay_intake::protocols::{Arrival, Batch, BodyError, EVENT_BYTES_MAX, segment};
use serde_json::{Value, json};

use super::{
    answer::{Taken, Why},
    matomo,
    take::{Facts, Parse, Peer, take},
};
use crate::{app::App, auth::Client};

const NAME: &str = "segment";

/// `POST /v1/{call}`: one message. Some SDKs send a batch here all the same.
pub async fn call(State(app): State<App>, Path(call): Path<String>, request: Request) -> Response {
    let parse: Parse = match call.as_str() {
        "identify" | "i" => |bytes, _, arrival| parse(bytes, Some("identify"), arrival),
        "track" | "t" => |bytes, _, arrival| parse(bytes, Some("track"), arrival),
        "page" | "p" => |bytes, _, arrival| parse(bytes, Some("page"), arrival),
        "screen" | "s" => |bytes, _, arrival| parse(bytes, Some("screen"), arrival),
        "group" | "g" => |bytes, _, arrival| parse(bytes, Some("group"), arrival),
        "alias" | "a" | "merge" => |bytes, _, arrival| parse(bytes, Some("alias"), arrival),
        "batch" | "b" | "import" => |bytes, _, arrival| parse(bytes, None, arrival),
        // The library's own measurements of itself.
        "m" => return done(),
        _ => return (StatusCode::NOT_FOUND, Json(refusal("There is no such call"))).into_response(),
    };
    answer(take(&app, request, NAME, parse).await)
}

/// `POST /v1/merge`, `/beacon/v1/batch`: RudderStack's own, answered in its words.
pub async fn rudder(State(app): State<App>, request: Request) -> Response {
    match take(&app, request, "rudderstack", rudder_body).await {
        Ok(_) => "OK".into_response(),
        Err(why) => why.response(why.status(), rudder_words(&why)),
    }
}

/// `GET /pixel/v1/{track,page}`: a message in an address, for letters and for pages without scripts.
pub async fn pixel(State(app): State<App>, Path(call): Path<String>, request: Request) -> Response {
    let parse: Parse = match call.as_str() {
        "track" => |_, facts, arrival| segment::parse(&of_query(&facts.query), Some("track"), arrival),
        "page" => |_, facts, arrival| segment::parse(&of_query(&facts.query), Some("page"), arrival),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match take(&app, request, "rudderstack", parse).await {
        Ok(_) => matomo::pixel(),
        Err(why) => why.response(why.status(), rudder_words(&why)),
    }
}

/// Parameters as a message; `properties.x` and `context.x` go one level down.
fn of_query(query: &str) -> Vec<u8> {
    let mut message = serde_json::Map::new();
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    for (name, value) in pairs {
        match name.split_once('.') {
            None => {
                message.insert(name, Value::from(value));
            }
            Some((outer, inner)) => {
                let object = message.entry(outer).or_insert_with(|| json!({}));
                if let Some(object) = object.as_object_mut() {
                    object.insert(inner.to_owned(), Value::from(value));
                }
            }
        }
    }
    Value::from(message).to_string().into_bytes()
}

fn rudder_body(bytes: &[u8], _: &Facts, arrival: &Arrival<'_>) -> Result<Batch, BodyError> {
    parse(bytes, Some("alias"), arrival)
}

fn rudder_words(why: &Why) -> String {
    match why {
        Why::NoKey => "failed to read writekey from header".to_owned(),
        Why::UnknownKey => "invalid write key".to_owned(),
        Why::Unreadable(BodyError::Malformed(_)) => "invalid json".to_owned(),
        Why::TooLarge | Why::Unreadable(BodyError::TooLarge { .. }) => "request size exceeds max limit".to_owned(),
        other => other.words(),
    }
}

fn parse(bytes: &[u8], call: Option<&str>, arrival: &Arrival<'_>) -> Result<Batch, BodyError> {
    // One message alone has the limit of one event, and nothing else could be kept of it.
    if call.is_some() && bytes.len() > EVENT_BYTES_MAX && !bytes.windows(7).take(256).any(|start| start == b"\"batch\"")
    {
        return Err(BodyError::TooLarge {
            bytes: bytes.len(),
            bytes_max: EVENT_BYTES_MAX,
        });
    }
    segment::parse(bytes, call, arrival)
}

/// `GET /v1/projects/{key}/settings`: what the browser library asks before it starts.
pub async fn settings(State(app): State<App>, Path(key): Path<String>, request: Request) -> Response {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let visitor = Client::visiting(app.access(), peer, request.headers());
    let api_host = visitor.host.unwrap_or_default();
    let protocol = if visitor.is_https { "https" } else { "http" };
    let ours = json!({ "apiKey": key, "apiHost": format!("{api_host}/v1"), "protocol": protocol });
    Json(json!({ "integrations": { "Segment.io": ours }, "plan": {}, "edgeFunction": {}, "metrics": { "sampleRate": 0 } }))
        .into_response()
}

fn answer(taken: Result<Taken, Why>) -> Response {
    match taken {
        Ok(_) => done(),
        Err(why) => {
            // Segment says 400 for everything that is wrong with a body.
            let status = match why.status() {
                StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => StatusCode::BAD_REQUEST,
                status => status,
            };
            why.response(status, Json(refusal(&why.words())))
        }
    }
}

fn done() -> Response {
    Json(json!({ "success": true })).into_response()
}

fn refusal(message: &str) -> Value {
    json!({ "success": false, "message": message })
}
