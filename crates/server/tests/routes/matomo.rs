//! `/matomo.php` and its older names.

use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_single_request_gets_a_picture_and_a_bulk_a_count() {
    let server = Server::empty();
    let key = server.key();
    for path in ["/matomo.php", "/piwik.php", "/js/tracker.php"] {
        let said = server
            .get(&format!("{path}?idsite={key}&rec=1&uid=u&url=https://a.example{path}"))
            .await;
        assert_eq!(
            (said.status, said.header("content-type")),
            (StatusCode::OK, "image/gif"),
            "{path}"
        );
    }
    let silent = server
        .get(&format!(
            "/matomo.php?token_auth={key}&idsite=1&rec=1&uid=u&send_image=0"
        ))
        .await;
    assert_eq!(silent.status, StatusCode::NO_CONTENT);
    let form = Request::post("/matomo.php").header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    let said = server.send_body(form, format!("idsite={key}&rec=1&uid=v")).await;
    assert_eq!(
        (said.status, said.header("content-type")),
        (StatusCode::OK, "image/gif")
    );
    let body = format!(
        r#"{{"requests":["?idsite=1&rec=1&uid=w","?idsite=1&rec=1&x={}"],"token_auth":"{key}"}}"#,
        "x".repeat(40_000)
    );
    let bulk = Request::post("/matomo.php").header("content-type", "application/json");
    let said = server.send_body(bulk, body).await;
    assert_eq!(said.json(), json!({ "status": "success", "tracked": 1, "invalid": 1 }));
    assert_eq!(server.events(), 6);
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let server = Server::empty();
    let said = server.get("/matomo.php?idsite=7&rec=1&uid=u").await;
    assert_eq!(
        (said.status, &said.json()["status"]),
        (StatusCode::UNAUTHORIZED, &json!("error"))
    );
    assert_eq!(server.events(), 0);
}
