//! Every text that a stranger or the owner can leave behind, hostile, on every page that may show it: nothing of it becomes markup,
//! neither in the page nor in the JSON that stands in it, nor a formula in what is opened in a spreadsheet.

use axum::http::{Request, StatusCode};
use longplay_domain::{Amount, Claim, Goal, PersonId, Piece, When};
use longplay_server::{App, rules};
use longplay_store::{NewShare, Role, TalkKind, TalkNote};

use super::{account, session};
use crate::harness::{Server, now};

/// Leaves an element, an attribute, a script and a string of JSON.
const HOSTILE: &str = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;";

/// What none of it may become.
fn assert_harmless(page: &str, place: &str) {
    for markup in ["<script>alert", "<img src=x", "</script><script>"] {
        assert!(!page.contains(markup), "{place}: {markup} in {page}");
    }
    for part in page.split("<script type=\"application/json\"").skip(1) {
        let json = part.split_once('>').unwrap().1.split("</script>").next().unwrap();
        let read: Result<serde_json::Value, _> = serde_json::from_str(json);
        assert!(read.is_ok() && !json.contains('<'), "{place}: {json}");
    }
}

fn hostile_server() -> Server {
    let server = Server::small();
    let store = server.store();
    store
        .put_pieces(&[Piece {
            title: Some(HOSTILE.to_owned()),
            url: Some(format!("javascript:alert(1)//{HOSTILE}")),
            channel: Some(HOSTILE.to_owned()),
            format: Some(HOSTILE.to_owned()),
            topics: vec![HOSTILE.to_owned(), "=1+1".to_owned()],
            ..Piece::named("intro")
        }])
        .unwrap();
    let properties = serde_json::json!({ HOSTILE: HOSTILE }).to_string();
    for person in 0..60 {
        for day in ["2026-02-01", "2026-02-02", "2026-02-20"] {
            let claim = Claim {
                time: When::Text(format!("{day}T12:{:02}:00Z", person)),
                person: format!("custom:{HOSTILE}{person}"),
                event: if day.ends_with("20") { "purchased" } else { HOSTILE }.to_owned(),
                piece: Some(format!("{HOSTILE}{}", person % 3)),
                channel: Some(HOSTILE.to_owned()),
                referrer: Some(format!("https://x.example/{HOSTILE}")),
                source: Some(HOSTILE.to_owned()),
                medium: Some(HOSTILE.to_owned()),
                campaign: Some(HOSTILE.to_owned()),
                properties: properties.clone(),
                value: if day.ends_with("20") {
                    Amount::Decimal("12.50".to_owned())
                } else {
                    Amount::Missing
                },
                ..Claim::default()
            };
            store.accept(vec![claim.clone()], now()).unwrap();
            let viewed = Claim {
                event: "viewed".to_owned(),
                ..claim
            };
            store.accept(vec![viewed], now()).unwrap();
        }
    }
    store.create_key(HOSTILE, now()).unwrap();
    store.create_token(HOSTILE, now()).unwrap();
    store.set_workspace_name(&HOSTILE[..50]).unwrap();
    let goal = Goal {
        event: Some(HOSTILE.to_owned()),
        channel: Some(HOSTILE.to_owned()),
        ..Goal::of_acts("hostile", &[])
    };
    store.put_goal(&goal).unwrap();
    let somebody = somebody(&server);
    store.add_note(somebody.0, HOSTILE, now()).unwrap();
    store.add_tag(somebody.0, &HOSTILE[..40], now()).unwrap();
    let contact = TalkNote {
        channel: Some(HOSTILE.to_owned()),
        why: Some(HOSTILE.to_owned()),
        ..TalkNote::new(somebody, TalkKind::Contact, now())
    };
    store.note_talks(&[contact]).unwrap();
    let share = NewShare {
        name: HOSTILE.to_owned(),
        page: "/pieces".to_owned(),
        query: serde_urlencoded::to_string([("q", "script")]).unwrap(),
        password: None,
        made_by: HOSTILE.to_owned(),
        ends_at: None,
    };
    store.create_share(&share, now()).unwrap();
    server
}

fn somebody(server: &Server) -> PersonId {
    server.store().find_people("script", 1).unwrap()[0]
}

#[tokio::test]
async fn no_stored_text_becomes_markup_on_any_page() {
    let server = hostile_server();
    let ada = account(&server, &HOSTILE[..50], Role::Owner);
    let who = session(&server, &ada);
    // Told by whoever sends events, and shown under Sources.
    let body = format!(
        r#"{{"type":"track","event":"x","writeKey":{}}}"#,
        serde_json::json!(HOSTILE)
    );
    let sent = Request::post("/v1/t").header("origin", format!("https://{HOSTILE}"));
    server.send_body(sent, body).await;
    let failed = serde_urlencoded::to_string([("name", HOSTILE), ("password", "x"), ("next", HOSTILE)]).unwrap();
    let said = server
        .send_body(super::As::nobody().request("POST", "/login"), failed)
        .await;
    assert_harmless(&said.body, "login");

    let query = serde_urlencoded::to_string([("q", HOSTILE)]).unwrap();
    let id = serde_urlencoded::to_string([("id", format!("{HOSTILE}1"))]).unwrap();
    let rule = serde_urlencoded::to_string([("rule", HOSTILE)]).unwrap();
    let filter = serde_urlencoded::to_string([("where", HOSTILE), ("from", HOSTILE)]).unwrap();
    let mut addresses: Vec<String> = vec![
        "/?by=channel".to_owned(),
        "/?by=topic".to_owned(),
        format!("/?{filter}"),
        format!("/pieces?{query}"),
        "/piece?id=intro".to_owned(),
        format!("/piece?{id}"),
        format!("/settings?{rule}"),
        format!("/settings?done={}", HOSTILE.replace(['<', '>', '"', '\'', ' '], "%3C")),
        "/login?next=%3Cscript%3Ealert(1)".to_owned(),
        format!("/people/person?id={:016x}", somebody(&server).0),
        format!("/people/person/erase?id={:016x}", somebody(&server).0),
    ];
    for (page, query) in [
        ("/", "by=channel"),
        ("/pieces", "q=script"),
        ("/audience", "by=campaign"),
        ("/plan", ""),
    ] {
        let share = NewShare {
            name: page.to_owned(),
            page: page.to_owned(),
            query: query.to_owned(),
            password: None,
            made_by: "Ada".to_owned(),
            ends_at: None,
        };
        addresses.push(format!(
            "/share/{}",
            server.store().create_share(&share, now()).unwrap()
        ));
    }
    let routes = rules(App::new(server.shared_store()));
    let plain = routes
        .iter()
        .filter(|rule| rule.method == "GET" && !rule.path.contains('{') && !rule.path.ends_with(".tar"));
    addresses.extend(plain.map(|rule| rule.path.to_owned()));
    for address in &addresses {
        let said = server.send(who.request("GET", address)).await;
        assert_ne!(said.status, StatusCode::INTERNAL_SERVER_ERROR, "{address}");
        if said.header("content-type").starts_with("text/html") {
            assert_harmless(&said.body, address);
            assert!(!said.body.contains("href=\"javascript:"), "{address}");
        } else if said.header("content-type").starts_with("application/json") {
            // Served as what it is, and never taken for a page.
            assert_eq!(said.header("x-content-type-options"), "nosniff");
        }
    }
    let home = server.send(who.request("GET", "/")).await.body;
    assert!(home.contains("&#60;script&#62;alert"), "it is shown, as text");
}

#[tokio::test]
async fn what_a_stranger_sends_in_an_address_is_only_text() {
    let server = Server::small();
    for address in [
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/methods/%3Cscript%3Ealert",
        "/assets/%3Cscript%3Ealert",
        "/you/%3Cscript%3Ealert",
    ] {
        assert_harmless(&server.get(address).await.body, address);
    }
}

#[tokio::test]
async fn nothing_that_is_sent_leads_to_another_site() {
    let server = Server::small();
    let ada = account(&server, "Ada", Role::Owner);
    let evil = "https://evil.example/";
    let names = [
        "next", "back", "to", "return", "url", "redirect", "id", "name", "handle", "page", "rule",
    ];
    let body = serde_urlencoded::to_string(names.map(|name| (name, evil))).unwrap();
    for rule in rules(App::new(server.shared_store())) {
        let address = rule.path.replace(['{', '}', '*'], "");
        for asked in [
            format!("{address}?{body}"),
            format!("/{address}"),
            format!("{address}/https://evil.example"),
        ] {
            // Some routes end the session they are asked with.
            let who = session(&server, &ada);
            let said = server.send_body(who.request(rule.method, &asked), body.clone()).await;
            let leads = said.header("location");
            let is_ours = leads.is_empty() || leads.starts_with('/') && !leads.starts_with("//");
            assert!(
                is_ours && !leads.contains('\\'),
                "{} {asked} leads to {leads}",
                rule.method
            );
        }
    }
}
