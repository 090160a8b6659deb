//! Shared views: what a link shows is what was shared and no more, it names nobody, it ends, and its password can't be guessed.

use axum::http::{Request, StatusCode};
use longplay_domain::{Amount, Claim, When};
use longplay_store::{Role, Scope, Store};

use super::{As, account, session, token};
use crate::harness::{Said, Server, now};

const PAGES: [(&str, &str); 8] = [
    ("/", ""),
    ("/pieces", ""),
    ("/piece", "id=intro"),
    ("/audience", ""),
    ("/outcomes", ""),
    ("/durability", ""),
    ("/plan", ""),
    ("/audit", ""),
];

/// Forty people known by address, who come back, comment and buy, so that there is somebody to talk to.
fn known_people() -> Server {
    let server = Server::small();
    for person in 0..40 {
        for (day, event) in [
            ("2026-01-10", "viewed"),
            ("2026-01-20", "viewed"),
            ("2026-02-20", "commented"),
            ("2026-02-25", "purchased"),
        ] {
            let claim = Claim {
                time: When::Text(format!("{day}T12:{person:02}:00Z")),
                person: format!("email:someone{person}@secret.example"),
                event: event.to_owned(),
                piece: Some(if person % 2 == 0 { "intro" } else { "second" }.to_owned()),
                channel: Some("website".to_owned()),
                country: Some(if person % 2 == 0 { "AT" } else { "DE" }.to_owned()),
                value: match event {
                    "purchased" => Amount::Decimal("20".to_owned()),
                    _ => Amount::Missing,
                },
                currency: Some("EUR".to_owned()),
                ..Claim::default()
            };
            server.store().accept(vec![claim], now()).unwrap();
        }
    }
    let rule = "country is AT".parse().unwrap();
    server.store().save_segment("austrians", Some(&rule)).unwrap();
    server
}

/// Every address that somebody is known by, and their keys.
fn names(store: &Store) -> Vec<String> {
    let people = store.find_people("secret.example", 1_000).unwrap();
    let named = store.names_of(&people).unwrap();
    let mut names: Vec<String> = people.iter().map(|person| format!("{:016x}", person.0)).collect();
    for (_, handles) in named {
        names.extend(
            handles
                .iter()
                .map(|handle| handle.split_once(':').unwrap().1.to_owned()),
        );
    }
    names
}

async fn share(server: &Server, who: &As, fields: &[(&str, &str)]) -> String {
    let body = serde_urlencoded::to_string(fields).unwrap();
    let said = server.send_body(who.request("POST", "/settings/shares"), body).await;
    let at = said.body.find("/share/").unwrap_or_else(|| panic!("{}", said.body));
    said.body[at..at + "/share/".len() + 40].to_owned()
}

async fn answer(server: &Server, link: &str, password: &str) -> Said {
    let body = serde_urlencoded::to_string([("password", password)]).unwrap();
    server.send_body(As::nobody().request("POST", link), body).await
}

#[tokio::test]
async fn a_shared_view_names_nobody_and_leads_nowhere() {
    let server = known_people();
    let owner = session(&server, &account(&server, "Ada", Role::Owner));
    let names = names(server.store());
    assert_eq!(names.len(), 80, "a key and an address of each");
    let own = server.send(owner.request("GET", "/")).await.body;
    assert!(own.contains("@secret.example"), "the owner is told whom to talk to");
    for segment in ["", "austrians"] {
        for (page, query) in PAGES {
            let fields = [
                ("name", "board"),
                ("page", page),
                ("query", query),
                ("segment", segment),
            ];
            let link = share(&server, &owner, &fields).await;
            let said = server.get(&link).await;
            assert_eq!(said.status, StatusCode::OK, "{page}: {}", said.body);
            let data = server.get(&format!("{link}/data.json")).await;
            assert_eq!(data.status, StatusCode::OK, "{page}: {}", data.body);
            let program = server.get(&link.replace("/share/", "/api/v1/share/")).await;
            assert_eq!(program.json(), data.json(), "{page}");
            for body in [&said.body, &data.body] {
                for name in &names {
                    assert!(!body.contains(name.as_str()), "{page}: {name}");
                }
                assert!(
                    !body.contains("value_at_stake") && !body.contains("Today’s list"),
                    "{page}"
                );
            }
            for href in said.body.split("href=\"").skip(1) {
                let href = href.split('"').next().unwrap();
                let is_here = href == "/" || href.starts_with('#') || href.starts_with("/assets/");
                assert!(is_here, "{page} leads to {href}");
            }
            let is_form = said.body.contains("<form") || said.body.contains("<nav");
            assert!(!is_form, "{page}: {}", said.body);
            let is_limited = said.body.contains("eople of “austrians”");
            assert_eq!(is_limited, !segment.is_empty(), "{page} says whom it is about");
            for said in [&said, &data, &program] {
                assert_eq!(said.header("cache-control"), "no-store", "{page}");
                assert_eq!(said.header("referrer-policy"), "no-referrer", "{page}");
                assert!(said.header("x-robots-tag").contains("noindex"), "{page}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_in_the_address_widens_a_shared_view() {
    let server = known_people();
    let owner = session(&server, &account(&server, "Ada", Role::Owner));
    let fields = [
        ("name", "board"),
        ("page", "/audience"),
        ("segment", "austrians"),
        ("query", "from=2026-01-01"),
    ];
    let link = share(&server, &owner, &fields).await;
    let plain = server.get(&link).await.body;
    let all = server
        .get(&share(&server, &owner, &[("name", "all"), ("page", "/audience")]).await)
        .await
        .body;
    assert_ne!(plain, all, "the segment counts");
    for wider in [
        "?segment=",
        "?where=country+is+DE",
        "?from=2020-01-01",
        "?page=/",
        "?by=source",
        "?level=0.5",
        "?%",
    ] {
        assert_eq!(server.get(&format!("{link}{wider}")).await.body, plain, "{wider}");
        let data = server.get(&format!("{link}/data.json{wider}")).await;
        assert_eq!(
            data.json(),
            server.get(&format!("{link}/data.json")).await.json(),
            "{wider}"
        );
    }
    let pieces = [("name", "one"), ("page", "/pieces"), ("query", "q=second")];
    let link = share(&server, &owner, &pieces).await;
    for body in [
        server.get(&link).await.body,
        server.get(&format!("{link}/data.json?q=")).await.body,
    ] {
        assert!(body.contains("second") && !body.contains("intro"), "{body}");
    }
    for page in ["/people", "/talk", "/settings", "/sources", "/nowhere", ""] {
        let body = serde_urlencoded::to_string([("name", "x"), ("page", page)]).unwrap();
        let said = server.send_body(owner.request("POST", "/settings/shares"), body).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{page}");
    }
    for query in ["where=nonsense", "segment=nobody", "unknown=1", "from=x"] {
        let body = serde_urlencoded::to_string([("name", "x"), ("page", "/"), ("query", query)]).unwrap();
        let said = server.send_body(owner.request("POST", "/settings/shares"), body).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn a_rule_that_limits_a_view_is_not_told() {
    let server = known_people();
    let owner = session(&server, &account(&server, "Ada", Role::Owner));
    let query = serde_urlencoded::to_string([("where", "trait mail is someone1@secret.example")]).unwrap();
    let link = share(
        &server,
        &owner,
        &[("name", "x"), ("page", "/audience"), ("query", &query)],
    )
    .await;
    let said = server.get(&link).await;
    assert_eq!(said.status, StatusCode::OK);
    assert!(said.body.contains("by a rule of whoever shared this"), "{}", said.body);
    assert!(!said.body.contains("secret.example"), "{}", said.body);
}

#[tokio::test]
async fn a_link_opens_until_it_is_ended_or_its_day_is_over() {
    let server = known_people();
    let owner = session(&server, &account(&server, "Ada", Role::Owner));
    let fields = [("name", "today"), ("page", "/durability"), ("ends", "2026-03-01")];
    let brief = share(&server, &owner, &fields).await;
    let lasting = share(&server, &owner, &[("name", "lasting"), ("page", "/durability")]).await;
    let late = server.restarted(|| longplay_domain::Time::from_micros(now().micros() + 11 * 3_600_000_000));
    assert_eq!(
        late.get(&brief).await.status,
        StatusCode::OK,
        "22 h 59 min of that day in Vienna"
    );
    let over = server.restarted(|| longplay_domain::Time::from_micros(now().micros() + 13 * 3_600_000_000));
    assert_eq!(over.get(&brief).await.status, StatusCode::FORBIDDEN);
    let listed = server.send(owner.request("GET", "/settings")).await.body;
    assert!(
        listed.contains("lasting") && listed.contains("Durability · by Ada"),
        "{listed}"
    );
    assert!(!listed.contains(&lasting), "what stands in a link is shown once");
    let list = server
        .send(token(&server, Scope::Write).request("GET", "/api/v1/shares"))
        .await
        .json();
    let number = list["shares"][1]["number"].to_string();
    let body = format!("number={number}");
    let ended = server
        .send_body(owner.request("POST", "/settings/shares/end"), body.clone())
        .await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    for address in [
        lasting.clone(),
        format!("{lasting}/data.json"),
        "/share/x".to_owned(),
        "/share/%00".to_owned(),
    ] {
        let said = server.get(&address).await;
        assert_eq!(said.status, StatusCode::FORBIDDEN, "{address}");
        assert!(said.body.contains("has ended, or is not whole"), "{}", said.body);
        assert_eq!(said.header("referrer-policy"), "no-referrer");
    }
    let again = server
        .send_body(owner.request("POST", "/settings/shares/end"), body)
        .await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    let log: Vec<String> = server
        .store()
        .audit_log(9)
        .unwrap()
        .into_iter()
        .map(|entry| entry.what)
        .collect();
    assert_eq!(log[..3], ["share_ended", "share_created", "share_created"]);
}

#[tokio::test]
async fn a_password_is_asked_for_and_guessing_is_slowed_down() {
    let server = known_people();
    let owner = session(&server, &account(&server, "Ada", Role::Owner));
    let fields = [("name", "board"), ("page", "/audience"), ("password", "vinyl crackle")];
    let link = share(&server, &owner, &fields).await;
    let closed = server.get(&link).await;
    assert!(
        closed.body.contains("has a password") && !closed.body.contains("Audience"),
        "{}",
        closed.body
    );
    let api = link.replace("/share/", "/api/v1/share/");
    for address in [format!("{link}/data.json"), api.clone()] {
        assert_eq!(server.get(&address).await.status, StatusCode::UNAUTHORIZED, "{address}");
    }
    let program = Request::get(&api).header("x-share-password", "vinyl crackle");
    assert_eq!(server.send(program).await.status, StatusCode::OK);
    let opened = answer(&server, &link, "vinyl crackle").await;
    assert_eq!(
        (opened.status, opened.header("location")),
        (StatusCode::SEE_OTHER, link.as_str())
    );
    let cookie = opened.header("set-cookie");
    assert!(
        cookie.contains(&format!("; Path={link}; HttpOnly; SameSite=Lax")),
        "{cookie}"
    );
    let held = cookie.split(';').next().unwrap().to_owned();
    let with = |address: &str| Request::get(address).header("cookie", held.clone());
    assert!(server.send(with(&link)).await.body.contains("Audience"));
    let other = share(&server, &owner, &fields).await;
    assert!(
        server.send(with(&other)).await.body.contains("has a password"),
        "of one link alone"
    );
    for _ in 0..10 {
        assert_eq!(answer(&server, &link, "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
    let slow = answer(&server, &link, "vinyl crackle").await;
    assert_eq!(slow.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!slow.header("retry-after").is_empty());
    let program = Request::get(&api).header("x-share-password", "vinyl crackle");
    assert_eq!(server.send(program).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let short = serde_urlencoded::to_string([("name", "x"), ("page", "/"), ("password", "short")]).unwrap();
    let said = server.send_body(owner.request("POST", "/settings/shares"), short).await;
    assert_eq!(said.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_program_shares_a_view_and_ends_it() {
    let server = known_people();
    account(&server, "Ada", Role::Owner);
    let token = token(&server, Scope::Write);
    let body = "page=/plan&name=weekly";
    let made = server
        .send_body(token.request("POST", "/api/v1/shares"), body)
        .await
        .json();
    let address = made["address"].as_str().unwrap();
    let link = address.strip_prefix("http://localhost:7070").unwrap();
    assert_eq!(server.get(link).await.status, StatusCode::OK);
    let list = server.send(token.request("GET", "/api/v1/shares")).await.json();
    assert_eq!(list["shares"][0]["name"], "weekly");
    let body = format!("number={}", list["shares"][0]["number"]);
    let ended = server
        .send_body(token.request("POST", "/api/v1/shares/end"), body)
        .await;
    assert_eq!(ended.json()["ended"], true);
    assert_eq!(server.get(link).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn only_who_may_change_things_is_offered_to_share() {
    let server = known_people();
    let owner = session(&server, &account(&server, "Ada", Role::Owner));
    account(&server, "Bob", Role::Owner);
    server.store().set_role("Bob", Role::Viewer).unwrap();
    let bob = server.store().account("Bob").unwrap().unwrap();
    let viewer = session(&server, &bob);
    for (page, query) in PAGES {
        let address = format!("{page}?{query}");
        let [own, seen] = [&owner, &viewer].map(|who| server.send(who.request("GET", &address)));
        assert!(own.await.body.contains("Share this view"), "{page}");
        assert!(!seen.await.body.contains("Share this view"), "{page}");
    }
}

#[tokio::test]
async fn whoever_may_not_see_people_is_told_nobodys_name() {
    let server = known_people();
    account(&server, "Ada", Role::Owner);
    account(&server, "Bob", Role::Owner);
    server.store().set_role("Bob", Role::Viewer).unwrap();
    let bob = server.store().account("Bob").unwrap().unwrap();
    let names = names(server.store());
    let places = ["/", "/api/v1/ask/talk", "/api/v1/ask/all", "/api/v1/edition"];
    for who in [session(&server, &bob), token(&server, Scope::Read)] {
        for place in places {
            let said = server.send(who.request("GET", place)).await;
            assert_eq!(said.status, StatusCode::OK);
            assert!(
                names.iter().all(|name| !said.body.contains(name.as_str())),
                "{place}: {}",
                said.body
            );
            assert!(
                said.body.contains("irst purchase") || said.body.contains("omment"),
                "the reasons are told"
            );
        }
    }
    let people = As::bearing(
        server
            .store()
            .create_token_for("both", &[Scope::Read, Scope::People], now())
            .unwrap(),
    );
    for place in places {
        let said = server.send(people.request("GET", place)).await;
        assert!(said.body.contains("@secret.example"), "{place}");
    }
}
