//! `/you/{link}`: what a person sees and does with a signed link.

use axum::http::{Request, StatusCode};

use crate::harness::{Server, now};

fn link(server: &Server, days: u32) -> String {
    let store = server.store();
    let handle = longplay_domain::Handle::parse("p1").unwrap();
    store.sign_link(store.key_of(&handle), days, now())
}

#[tokio::test]
async fn a_person_looks_takes_everything_along_and_is_forgotten() {
    let server = Server::small();
    let link = link(&server, 30);
    let page = server.get(&format!("/you/{link}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("3 things you did here are kept."), "{}", page.body);
    assert!(
        page.body.contains("a user&#39;s name or number, p…") && !page.body.contains("p1"),
        "{}",
        page.body
    );
    assert_eq!(
        ["cache-control", "referrer-policy", "x-robots-tag"].map(|name| page.header(name)),
        ["no-store", "no-referrer", "noindex, nofollow"]
    );
    assert!(!page.body.contains("<script"));

    let data = server.get(&format!("/you/{link}/data.json")).await;
    assert_eq!(data.json()["events"].as_array().unwrap().len(), 3);
    assert!(data.header("content-disposition").starts_with("attachment"));
    let asked = server.get(&format!("/you/{link}/erase")).await;
    assert!(
        asked.body.contains("method=\"post\"") && asked.body.contains("can't be undone"),
        "{}",
        asked.body
    );
    let before = server.events();

    let done = server.send(Request::post(format!("/you/{link}/erase"))).await;
    assert!(done.body.contains("You were forgotten."), "{}", done.body);
    assert_eq!(server.events(), before - 3);
    for request in [
        Request::get(format!("/you/{link}")),
        Request::post(format!("/you/{link}/erase")),
    ] {
        let after = server.send(request).await;
        assert!(after.body.contains("Nothing is held on you here."), "{}", after.body);
    }
    assert_eq!(server.get(&format!("/you/{link}/data.json")).await.body, "{}");
}

#[tokio::test]
async fn a_link_that_ended_or_was_made_up_opens_nothing() {
    let server = Server::small();
    let events = server.events();
    let mut forged = link(&server, 30);
    let last = if forged.ends_with('0') { '1' } else { '0' };
    forged.pop();
    forged.push(last);
    for link in [link(&server, 0), forged, "1".repeat(64), "x".to_owned()] {
        for path in [
            format!("/you/{link}"),
            format!("/you/{link}/data.json"),
            format!("/you/{link}/erase"),
        ] {
            let said = server.get(&path).await;
            assert_eq!(said.status, StatusCode::FORBIDDEN, "{path}");
            assert!(said.body.contains("Ask whoever sent it to you"), "{}", said.body);
        }
        let said = server.send(Request::post(format!("/you/{link}/erase"))).await;
        assert_eq!(said.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(server.events(), events);
}
