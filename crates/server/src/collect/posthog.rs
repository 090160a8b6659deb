//! PostHog's paths: capture in all its spellings, and the questions its libraries ask so that they go on.

use axum::{
    Json,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use longplay_intake::protocols::{Arrival, Batch, BodyError, posthog};
use serde_json::{Value, json};

use super::{
    answer::Why,
    take::{Facts, take},
};
use crate::app::App;

/// `POST /batch/`, `/e/`, `/capture/` and so on; the oldest libraries put it all into the address.
pub async fn capture(State(app): State<App>, request: Request) -> Response {
    match take(&app, request, "posthog", parse).await {
        Ok(_) => done().await,
        Err(why) => why.response(why.status(), Json(refusal(&why))),
    }
}

fn parse(bytes: &[u8], facts: &Facts, arrival: &Arrival<'_>) -> Result<Batch, BodyError> {
    match bytes {
        [] => posthog::parse(facts.query.as_bytes(), arrival),
        _ => posthog::parse(bytes, arrival),
    }
}

fn refusal(why: &Why) -> Value {
    let (kind, code) = match why {
        Why::NoKey => ("authentication_error", "missing_api_key"),
        Why::UnknownKey => ("authentication_error", "invalid_api_key"),
        Why::Busy | Why::Failed => ("server_error", why.code()),
        _ => ("validation_error", "invalid_payload"),
    };
    json!({ "type": kind, "code": code, "detail": why.words(), "attr": null })
}

/// What is of no use here, such as recordings of screens, is taken and forgotten.
pub async fn done() -> Response {
    Json(json!({ "status": 1 })).into_response()
}

/// `/flags/`, `/decide/` and `/array/KEY/config`: there are no flags and nothing else to switch on.
pub async fn config() -> Json<Value> {
    Json(remote())
}

/// `GET /array/{key}/{file}`: the same as JSON or as a script.
pub async fn array(Path((key, file)): Path<(String, String)>) -> Response {
    match file.as_str() {
        "config" => Json(remote()).into_response(),
        "config.js" => {
            let key = Value::from(key);
            let remote = json!({ "config": remote(), "siteApps": [] });
            let script =
                format!("(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{{}})[{key}]={remote};");
            // A key is anybody's text; this keeps it from ending the script it stands in.
            let script = script.replace('<', "\\u003c");
            ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], script).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn remote() -> Value {
    json!({
        "config": {}, "toolbarParams": {}, "isAuthenticated": false, "supportedCompression": ["gzip", "gzip-js"],
        "featureFlags": {}, "featureFlagPayloads": {}, "flags": {}, "errorsWhileComputingFlags": false, "hasFeatureFlags": false,
        "sessionRecording": false, "surveys": false, "heatmaps": false, "capturePerformance": false,
        "autocapture_opt_out": false, "autocaptureExceptions": false, "captureDeadClicks": false, "siteApps": []
    })
}

/// `GET /api/feature_flag/local_evaluation`: no flags to work out either.
pub async fn no_flags() -> Json<Value> {
    Json(json!({ "flags": [], "group_type_mapping": {}, "cohorts": {} }))
}
