//! The addresses SDKs call. Two protocols share none, and every one answers a browser's question beforehand.

use axum::{
    Json, Router, middleware,
    routing::{any, get, post},
};
use serde_json::json;

use super::{cors, matomo, plausible, posthog, segment};
use crate::app::App;

/// PostHog's capture paths; its SDKs end them with a slash, people don't.
const CAPTURE: [&str; 12] = [
    "/batch",
    "/batch/",
    "/capture",
    "/capture/",
    "/e",
    "/e/",
    "/i/v0/e",
    "/i/v0/e/",
    "/track",
    "/track/",
    "/i/v0/ai",
    "/i/v1/e",
];
/// Where PostHog's libraries ask what is switched on.
const CONFIG: [&str; 4] = ["/decide", "/decide/", "/flags", "/flags/"];
/// What PostHog's libraries also send and we have no use for.
const UNUSED: [&str; 4] = ["/s", "/s/", "/engage", "/engage/"];

pub fn routes() -> Router<App> {
    let mut routes = Router::new()
        .route("/v1/{call}", post(segment::call))
        .route("/v1/merge", post(segment::rudder))
        .route("/beacon/v1/batch", post(segment::rudder))
        .route("/pixel/v1/{call}", get(segment::pixel))
        .route("/health", get(async || Json(json!({ "server": "UP" }))))
        .route("/api/s/{call}", post(segment::call))
        .route("/v1/projects/{key}/settings", get(segment::settings))
        .route("/array/{key}/{file}", get(posthog::array))
        .route("/api/feature_flag/local_evaluation", get(posthog::no_flags))
        .route("/api/event", post(plausible::event))
        .route("/matomo.php", any(matomo::track))
        .route("/piwik.php", any(matomo::track))
        .route("/js/tracker.php", any(matomo::track));
    for path in CAPTURE {
        routes = routes.route(path, get(posthog::capture).post(posthog::capture));
    }
    for path in CONFIG {
        routes = routes.route(path, any(posthog::config));
    }
    for path in UNUSED {
        routes = routes.route(path, any(posthog::done));
    }
    routes.layer(middleware::from_fn(cors::allow))
}
