//! `/longplay.js`: small enough, and nothing in it that asks another host.

use std::io::Write;

use axum::http::StatusCode;
use flate2::{Compression, write::GzEncoder};

use crate::harness::Server;

const GZIPPED_BYTES_MAX: usize = 3_000;

#[tokio::test]
async fn the_tracker_is_under_three_kilobytes_and_asks_nobody_else() {
    let said = Server::empty().get("/longplay.js").await;
    assert_eq!(said.status, StatusCode::OK);
    assert!(said.header("content-type").starts_with("text/javascript"));
    assert_eq!(said.header("access-control-allow-origin"), "*");
    assert!(said.header("cache-control").contains("max-age"));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(said.body.as_bytes()).unwrap();
    let size = gzip.finish().unwrap().len();
    assert!(size < GZIPPED_BYTES_MAX, "{size} bytes");
    assert!(!said.body.contains("//"), "neither comments nor an address");
    assert!(said.body.contains("/v1/batch"));
}
