//! `GET /methods/{name}`

use axum::http::StatusCode;
use longplay_measures::Key;
use longplay_server::pages::methods;

use crate::harness::Server;

#[tokio::test]
async fn the_methods_pages_of_the_repository_are_served() {
    let server = Server::empty();
    for name in methods::names() {
        let said = server.get(&format!("/methods/{name}")).await;
        assert_eq!(said.status, StatusCode::OK, "{name}");
        assert_eq!(said.body.matches("<h1").count(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_methods_page_shows_its_picture() {
    let server = Server::empty();
    let page = server.get("/methods/returns").await.body;
    assert!(
        page.contains("<img src=\"/methods/pictures/returns.svg\" alt=\""),
        "{page}"
    );
    let picture = server.get("/methods/pictures/returns.svg").await;
    assert_eq!(picture.status, StatusCode::OK);
    assert!(picture.body.starts_with("<svg "));
    assert_eq!(
        server.get("/methods/pictures/nothing.svg").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_answer_links_to_its_method_where_there_is_one() {
    let server = Server::small();
    let mut page = String::new();
    for address in [
        "/audience",
        "/outcomes",
        "/durability",
        "/plan",
        "/audit",
        "/talk",
        "/pieces",
    ] {
        page.push_str(&server.get(address).await.body);
    }
    for key in Key::ALL {
        let link = format!("href=\"/methods/{}\"", key.name());
        assert_eq!(page.contains(&link), methods::source(key.name()).is_some(), "{link}");
    }
}

#[tokio::test]
async fn a_method_nobody_wrote_down_is_not_found() {
    assert_eq!(
        Server::empty().get("/methods/astrology").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        Server::empty().get("/methods/..%2Fvocabulary").await.status,
        StatusCode::NOT_FOUND
    );
}
