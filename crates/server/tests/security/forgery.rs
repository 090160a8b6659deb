//! Requests that another site's page makes a browser send, with its cookie and from its machine.

use axum::http::{Request, StatusCode};
use longplay_server::{App, May, rules};
use longplay_store::Role;

use super::{As, account, session, token};
use crate::harness::Server;

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    for is_guarded in [false, true] {
        let server = Server::small();
        let who = if is_guarded {
            session(&server, &account(&server, "Ada", Role::Owner))
        } else {
            As::nobody()
        };
        let rules = rules(App::new(server.shared_store()));
        let posts = rules
            .iter()
            .filter(|rule| rule.method != "GET" && rule.may != May::Link);
        for rule in posts {
            let may_without_account = is_guarded || rule.may.row().2;
            for (name, value) in [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
                ("origin", "https://evil.example"),
                ("origin", "null"),
            ] {
                let mut request = who.request(rule.method, rule.path);
                let headers = request.headers_mut().unwrap();
                headers.remove("sec-fetch-site");
                headers.insert(name, value.parse().unwrap());
                let said = server.send(request).await;
                if may_without_account {
                    assert_eq!(said.status, StatusCode::FORBIDDEN, "{rule:?} {name}: {value}");
                    let is_said = said.body.contains("another site") || said.body.contains("cross_site");
                    assert!(is_said, "{rule:?}: {}", said.body);
                } else {
                    assert_eq!(said.status, StatusCode::UNAUTHORIZED, "{rule:?} {name}: {value}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_program_with_a_token_says_nothing_of_sites() {
    let server = Server::small();
    account(&server, "Ada", Role::Owner);
    let token = token(&server, longplay_store::Scope::Erase);
    let mut request = token.request("POST", "/api/v1/person/erase?handle=p1");
    request
        .headers_mut()
        .unwrap()
        .insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(server.send(request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn sites_still_send_events_from_anywhere() {
    let server = Server::small();
    account(&server, "Ada", Role::Owner);
    let body = format!(
        r#"{{"writeKey":"{}","type":"track","event":"Order Completed","userId":"u"}}"#,
        server.key()
    );
    let request = Request::post("/v1/t")
        .header("origin", "https://shop.example")
        .header("sec-fetch-site", "cross-site");
    let before = server.events();
    assert_eq!(server.send_body(request, body).await.status, StatusCode::OK);
    assert_eq!(server.events(), before + 1);
}
