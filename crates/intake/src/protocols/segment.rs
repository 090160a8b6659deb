//! Segment's tracking API as its SDKs speak it, RudderStack's and Jitsu's dialects of it, and our own tracker's bodies
//! (formats §6.2, §6.3): one message, or `{"batch":[…]}`.
//!
//! This is the hot path. A body is gone through once to part its items, each item once to find its fields; texts stay
//! where they are until a claim needs them, and no tree is ever built.

mod claim;
mod message;

use serde::Deserialize;
use serde_json::value::RawValue;

use self::{
    claim::claim,
    message::{Context, Message},
};
use super::{
    Arrival, Batch, BodyError, EVENTS_MAX, Item, body,
    fields::{loose, text},
};

/// Segment's own limit of a body; RudderStack's SDKs may send more.
pub const BODY_BYTES_MAX: usize = 500 * 1_024;
pub const RUDDER_BODY_BYTES_MAX: usize = 4_000 * 1_024;

/// What all messages of a body share.
#[derive(Clone, Copy)]
struct Shared<'a> {
    arrival: &'a Arrival<'a>,
    /// The call of a path such as `/v1/track`, for messages that don't say.
    call: Option<&'a str>,
    context: Context<'a>,
    sent: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Envelope<'a> {
    #[serde(borrow)]
    batch: Option<Vec<&'a RawValue>>,
    #[serde(borrow, deserialize_with = "loose")]
    context: Option<Context<'a>>,
    #[serde(borrow)]
    sent_at: Option<&'a RawValue>,
    #[serde(borrow)]
    write_key: Option<&'a RawValue>,
}

/// Reads an unpacked body. `call` is what the path says the message is (`track`, `page`, …); a batch says it itself.
pub fn parse(bytes: &[u8], call: Option<&str>, arrival: &Arrival<'_>) -> Result<Batch, BodyError> {
    let text = body::text(bytes);
    let envelope: Envelope<'_> =
        serde_json::from_str(&text).map_err(|error| BodyError::Malformed(error.to_string()))?;
    let is_batch = envelope.batch.is_some();
    let items = match envelope.batch {
        Some(items) => items,
        None => vec![serde_json::from_str(&text).map_err(|error| BodyError::Malformed(error.to_string()))?],
    };
    super::at_most(items.len(), EVENTS_MAX)?;
    let shared = Shared {
        arrival,
        call: call.filter(|_| !is_batch),
        context: envelope.context.filter(|_| is_batch).unwrap_or_default(),
        sent: envelope.sent_at,
    };
    let mut batch = Batch {
        key: super::fields::text(envelope.write_key).map(Into::into),
        items: Vec::with_capacity(items.len()),
        ..Batch::default()
    };
    let mut is_rudder = false;
    for item in items {
        let read = read(item, &shared, &mut batch, &mut is_rudder);
        batch.push(read, item.get(), arrival);
    }
    let bytes_max = if is_rudder {
        RUDDER_BODY_BYTES_MAX
    } else {
        BODY_BYTES_MAX
    };
    if bytes.len() > bytes_max {
        return Err(BodyError::TooLarge {
            bytes: bytes.len(),
            bytes_max,
        });
    }
    Ok(batch)
}

/// One message; the first key stands for the body, as browsers put it into each.
fn read<'a>(raw: &'a RawValue, shared: &Shared<'a>, batch: &mut Batch, is_rudder: &mut bool) -> Item {
    let json = raw.get();
    if let Some(unfit) = super::unfit(json) {
        return unfit;
    }
    let message: Message<'a> = match serde_json::from_str(json) {
        Ok(message) => message,
        Err(error) => return super::unreadable(&error),
    };
    if batch.key.is_none() {
        batch.key = text(message.write_key).map(Into::into);
    }
    *is_rudder |= message.channel.is_some();
    claim(&message, shared, batch)
}
