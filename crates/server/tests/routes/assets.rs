//! `GET /assets/{name}`

use axum::http::{Request, StatusCode};

use crate::harness::Server;

/// The addresses of everything the home page loads.
fn loaded(page: &str) -> Vec<String> {
    let addresses = page
        .split("\"/assets/")
        .skip(1)
        .map(|rest| format!("/assets/{}", rest.split('"').next().unwrap()));
    addresses.collect()
}

#[tokio::test]
async fn everything_a_page_loads_is_there_and_may_be_kept_for_ever() {
    let server = Server::small();
    let addresses = loaded(&server.get("/").await.body);
    assert_eq!(addresses.len(), 5, "{addresses:?}");
    for address in addresses {
        let said = server.get(&address).await;
        assert_eq!(said.status, StatusCode::OK, "{address}");
        assert_eq!(said.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(said.header("x-content-type-options"), "nosniff");
        assert!(!said.header("content-type").is_empty());
    }
}

#[tokio::test]
async fn a_name_without_its_hash_is_not_found() {
    assert_eq!(
        Server::empty().get("/assets/longplay.css").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        Server::empty().get("/assets/..%2FCargo.toml").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn large_files_travel_compressed() {
    let server = Server::small();
    let addresses = loaded(&server.get("/").await.body);
    let charts = addresses.iter().find(|address| address.contains("echarts")).unwrap();
    let plain = server.get(charts).await.body.len();
    let said = server
        .send(Request::get(charts).header("accept-encoding", "gzip"))
        .await;
    assert_eq!(said.header("content-encoding"), "gzip");
    assert!(said.body.len() < plain, "{} of {plain}", said.body.len());
}
