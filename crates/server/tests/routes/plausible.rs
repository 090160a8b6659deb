//! `/api/event`: requests that carry neither an id nor a time.

use axum::http::{Request, StatusCode};
use longplay_domain::{Time, Zone};

use crate::harness::{Server, now};

const BROWSERS: [&str; 2] = [
    "Mozilla/5.0 (Windows NT 10.0) Firefox/143.0",
    "Mozilla/5.0 (X11; Linux) Firefox/143.0",
];

fn at(text: &str) -> Time {
    Time::parse(text, &Zone::utc()).unwrap()
}

/// Sends what was recorded; returns how many events are held then.
async fn sent(server: &Server, bodies: impl IntoIterator<Item = &String>) -> u64 {
    for body in bodies {
        for browser in BROWSERS {
            let request = Request::post("/api/event").header("user-agent", browser);
            assert_eq!(
                server.send_body(request, body.clone()).await.status,
                StatusCode::ACCEPTED
            );
        }
    }
    server.events()
}

fn recorded(key: &str, events: &[&str]) -> Vec<String> {
    let body = |event: &&str| format!(r#"{{"d":"{key}","u":"https://a.example/p",{event}}}"#);
    events.iter().map(body).collect()
}

#[tokio::test]
async fn sent_again_on_the_same_day_nothing_changes() {
    let server = Server::empty();
    let said = recorded(
        &server.key(),
        &[r#""n":"pageview""#, r#""n":"Signup","p":{"plan":"pro"}"#],
    );
    assert_eq!(sent(&server, &said).await, 4, "two visits, two things each");
    assert_eq!(sent(&server, said.iter().rev()).await, 4);
    let evening = server.restarted(|| at("2026-03-01T22:30:00Z"));
    assert_eq!(
        sent(&evening, said.iter().rev()).await,
        4,
        "also hours later and after a restart"
    );
    let tomorrow = server.restarted(|| at("2026-03-01T23:30:00Z"));
    assert_eq!(
        sent(&tomorrow, &said).await,
        8,
        "past midnight in Vienna it is another day's visit"
    );
}

#[tokio::test]
async fn a_sale_told_again_is_the_same_sale_and_one_with_a_number_is_one_more() {
    let server = Server::empty();
    let sale = r#""n":"Purchase","$":{"amount":"5.00","currency":"EUR"}"#;
    let numbered = r#""n":"Purchase","p":{"order_id":"7"},"$":{"amount":"5.00","currency":"EUR"}"#;
    let said = recorded(&server.key(), &[sale]);
    assert_eq!(sent(&server, &said).await, 2);
    assert_eq!(sent(&server, &said).await, 2, "at once: a request that was sent again");
    let later = server.restarted(|| Time::from_micros(now().micros() + 61_000_000));
    assert_eq!(sent(&later, &said).await, 2, "later: the page of thanks, opened again");
    let said = recorded(&server.key(), &[numbered]);
    assert_eq!(sent(&server, &said).await, 3);
    assert_eq!(sent(&later, &said).await, 3, "an order with a number is one");
}
