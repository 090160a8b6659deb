//! Matomo.

use longplay_domain::Claim;
use longplay_intake::protocols::{Arrival, Batch, Item, matomo};

use super::wire::{arrival, at, claims, recorded, refused, short, time};

fn query(query: &str) -> Batch {
    matomo::parse(query, b"", &arrival()).unwrap()
}

fn one(text: &str) -> Claim {
    claims(query(&format!("idsite=1&rec=1&{text}"))).remove(0)
}

#[test]
fn the_node_library() {
    let found: Vec<_> = recorded("matomo-tracker")
        .iter()
        .flat_map(|request| {
            let query = request.path.split_once('?').map_or("", |(_, query)| query);
            claims(matomo::parse(query, request.body.as_bytes(), &arrival()).unwrap())
        })
        .collect();
    assert_eq!(
        found[..2].iter().map(short).collect::<Vec<_>>(),
        [
            "play user:u-1001 +anonymous:0123456789abcdef:identify piece=shop.example/p source=news \
             referrer=https://www.google.com/ country=AT",
            "pageview user:u-1001 piece=shop.example/1 country=AT",
        ]
    );
    assert_eq!(found[0].properties, r#"{"category":"video","name":"intro","value":1}"#);
    assert_eq!(time(&found[1]), "2026-03-01T12:00:00Z");
    let order = short(&found[2]);
    assert!(
        order.starts_with("Order Completed anonymous:visit-") && order.ends_with("45 ?"),
        "{order}"
    );
    assert_eq!(found[2].id.as_deref(), Some("order:o-1"));
}

#[test]
fn each_kind_of_request_has_its_name() {
    for (text, name) in [
        ("url=https://a.example/", "pageview"),
        ("download=https://a.example/a.pdf", "File Download"),
        ("link=https://b.example/", "Link Clicked"),
        ("search=shoes&search_cat=x", "search"),
        ("e_c=video&e_a=play", "play"),
        ("idgoal=0&ec_id=1", "Order Completed"),
        ("idgoal=0", "Cart Updated"),
        ("idgoal=3", "Goal Reached"),
        ("c_n=banner", "Content Seen"),
        ("c_n=banner&c_i=click", "Content Clicked"),
    ] {
        assert_eq!(one(text).event, name, "{text}");
    }
    assert!(matches!(query("idsite=1&url=x").items[..], [Item::Passed(_)]));
    assert!(matches!(query("idsite=1&rec=1&ping=1").items[..], [Item::Passed(_)]));
}

#[test]
fn what_the_script_adds_against_caches_is_the_id() {
    let id = |text: &str| one(text).id;
    let sent = "_id=0123456789abcdef&rand=123456&h=10&m=5&s=7&pv_id=AbCd12";
    assert_eq!(id(sent).as_deref(), Some("matomo:0123456789abcdef:123456:1057:AbCd12"));
    assert!(id("rand=1").unwrap().starts_with('~'), "by what it says");
}

#[test]
fn what_has_neither_id_nor_time_is_known_by_what_it_says_that_day() {
    let [a, b, sale] =
        ["url=a.example/a", "url=a.example/b", "idgoal=1&revenue=5"].map(|text| format!("idsite=1&rec=1&cid=c&{text}"));
    let ids = |requests: &[&String], received: &str| -> Vec<String> {
        let body = serde_json::json!({ "requests": requests, "token_auth": "k" }).to_string();
        let arrival = Arrival {
            received: at(received),
            ..arrival()
        };
        let batch = matomo::parse("", body.as_bytes(), &arrival).unwrap();
        claims(batch).into_iter().map(|claim| claim.id.unwrap()).collect()
    };
    let noon = ids(&[&a, &b, &a, &sale], "2026-11-23T12:00:00Z");
    let later = ids(&[&a, &sale, &a, &b], "2026-11-23T18:00:00Z");
    assert_eq!(
        [&later[0], &later[1], &later[2], &later[3]],
        [&noon[0], &noon[3], &noon[2], &noon[1]],
        "in whatever order, money too"
    );
    assert_ne!(noon[0], noon[2], "twice in one body is two things");
    let other = ids(&[&a.replace("cid=c", "cid=d")], "2026-11-23T12:00:00Z");
    assert!(!noon.contains(&other[0]));
}

#[test]
fn a_bulk_keeps_what_can_be_read() {
    let long = "x".repeat(40_000);
    let body = format!(
        r#"{{"requests":["?idsite=1&rec=1&url=https%3A%2F%2Fa.example%2F&uid=u","idsite=1&rec=1&uid=u",1,
            {{"idsite":1,"rec":1,"uid":"v","url":"https://a.example/b"}},"?rec=1&x={long}"],"token_auth":"k"}}"#
    );
    let batch = matomo::parse("", body.as_bytes(), &arrival()).unwrap();
    assert_eq!(batch.key.as_deref(), Some("k"));
    assert_eq!(refused(&batch), [(4, "event_too_large")]);
    assert!(matches!(&batch.items[3], Item::Claim(claim) if claim.person == "user:v"));
    for bad in ["{", r#"{"requests":1}"#, "{}"] {
        assert!(matomo::parse("", bad.as_bytes(), &arrival()).is_err(), "{bad}");
    }
}

#[test]
fn a_form_says_the_same_as_a_query() {
    let text = "idsite=1&rec=1&url=https%3A%2F%2Fa.example%2Fx%3Fpk_campaign%3DMay&uid=u&_rcn=June&action_name=T";
    let from_form = matomo::parse("", text.as_bytes(), &arrival()).unwrap();
    assert_eq!(from_form, query(text));
    assert_eq!(from_form.pieces[0].title.as_deref(), Some("T"));
    assert_eq!(
        short(&claims(from_form)[0]),
        "pageview user:u piece=a.example/x campaign=June country=AT"
    );
}
