//! The addresses SDKs call. Two protocols share none, and every one answers a browser's question beforehand.

use axum::{
    Router, middleware,
    routing::{get, post},
};

use super::{cors, segment};
use crate::app::App;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/{call}", post(segment::call))
        .route("/v1/merge", post(segment::rudder))
        .route("/beacon/v1/batch", post(segment::rudder))
        .route("/api/s/{call}", post(segment::call))
        .route("/v1/projects/{key}/settings", get(segment::settings))
        .layer(middleware::from_fn(cors::allow))
}
