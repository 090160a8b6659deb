//! What SDKs post, one wire language a file: bytes in, and for each item of the body, in order, a claim, a refusal, or the
//! reason why it says nothing about a person. One item that can't be read never costs the others.
//!
//! Nothing here knows the clock, the network or a key's validity: the server passes in what it saw ([`Arrival`]) and judges
//! the key that was found in the body.

pub mod body;
mod clock;
mod fields;
pub mod matomo;
pub mod plausible;
pub mod posthog;
pub mod segment;
mod worth;

use std::{collections::HashMap, net::IpAddr};

use longplay_domain::{Claim, Mark, PersonKey, Piece, Time, When};

use self::body::DAMAGE;
use crate::{agents, origin::Address};

/// Largest event, in any protocol.
pub const EVENT_BYTES_MAX: usize = 32 * 1_024;
/// Most events of one body, in any protocol.
pub const EVENTS_MAX: usize = 2_500;
/// Titles that are taken from one body.
const TITLES_MAX: usize = 100;
/// Longest message of a refusal; libraries quote what they could not read.
const MESSAGE_BYTES_MAX: usize = 300;
/// Longest title that is taken, in bytes.
const TITLE_BYTES_MAX: usize = 300;

/// What a request says beside its body.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    pub received: Time,
    /// The header; what SDKs of servers say there is their own name, not a person's browser.
    pub user_agent: &'a str,
    /// Country by a content network's header.
    pub country: Option<&'a str>,
    /// Whence the request came; it goes into a visit's hash and nowhere else.
    pub ip: Option<IpAddr>,
    /// Changes every day, so that a visit's hash says nothing about the next day.
    pub salt: PersonKey,
}

/// What became of one item of a body.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all items are claims, and a box each would cost more than it saves"
)]
pub enum Item {
    Claim(Claim),
    Refused(RefusedItem),
    /// Read, and left aside because it says nothing about a person, such as a ping.
    Passed(&'static str),
}

/// An item that can't be read as a claim. The code is stable; the words may improve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedItem {
    pub code: &'static str,
    pub message: String,
}

/// A body's items in order, the key it carried, and pieces whose titles it told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    pub key: Option<String>,
    pub items: Vec<Item>,
    pub pieces: Vec<Piece>,
    /// How often each thing was said that has neither an id nor a time of its own.
    said: HashMap<u64, u32>,
}

/// Why nothing of a body can be read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error("the body is not the JSON that was expected: {0}")]
    Malformed(String),
    #[error("the body is {bytes} bytes; at most {bytes_max} are taken at once")]
    TooLarge { bytes: usize, bytes_max: usize },
    #[error("the body holds {items} items; at most {items_max} are taken at once")]
    TooMany { items: usize, items_max: usize },
    #[error("the body is compressed as {0}, which is not read; send gzip, deflate or plain JSON")]
    Encoding(String),
    #[error("the body can't be unpacked: {0}")]
    Compression(String),
}

impl Item {
    fn refused(code: &'static str, message: impl Into<String>) -> Self {
        let mut message = message.into();
        message.truncate(message.floor_char_boundary(MESSAGE_BYTES_MAX));
        Self::Refused(RefusedItem { code, message })
    }
}

impl Batch {
    /// Adds the next item. One that brings neither an id nor a time is known by who said what on which day (decision 0008): the
    /// salt of the day is in the id. Said several times in one body, it is several things.
    fn push(&mut self, mut item: Item, raw: &str, arrival: &Arrival<'_>) {
        if let Item::Claim(claim) = &mut item
            && claim.id.is_none()
            && claim.time == When::At(arrival.received)
        {
            let text = format!("{}\n{raw}", claim.person);
            let content = arrival.salt.fingerprint(text.as_bytes());
            let said = self.said.entry(content).or_default();
            let times = *said;
            *said += 1;
            claim.id = Some(format!("~{}", arrival.hash(&format!("{times}\n{text}"))));
        }
        self.items.push(item);
    }

    /// Remembers what a page calls itself, the first time it is seen.
    fn titled(&mut self, piece: Option<&str>, title: Option<&str>, url: Option<&str>) {
        let (Some(id), Some(title)) = (piece, title) else {
            return;
        };
        let title = title.trim();
        let is_known = self.pieces.iter().any(|piece| piece.id == id);
        if is_known || self.pieces.len() >= TITLES_MAX || title.is_empty() || title.contains('\0') {
            return;
        }
        let address = url.and_then(Address::parse).filter(|address| !address.host.is_empty());
        self.pieces.push(Piece {
            title: Some(title[..title.floor_char_boundary(TITLE_BYTES_MAX)].to_owned()),
            url: address.map(|address| format!("https://{}{}", address.host, address.path)),
            channel: Some(worth::WEBSITE.to_owned()),
            ..Piece::named(id)
        });
    }
}

/// Why an item that is JSON is refused before it is read.
fn unfit(json: &str) -> Option<Item> {
    if json.len() > EVENT_BYTES_MAX {
        let message = format!("the event is {} bytes; at most {EVENT_BYTES_MAX} are taken", json.len());
        return Some(Item::refused("event_too_large", message));
    }
    let lost = "the event holds bytes that are no UTF-8, so part of it is lost";
    json.contains(DAMAGE).then(|| Item::refused("not_utf8", lost))
}

fn unreadable(error: &serde_json::Error) -> Item {
    Item::refused("event_unreadable", format!("the event can't be read: {error}"))
}

fn at_most(items: usize, items_max: usize) -> Result<(), BodyError> {
    if items > items_max {
        return Err(BodyError::TooMany { items, items_max });
    }
    Ok(())
}

/// The mark of an event by the user agent of the browser that sent it.
fn bot(user_agent: &str) -> Option<Mark> {
    agents::is_bot(user_agent).then_some(Mark::Bot)
}

impl Arrival<'_> {
    /// The handle of somebody who is known by nothing but their visit: it holds for one day and one site.
    fn visit(&self, site: &str) -> String {
        let ip = self.ip.map(|ip| ip.to_string()).unwrap_or_default();
        let text = format!("{ip}\n{agent}\n{site}", agent = self.user_agent);
        format!("anonymous:visit-{}", self.hash(&text))
    }

    /// 32 hex digits made of a text under the salt of the day.
    fn hash(&self, text: &str) -> String {
        let again = format!("{text}\n");
        let [high, low] = [text, &again].map(|text| self.salt.fingerprint(text.as_bytes()));
        format!("{high:016x}{low:016x}")
    }
}
