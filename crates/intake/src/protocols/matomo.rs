//! Matomo's tracking API: parameters of a query, a form, or many of them in one JSON body (formats §6.6).
//!
//! It has no id for an event. What its own script adds against caches, with the time of day, serves as one; without that a
//! request that is sent twice is two.

use std::{borrow::Cow, collections::HashMap};

use longplay_domain::{Also, Amount, Claim, Evidence};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Arrival, Batch, BodyError, EVENT_BYTES_MAX, EVENTS_MAX, Item, body,
    body::DAMAGE,
    bot, clock,
    fields::{Kept, fields, text},
    worth,
};
use crate::origin::{self, Address, Tags};

/// Parameters of one request that are looked at.
const PARAMETERS_MAX: usize = 200;

#[derive(Deserialize)]
struct Bulk<'a> {
    #[serde(borrow)]
    requests: Vec<&'a RawValue>,
    #[serde(borrow)]
    token_auth: Option<&'a RawValue>,
}

type Parameters<'a> = HashMap<Cow<'a, str>, Cow<'a, str>>;

/// Reads the query of the address and an unpacked body; a body in JSON is a bulk, any other a form.
pub fn parse(query: &str, bytes: &[u8], arrival: &Arrival<'_>) -> Result<Batch, BodyError> {
    let text = body::text(bytes);
    if text.trim_start().starts_with('{') {
        return bulk(&text, arrival);
    }
    let whole = match (query.is_empty(), text.trim()) {
        (_, "") => Cow::Borrowed(query),
        (true, form) => Cow::Borrowed(form),
        (false, form) => Cow::Owned(format!("{query}&{form}")),
    };
    let mut batch = Batch::default();
    let item = request(&whole, arrival, &mut batch);
    batch.push(item, &whole, arrival);
    Ok(batch)
}

fn bulk(json: &str, arrival: &Arrival<'_>) -> Result<Batch, BodyError> {
    let bulk: Bulk<'_> = serde_json::from_str(json).map_err(|error| BodyError::Malformed(error.to_string()))?;
    super::at_most(bulk.requests.len(), EVENTS_MAX)?;
    let mut batch = Batch {
        key: text(bulk.token_auth).map(Cow::into_owned),
        ..Batch::default()
    };
    for raw in bulk.requests {
        let item = match (super::unfit(raw.get()), text(Some(raw))) {
            (Some(unfit), _) => unfit,
            (None, Some(query)) => request(&query, arrival, &mut batch),
            (None, None) => {
                let object = fields(Some(raw));
                let pairs = object.texts().collect();
                read(&pairs, arrival, &mut batch)
            }
        };
        batch.push(item, raw.get(), arrival);
    }
    Ok(batch)
}

fn request(query: &str, arrival: &Arrival<'_>, batch: &mut Batch) -> Item {
    if query.len() > EVENT_BYTES_MAX {
        let message = format!(
            "the request is {} bytes; at most {EVENT_BYTES_MAX} are taken",
            query.len()
        );
        return Item::refused("event_too_large", message);
    }
    if query.contains(DAMAGE) {
        return Item::refused(
            "not_utf8",
            "the request holds bytes that are no UTF-8, so part of it is lost",
        );
    }
    let query = query.split_once('?').map_or(query, |(_, query)| query);
    let mut parameters = Parameters::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()).take(PARAMETERS_MAX) {
        if !value.trim().is_empty() {
            parameters.entry(name).or_insert(value);
        }
    }
    read(&parameters, arrival, batch)
}

fn read(parameters: &Parameters<'_>, arrival: &Arrival<'_>, batch: &mut Batch) -> Item {
    let get = |name: &str| parameters.get(name).map(AsRef::as_ref);
    // Whoever wants to be let in by the site's number alone puts the key there.
    let token = get("token_auth").filter(|token| *token != "anonymous");
    if token.is_some() || batch.key.is_none() {
        batch.key = token.or(get("idsite")).map(str::to_owned);
    }
    if get("rec") != Some("1") {
        return Item::Passed("it says itself that it is not to be recorded (rec=1 is missing)");
    }
    if get("ping") == Some("1") {
        return Item::Passed("it only says that a page is still open");
    }
    let (person, also) = person(&get, arrival);
    let agent = get("ua").or_else(|| Some(arrival.user_agent).filter(|agent| agent.starts_with("Mozilla/")));
    let url = get("url");
    let address = url.and_then(Address::parse);
    let stated = Tags::stated(None, None, get("_rcn"));
    let origin = origin::of(address.as_ref(), get("urlref"), stated);
    let name = name(&get);
    let mut claim = Claim {
        time: clock::corrected(get("cdt"), None, arrival.received),
        person,
        also,
        mark: agent.and_then(bot),
        id: id(&get),
        channel: Some(worth::WEBSITE.to_owned()),
        piece: address.and_then(|address| address.piece()),
        source: origin.source,
        medium: origin.medium,
        campaign: origin.campaign,
        referrer: origin.referrer,
        country: get("country").or(arrival.country).map(str::to_owned),
        event: name.to_owned(),
        ..Claim::default()
    };
    if get("idgoal").is_some()
        && let Some(revenue) = get("revenue")
    {
        claim.value = Amount::Decimal(worth::decimal(revenue).unwrap_or_else(|| revenue.to_owned()));
    }
    claim.properties = match left_overs(parameters) {
        Ok(kept) => kept,
        Err(why) => return Item::refused("properties_unreadable", why),
    };
    if name == "pageview" {
        batch.titled(claim.piece.as_deref(), get("action_name"), url);
    }
    Item::Claim(claim)
}

/// The owner's name for somebody, else the browser's, else the visit.
fn person<'a>(get: &impl Fn(&str) -> Option<&'a str>, arrival: &Arrival<'_>) -> (String, Vec<Also>) {
    let user = get("uid").map(|id| format!("user:{id}"));
    let browser = get("cid").or(get("_id")).map(|id| format!("anonymous:{id}"));
    match (user, browser) {
        (Some(user), Some(handle)) => {
            let evidence = Evidence::Identify;
            (user, vec![Also { handle, evidence }])
        }
        (Some(one), None) | (None, Some(one)) => (one, Vec::new()),
        (None, None) => (arrival.visit(get("idsite").unwrap_or_default()), Vec::new()),
    }
}

/// What it was, by the parameters that only such a request has.
fn name<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> &'a str {
    match get("idgoal") {
        Some("0") if get("ec_id").is_some() => return "Order Completed",
        Some("0") => return "Cart Updated",
        Some(_) => return "Goal Reached",
        None => {}
    }
    if get("e_c").is_some() || get("e_a").is_some() {
        return get("e_a").or(get("e_c")).unwrap_or("event");
    }
    [
        ("download", "File Download"),
        ("link", "Link Clicked"),
        ("search", "search"),
        ("c_i", "Content Clicked"),
        ("c_n", "Content Seen"),
    ]
    .into_iter()
    .find_map(|(parameter, name)| get(parameter).map(|_| name))
    .unwrap_or("pageview")
}

fn id<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    if let (Some("0"), Some(order)) = (get("idgoal"), get("ec_id")) {
        return Some(worth::order_id(order));
    }
    let random = get("rand").or(get("r"))?;
    let [hour, minute, second] = [get("h")?, get("m")?, get("s")?];
    let visitor = get("cid").or(get("_id")).or(get("uid"))?;
    let view = get("pv_id").unwrap_or_default();
    Some(format!("matomo:{visitor}:{random}:{hour}{minute}{second}:{view}"))
}

fn left_overs(parameters: &Parameters<'_>) -> Result<String, &'static str> {
    const KEPT: [(&str, &str); 14] = [
        ("e_c", "category"),
        ("e_n", "name"),
        ("e_v", "value"),
        ("idgoal", "goal"),
        ("download", "file"),
        ("link", "link"),
        ("search", "search"),
        ("search_cat", "search_category"),
        ("search_count", "search_count"),
        ("c_n", "content"),
        ("c_p", "content_piece"),
        ("ec_st", "subtotal"),
        ("ec_tx", "tax"),
        ("ec_items", "items"),
    ];
    let mut kept = Kept::default();
    for (parameter, name) in KEPT {
        let value = parameters
            .get(parameter)
            .filter(|_| parameter != "idgoal" || parameters.get("idgoal").is_some_and(|goal| goal != "0"));
        if let Some(value) = value {
            kept.push_value(name, value);
        }
    }
    let mut dimensions: Vec<_> = parameters
        .iter()
        .filter(|(name, _)| name.starts_with("dimension"))
        .collect();
    dimensions.sort();
    for (name, value) in dimensions {
        kept.push_text(name, value);
    }
    kept.finish()
}
