//! An event as releases before links and marks wrote it into their journals. What they had not sealed when they were replaced is
//! read in this shape; nothing is written in it any more.

use crate::{Act, Event, Money, PersonId, Time, event::EventId};

/// An event of journal bodies of version 1. The fields, their order and their types never change.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
pub struct FormerEvent {
    person: PersonId,
    time: Time,
    id: EventId,
    act: Act,
    name: String,
    piece: Option<String>,
    channel: Option<String>,
    referrer: Option<String>,
    source: Option<String>,
    medium: Option<String>,
    campaign: Option<String>,
    country: Option<String>,
    value: Option<Money>,
    properties: Option<String>,
}

impl From<FormerEvent> for Event {
    fn from(former: FormerEvent) -> Self {
        Self {
            person: former.person,
            handle: None,
            links: Vec::new(),
            mark: None,
            time: former.time,
            id: former.id,
            act: former.act,
            name: former.name,
            piece: former.piece,
            channel: former.channel,
            referrer: former.referrer,
            source: former.source,
            medium: former.medium,
            campaign: former.campaign,
            country: former.country,
            value: former.value,
            properties: former.properties,
        }
    }
}
