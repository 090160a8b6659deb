//! Plausible.

use longplay_intake::protocols::{Item, plausible};

use super::wire::{arrival, claims, recorded, refused, short};

fn parse(body: &str) -> longplay_intake::protocols::Batch {
    plausible::parse(body.as_bytes(), &arrival()).unwrap()
}

/// Without the hash, which is the same for all of one visit.
fn shorts(bodies: impl IntoIterator<Item = String>) -> Vec<String> {
    let claims: Vec<_> = bodies.into_iter().flat_map(|body| claims(parse(&body))).collect();
    let person = claims[0].person.clone();
    assert!(person.starts_with("anonymous:visit-"), "{person}");
    assert!(!person.contains("203.0.113.7"));
    claims.iter().map(|claim| short(claim).replace(&person, "V")).collect()
}

#[test]
fn both_scripts() {
    let place =
        "V piece=localhost/page source=news medium=email campaign=c1 referrer=https://www.google.com/ country=AT";
    let bodies = |sdk: &str| recorded(sdk).into_iter().map(|request| request.body);
    assert_eq!(
        shorts(bodies("plausible-tracker")),
        [format!("pageview {place}"), format!("Signup {place}")]
    );
    let found = shorts(bodies("@plausible-analytics/tracker"));
    assert_eq!(found[0], format!("pageview {place}"));
    assert_eq!(found.len(), 2);
    let batch = parse(&recorded("plausible-tracker")[1].body);
    assert_eq!(batch.key.as_deref(), Some("x.example"));
    assert_eq!(claims(batch)[0].properties, r#"{"plan":"pro"}"#);
}

#[test]
fn long_names_revenue_and_the_key_among_domains() {
    let body = r#"{"name":"Purchase","url":"https://shop.example/thanks","domain":"shop.example, lp_abc","referrer":"https://t.co/x",
        "props":{"order_id":"o-1","n":2},"revenue":{"currency":"EUR","amount":"12.50"},"interactive":true}"#;
    let batch = parse(body);
    assert_eq!(batch.key.as_deref(), Some("lp_abc"));
    let claim = claims(batch).remove(0);
    assert_eq!(claim.id.as_deref(), Some("order:o-1"));
    assert!(short(&claim).ends_with("source=x medium=social referrer=https://t.co/x country=AT 12.50 EUR"));
    assert_eq!(claim.properties, r#"{"n":2}"#);
}

#[test]
fn a_visit_is_one_day_one_site_one_browser() {
    let body = |domain: &str| format!(r#"{{"n":"pageview","u":"https://a.example/","d":"{domain}"}}"#);
    let person = |domain: &str, agent: &str| {
        let mut arrival = arrival();
        arrival.user_agent = agent;
        claims(plausible::parse(body(domain).as_bytes(), &arrival).unwrap())
            .remove(0)
            .person
    };
    assert_eq!(person("a.example", "x"), person("a.example", "x"));
    assert_ne!(person("a.example", "x"), person("b.example", "x"));
    assert_ne!(person("a.example", "x"), person("a.example", "y"));
    assert_eq!(person("lp_k", "x"), person("a.example", "x"), "a key alone is no site");
}

#[test]
fn what_cannot_be_read_says_so() {
    let engagement = parse(r#"{"n":"engagement","u":"https://a.example/","d":"x","sd":50,"e":3000}"#);
    assert!(matches!(engagement.items[..], [Item::Passed(_)]));
    let many: String = (0..31).map(|n| format!("\"k{n}\":1,")).collect();
    let many = format!(
        r#"{{"n":"e","u":"https://a.example/","p":{{{}}}}}"#,
        many.trim_end_matches(',')
    );
    for (body, code) in [
        (r#"{"u":"https://a.example/"}"#, "event_missing"),
        (r#"{"n":"e"}"#, "url_missing"),
        (r#"{"n":"e","u":"shop"}"#, "url_missing"),
        (many.as_str(), "too_many_properties"),
    ] {
        assert_eq!(refused(&parse(body)), [(0, code)], "{body}");
    }
    for bad in ["", "[]", "1", "{"] {
        assert!(plausible::parse(bad.as_bytes(), &arrival()).is_err(), "{bad}");
    }
}
