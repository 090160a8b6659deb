//! What must hold for every body a stranger can send, whatever the protocol.

use longplay_domain::{Event, Gate, PersonKey, Time, Zone};
use longplay_intake::protocols::{Arrival, Batch, BodyError, Item};

/// A Monday in November 2026.
const NOW: Time = Time::from_micros(1_795_393_440_000_000);

pub fn arrival() -> Arrival<'static> {
    Arrival {
        received: NOW,
        user_agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/143.0",
        country: Some("AT"),
        ip: Some([203, 0, 113, 7].into()),
        salt: PersonKey::new([7; 16]),
    }
}

/// The events that the gate makes of a body's claims.
pub fn admitted(batch: Batch) -> Vec<Event> {
    let gate = Gate::new(NOW, Zone::utc(), PersonKey::new([7; 16]));
    let claims = batch.items.into_iter().filter_map(|item| match item {
        Item::Claim(claim) => Some(claim),
        _ => None,
    });
    claims
        .filter_map(|claim| {
            assert!(!claim.person.is_empty() && !claim.event.is_empty());
            gate.admit(claim).ok()
        })
        .collect()
}

/// Reading twice says the same; every claim can be judged; and what would be kept as properties is one JSON object that
/// the strictest of our readers reads.
pub fn check(parse: impl Fn() -> Result<Batch, BodyError>) {
    let Ok(batch) = parse() else { return };
    assert_eq!(parse().ok().as_ref(), Some(&batch));
    for event in admitted(batch) {
        if let Some(properties) = event.properties() {
            let read: serde_json::Value = serde_json::from_str(properties).expect("properties are JSON");
            assert!(read.is_object());
        }
    }
}
