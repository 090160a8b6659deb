//! The one gate between what the outside says and what we hold: [`Gate::admit`] never panics and never guesses.

use std::sync::Arc;

use crate::{
    Acts, Also, Amount, Claim, Currency, Event, EventId, Field, Forgotten, Handle, Link, Money, PersonKey, Refusal,
    Time, When, Zone, money::AmountError, refusal::quoted,
};

/// Longest text kept per field, in bytes.
const TEXT_BYTES_MAX: usize = 512;
const URL_BYTES_MAX: usize = 4_096;
/// Most other handles one claim may bring.
const LINKS_MAX: usize = 8;
const PROPERTIES_BYTES_MAX: usize = 32 * 1_024;
/// How far a client's clock may run ahead: 5 minutes.
const CLOCK_SKEW_MICROS_MAX: i64 = 5 * 60 * 1_000_000;
/// 1990-01-01T00:00:00Z: nothing we measure is older.
const OLDEST: Time = Time::from_micros(631_152_000_000_000);

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// What a claim is judged by: the present, the workspace's zone (for times without an offset), its secret, and what the
/// owner said of forgetting.
#[derive(Clone, Debug)]
pub struct Gate {
    /// What names mean by the owner's own word.
    pub acts: Arc<Acts>,
    pub now: Time,
    pub zone: Zone,
    pub key: PersonKey,
    pub forgotten: Arc<Forgotten>,
    /// After how many days events go; `None` keeps them.
    pub keep_days: Option<u32>,
}

impl Gate {
    /// A gate of a workspace that keeps everything and forgot nobody.
    pub fn new(now: Time, zone: Zone, key: PersonKey) -> Self {
        Self {
            acts: Arc::default(),
            now,
            zone,
            key,
            forgotten: Arc::default(),
            keep_days: None,
        }
    }

    /// Turns a claim into an event, or says why not.
    pub fn admit(&self, claim: Claim) -> Result<Event, Refusal> {
        let time = self.time(&claim.time)?;
        let person = text(claim.person, Field::Person, TEXT_BYTES_MAX)?.ok_or(Refusal::PersonMissing)?;
        let handle = Handle::parse(&person).ok_or(Refusal::PersonMissing)?;
        let name = text(claim.event, Field::Event, TEXT_BYTES_MAX)?.ok_or(Refusal::EventMissing)?;
        let links = links(&handle, claim.also)?;
        let value = money(claim.value, claim.currency)?;
        let short = |value: Option<String>, field| optional(value, field, TEXT_BYTES_MAX);
        let mut event = Event {
            person: self.key.person(&handle),
            handle: (!handle.is_anonymous()).then(|| handle.clone()),
            links,
            mark: claim.mark,
            time,
            id: EventId(String::new()),
            act: self.acts.of(&name),
            name,
            piece: optional(claim.piece, Field::Piece, URL_BYTES_MAX)?,
            channel: short(claim.channel, Field::Channel)?,
            referrer: optional(claim.referrer, Field::Referrer, URL_BYTES_MAX)?,
            source: short(claim.source, Field::Source)?,
            medium: short(claim.medium, Field::Medium)?,
            campaign: short(claim.campaign, Field::Campaign)?,
            country: short(claim.country, Field::Country)?.map(country),
            value,
            properties: properties(claim.properties)?,
        };
        event.id = match short(claim.id, Field::Id)? {
            Some(id) => EventId(id),
            None => self.id_of_content(&event, &handle),
        };
        // After the id was made: what is said again must have the id it had.
        if self.forgotten.takes(&mut event, &self.key) {
            return Err(Refusal::Forgotten);
        }
        Ok(event)
    }

    fn time(&self, when: &When) -> Result<Time, Refusal> {
        let time = match when {
            When::Missing => return Err(Refusal::TimeMissing),
            When::At(time) => *time,
            When::Text(text) if text.trim().is_empty() => return Err(Refusal::TimeMissing),
            When::Text(text) => Time::parse(text, &self.zone).ok_or_else(|| Refusal::TimeUnreadable(quoted(text)))?,
        };
        if time.micros() > self.now.micros().saturating_add(CLOCK_SKEW_MICROS_MAX) {
            return Err(Refusal::TimeInFuture(time.to_string()));
        }
        if time < OLDEST {
            return Err(Refusal::TimeTooOld(time.to_string()));
        }
        match self.keep_days {
            Some(days) if time < kept_since(self.now, days) => Err(Refusal::PastRetention(time.to_string(), days)),
            _ => Ok(time),
        }
    }

    /// Two claims that say exactly the same are one event, so importing a file twice adds nothing.
    fn id_of_content(&self, event: &Event, handle: &Handle) -> EventId {
        let mut content = Vec::with_capacity(256);
        content.extend(event.time.micros().to_le_bytes());
        let texts = [
            Some(handle.as_str()),
            Some(event.name.as_str()),
            event.piece(),
            event.channel(),
            event.referrer(),
            event.source(),
            event.medium(),
            event.campaign(),
            event.country(),
            event.value.as_ref().map(|money| money.currency.code()),
            event.properties(),
        ];
        let others = event
            .links()
            .iter()
            .flat_map(|link| [link.from().as_str(), link.to().as_str()]);
        for field in texts.into_iter().chain(others.map(Some)) {
            content.extend_from_slice(field.unwrap_or("\u{1}").as_bytes());
            content.push(0);
        }
        content.extend(event.value.map_or(i64::MIN, |money| money.minor).to_le_bytes());
        let high = self.key.fingerprint(&content);
        content.push(1);
        let low = self.key.fingerprint(&content);
        EventId(format!("~{high:016x}{low:016x}"))
    }
}

/// The oldest time that is kept when events go after so many days.
pub const fn kept_since(now: Time, days: u32) -> Time {
    Time(now.0.saturating_sub(days as i64 * MICROS_PER_DAY))
}

/// What the sender says about who is who; blank handles say nothing.
fn links(handle: &Handle, also: Vec<Also>) -> Result<Vec<Link>, Refusal> {
    let mut links = Vec::with_capacity(also.len().min(LINKS_MAX));
    for Also {
        handle: other,
        evidence,
    } in also.into_iter().take(LINKS_MAX)
    {
        let other = text(other, Field::Person, TEXT_BYTES_MAX)?.and_then(|other| Handle::parse(&other));
        links.extend(other.and_then(|other| Link::new(handle.clone(), other, evidence)));
    }
    Ok(links)
}

fn text(value: String, field: Field, bytes_max: usize) -> Result<Option<String>, Refusal> {
    let trimmed = value.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    if trimmed.len() > bytes_max {
        return Err(Refusal::TooLong {
            field,
            bytes: trimmed.len(),
            bytes_max,
        });
    }
    if trimmed.as_bytes().contains(&0) {
        return Err(Refusal::NotText(field));
    }
    Ok(Some(if trimmed.len() == value.len() {
        value
    } else {
        trimmed.to_owned()
    }))
}

fn optional(value: Option<String>, field: Field, bytes_max: usize) -> Result<Option<String>, Refusal> {
    value.map_or(Ok(None), |value| text(value, field, bytes_max))
}

/// ISO codes are upper-cased; a country by name stays as the source gave it.
pub(crate) fn country(text: String) -> String {
    let is_code = text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
    if is_code { text.to_ascii_uppercase() } else { text }
}

fn properties(text: String) -> Result<Option<String>, Refusal> {
    let Some(text) = self::text(text, Field::Properties, PROPERTIES_BYTES_MAX)? else {
        return Ok(None);
    };
    match text.as_bytes() {
        b"{}" => Ok(None),
        [b'{', .., b'}'] => Ok(Some(text)),
        _ => Err(Refusal::PropertiesUnreadable),
    }
}

fn money(amount: Amount, currency: Option<String>) -> Result<Option<Money>, Refusal> {
    let (minor, decimal) = match amount {
        Amount::Missing => return Ok(None),
        Amount::Minor(minor) => (Some(minor), String::new()),
        Amount::Decimal(text) if text.trim().is_empty() => return Ok(None),
        Amount::Decimal(text) => (None, text),
    };
    let currency = match currency.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) => Currency::parse(code).ok_or_else(|| Refusal::CurrencyUnknown(quoted(code)))?,
        None => Currency::UNSTATED,
    };
    let money = match minor {
        Some(minor) => Money { minor, currency },
        None => Money::parse(&decimal, currency).map_err(|error| match error {
            AmountError::Unreadable => Refusal::ValueUnreadable(quoted(&decimal)),
            AmountError::TooLarge => Refusal::ValueTooLarge(quoted(&decimal)),
        })?,
    };
    if money.minor < 0 {
        return Err(Refusal::ValueNegative(money.to_string()));
    }
    Ok(Some(money))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Act;

    fn gate() -> Gate {
        let now = Time::parse("2026-03-01T00:00:00Z", &Zone::utc()).unwrap();
        Gate::new(now, Zone::utc(), PersonKey::new([7; 16]))
    }

    fn claim() -> Claim {
        Claim {
            time: When::Text("2026-02-01T10:00:00Z".to_owned()),
            person: "email:Ada@example.com".to_owned(),
            event: "purchase".to_owned(),
            value: Amount::Decimal("12.50".to_owned()),
            currency: Some("eur".to_owned()),
            ..Claim::default()
        }
    }

    #[test]
    fn a_good_claim_becomes_an_event() {
        let event = gate().admit(claim()).unwrap();
        assert_eq!(event.act(), Act::Purchased);
        assert_eq!(event.value().unwrap().to_string(), "12.50 EUR");
        assert_eq!(event, gate().admit(claim()).unwrap(), "same content, same id");
        let other = gate()
            .admit(Claim {
                piece: Some("p".to_owned()),
                ..claim()
            })
            .unwrap();
        assert_ne!(event.id(), other.id());
        assert_eq!(event.person(), other.person());
    }

    #[test]
    fn each_fault_has_its_code() {
        let code = |claim| gate().admit(claim).unwrap_err().code();
        let at = |text: &str| Claim {
            time: When::Text(text.to_owned()),
            ..claim()
        };
        let worth = |text: &str| Claim {
            value: Amount::Decimal(text.to_owned()),
            ..claim()
        };
        assert_eq!(code(at("")), "time_missing");
        assert_eq!(code(at("soon")), "time_unreadable");
        assert_eq!(code(at("2026-03-01T00:06:00Z")), "time_in_future");
        assert_eq!(code(at("0001-01-01T00:00:00Z")), "time_too_old");
        assert_eq!(
            code(Claim {
                person: " ".to_owned(),
                ..claim()
            }),
            "person_missing"
        );
        assert_eq!(
            code(Claim {
                person: "email:".to_owned(),
                ..claim()
            }),
            "person_missing"
        );
        assert_eq!(
            code(Claim {
                event: String::new(),
                ..claim()
            }),
            "event_missing"
        );
        assert_eq!(code(worth("free")), "value_unreadable");
        assert_eq!(code(worth("-1")), "value_negative");
        assert_eq!(code(worth("1e400")), "value_unreadable");
        assert_eq!(code(worth("123456789012345678901")), "value_too_large");
        assert_eq!(
            code(Claim {
                currency: Some("Taler".to_owned()),
                ..claim()
            }),
            "currency_unknown"
        );
        assert_eq!(
            code(Claim {
                id: Some("i".repeat(513)),
                ..claim()
            }),
            "too_long"
        );
        assert_eq!(
            code(Claim {
                piece: Some("a\0b".to_owned()),
                ..claim()
            }),
            "not_text"
        );
        assert_eq!(
            code(Claim {
                properties: "[1]".to_owned(),
                ..claim()
            }),
            "properties_unreadable"
        );
    }

    #[test]
    fn what_a_forgotten_person_did_before_is_refused_and_their_name_with_it() {
        let mut gate = gate();
        let ada = Handle::parse("email:ada@example.com").unwrap();
        let until = Time::parse("2026-02-01T10:00:00Z", &Zone::utc()).unwrap();
        gate.forgotten = Arc::new([(gate.key.person(&ada), until)].into_iter().collect());
        let at = |time: &str, claim: Claim| Claim {
            time: When::Text(time.to_owned()),
            ..claim
        };
        let code = |claim| gate.admit(claim).unwrap_err().code();
        assert_eq!(code(claim()), "forgotten");
        assert!(gate.admit(at("2026-02-01T10:00:01Z", claim())).is_ok(), "a new start");
        let bob = Claim {
            person: "user:bob".to_owned(),
            also: vec![Also {
                handle: "email:ADA@example.com".to_owned(),
                evidence: crate::Evidence::Email,
            }],
            properties: r#"{"email":"Ada@Example.com","n":1}"#.to_owned(),
            ..claim()
        };
        let before = gate.admit(bob.clone()).unwrap();
        assert!(before.links().is_empty());
        assert_eq!(before.properties(), Some(r#"{"email":"forgotten","n":1}"#));
        let later = gate.admit(at("2026-02-02T10:00:00Z", bob)).unwrap();
        assert_eq!(later.links().len(), 1);
    }

    #[test]
    fn what_is_older_than_what_is_kept_is_refused() {
        let mut gate = gate();
        gate.keep_days = Some(28);
        assert!(gate.admit(claim()).is_ok());
        gate.keep_days = Some(27);
        let refusal = gate.admit(claim()).unwrap_err();
        assert_eq!((refusal.code(), refusal.field()), ("past_retention", Field::Time));
        assert!(refusal.to_string().contains("27 days"), "{refusal}");
    }

    proptest! {
        #[test]
        fn admit_never_panics(time in ".{0,40}", person in ".{0,40}", event in ".{0,40}", value in ".{0,30}",
                              currency in proptest::option::of(".{0,5}"), properties in ".{0,20}") {
            let claim = Claim {
                time: When::Text(time), person, event, value: Amount::Decimal(value), currency, properties, ..Claim::default()
            };
            if let Err(refusal) = gate().admit(claim) {
                prop_assert!(!refusal.to_string().is_empty() && !refusal.code().is_empty());
            }
        }

        #[test]
        fn extreme_numbers_never_panic(micros in any::<i64>(), minor in any::<i64>()) {
            let claim = Claim { time: When::At(Time(micros)), value: Amount::Minor(minor), ..claim() };
            let _ = gate().admit(claim);
        }

        #[test]
        fn numeric_times_never_panic(time in "-?[0-9]{1,25}(\\.[0-9]{0,12})?") {
            let _ = gate().admit(Claim { time: When::Text(time), ..claim() });
        }
    }
}
