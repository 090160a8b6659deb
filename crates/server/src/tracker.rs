//! `/longplay.js`, the tracker for the owner's own site. Its source is written to be read; what is served is the same
//! without comments and indentation, which is all that a smaller file needs before it is compressed.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};

const SOURCE: &str = include_str!("../tracker/longplay.js");
/// Sites ask again after this long, so that a new version reaches visitors within the hour.
const CACHE: &str = "public, max-age=3600";

static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let lines = SOURCE
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
});

/// `GET /longplay.js`
pub async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, CACHE),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, SCRIPT.as_str()).into_response()
}
