//! PostHog's paths.

use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn every_capture_path_takes_events() {
    let server = Server::empty();
    let key = server.key();
    let paths = ["/batch/", "/batch", "/e/?ip=1&_=1", "/capture/", "/i/v0/e/", "/track/"];
    for path in paths {
        let body = format!(r#"{{"api_key":"{key}","event":"e","distinct_id":"u","uuid":"{path}"}}"#);
        let said = server.send_body(Request::post(path), body).await;
        assert_eq!(
            (said.status, said.json()),
            (StatusCode::OK, json!({ "status": 1 })),
            "{path}"
        );
    }
    assert_eq!(server.events(), paths.len() as u64);
    let address =
        format!("/e/?data=%7B%22event%22%3A%22e%22%2C%22distinct_id%22%3A%22u%22%2C%22token%22%3A%22{key}%22%7D");
    assert_eq!(server.get(&address).await.status, StatusCode::OK);
    assert_eq!(server.events(), paths.len() as u64 + 1);
}

#[tokio::test]
async fn a_wrong_key_is_told_as_posthog_tells_it() {
    let server = Server::empty();
    let wrong = r#"{"api_key":"phc_wrong","event":"e","distinct_id":"u"}"#;
    let said = server.send_body(Request::post("/batch/"), wrong).await;
    assert_eq!(said.status, StatusCode::UNAUTHORIZED);
    assert_eq!(said.json()["code"], "invalid_api_key");
    let said = server
        .send_body(Request::post("/e/"), r#"{"event":"e","distinct_id":"u"}"#)
        .await;
    assert_eq!(
        (said.status, &said.json()["code"]),
        (StatusCode::UNAUTHORIZED, &json!("missing_api_key"))
    );
    assert_eq!(
        server.send_body(Request::post("/e/"), "nonsense").await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn the_libraries_questions_are_answered_so_that_they_go_on() {
    let server = Server::empty();
    for path in ["/decide/?v=3", "/flags/?v=2"] {
        let said = server.send_body(Request::post(path), "{}").await;
        assert_eq!(
            (said.status, &said.json()["featureFlags"]),
            (StatusCode::OK, &json!({})),
            "{path}"
        );
    }
    assert_eq!(
        server.get("/array/phc_x/config").await.json()["sessionRecording"],
        false
    );
    let script = server.get("/array/x%22%3C/config.js").await;
    assert!(script.body.contains(r#"["x\"\u003c"]="#), "{}", script.body);
    assert_eq!(server.get("/array/x/other.js").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        server.send_body(Request::post("/s/"), "recording").await.status,
        StatusCode::OK
    );
    assert_eq!(server.events(), 0);
}
