//! Every route, grouped by who calls. A handler parses, makes one call, and shows.

use axum::Router;
use axum::routing::get;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::{api, headers, views};

/// The whole server as a service.
pub fn router(app: App) -> Router {
    let people = Router::new()
        .route("/", get(views::home))
        .route("/methods/{name}", get(views::method))
        .route("/assets/{name}", get(views::asset))
        .fallback(views::unknown)
        .method_not_allowed_fallback(views::wrong_method);
    let programs = Router::new()
        .route("/healthz", get(api::healthz))
        .route("/api/v1/ask/{key}", get(api::ask))
        .route("/api/{*rest}", get(api::unknown))
        .method_not_allowed_fallback(api::wrong_method);
    let all = people.merge(programs).with_state(app).layer(CompressionLayer::new());
    headers::with_headers(all)
}
