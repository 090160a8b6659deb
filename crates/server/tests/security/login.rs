//! Logging in: the right password alone, a new session each time, slower for whoever guesses, and nowhere else to go on to.

use axum::http::StatusCode;
use longplay_domain::Time;
use longplay_store::Role;

use super::{As, PASSWORD, account, session};
use crate::harness::{Said, Server, now};

async fn log_in(server: &Server, who: &As, form: &[(&str, &str)]) -> Said {
    let body = serde_urlencoded::to_string(form).unwrap();
    server.send_body(who.request("POST", "/login"), body).await
}

fn held(said: &Said) -> String {
    let cookie = said.header("set-cookie");
    let value = cookie
        .strip_prefix("longplay_session=")
        .unwrap_or_else(|| panic!("{cookie}"));
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    value.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_right_password_opens_and_leads_on() {
    let server = Server::small();
    account(&server, "Ada", Role::Owner);
    let page = server.get("/login?next=/pieces").await;
    assert!(page.body.contains("name=\"next\" value=\"/pieces\""), "{}", page.body);
    let form = [("name", "ADA"), ("password", PASSWORD), ("next", "/pieces?q=x")];
    let said = log_in(&server, &As::nobody(), &form).await;
    assert_eq!(
        (said.status, said.header("location")),
        (StatusCode::SEE_OTHER, "/pieces?q=x")
    );
    let ada = As::holding(held(&said));
    assert_eq!(server.send(ada.request("GET", "/")).await.status, StatusCode::OK);
    let left = server.send(ada.request("POST", "/logout")).await;
    assert!(
        left.header("set-cookie").contains("Max-Age=0"),
        "{}",
        left.header("set-cookie")
    );
    assert_eq!(
        server.send(ada.request("GET", "/")).await.status,
        StatusCode::SEE_OTHER,
        "it ended"
    );
    let log = server.store().audit_log(9).unwrap();
    let what: Vec<&str> = log.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(what, ["logout", "login"]);
}

#[tokio::test]
async fn what_is_wrong_is_not_told_apart() {
    let server = Server::small();
    account(&server, "Ada", Role::Owner);
    let mut pages = Vec::new();
    for (name, password) in [
        ("Ada", "wrong password!"),
        ("Bob", PASSWORD),
        ("Ada", ""),
        ("Ada", "$argon2id$"),
    ] {
        let said = log_in(&server, &As::nobody(), &[("name", name), ("password", password)]).await;
        assert_eq!(said.status, StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(said.header("set-cookie"), "");
        pages.push(said.body.replace(&format!("value=\"{name}\""), ""));
    }
    pages.dedup();
    assert_eq!(pages.len(), 1);
    let log = server.store().audit_log(9).unwrap();
    assert!(
        log.iter()
            .all(|entry| entry.what == "login_failed" && entry.about.as_deref() != Some("Bob")),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_session_that_was_put_into_a_browser_is_worth_nothing() {
    let server = Server::small();
    account(&server, "Ada", Role::Owner);
    let form = [("name", "Ada"), ("password", PASSWORD)];
    // Made up by whoever put it there.
    let planted = As::holding("0".repeat(64));
    let said = log_in(&server, &planted, &form).await;
    assert_ne!(held(&said), "0".repeat(64));
    assert_eq!(
        server.send(planted.request("GET", "/")).await.status,
        StatusCode::SEE_OTHER
    );
    // And a real one of somebody else's, which ends where Ada logs in.
    let mallory = account(&server, "Mallory", Role::Owner);
    let planted = session(&server, &mallory);
    let said = log_in(&server, &planted, &form).await;
    let ada = As::holding(held(&said));
    assert_eq!(
        server.send(planted.request("GET", "/")).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(server.send(ada.request("GET", "/")).await.status, StatusCode::OK);
    let again = log_in(&server, &ada, &form).await;
    assert_ne!(held(&again), held(&said), "new at each login");
    assert_eq!(
        server.send(ada.request("GET", "/")).await.status,
        StatusCode::SEE_OTHER,
        "the one before it ended"
    );
}

#[tokio::test]
async fn a_change_of_password_or_role_ends_what_was_open() {
    let server = Server::small();
    let ada = account(&server, "Ada", Role::Owner);
    account(&server, "Bob", Role::Owner);
    for change in [0, 1] {
        let who = session(&server, &ada);
        assert_eq!(server.send(who.request("GET", "/")).await.status, StatusCode::OK);
        match change {
            0 => server.store().set_password("Ada", &ada.password).unwrap(),
            _ => server.store().set_role("Ada", Role::Viewer).unwrap(),
        }
        assert_eq!(server.send(who.request("GET", "/")).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let server = Server::small();
    let ada = account(&server, "Ada", Role::Owner);
    let who = session(&server, &ada);
    let later = server.restarted(|| Time::from_micros(now().micros() + 8 * 24 * 3_600_000_000));
    assert_eq!(later.send(who.request("GET", "/")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        server.send(who.request("GET", "/")).await.status,
        StatusCode::OK,
        "it was only that"
    );
}

#[tokio::test]
async fn whoever_guesses_waits_and_the_right_password_does_not_help() {
    let server = Server::small();
    account(&server, "Ada", Role::Owner);
    for _ in 0..10 {
        let said = log_in(
            &server,
            &As::nobody(),
            &[("name", "Ada"), ("password", "wrong password!")],
        )
        .await;
        assert_eq!(said.status, StatusCode::UNAUTHORIZED);
    }
    let said = log_in(&server, &As::nobody(), &[("name", "Ada"), ("password", PASSWORD)]).await;
    assert_eq!(said.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        said.header("retry-after").parse::<u32>().unwrap() > 60 && said.body.contains("15 min"),
        "{}",
        said.body
    );
    assert_eq!(server.store().audit_log(1).unwrap()[0].what, "login_throttled");
    // The server starts anew, and so does the counting.
    let later = server.restarted(|| Time::from_micros(now().micros() + 16 * 60_000_000));
    let said = log_in(&later, &As::nobody(), &[("name", "Ada"), ("password", PASSWORD)]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_login_leads_to_no_other_site() {
    let server = Server::small();
    account(&server, "Ada", Role::Owner);
    for next in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ] {
        let form = [("name", "Ada"), ("password", PASSWORD), ("next", next)];
        let said = log_in(&server, &As::nobody(), &form).await;
        assert_eq!(said.header("location"), "/", "{next}");
        let query = serde_urlencoded::to_string([("next", next)]).unwrap();
        let page = server.get(&format!("/login?{query}")).await;
        assert!(page.body.contains("name=\"next\" value=\"/\""), "{}", page.body);
    }
}

#[tokio::test]
async fn a_one_time_code_is_asked_for_and_opens_once() {
    // RFC 6238's key, and its code of the 59th second.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let server = Server::small().restarted(|| Time::from_micros(59_000_000));
    let ada = account(&server, "Ada", Role::Owner);
    server
        .store()
        .set_totp(ada.id, KEY, 0, &["abcde-fghij".to_owned()])
        .unwrap();
    let with = |code: &'static str| [("name", "Ada"), ("password", PASSWORD), ("code", code)];
    for (code, status) in [
        ("", StatusCode::UNAUTHORIZED),
        ("000000", StatusCode::UNAUTHORIZED),
        ("287 082", StatusCode::SEE_OTHER),
        ("287082", StatusCode::UNAUTHORIZED),
        ("abcde fghij", StatusCode::SEE_OTHER),
        ("abcde-fghij", StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(
            log_in(&server, &As::nobody(), &with(code)).await.status,
            status,
            "“{code}”"
        );
    }
}
