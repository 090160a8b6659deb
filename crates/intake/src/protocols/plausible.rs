//! Plausible's `/api/event`: one event, under long names or the script's short ones (formats §6.5). It knows no persons, so
//! somebody is a visit: a hash of address, browser and site that changes every day.

use std::borrow::Cow;

use longplay_domain::{Amount, Claim, When};
use serde_json::value::RawValue;

use super::{
    Arrival, Batch, BodyError, Item, body, bot,
    fields::{Fields, Kept, fields},
    worth,
};
use crate::origin::{self, Address, Tags};

/// Scalar properties an event may have.
const PROPERTIES_MAX: usize = 30;

/// Reads an unpacked body. The key may stand in the domain: alone, or as one of a list.
pub fn parse(bytes: &[u8], arrival: &Arrival<'_>) -> Result<Batch, BodyError> {
    let text = body::text(bytes);
    let whole: &RawValue = serde_json::from_str(&text).map_err(|error| BodyError::Malformed(error.to_string()))?;
    if !whole.get().starts_with('{') {
        return Err(BodyError::Malformed("an event is a JSON object".to_owned()));
    }
    let event = fields(Some(whole));
    let domain = event.first(&["d", "domain"]);
    let mut batch = Batch {
        key: domain.as_deref().map(key_in),
        ..Batch::default()
    };
    let item = super::unfit(whole.get()).unwrap_or_else(|| claim(&event, domain.as_deref(), arrival));
    batch.push(item, whole.get(), arrival);
    Ok(batch)
}

/// The part of a list of domains that is a key of ours; the whole when none looks like one.
fn key_in(domain: &str) -> String {
    let key = domain.split(',').map(str::trim).find(|part| part.starts_with("lp_"));
    key.unwrap_or(domain).to_owned()
}

fn claim(event: &Fields<'_>, domain: Option<&str>, arrival: &Arrival<'_>) -> Item {
    let Some(name) = event.first(&["n", "name"]) else {
        return Item::refused("event_missing", "the event has no name");
    };
    if name == "engagement" {
        return Item::Passed("it says how long a page was looked at");
    }
    let url = event.first(&["u", "url"]);
    let Some(address) = url.as_deref().and_then(Address::parse) else {
        return Item::refused("url_missing", "the event has no url, or it is no address");
    };
    let properties = properties(event);
    let properties = fields(properties.as_deref());
    let mut kept = Kept::default();
    if properties.len() > PROPERTIES_MAX {
        let message = format!(
            "the event has {} properties; at most {PROPERTIES_MAX} are taken",
            properties.len()
        );
        return Item::refused("too_many_properties", message);
    }
    properties.keep(&mut kept, |name| !worth::READ.contains(&name));
    let kept = match kept.finish() {
        Ok(kept) => kept,
        Err(why) => return Item::refused("properties_unreadable", why),
    };
    let referrer = event.first(&["r", "referrer"]);
    let origin = origin::of(Some(&address), referrer.as_deref(), Tags::default());
    let site = domain.filter(|domain| !domain.contains("lp_")).unwrap_or(address.host);
    let mut claim = Claim {
        time: When::At(arrival.received),
        person: arrival.visit(site),
        mark: bot(arrival.user_agent),
        channel: Some(worth::channel(&name).to_owned()),
        piece: address.piece(),
        source: origin.source,
        medium: origin.medium,
        campaign: origin.campaign,
        referrer: origin.referrer,
        country: arrival.country.map(str::to_owned),
        properties: kept,
        event: name.into_owned(),
        ..Claim::default()
    };
    worth::settle(&mut claim, &properties, None);
    revenue(&mut claim, event);
    Item::Claim(claim)
}

/// `{"currency","amount"}`, the amount as number or text.
fn revenue(claim: &mut Claim, event: &Fields<'_>) {
    let revenue = fields(event.raw("$").or_else(|| event.raw("revenue")));
    if let Some(amount) = revenue.text("amount") {
        claim.value = Amount::Decimal(worth::decimal(&amount).unwrap_or_else(|| amount.into_owned()));
        claim.currency = revenue.text("currency").map(Cow::into_owned);
    }
}

/// The properties as JSON: some scripts send an object, some the text of one.
fn properties(event: &Fields<'_>) -> Option<Box<RawValue>> {
    let raw = ["p", "props", "m", "meta"].iter().find_map(|name| event.raw(name))?;
    match raw.get().starts_with('"') {
        true => serde_json::from_str(&serde_json::from_str::<String>(raw.get()).ok()?).ok(),
        false => Some(raw.to_owned()),
    }
}
