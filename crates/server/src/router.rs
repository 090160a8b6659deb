//! Every route, grouped by who calls. A handler parses, makes one call, and shows.

use axum::Router;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::{api, collect, headers, person, tracker, views, you};

/// The whole server as a service.
pub fn router(app: App) -> Router {
    let people = Router::new()
        .route("/", get(views::home))
        .route("/methods/{name}", get(views::method))
        .route("/methods/pictures/{file}", get(views::picture))
        .route("/pieces", get(views::pieces))
        .route("/piece", get(views::piece))
        .route("/sources", get(views::sources))
        .route("/assets/{name}", get(views::asset))
        .route("/longplay.js", get(tracker::script))
        .route("/you/{link}", get(you::look))
        .route("/you/{link}/data.json", get(you::data))
        .route("/you/{link}/erase", get(you::ask).post(you::erase))
        .fallback(views::unknown)
        .method_not_allowed_fallback(views::wrong_method);
    let programs = Router::new()
        .route("/healthz", get(api::healthz))
        .route("/api/v1/ask/{key}", get(api::ask))
        .route("/api/v1/edition", get(api::edition))
        .route("/api/v1/pieces", get(api::pieces))
        .route("/api/v1/collect/recent", get(api::recent))
        .route("/api/v1/person", get(person::card))
        .route("/api/v1/person/export", get(person::export))
        .route("/api/v1/person/erase", post(person::erase))
        .route("/api/{*rest}", get(api::unknown))
        .method_not_allowed_fallback(api::wrong_method);
    let all = people
        .merge(programs)
        .with_state(app.clone())
        .layer(CompressionLayer::new());
    // What SDKs call goes without: their answers are a word long, and are asked for by the thousand.
    headers::with_headers(all).merge(collect::routes().with_state(app))
}
