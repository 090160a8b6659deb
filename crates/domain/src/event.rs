//! What we hold happened. Only [`crate::Gate::admit`] builds one (and the journal, which reads back what it admitted).

use crate::{Act, Handle, Link, Mark, Money, PersonId, Time};

/// An event's id: the sender's own, or one made of its content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct EventId(pub(crate) String);

impl EventId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person did something at a time.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Event {
    pub(crate) person: PersonId,
    pub(crate) handle: Option<Handle>,
    pub(crate) links: Vec<Link>,
    pub(crate) mark: Option<Mark>,
    pub(crate) time: Time,
    pub(crate) id: EventId,
    pub(crate) act: Act,
    pub(crate) name: String,
    pub(crate) piece: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) referrer: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) medium: Option<String>,
    pub(crate) campaign: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) value: Option<Money>,
    pub(crate) properties: Option<String>,
}

impl Event {
    /// The person by the handle the event came under; links are looked at when histories are read.
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// The handle the event came under, in clear; `None` when it is an anonymous one, of which only the key is kept.
    pub fn handle(&self) -> Option<&Handle> {
        self.handle.as_ref()
    }

    /// What the event says about who is who.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Set when answers leave the event out.
    pub const fn mark(&self) -> Option<Mark> {
        self.mark
    }

    pub const fn time(&self) -> Time {
        self.time
    }

    pub fn id(&self) -> &EventId {
        &self.id
    }

    pub const fn act(&self) -> Act {
        self.act
    }

    /// The event's name as sent.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn piece(&self) -> Option<&str> {
        self.piece.as_deref()
    }

    pub fn channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    pub fn referrer(&self) -> Option<&str> {
        self.referrer.as_deref()
    }

    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    pub fn medium(&self) -> Option<&str> {
        self.medium.as_deref()
    }

    pub fn campaign(&self) -> Option<&str> {
        self.campaign.as_deref()
    }

    pub fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    pub const fn value(&self) -> Option<Money> {
        self.value
    }

    /// Everything else that was said, as one JSON object.
    pub fn properties(&self) -> Option<&str> {
        self.properties.as_deref()
    }
}
