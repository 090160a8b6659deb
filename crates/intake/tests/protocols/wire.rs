//! The recorded requests, and claims in short.

use longplay_domain::{Amount, Claim, PersonKey, Time, When, Zone};
use longplay_intake::protocols::{Arrival, Batch, Item};
use serde_json::Value;

pub const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// One request of the recording.
pub struct Recorded {
    pub path: String,
    pub body: String,
}

/// Every request an SDK of that name sent.
pub fn recorded(sdk: &str) -> Vec<Recorded> {
    let lines = include_str!("../samples/sdk-wire.jsonl").lines();
    let all = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    let found: Vec<Recorded> = all
        .filter(|line| text(line, "sdk").contains(sdk))
        .map(|line| Recorded {
            path: text(&line, "path"),
            body: text(&line, "body_text"),
        })
        .collect();
    assert!(!found.is_empty(), "{sdk} is in the recording");
    found
}

pub fn at(text: &str) -> Time {
    Time::parse(text, &Zone::utc()).unwrap()
}

/// A request of a browser in Austria, minutes after the recording.
pub fn arrival() -> Arrival<'static> {
    Arrival {
        received: at("2026-11-23T00:24:00Z"),
        user_agent: CHROME,
        country: Some("AT"),
        ip: Some([203, 0, 113, 7].into()),
        salt: PersonKey::new([5; 16]),
    }
}

/// The claims of a batch in which nothing was refused.
pub fn claims(batch: Batch) -> Vec<Claim> {
    let claim = |item| match item {
        Item::Claim(claim) => Some(claim),
        Item::Passed(_) => None,
        Item::Refused(refused) => panic!("{refused:?}"),
    };
    batch.items.into_iter().filter_map(claim).collect()
}

/// The codes of the items that were refused, with their place.
pub fn refused(batch: &Batch) -> Vec<(usize, &'static str)> {
    let code = |(place, item): (usize, &Item)| match item {
        Item::Refused(refused) => Some((place, refused.code)),
        _ => None,
    };
    batch.items.iter().enumerate().filter_map(code).collect()
}

/// `event person [+also:evidence …] piece=… source/medium/campaign value currency`, what is missing left out.
pub fn short(claim: &Claim) -> String {
    let mut words = vec![claim.event.clone(), claim.person.clone()];
    for also in &claim.also {
        words.push(format!("+{}:{}", also.handle, also.evidence.name()));
    }
    let named = [
        ("piece", &claim.piece),
        ("source", &claim.source),
        ("medium", &claim.medium),
        ("campaign", &claim.campaign),
        ("referrer", &claim.referrer),
        ("country", &claim.country),
    ];
    words.extend(
        named
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?))),
    );
    match &claim.value {
        Amount::Missing => {}
        Amount::Decimal(value) => words.push(format!("{value} {}", claim.currency.as_deref().unwrap_or("?"))),
        Amount::Minor(value) => words.push(format!("{value} minor")),
    }
    if let Some(mark) = claim.mark {
        words.push(format!("[{}]", mark.name()));
    }
    words.join(" ")
}

pub fn time(claim: &Claim) -> String {
    match &claim.time {
        When::At(time) => time.to_string(),
        other => format!("{other:?}"),
    }
}
