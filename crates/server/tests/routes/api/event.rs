//! `/api/event`: Plausible's one path.

use axum::http::{Request, StatusCode};

use crate::harness::Server;

#[tokio::test]
async fn what_is_taken_is_202_and_what_is_left_out_is_told_in_a_header() {
    let server = Server::empty();
    let key = server.key();
    let event = |domain: &str| format!(r#"{{"n":"pageview","u":"https://shop.example/","d":"{domain}"}}"#);
    let post = || Request::post("/api/event").header("user-agent", "Mozilla/5.0 (X11) Firefox/143.0");
    let said = server.send_body(post(), event(&key)).await;
    assert_eq!((said.status, said.body.as_str()), (StatusCode::ACCEPTED, "ok"));
    assert_eq!(said.header("x-plausible-dropped"), "");
    assert_eq!(server.events(), 1);
    for dropped in [
        event("other.example"),
        event(&key).replace("https://shop.example/", "nowhere"),
    ] {
        let said = server.send_body(post(), dropped).await;
        assert_eq!(
            (said.status, said.header("x-plausible-dropped")),
            (StatusCode::ACCEPTED, "1")
        );
    }
    assert_eq!(server.send_body(post(), "{").await.status, StatusCode::BAD_REQUEST);
    let by_header = post()
        .header("x-write-key", &key)
        .header("x-forwarded-for", "unknown, 203.0.113.9:80");
    server.send_body(by_header, event("shop.example")).await;
    assert_eq!(
        server.store().totals().unwrap().people,
        2,
        "another address is another visit"
    );
}
