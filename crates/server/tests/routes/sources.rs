//! `/sources`: the snippet, and what is wrong when nothing arrives.

use axum::http::{Request, StatusCode};

use crate::harness::Server;

#[tokio::test]
async fn the_page_has_the_snippet_and_says_what_is_wrong() {
    let server = Server::empty();
    let asked = Request::get("/sources")
        .header("host", "stats.example")
        .header("sec-gpc", "1");
    let said = server.send(asked).await;
    assert_eq!(said.status, StatusCode::OK);
    for words in [
        "http://stats.example/longplay.js",
        "There is no write key yet",
        "No request has come at all",
        "asks not to be tracked",
    ] {
        assert!(said.body.contains(words), "{words}: {}", said.body);
    }
    let key = server.key();
    let track = |key: &str| {
        let body =
            format!(r#"{{"writeKey":"{key}","type":"track","event":"<b>","userId":"u","properties":{{"revenue":1}}}}"#);
        (Request::post("/v1/t").header("origin", "https://shop.example"), body)
    };
    let (request, body) = track("lp_wrong");
    server.send_body(request, body).await;
    let said = server.get("/sources").await;
    assert!(
        said.body
            .contains("with a key that is not known, the last from shop.example"),
        "{}",
        said.body
    );
    let (request, body) = track(&key);
    server.send_body(request, body).await;
    let said = server.get("/sources?site=https://blog.example/").await;
    assert!(said.body.contains("One event has arrived"), "{}", said.body);
    assert!(
        said.body
            .contains("Nothing came from a page of blog.example. What came is from shop.example.")
    );
    assert!(
        !server
            .get("/sources?site=shop.example")
            .await
            .body
            .contains("Nothing came from")
    );
}
