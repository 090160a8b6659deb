//! The one way from a request to the store, the same for every protocol: room, body, key, items, claims, receipt.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use axum::{
    extract::Request,
    http::{HeaderMap, header, request::Parts},
};
use bytes::Bytes;
use longplay_domain::{Piece, Time};
use longplay_intake::protocols::{Arrival, Batch, BodyError, Item, body as packed};
use longplay_store::{Judged, Store, StoreError, Verdict};
use tokio::{sync::oneshot, task, time};

use super::{
    answer::{Taken, Why},
    body::{self, Held, WIRE_BYTES_MAX},
    keys,
    recent::{BatchNote, RefusalNote},
};
use crate::{app::App, auth::Client};

/// How long a body that is here waits for its turn at the store.
const TURN_WAIT_MAX: Duration = Duration::from_secs(5);
/// What a packed body is taken to need while it is unpacked.
const UNPACKING_BYTES: usize = 1 << 20;

/// What stands beside the body.
pub struct Facts {
    pub headers: HeaderMap,
    /// What stands behind the question mark; blank when there is nothing.
    pub query: String,
    pub key: Option<String>,
    pub received: Time,
    ip: Option<IpAddr>,
}

/// Whence the connection came; put into requests by the server's accepting loop.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Reads unpacked bytes as one protocol does.
pub type Parse = fn(&[u8], &Facts, &Arrival<'_>) -> Result<Batch, BodyError>;

/// Takes a request in. When this returns `Ok`, what was admitted survives a power cut.
pub async fn take(app: &App, request: Request, protocol: &'static str, parse: Parse) -> Result<Taken, Why> {
    let (parts, body) = request.into_parts();
    let facts = Facts::of(app, parts);
    let (received, site) = (facts.received, facts.site());
    let taken = hand_over(app, facts, body, protocol, parse).await;
    if let Err(why) = &taken {
        let note = BatchNote {
            site,
            turned_away: Some(why.code()),
            ..BatchNote::at(received, protocol)
        };
        app.collector()
            .recent(app.store(), |recent| recent.note(note, Vec::new()));
    }
    taken
}

async fn hand_over(
    app: &App,
    facts: Facts,
    body: axum::body::Body,
    protocol: &'static str,
    parse: Parse,
) -> Result<Taken, Why> {
    let collector = app.collector();
    let _place = collector.places.clone().try_acquire_owned().map_err(|_| Why::Busy)?;
    let mut held = body::read(body, &collector.bytes).await?;
    if facts.is_packed(&held.bytes) {
        held.grow(UNPACKING_BYTES, &collector.bytes)?;
    }
    let turn = time::timeout(TURN_WAIT_MAX, collector.turns.clone().acquire_owned()).await;
    let turn = turn.map_err(|_| Why::Busy)?.map_err(|_| Why::Busy)?;
    let (tell, told) = oneshot::channel();
    let site = facts.site();
    let received = facts.received;
    let work = app.clone();
    // The turn and the room go along: a caller who hangs up doesn't end the work, so it mustn't free them either.
    task::spawn_blocking(move || {
        let (turn, held): (_, Held) = (turn, held);
        match ready(&work, &facts, &held.bytes, parse) {
            Ok((judged, rest)) => {
                // Others may parse while this one waits for the disk, on this thread or another.
                drop((turn, held));
                work.store().keep(judged, move |outcome| {
                    let _ = tell.send(outcome.map_err(failed).map(|receipt| (receipt, rest)));
                });
            }
            Err(why) => {
                let _ = tell.send(Err(why));
            }
        }
    });
    let (receipt, rest) = told.await.unwrap_or_else(|_| {
        tracing::error!("taking a batch in failed");
        Err(Why::Failed)
    })?;
    let (taken, refusals) = count(receipt.verdicts, &rest, received, protocol);
    if taken.admitted > 0 && collector.titles.are_new(&rest.titles) {
        describe(app, rest.titles).await;
    }
    let note = BatchNote {
        key: Some(rest.key),
        site,
        admitted: taken.admitted,
        duplicates: taken.duplicates,
        marked: taken.marked,
        passed: taken.passed,
        refused: taken.refused,
        ..BatchNote::at(received, protocol)
    };
    collector.recent(app.store(), |recent| recent.note(note, refusals));
    Ok(taken)
}

/// What is known of a request beside its claims.
struct Rest {
    /// The name of its key.
    key: String,
    /// Of each claim: its place among the items, and whether it is marked.
    places: Vec<(usize, bool)>,
    refused: Vec<(usize, &'static str, String)>,
    passed: usize,
    titles: Vec<Piece>,
}

fn failed(error: StoreError) -> Why {
    match error {
        StoreError::Busy => Why::Busy,
        error => {
            tracing::error!(%error, "a batch could not be kept");
            Why::Failed
        }
    }
}

/// On a thread that may block: parse, look at the key, judge.
fn ready(app: &App, facts: &Facts, bytes: &Bytes, parse: Parse) -> Result<(Judged, Rest), Why> {
    let (store, collector) = (app.store(), app.collector());
    if store.is_crowded() {
        return Err(Why::Busy);
    }
    let known = |key: &str| collector.keys.name(key, store).map_err(failed);
    let encoding = facts.header(header::CONTENT_ENCODING.as_str());
    let carried = facts.key.as_deref().map(known).transpose()?.flatten();
    let (secret, zone) = collector.secret(store).map_err(failed)?;
    let arrival = facts.arrival(collector.salt(secret, &zone, facts.received));
    let batch = packed::unpacked(bytes, encoding, WIRE_BYTES_MAX).and_then(|plain| parse(&plain, facts, &arrival));
    let batch = match batch {
        Ok(batch) => batch,
        Err(_) if facts.key.is_some() && carried.is_none() => return Err(Why::UnknownKey),
        Err(error) => return Err(Why::Unreadable(error)),
    };
    // What stands in a header may be a proxy's; the body's own word counts then.
    let key = match (carried, &batch.key) {
        (Some(name), _) => name,
        (None, Some(key)) => known(key)?.ok_or(Why::UnknownKey)?,
        (None, None) if facts.key.is_some() => return Err(Why::UnknownKey),
        (None, None) => return Err(Why::NoKey),
    };
    let mut rest = Rest {
        key,
        places: Vec::with_capacity(batch.items.len()),
        refused: Vec::new(),
        passed: 0,
        titles: batch.pieces,
    };
    let mut claims = Vec::with_capacity(batch.items.len());
    for (place, item) in batch.items.into_iter().enumerate() {
        match item {
            Item::Claim(claim) => {
                rest.places.push((place, claim.mark.is_some()));
                claims.push(claim);
            }
            Item::Refused(refusal) => rest.refused.push((place, refusal.code, refusal.message)),
            Item::Passed(_) => rest.passed += 1,
        }
    }
    let judged = store.judge(claims, facts.received).map_err(failed)?;
    Ok((judged, rest))
}

/// How many items fared how, and why some were refused.
fn count(verdicts: Vec<Verdict>, rest: &Rest, now: Time, protocol: &'static str) -> (Taken, Vec<RefusalNote>) {
    let refused = |item: usize, code: &'static str, message: String| RefusalNote {
        at: now,
        protocol,
        item: item + 1,
        code,
        message,
    };
    let mut taken = Taken {
        passed: rest.passed,
        ..Taken::default()
    };
    let unreadable = rest.refused.iter();
    let mut refusals: Vec<_> = unreadable
        .map(|(place, code, message)| refused(*place, code, message.clone()))
        .collect();
    for (&(place, is_marked), verdict) in rest.places.iter().zip(verdicts) {
        match verdict {
            Verdict::Admitted => {
                taken.admitted += 1;
                taken.marked += usize::from(is_marked);
            }
            Verdict::Duplicate => taken.duplicates += 1,
            Verdict::Refused(refusal) => refusals.push(refused(place, refusal.code(), refusal.to_string())),
        }
    }
    refusals.sort_by_key(|refusal| refusal.item);
    taken.refused = refusals.len();
    (taken, refusals)
}

/// Keeps what pages call themselves. The events are kept already; a title comes again with the next visit.
async fn describe(app: &App, titles: Vec<Piece>) {
    let app = app.clone();
    let learnt = task::spawn_blocking(move || app.collector().titles.learn(titles, app.store()));
    if let Ok(Err(error)) = learnt.await {
        tracing::warn!(%error, "titles of pages could not be kept");
    }
}

impl Facts {
    fn of(app: &App, parts: Parts) -> Self {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        let ip = Client::visiting(app.access(), peer, &parts.headers).address;
        if let Some(peer) = peer.filter(|peer| Some(*peer) == ip && !peer.is_loopback())
            && parts.headers.contains_key("x-forwarded-for")
        {
            app.collector().warn_of_proxy(peer);
        }
        Self {
            key: keys::carried(&parts.headers, &parts.uri),
            ip,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            received: app.now(),
        }
    }

    /// The text of a header; blank when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    fn is_packed(&self, bytes: &[u8]) -> bool {
        !self.header(header::CONTENT_ENCODING.as_str()).is_empty() || bytes.starts_with(&[0x1f, 0x8b])
    }

    fn arrival(&self, salt: longplay_domain::PersonKey) -> Arrival<'_> {
        Arrival {
            received: self.received,
            user_agent: self.header(header::USER_AGENT.as_str()),
            country: self.country(),
            ip: self.ip,
            salt,
        }
    }

    /// What a content network in front says; it knows two letters for “can't say” and for Tor.
    fn country(&self) -> Option<&str> {
        let headers = [
            "cf-ipcountry",
            "cloudfront-viewer-country",
            "x-vercel-ip-country",
            "x-country-code",
        ];
        headers
            .iter()
            .map(|name| self.header(name).trim())
            .find(|country| country.len() == 2 && !matches!(*country, "XX" | "T1") && country.is_ascii())
    }

    /// The host of the page that sent it.
    fn site(&self) -> Option<String> {
        const HOST_BYTES_MAX: usize = 255;
        let origin = self.header(header::ORIGIN.as_str());
        let from = if origin.contains("://") {
            origin
        } else {
            self.header(header::REFERER.as_str())
        };
        let host = from.split_once("://")?.1.split(['/', '?', '#']).next()?;
        (!host.is_empty() && host.len() <= HOST_BYTES_MAX).then(|| host.to_ascii_lowercase())
    }
}

impl super::Collector {
    fn secret(&self, store: &Store) -> Result<(longplay_domain::PersonKey, longplay_domain::Zone), StoreError> {
        if let Some(secret) = self.secret.get() {
            return Ok(secret.clone());
        }
        let gate = store.gate(Time::from_micros(0))?;
        Ok(self.secret.get_or_init(|| (gate.key, gate.zone)).clone())
    }
}
