//! PostHog.

use std::io::Write;

use longplay_domain::Claim;
use longplay_intake::protocols::{Item, body, posthog};

use super::wire::{arrival, claims, recorded, refused, short, time};

fn one(body: &str) -> Claim {
    claims(posthog::parse(body.as_bytes(), &arrival()).unwrap()).remove(0)
}

fn shorts(sdk: &str) -> Vec<String> {
    recorded(sdk)
        .iter()
        .filter(|request| !request.body.is_empty())
        .flat_map(|request| claims(posthog::parse(request.body.as_bytes(), &arrival()).unwrap()))
        .map(|claim| short(&claim))
        .collect()
}

#[test]
fn the_node_library() {
    assert_eq!(
        shorts("posthog-node"),
        [
            "video_played user:anon-1",
            "$identify user:u-1001 +email:ada@example.com:email",
            "$create_alias user:u-1001 +user:anon-1:alias +anonymous:anon-1:alias +anonymous:u-1001:alias",
        ],
        "what is about a group says nothing about a person"
    );
    let body = &recorded("posthog-node")[0].body;
    let batch = posthog::parse(body.as_bytes(), &arrival()).unwrap();
    assert_eq!(batch.key.as_deref(), Some("phc_test"));
    assert!(matches!(batch.items[3], Item::Passed(_)));
    let claims = claims(batch);
    assert_eq!(claims[0].properties, r#"{"video_id":"v1"}"#);
    assert_eq!(claims[0].id.as_deref(), Some("01a205c8-ef9f-7e93-9d92-891c64e3edb6"));
    assert_eq!(time(&claims[0]), "2026-03-01T12:00:00Z");
    assert_eq!(claims[1].properties, r#"{"first_seen":"2026-01-05"}"#);
}

#[test]
fn the_browser_library() {
    let place = "piece=localhost/page source=news medium=email campaign=c1 referrer=https://www.google.com/ country=AT";
    let mut found = shorts("posthog-js");
    found.sort();
    let former = "+anonymous:01a205c9-15bb-7430-a396-ce51a1af9537:identify";
    assert_eq!(
        found,
        [
            format!("$identify user:u1 {former} +email:a@example.com:email {place}"),
            format!("$pageview user:u1 {place}"),
            format!("ev user:u1 {place}"),
        ]
    );
}

#[test]
fn the_python_library() {
    assert_eq!(
        shorts("pypi posthog"),
        [
            "video_played user:u-1001 +email:ada@example.com:email",
            "$create_alias user:anon-1 +user:u-1001:alias +anonymous:u-1001:alias +anonymous:anon-1:alias",
        ]
    );
}

#[test]
fn who_is_anonymous_and_who_is_not() {
    let id = "01a205c9-15bb-7430-a396-ce51a1af9537";
    let person = |distinct: &str, properties: &str| {
        let body = format!(r#"{{"api_key":"k","event":"e","distinct_id":"{distinct}","properties":{{{properties}}}}}"#);
        short(&one(&body))
    };
    assert_eq!(person(id, ""), format!("e anonymous:{id}"));
    assert_eq!(person("d", r#""$device_id":"d""#), "e anonymous:d");
    assert_eq!(person("d", r#""$is_identified":false"#), "e anonymous:d");
    assert_eq!(person("d", r#""$process_person_profile":false"#), "e anonymous:d");
    assert_eq!(person("ada", r#""$device_id":"d""#), "e user:ada");
    let identify =
        format!(r#"{{"event":"$identify","distinct_id":"{id}","properties":{{"$anon_distinct_id":"{id}"}}}}"#);
    assert_eq!(
        short(&one(&identify)),
        format!("$identify user:{id} +anonymous:{id}:identify")
    );
    let alias = format!(r#"{{"event":"$create_alias","distinct_id":"{id}","properties":{{"alias":"ada"}}}}"#);
    assert_eq!(
        short(&one(&alias)),
        format!("$create_alias user:ada +user:{id}:alias +anonymous:{id}:alias +anonymous:ada:alias")
    );
}

#[test]
fn every_spelling_of_a_capture_is_read() {
    let event = r#"{"event":"e","properties":{"distinct_id":"u","token":"k","x":1}}"#;
    let encoded = "eyJldmVudCI6ImUiLCJwcm9wZXJ0aWVzIjp7ImRpc3RpbmN0X2lkIjoidSIsInRva2VuIjoiayIsIngiOjF9fQ==";
    let escaped: String = event.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for body in [
        event.to_owned(),
        format!("[{event}]"),
        format!("data={encoded}&compression=base64"),
        format!("ver=1&data={}", encoded.trim_end_matches('=')),
        format!("data={escaped}"),
    ] {
        let batch = posthog::parse(body.as_bytes(), &arrival()).unwrap();
        assert_eq!(batch.key.as_deref(), Some("k"), "{body}");
        let claim = claims(batch).remove(0);
        assert_eq!(
            (short(&claim).as_str(), claim.properties.as_str()),
            ("e user:u", r#"{"x":1}"#),
            "{body}"
        );
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(event.as_bytes()).unwrap();
    let packed = gzip.finish().unwrap();
    let plain = body::unpacked(&packed, "", posthog::BODY_BYTES_MAX).unwrap();
    assert_eq!(
        claims(posthog::parse(&plain, &arrival()).unwrap()).len(),
        1,
        "by its magic bytes"
    );
}

#[test]
fn time_is_told_in_three_ways() {
    let at = |fields: &str| time(&one(&format!(r#"{{"event":"e","distinct_id":"u",{fields}}}"#)));
    assert_eq!(at(r#""timestamp":"2026-11-01T10:00:00.000Z""#), "2026-11-01T10:00:00Z");
    assert_eq!(at(r#""offset":60000"#), "2026-11-23T00:23:00Z");
    assert_eq!(at(r#""x":1"#), "2026-11-23T00:24:00Z");
    let ahead = r#"{"sent_at":"2026-11-23T02:24:00Z","batch":[{"event":"e","distinct_id":"u","timestamp":"2026-11-23T02:23:00Z"}]}"#;
    assert_eq!(
        time(&one(ahead)),
        "2026-11-23T00:23:00Z",
        "a browser's clock two hours ahead"
    );
}

#[test]
fn what_cannot_be_read_says_so_alone() {
    let body = r#"{"api_key":"k","batch":[1,{"distinct_id":"u"},{"event":"e"},{"event":"e","distinct_id":"u"},{"event":"$snapshot","distinct_id":"u"}]}"#;
    let batch = posthog::parse(body.as_bytes(), &arrival()).unwrap();
    assert_eq!(
        refused(&batch),
        [(0, "event_unreadable"), (1, "event_missing"), (2, "person_missing")]
    );
    for bad in ["", "data=!!!", "{", "[", r#"{"batch":{}}"#] {
        assert!(posthog::parse(bad.as_bytes(), &arrival()).is_err(), "{bad}");
    }
}
