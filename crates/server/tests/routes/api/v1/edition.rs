//! `GET /api/v1/edition`

use std::time::{Duration, Instant};

use longplay_domain::Handle;
use serde_json::Value;

use crate::harness::{Server, now};

/// How long an acknowledged event may take to be in the standing answers.
const FRESH: Duration = Duration::from_secs(2);

fn people(edition: &Value) -> i64 {
    let answers = edition["answers"].as_array().unwrap().iter();
    let mut returns = answers.filter(|answer| answer["question"] == "returns");
    let figures = returns.next().unwrap()["figures"].as_array().unwrap().clone();
    let everybody = |figure: &&Value| figure["key"] == "people" && figure["scope"] == serde_json::json!({});
    figures.iter().find(everybody).unwrap()["count"].as_i64().unwrap()
}

/// Asks until `enough`, for as long as an edition may take on a machine that does other things as well.
async fn until(server: &Server, enough: impl Fn(&Value) -> bool) -> (Value, Duration) {
    let begun = Instant::now();
    loop {
        let edition = server.get("/api/v1/edition").await.json();
        if enough(&edition) || begun.elapsed() > 10 * FRESH {
            return (edition, begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_in_the_next_edition() {
    let server = Server::small();
    server.keep_editions();
    let (edition, _) = until(&server, |edition| edition["answers"].is_array()).await;
    assert_eq!(people(&edition), 40);
    assert_eq!(
        edition["answers"],
        server.get("/api/v1/ask/all").await.json()["answers"]
    );
    server.happened(99, "viewed", "2026-02-01T12:00:00+01:00");
    let (edition, _) = until(&server, |edition| people(edition) == 41).await;
    assert_eq!(people(&edition), 41);
    let home = server.get("/").await.body;
    assert!(home.contains("41"), "the page shows the edition");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_forgotten_is_in_no_edition_from_that_moment() {
    let server = Server::small();
    server.keep_editions();
    until(&server, |edition| edition["answers"].is_array()).await;
    server.store().erase(&Handle::parse("p3").unwrap(), now()).unwrap();
    let edition = server.get("/api/v1/edition").await.json();
    assert_eq!(people(&edition), 39);
}

#[tokio::test]
async fn without_an_edition_at_hand_one_is_worked_out() {
    let server = Server::small();
    assert_eq!(people(&server.get("/api/v1/edition").await.json()), 40);
}
