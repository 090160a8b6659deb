//! The fields of a message and its context that mean something to us; all others are passed over where they stand.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::protocols::fields::loose;

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Message<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Option<&'a RawValue>,
    #[serde(borrow)]
    pub message_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub user_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub anonymous_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub previous_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub group_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub original_timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub sent_at: Option<&'a RawValue>,
    #[serde(borrow)]
    pub event: Option<&'a RawValue>,
    #[serde(borrow)]
    pub name: Option<&'a RawValue>,
    #[serde(borrow)]
    pub category: Option<&'a RawValue>,
    #[serde(borrow)]
    pub properties: Option<&'a RawValue>,
    #[serde(borrow)]
    pub traits: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "loose")]
    pub context: Option<Context<'a>>,
    #[serde(borrow)]
    pub write_key: Option<&'a RawValue>,
    /// RudderStack's; Segment's SDKs have none.
    #[serde(borrow)]
    pub channel: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Context<'a> {
    #[serde(borrow, deserialize_with = "loose")]
    pub page: Option<Page<'a>>,
    #[serde(borrow, deserialize_with = "loose")]
    pub campaign: Option<Campaign<'a>>,
    #[serde(borrow)]
    pub user_agent: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "loose")]
    pub library: Option<Library<'a>>,
    #[serde(borrow)]
    pub traits: Option<&'a RawValue>,
    /// Our tracker's: `{"own":true}` on visits of the owner, `{"cookieless":true}` when nothing may be kept in the browser.
    #[serde(deserialize_with = "loose")]
    pub longplay: Option<Ours>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Page<'a> {
    #[serde(borrow)]
    pub url: Option<&'a RawValue>,
    #[serde(borrow)]
    pub path: Option<&'a RawValue>,
    #[serde(borrow)]
    pub referrer: Option<&'a RawValue>,
    #[serde(borrow)]
    pub title: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Campaign<'a> {
    #[serde(borrow)]
    pub name: Option<&'a RawValue>,
    #[serde(borrow)]
    pub source: Option<&'a RawValue>,
    #[serde(borrow)]
    pub medium: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Library<'a> {
    #[serde(borrow)]
    pub name: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ours {
    pub own: bool,
    pub cookieless: bool,
}

impl<'a> Context<'a> {
    /// This one, with what it leaves out taken from the batch's.
    pub fn over(self, batch: Self) -> Self {
        Self {
            page: self.page.or(batch.page),
            campaign: self.campaign.or(batch.campaign),
            user_agent: self.user_agent.or(batch.user_agent),
            library: self.library.or(batch.library),
            traits: self.traits.or(batch.traits),
            longplay: self.longplay.or(batch.longplay),
        }
    }
}
