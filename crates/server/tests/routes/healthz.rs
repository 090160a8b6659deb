//! `GET /healthz`

use axum::http::StatusCode;

use crate::harness::Server;

#[tokio::test]
async fn a_server_with_an_open_store_is_ready() {
    let said = Server::empty().get("/healthz").await;
    assert_eq!((said.status, said.body.as_str()), (StatusCode::OK, "ok\n"));
}
