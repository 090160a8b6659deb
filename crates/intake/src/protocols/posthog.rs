//! PostHog's capture API: single events, arrays of them, batches, and the older forms around them (formats §6.4).
//!
//! PostHog has one name for a person, `distinct_id`. It is a browser's own when it looks like the ids the library makes,
//! equals the device's, or the library says that nobody has been identified; else it is the owner's name for somebody.

use std::borrow::Cow;

use longplay_domain::{Also, Claim, Evidence, Mark, When};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Arrival, Batch, BodyError, EVENTS_MAX, Item, body, bot, clock,
    fields::{Fields, Kept, fields, text},
    worth,
};
use crate::{
    address::email_handle,
    origin::{self, Address, Tags},
};

/// Largest body once unpacked; PostHog's own limit is 20 MB, but its SDKs send far less.
pub const BODY_BYTES_MAX: usize = 4_000 * 1_024;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope<'a> {
    #[serde(borrow)]
    batch: Option<&'a RawValue>,
    #[serde(borrow)]
    api_key: Option<&'a RawValue>,
    #[serde(borrow)]
    token: Option<&'a RawValue>,
    #[serde(borrow)]
    sent_at: Option<&'a RawValue>,
    #[serde(borrow)]
    historical_migration: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event<'a> {
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    distinct_id: Option<&'a RawValue>,
    #[serde(borrow, rename = "$distinct_id")]
    dollar_distinct_id: Option<&'a RawValue>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    /// Milliseconds between the event and its sending.
    #[serde(borrow)]
    offset: Option<&'a RawValue>,
    #[serde(borrow)]
    uuid: Option<&'a RawValue>,
    #[serde(borrow)]
    api_key: Option<&'a RawValue>,
    #[serde(borrow)]
    token: Option<&'a RawValue>,
    #[serde(borrow, rename = "$set")]
    set: Option<&'a RawValue>,
    #[serde(borrow, rename = "$set_once")]
    set_once: Option<&'a RawValue>,
}

/// What all events of a body share.
struct Shared<'a> {
    arrival: &'a Arrival<'a>,
    sent: Option<Cow<'a, str>>,
    is_history: bool,
}

/// Reads an unpacked body.
pub fn parse(bytes: &[u8], arrival: &Arrival<'_>) -> Result<Batch, BodyError> {
    let inner = out_of_form(bytes)?;
    let text = body::text(inner.as_deref().unwrap_or(bytes));
    let malformed = |error: serde_json::Error| BodyError::Malformed(error.to_string());
    let whole: &RawValue = serde_json::from_str(&text).map_err(malformed)?;
    let is_list = whole.get().starts_with('[');
    let envelope: Envelope<'_> = if is_list {
        Envelope::default()
    } else {
        serde_json::from_str(whole.get()).map_err(malformed)?
    };
    let items: Vec<&RawValue> = match envelope.batch {
        Some(batch) => serde_json::from_str(batch.get()).map_err(malformed)?,
        None if is_list => serde_json::from_str(whole.get()).map_err(malformed)?,
        None => vec![whole],
    };
    super::at_most(items.len(), EVENTS_MAX)?;
    let shared = Shared {
        arrival,
        sent: super::fields::text(envelope.sent_at),
        is_history: envelope.historical_migration.is_some_and(|raw| raw.get() == "true"),
    };
    let mut batch = Batch {
        key: super::fields::text(envelope.api_key)
            .or_else(|| super::fields::text(envelope.token))
            .map(Cow::into_owned),
        ..Batch::default()
    };
    for item in items {
        let read = read(item, &shared, &mut batch);
        batch.push(read, item.get(), arrival);
    }
    Ok(batch)
}

/// `data=…` with JSON or base64 inside, as the older libraries post it.
fn out_of_form(bytes: &[u8]) -> Result<Option<Vec<u8>>, BodyError> {
    if !bytes.starts_with(b"data=") && !bytes.windows(6).take(256).any(|window| window == b"&data=") {
        return Ok(None);
    }
    let data = url::form_urlencoded::parse(bytes).find(|(name, _)| name == "data");
    let Some((_, data)) = data else { return Ok(None) };
    if data.trim_start().starts_with(['{', '[']) {
        return Ok(Some(data.into_owned().into_bytes()));
    }
    // A plus that was not escaped has become a space on the way.
    let packed = body::base64(data.trim().replace(' ', "+").as_bytes())
        .ok_or_else(|| BodyError::Malformed("`data` is neither JSON nor base64".to_owned()))?;
    body::unpacked(&packed, "", BODY_BYTES_MAX).map(|plain| Some(plain.into_owned()))
}

fn read<'a>(raw: &'a RawValue, shared: &Shared<'a>, batch: &mut Batch) -> Item {
    let json = raw.get();
    if let Some(refused) = super::unfit(json) {
        return refused;
    }
    let event: Event<'a> = match serde_json::from_str(json) {
        Ok(event) => event,
        Err(error) => return super::unreadable(&error),
    };
    let properties = fields(event.properties);
    if batch.key.is_none() {
        let key = text(event.api_key)
            .or_else(|| text(event.token))
            .or_else(|| properties.text("token"));
        batch.key = key.map(Cow::into_owned);
    }
    let Some(name) = text(event.event) else {
        return Item::refused("event_missing", "the event has no name in `event`");
    };
    if let Some(why) = says_nothing(&name) {
        return Item::Passed(why);
    }
    claim(&name, &event, &properties, shared, batch)
}

/// What the libraries send about themselves, about groups, and about screens rather than people.
fn says_nothing(name: &str) -> Option<&'static str> {
    match name {
        "$feature_flag_called" => Some("a feature flag was asked for"),
        "$groupidentify" => Some("it is about a group"),
        "$web_vitals" | "$performance_event" | "$$client_ingestion_warning" => Some("it measures the page"),
        "$snapshot" | "$$heatmap" => Some("it is a recording of a screen"),
        _ => None,
    }
}

fn claim(name: &str, event: &Event<'_>, properties: &Fields<'_>, shared: &Shared<'_>, batch: &mut Batch) -> Item {
    let distinct = text(event.distinct_id)
        .or_else(|| properties.text("distinct_id"))
        .or_else(|| text(event.dollar_distinct_id));
    let Some(distinct) = distinct else {
        return Item::refused("person_missing", "the event has no distinct_id");
    };
    let traits = [
        event.set,
        event.set_once,
        properties.raw("$set"),
        properties.raw("$set_once"),
    ]
    .map(fields);
    let (person, mut also) = person(name, &distinct, properties);
    let email = traits.iter().find_map(|traits| traits.text("email"));
    also.extend(email.filter(|email| email.contains('@')).map(|email| Also {
        handle: email_handle(&email),
        evidence: Evidence::Email,
    }));
    let properties_kept = match left_overs(name, properties, &traits) {
        Ok(kept) => kept,
        Err(why) => return Item::refused("properties_unreadable", why),
    };
    let is_browser = properties.text("$lib").is_some_and(|lib| lib == "web");
    let country = properties.text("$geoip_country_code").map(Cow::into_owned);
    let mut claim = Claim {
        time: time(event, properties, shared),
        person,
        also,
        mark: mark(is_browser, properties, shared),
        event: name.to_owned(),
        id: text(event.uuid)
            .or_else(|| properties.text("$insert_id"))
            .map(Cow::into_owned),
        channel: Some(if name == "$screen" { "app" } else { worth::channel(name) }.to_owned()),
        country: country.or_else(|| shared.arrival.country.filter(|_| is_browser).map(str::to_owned)),
        properties: properties_kept,
        ..Claim::default()
    };
    place(&mut claim, properties, batch);
    worth::settle(&mut claim, properties, None);
    Item::Claim(claim)
}

/// The ids PostHog's libraries make for browsers: UUIDs of version 7.
fn is_made_up(id: &str) -> bool {
    let bytes = id.as_bytes();
    bytes.len() == 36
        && bytes[14] == b'7'
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The handle the event comes under, and what else the person is called.
fn person(name: &str, distinct: &str, properties: &Fields<'_>) -> (String, Vec<Also>) {
    let user = |id: &str| format!("user:{id}");
    let anonymous = |id: &str| format!("anonymous:{id}");
    let also = |handle: String, evidence| Also { handle, evidence };
    match name {
        "$identify" => {
            let former = properties.text("$anon_distinct_id").filter(|former| former != distinct);
            let mut links: Vec<Also> = former
                .map(|id| also(anonymous(&id), Evidence::Identify))
                .into_iter()
                .collect();
            if is_made_up(distinct) {
                links.push(also(anonymous(distinct), Evidence::Identify));
            }
            (user(distinct), links)
        }
        "$create_alias" | "$merge_dangerously" => {
            let Some(other) = properties.text("alias") else {
                return (user(distinct), Vec::new());
            };
            // Python's library names the former id first, Node's the new one.
            let (known, former) = if is_made_up(distinct) && !is_made_up(&other) {
                (other.as_ref(), distinct)
            } else {
                (distinct, other.as_ref())
            };
            let handles = [user(former), anonymous(former), anonymous(known)];
            (user(known), handles.map(|handle| also(handle, Evidence::Alias)).into())
        }
        _ => {
            let is_device = properties.text("$device_id").is_some_and(|device| device == distinct);
            let nobody = properties.is_false("$is_identified") || properties.is_false("$process_person_profile");
            let handle = if is_made_up(distinct) || is_device || nobody {
                anonymous(distinct)
            } else {
                user(distinct)
            };
            (handle, Vec::new())
        }
    }
}

fn time(event: &Event<'_>, properties: &Fields<'_>, shared: &Shared<'_>) -> When {
    let received = shared.arrival.received;
    let stamp = text(event.timestamp).or_else(|| properties.text("timestamp"));
    let ago = text(event.offset).and_then(|offset| offset.parse::<i64>().ok());
    if let (None, Some(millis)) = (&stamp, ago) {
        let micros = received.micros().saturating_sub(millis.saturating_mul(1_000));
        return When::At(longplay_domain::Time::from_micros(micros));
    }
    let is_server = shared.is_history || properties.is_true("$is_server");
    clock::corrected(
        stamp.as_deref(),
        shared.sent.as_deref().filter(|_| !is_server),
        received,
    )
}

fn mark(is_browser: bool, properties: &Fields<'_>, shared: &Shared<'_>) -> Option<Mark> {
    match properties.first(&["$raw_user_agent", "$useragent"]) {
        Some(agent) => bot(&agent),
        None if is_browser => bot(shared.arrival.user_agent),
        None => None,
    }
}

/// The piece it happened on and how the person came there.
fn place(claim: &mut Claim, properties: &Fields<'_>, batch: &mut Batch) {
    let url = properties.text("$current_url");
    let address = url.as_deref().and_then(Address::parse);
    claim.piece = address
        .and_then(|address| address.piece())
        .or_else(|| properties.text("$screen_name").map(Cow::into_owned));
    let tag = |name: &str| properties.text(name);
    let [source, medium, campaign] = ["utm_source", "utm_medium", "utm_campaign"].map(tag);
    let stated = Tags::stated(source.as_deref(), medium.as_deref(), campaign.as_deref());
    let origin = origin::of(address.as_ref(), properties.text("$referrer").as_deref(), stated);
    claim.source = origin.source;
    claim.medium = origin.medium;
    claim.campaign = origin.campaign;
    claim.referrer = origin.referrer;
    if claim.event == "$pageview" {
        batch.titled(
            claim.piece.as_deref(),
            properties.text("title").as_deref(),
            url.as_deref(),
        );
    }
}

/// What the owner said, without what the library adds by itself.
fn left_overs(name: &str, properties: &Fields<'_>, traits: &[Fields<'_>]) -> Result<String, &'static str> {
    const BY_ITSELF: [&str; 10] = [
        "distinct_id",
        "token",
        "title",
        "alias",
        "li_fat_id",
        "gad_source",
        "mc_cid",
        "rdt_cid",
        "oppref",
        "bfcid",
    ];
    let own = |name: &str| {
        let is_tag =
            name.starts_with("utm_") || name.ends_with("clid") || name.ends_with("clsrc") || name.ends_with("braid");
        let is_id = matches!(name, "epik" | "igshid" | "_kx" | "irclickid" | "sccid");
        !name.starts_with('$') && !is_tag && !is_id && !BY_ITSELF.contains(&name) && !worth::READ.contains(&name)
    };
    let mut kept = Kept::default();
    properties.keep(&mut kept, own);
    if matches!(name, "$identify" | "$set") {
        for traits in traits {
            traits.keep(&mut kept, |name| !name.starts_with('$') && name != "email");
        }
    }
    kept.finish()
}
