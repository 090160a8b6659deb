//! `/v1/*`: Segment's API and RudderStack's dialect of it.

use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::harness::{Said, Server};

const TRACK: &str = r#"{"type":"track","event":"Signed Up","userId":"u","messageId":"m"}"#;

async fn post(server: &Server, path: &str, key: &str, body: &str) -> Said {
    let request = Request::post(path).header("authorization", format!("Bearer {key}"));
    server.send_body(request, body.to_owned()).await
}

#[tokio::test]
async fn every_path_takes_what_its_name_says() {
    let server = Server::empty();
    let key = server.key();
    let calls = [
        "identify", "track", "page", "screen", "group", "alias", "i", "t", "p", "s", "g", "a",
    ];
    for call in calls {
        let body = format!(r#"{{"event":"E","userId":"u","previousId":"v","messageId":"{call}"}}"#);
        let said = post(&server, &format!("/v1/{call}"), &key, &body).await;
        assert_eq!(said.status, StatusCode::OK, "{call}: {}", said.body);
        assert_eq!(said.json(), json!({ "success": true }));
    }
    for path in ["batch", "b", "import"] {
        let body = format!(r#"{{"batch":[{{"type":"track","event":"E","userId":"u","messageId":"{path}"}}]}}"#);
        assert_eq!(
            post(&server, &format!("/v1/{path}"), &key, &body).await.status,
            StatusCode::OK,
            "{path}"
        );
    }
    assert_eq!(server.events(), 15);
    assert_eq!(
        post(&server, "/v1/m", &key, "{}").await.status,
        StatusCode::OK,
        "dropped by design"
    );
    assert_eq!(server.events(), 15);
}

#[tokio::test]
async fn the_key_decides_and_may_stand_in_the_body() {
    let server = Server::empty();
    let key = server.key();
    for wrong in ["", "lp_wrong"] {
        let said = post(&server, "/v1/track", wrong, TRACK).await;
        assert_eq!(said.status, StatusCode::UNAUTHORIZED);
        assert_eq!(said.json()["success"], false);
    }
    let body = TRACK.replacen('{', &format!("{{\"writeKey\":\"{key}\","), 1);
    let said = server.send_body(Request::post("/v1/t"), body.clone()).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.body);
    assert_eq!(server.events(), 1);
    // A proxy's own credentials in the header don't hide the key in the body.
    let proxied = Request::post("/v1/t").header("authorization", "Basic cHJveHk6cHc=");
    assert_eq!(
        server.send_body(proxied, body.replace("\"m\"", "\"n\"")).await.status,
        StatusCode::OK
    );
    assert_eq!(server.events(), 2);
    let turned = &server.get("/api/v1/collect/recent").await.json()["turned_away"];
    assert_eq!(turned, &json!({ "key_missing": 1, "key_unknown": 1 }));
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_400_and_with_an_item_200() {
    let server = Server::empty();
    let key = server.key();
    for bad in ["", "{", "[1]", r#"{"batch":1}"#] {
        let said = post(&server, "/v1/batch", &key, bad).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{bad}");
        assert_eq!(said.json()["success"], false);
    }
    let large = TRACK.replacen('{', &format!("{{\"x\":\"{}\",", "x".repeat(40_000)), 1);
    assert_eq!(
        post(&server, "/v1/track", &key, &large).await.status,
        StatusCode::BAD_REQUEST
    );
    let mixed = format!(r#"{{"batch":[{TRACK},{{"type":"track","event":"E"}},{TRACK}]}}"#);
    assert_eq!(post(&server, "/v1/batch", &key, &mixed).await.status, StatusCode::OK);
    let recent = server.get("/api/v1/collect/recent").await.json();
    assert_eq!((&recent["admitted"], &recent["duplicates"]), (&json!(1), &json!(1)));
    assert_eq!(recent["refused"], json!({ "person_missing": 1 }));
    assert_eq!(recent["refusals"][0]["item"], 2);
    assert_eq!(recent["batches"][0]["key"], "website");
}

#[tokio::test]
async fn a_browser_elsewhere_may_call() {
    let server = Server::empty();
    let asked = Request::options("/v1/p")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    let said = server.send(asked).await;
    assert_eq!(said.status, StatusCode::NO_CONTENT);
    assert_eq!(said.header("access-control-allow-origin"), "https://shop.example");
    assert_eq!(
        said.header("access-control-allow-headers"),
        "authorization,content-type"
    );
    assert!(said.header("access-control-allow-methods").contains("POST"));
    let refused = server
        .send_body(Request::post("/v1/p").header("origin", "https://shop.example"), "{}")
        .await;
    assert_eq!(
        refused.header("access-control-allow-origin"),
        "https://shop.example",
        "{}",
        refused.status
    );
}

#[tokio::test]
async fn rudderstack_hears_its_own_words() {
    let server = Server::empty();
    let key = server.key();
    let body = r#"{"batch":[{"type":"track","event":"E","userId":"u"}]}"#;
    let beacon = |key: &str| Request::post(format!("/beacon/v1/batch?writeKey={key}"));
    let said = server.send_body(beacon(&key), body).await;
    assert_eq!((said.status, said.body.as_str()), (StatusCode::OK, "OK"));
    let said = server.send_body(beacon(""), body).await;
    assert_eq!(
        (said.status, said.body.as_str()),
        (StatusCode::UNAUTHORIZED, "failed to read writekey from header")
    );
    assert_eq!(server.send_body(beacon(&key), "{").await.body, "invalid json");
}

#[tokio::test]
async fn the_browser_library_learns_where_to_send() {
    let server = Server::empty();
    let said = server
        .send(Request::get("/v1/projects/wk/settings").header("host", "stats.example:7070"))
        .await;
    let ours = &said.json()["integrations"]["Segment.io"];
    assert_eq!(
        ours,
        &json!({ "apiKey": "wk", "apiHost": "stats.example:7070/v1", "protocol": "http" })
    );
}
