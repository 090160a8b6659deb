//! `/talk`: today's list, and what is done about it.

use axum::http::{Request, StatusCode};

use crate::harness::{Said, Server};

async fn post(server: &Server, path: &str, pairs: &[(&str, &str)]) -> Said {
    let body = serde_urlencoded::to_string(pairs).unwrap();
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    server.send_body(request, body).await
}

/// Three people bought for the first time in the last two weeks before 1 March 2026.
fn buyers() -> Server {
    let server = Server::empty();
    for person in 1..=3 {
        server.happened(person, "viewed", "2026-02-10T12:00:00Z");
        server.happened(person, "purchased", "2026-02-20T12:00:00Z");
    }
    server
}

fn id(server: &Server, person: u32) -> String {
    let handle = longplay_domain::Handle::parse(&format!("p{person}")).unwrap();
    format!("{:016x}", server.store().key_of(&handle))
}

async fn listed(server: &Server) -> usize {
    let rows = server.get("/api/v1/talk").await.json();
    rows["rows"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn the_list_says_who_and_why_and_shortens_with_what_is_done() {
    let server = buyers();
    let page = server.get("/talk").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("bought for the first time on 20 February 2026"),
        "{}",
        page.body
    );
    assert!(page.body.contains("First purchase on 20 February 2026."));
    assert_eq!(listed(&server).await, 3);
    let forms = [
        ("/talk/done", ("why", "called")),
        ("/talk/snooze", ("days", "7")),
        ("/talk/contact", ("channel", "email")),
    ];
    for (number, (path, more)) in forms.into_iter().enumerate() {
        let id = id(&server, number as u32 + 1);
        let said = post(&server, path, &[("id", &id), more]).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER, "{path}: {}", said.body);
        assert_eq!(said.header("location"), format!("/talk?noted={id}"));
        assert_eq!(listed(&server).await, 2 - number, "{path}");
    }
    let page = server.get(&format!("/talk?noted={}", id(&server, 1))).await.body;
    assert!(
        page.contains("Nobody needs you today.") && page.contains("role=\"status\""),
        "{page}"
    );
    let person = server.get(&format!("/people/person?id={}", id(&server, 2))).await.body;
    assert!(person.contains("Left out of the list until 8 March 2026"), "{person}");
}

#[tokio::test]
async fn who_is_to_be_left_alone_is_and_taking_it_back_brings_them_again() {
    let server = buyers();
    let id = id(&server, 1);
    post(&server, "/talk/never", &[("id", &id)]).await;
    assert_eq!(listed(&server).await, 2);
    let notes = server.get(&format!("/api/v1/person/profile?id={id}")).await.json();
    let number = notes["notes"][0]["number"].to_string();
    post(&server, "/people/person/remove", &[("id", &id), ("number", &number)]).await;
    assert_eq!(listed(&server).await, 3);
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_list() {
    let server = buyers();
    let id = id(&server, 1);
    for (path, pairs) in [
        ("/talk/snooze", vec![("id", id.as_str()), ("days", "0")]),
        ("/talk/snooze", vec![("id", &id), ("days", "soon")]),
        ("/talk/contact", vec![("id", &id), ("channel", " ")]),
        ("/talk/done", vec![("id", "ada")]),
        ("/talk/settings", vec![("people", "0"), ("share", "10")]),
        ("/talk/settings", vec![("people", "5"), ("share", "80")]),
    ] {
        let said = post(&server, path, &pairs).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(
            said.body.contains("role=\"alert\"") && said.body.contains("First purchase"),
            "{path}: {}",
            said.body
        );
    }
    let unknown = post(&server, "/talk/done", &[("id", "0000000000000001")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(listed(&server).await, 3, "nothing was noted");
}

#[tokio::test]
async fn some_are_held_out_and_the_day_is_noted() {
    let server = buyers();
    let said = post(&server, "/talk/settings", &[("people", "2"), ("share", "50")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER);
    assert_eq!(
        (
            server.store().talk_capacity().unwrap(),
            server.store().talk_holdout().unwrap()
        ),
        (2, 0.5)
    );
    assert!(server.get("/talk").await.body.contains("Work with this list today"));
    post(&server, "/talk/today", &[]).await;
    assert!(!server.store().talk_notes().unwrap().is_empty());
    assert!(server.get("/talk").await.body.contains("Today’s list is noted"));
}
