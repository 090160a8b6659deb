//! `GET /pieces`, `GET /piece` and `GET /api/v1/pieces`

use axum::http::StatusCode;

use crate::harness::Server;

#[tokio::test]
async fn the_page_and_the_api_know_the_same_pieces() {
    let server = Server::small();
    let told = server.get("/api/v1/pieces").await.json();
    let pieces = told["pieces"].as_array().unwrap().clone();
    assert!(!pieces.is_empty());
    let page = server.get("/pieces").await;
    assert_eq!(page.status, StatusCode::OK);
    for piece in &pieces {
        let people = piece["people"].as_u64().unwrap();
        let figures = piece["figures"].as_array().unwrap();
        let returned = figures.iter().find(|figure| figure["key"] == "people");
        assert_eq!(returned.map_or(0, |figure| figure["n"].as_u64().unwrap()), people);
        let address = format!("/piece?id={}", piece["piece"].as_str().unwrap());
        assert!(page.body.contains(&format!("href=\"{address}\"")), "{address}");
        let own = server.get(&address).await;
        assert_eq!(own.status, StatusCode::OK, "{address}");
        assert!(own.body.contains("id=\"lift-sentence\""));
    }
}

#[tokio::test]
async fn titles_are_text_and_the_search_narrows() {
    let server = Server::small();
    let page = server.get("/pieces").await.body;
    assert!(page.contains("Intro &#60;b&#62;&#38; more&#60;/b&#62;"));
    let found = server.get("/pieces?q=INTRO+more").await.body;
    assert!(found.contains("1 piece of"), "{found}");
    let nothing = server.get("/pieces?q=%3Cscript%3Ealert(1)%3C/script%3E").await.body;
    assert!(nothing.contains("0 pieces of") && !nothing.contains("<script>alert"));
}

#[tokio::test]
async fn an_unknown_piece_is_not_found_and_an_empty_workspace_says_so() {
    let server = Server::small();
    for address in ["/piece?id=nope", "/piece", "/piece?id="] {
        assert_eq!(server.get(address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    let empty = Server::empty().get("/pieces").await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(empty.body.contains("No piece is known yet"));
}
