//! `GET /`

use axum::http::{Request, StatusCode};
use longplay_server::CONTENT_SECURITY_POLICY;

use crate::harness::Server;

#[tokio::test]
async fn a_new_workspace_says_how_to_start() {
    let said = Server::empty().get("/").await;
    assert_eq!(said.status, StatusCode::OK);
    assert_eq!(said.header("content-type"), "text/html; charset=utf-8");
    assert!(said.body.contains("<code>longplay import FILE</code>"));
}

#[tokio::test]
async fn the_three_answers_stand_on_one_page() {
    let server = Server::small();
    let page = server.get("/").await.body;
    for key in ["returns", "goals", "hits"] {
        let sentence = server.get(&format!("/api/v1/ask/{key}")).await.json()["sentence"]
            .as_str()
            .unwrap()
            .to_owned();
        let shown = sentence
            .replace('&', "&#38;")
            .replace('<', "&#60;")
            .replace('>', "&#62;")
            .replace('\'', "&#39;");
        assert!(page.contains(&shown), "{key}: {shown}");
    }
    assert!(!page.contains("<b>"));
    assert!(!page.contains("Demonstration"));
}

#[tokio::test]
async fn a_demonstration_is_labelled() {
    let server = Server::small();
    server.store().mark_demo().unwrap();
    assert!(server.get("/").await.body.contains("Demonstration audience, made up"));
}

#[tokio::test]
async fn every_view_is_an_address() {
    let server = Server::small();
    assert!(
        server
            .get("/?as_of=2026-01-04")
            .await
            .body
            .contains("as of 4 January 2026, 23:59 in Vienna")
    );
    let said = server.get("/?as_of=soon").await;
    assert_eq!(said.status, StatusCode::BAD_REQUEST);
    assert!(
        said.body.contains("<h1") && said.body.contains("it is `soon`."),
        "{}",
        said.body
    );
}

#[tokio::test]
async fn every_response_carries_the_headers_that_keep_it_to_itself() {
    let server = Server::small();
    for address in [
        "/",
        "/nothing",
        "/healthz",
        "/api/v1/ask/returns",
        "/api/v1/ask/nothing",
        "/methods/nothing",
    ] {
        let said = server.get(address).await;
        assert_eq!(
            said.header("content-security-policy"),
            CONTENT_SECURITY_POLICY,
            "{address}"
        );
        assert_eq!(said.header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(said.header("referrer-policy"), "same-origin", "{address}");
        assert_eq!(said.header("cache-control"), "private, no-cache", "{address}");
    }
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
    assert!(CONTENT_SECURITY_POLICY.contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn pages_run_and_style_nothing_inline() {
    for page in [Server::small().get("/").await.body, Server::empty().get("/").await.body] {
        assert!(!page.contains(" style=") && !page.contains("<style"));
        assert!(!page.contains(" onclick=") && !page.contains("javascript:"));
        for script in page.split("<script").skip(1) {
            let opening = script.split('>').next().unwrap();
            assert!(
                opening.contains(" src=\"/assets/") || opening.contains("type=\"application/json\""),
                "{opening}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    let server = Server::empty();
    let said = server.get("/no/such/page").await;
    assert_eq!(said.status, StatusCode::NOT_FOUND);
    assert!(said.body.contains("<h1") && said.body.contains("href=\"/\""));
    assert_eq!(
        server.send(Request::delete("/")).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn what_a_form_left_empty_was_not_said() {
    let server = Server::small();
    let said = server.get("/?from=&to=&by=channel&compare=&where=").await;
    assert_eq!(said.status, StatusCode::OK);
    assert!(said.body.contains("by channel") && said.body.contains("aria-label=\"Take off: by channel\""));
    assert!(!said.body.contains("Take off: first came"));
}

#[tokio::test]
async fn a_rule_that_is_none_stays_typed_beside_what_is_wrong_with_it() {
    let said = Server::small().get("/?where=country+is+%22%3Cb%3E").await;
    assert_eq!(said.status, StatusCode::BAD_REQUEST);
    assert!(said.body.contains("role=\"alert\"") && said.body.contains("is no rule"));
    assert!(
        said.body.contains("value=\"country is &#34;&#60;b&#62;\""),
        "{}",
        said.body
    );
    assert!(!said.body.contains("<b>"));
}

#[tokio::test]
async fn a_period_is_set_beside_another() {
    let said = Server::small()
        .get("/?from=2026-01-02&to=2026-01-03&compare=previous")
        .await;
    assert_eq!(said.status, StatusCode::OK);
    assert!(said.body.contains("compared with as many days before"));
}
