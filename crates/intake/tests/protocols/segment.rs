//! Segment, RudderStack and Jitsu.

use longplay_intake::protocols::{Batch, BodyError, segment};

use super::wire::{arrival, claims, recorded, refused, short, time};

fn parse(body: &[u8]) -> Result<Batch, BodyError> {
    segment::parse(body, None, &arrival())
}

fn all(sdk: &str) -> Vec<longplay_domain::Claim> {
    let bodies = recorded(sdk).into_iter();
    bodies
        .flat_map(|request| claims(parse(request.body.as_bytes()).unwrap()))
        .collect()
}

fn shorts(sdk: &str) -> Vec<String> {
    all(sdk).iter().map(short).collect()
}

#[test]
fn the_node_library() {
    let claims = all("@segment/analytics-node");
    let found: Vec<_> = claims.iter().map(short).collect();
    assert_eq!(
        found,
        [
            "identify user:u-1001 +email:ada@example.com:email",
            "Email Opened anonymous:anon-1 piece=nl-42 source=newsletter medium=email campaign=issue-42",
            "Order Completed user:u-1001 45 EUR",
            "page user:u-1001 piece=shop.example/ source=newsletter referrer=https://www.google.com/",
            "screen user:u-1001 piece=Settings",
            "group user:u-1001",
            "alias user:u-1001 +user:anon-1:alias +anonymous:anon-1:alias",
        ]
    );
    assert_eq!(claims[1].channel.as_deref(), Some("newsletter"));
    assert_eq!(claims[2].id.as_deref(), Some("order:o-1"));
    assert_eq!(
        time(&claims[2]),
        "2026-03-01T12:00:00Z",
        "a server's own time is believed"
    );
    assert!(
        claims[2].properties.contains("\"total\":49.5"),
        "{}",
        claims[2].properties
    );
    assert!(
        !claims[0].properties.contains("ada@example.com"),
        "an address is a handle, not a property"
    );
    assert!(claims[0].properties.contains("\"plan\":\"pro\""));
}

#[test]
fn the_browser_library() {
    let campaign =
        "piece=localhost/page source=news medium=email campaign=c1 referrer=https://www.google.com/ country=AT";
    let anonymous = "anonymous:4c9d1467-af22-4d7b-9373-16495604a667";
    assert_eq!(
        shorts("@segment/analytics-next"),
        [
            format!("page {anonymous} {campaign}"),
            format!("identify user:u1 +email:a@example.com:email +{anonymous}:identify {campaign}"),
            format!("ev user:u1 +{anonymous}:identify {campaign}"),
        ]
    );
    let page = &recorded("@segment/analytics-next")[0];
    assert_eq!(parse(page.body.as_bytes()).unwrap().key.as_deref(), Some("wk"));
}

#[test]
fn the_python_library() {
    let found = shorts("segment-analytics-python");
    let ones = [
        "identify user:u-1001 +email:ada@example.com:email",
        "Order Completed user:u-1001 20 USD",
    ];
    assert_eq!(found[..2], ones);
    assert_eq!(found[2..4], ones);
    assert_eq!(found[4], "alias user:u-1001 +user:anon-1:alias +anonymous:anon-1:alias");
}

#[test]
fn rudderstack() {
    assert_eq!(
        shorts("rudder-sdk-node"),
        [
            "identify user:u-1001 +email:ada@example.com:email",
            "Signed Up user:u-1001",
            "page anonymous:anon-1 piece=shop.example/",
            "alias user:u-1001 +user:anon-1:alias +anonymous:anon-1:alias",
            "Plain user:u-1002",
        ]
    );
    assert_eq!(
        shorts("rudder-sdk-python"),
        [
            "identify user:u-1001 +email:ada@example.com:email",
            "Signed Up user:u-1001"
        ]
    );
}

#[test]
fn jitsu() {
    let anonymous = "+anonymous:47afb0f8-0a24-4727-9f03-e34bc39a5603:identify";
    assert_eq!(
        shorts("@jitsu/js"),
        [
            format!("identify user:u-1001 +email:ada@example.com:email {anonymous} country=AT"),
            format!("Signed Up user:u-1001 {anonymous} country=AT"),
            format!("page user:u-1001 {anonymous} piece=shop.example/ country=AT"),
        ]
    );
}

#[test]
fn one_item_that_cannot_be_read_costs_no_other() {
    let good = r#"{"type":"track","event":"E","userId":"u","messageId":"m"}"#;
    let large = format!(
        r#"{{"type":"track","event":"E","userId":"u","properties":{{"x":"{}"}}}}"#,
        "x".repeat(1 << 18)
    );
    let deep = format!(
        r#"{{"type":"track","event":"E","userId":"u","properties":{{"x":{}1{}}}}}"#,
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    let items = [
        good,
        "1",
        "null",
        r#"{"type":"track","event":"E"}"#,
        r#"{"type":"track","userId":"u"}"#,
        r#"{"type":"dance","userId":"u"}"#,
        &large,
        &deep,
        "{\"type\":\"track\",\"event\":\"E\u{0}\",\"userId\":\"u\"}".trim_matches('x'),
        r#"{"type":"track","event":"E","userId":{"a":1}}"#,
        r#"{"type":"track","event":"E","event":"F","userId":"u"}"#,
        good,
    ];
    let whole = items.join(",");
    assert!(
        parse(format!("{{\"batch\":[{whole}]}}").as_bytes()).is_err(),
        "a raw NUL is no JSON"
    );
    let items: Vec<_> = items.iter().filter(|item| !item.contains('\0')).copied().collect();
    let batch = parse(format!("{{\"batch\":[{}]}}", items.join(",")).as_bytes()).unwrap();
    assert_eq!(
        refused(&batch),
        [
            (1, "event_unreadable"),
            (2, "event_unreadable"),
            (3, "person_missing"),
            (4, "event_missing"),
            (5, "type_unknown"),
            (6, "event_too_large"),
            (7, "properties_unreadable"),
            (8, "person_missing"),
            (9, "event_unreadable"),
        ]
    );
    assert_eq!(batch.items.len(), 11);
}

#[test]
fn bytes_that_are_no_text_cost_only_their_item() {
    let mut body = br#"{"batch":[{"type":"track","event":"A","userId":"u"},{"type":"track","event":"B"#.to_vec();
    body.extend([0xff, 0xfe]);
    body.extend(br#"","userId":"u"},{"type":"track","event":"C \ud83d","userId":"u"}]}"#);
    let batch = parse(&body).unwrap();
    assert_eq!(refused(&batch), [(1, "not_utf8")]);
    let names: Vec<_> = batch.items.iter().map(|item| format!("{item:?}")).collect();
    assert!(names[2].contains("C \u{fffd}"), "{}", names[2]);
}

#[test]
fn limits_are_segments_own_and_rudderstacks_wider() {
    let many = |count: usize, item: &str| format!("{{\"batch\":[{}]}}", vec![item; count].join(","));
    let small = r#"{"type":"track","event":"E","userId":"u"}"#;
    assert_eq!(parse(many(2_500, small).as_bytes()).unwrap().items.len(), 2_500);
    assert!(matches!(
        parse(many(2_501, small).as_bytes()),
        Err(BodyError::TooMany { .. })
    ));
    let pad = "x".repeat(20_000);
    let large = format!(r#"{{"type":"track","event":"E","userId":"u","properties":{{"x":"{pad}"}}}}"#);
    assert!(matches!(
        parse(many(30, &large).as_bytes()),
        Err(BodyError::TooLarge { .. })
    ));
    let rudder = large.replacen('{', "{\"channel\":\"server\",", 1);
    assert_eq!(parse(many(30, &rudder).as_bytes()).unwrap().items.len(), 30);
}

#[test]
fn a_clock_that_is_wrong_is_put_right_in_browsers_only() {
    let body = |library: &str| {
        format!(
            r#"{{"type":"track","event":"E","anonymousId":"a","timestamp":"2026-11-23T05:00:00Z",
                "sentAt":"2026-11-23T05:00:30Z","context":{{"library":{{"name":"{library}"}}}}}}"#
        )
    };
    let time_of = |library| time(&claims(parse(body(library).as_bytes()).unwrap())[0]);
    assert_eq!(time_of("analytics.js"), "2026-11-23T00:23:30Z");
    assert_eq!(time_of("@segment/analytics-node"), "2026-11-23T05:00:00Z");
}

#[test]
fn programs_and_the_owner_are_marked() {
    let said = |context: &str| {
        let body = format!(r#"{{"type":"page","anonymousId":"a","context":{context}}}"#);
        short(&claims(parse(body.as_bytes()).unwrap())[0])
    };
    assert!(said(r#"{"userAgent":"Googlebot/2.1"}"#).ends_with("[bot]"));
    assert!(said(r#"{"longplay":{"own":true}}"#).ends_with("[own]"));
    assert_eq!(said("{}"), "page anonymous:a");
    assert_eq!(said("[]"), "page anonymous:a", "a context that is none says nothing");
}

#[test]
fn a_visit_without_a_name_lasts_a_day() {
    let body = br#"{"type":"page","context":{"longplay":{"cookieless":true}}}"#;
    let person = |salt: u8| {
        let mut arrival = arrival();
        arrival.salt = longplay_domain::PersonKey::new([salt; 16]);
        claims(segment::parse(body, None, &arrival).unwrap()).remove(0).person
    };
    assert!(person(1).starts_with("anonymous:visit-"));
    assert_eq!(person(1), person(1));
    assert_ne!(person(1), person(2));
}

#[test]
fn money_is_read_as_numbers_and_as_text() {
    let claim = |event: &str, properties: &str| {
        let body = format!(r#"{{"type":"track","event":"{event}","userId":"u","properties":{properties}}}"#);
        short(&claims(parse(body.as_bytes()).unwrap())[0])
    };
    let bought = |properties| claim("Order Completed", properties);
    assert_eq!(
        bought(r#"{"revenue":1.5e2,"currency":"EUR"}"#),
        "Order Completed user:u 150 EUR"
    );
    assert_eq!(bought(r#"{"total":"12.50"}"#), "Order Completed user:u 12.50 USD");
    assert_eq!(bought(r#"{"order_id":"o"}"#), "Order Completed user:u");
    assert_eq!(
        claim("Order Refunded", r#"{"total":-5}"#),
        "Order Refunded user:u 5 USD"
    );
    assert_eq!(claim("Played", r#"{"value":"loud","revenue":"much"}"#), "Played user:u");
}

#[test]
fn the_same_thing_said_twice_in_one_body_is_two_unless_it_says_otherwise() {
    let ids = |item: &str| {
        let body = format!(r#"{{"batch":[{item},{item}]}}"#);
        claims(parse(body.as_bytes()).unwrap())
            .into_iter()
            .map(|claim| claim.id)
            .collect::<Vec<_>>()
    };
    let bare = ids(r#"{"type":"track","event":"E","userId":"u"}"#);
    assert!(bare[0].is_some() && bare[0] != bare[1]);
    let timed = ids(r#"{"type":"track","event":"E","userId":"u","timestamp":"2026-11-01T10:00:00Z"}"#);
    assert_eq!(timed, [None, None], "its content is its id");
}
