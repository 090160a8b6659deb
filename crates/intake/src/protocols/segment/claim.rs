//! From one message to a claim: who, when, what, on which piece, from where, worth what.

use std::borrow::Cow;

use longplay_domain::{Also, Claim, Evidence, Mark, When};

use super::{
    Shared,
    message::{Context, Message, Ours},
};
use crate::{
    address::email_handle,
    origin::{self, Address, Tags},
    protocols::{
        Batch, Item, bot, clock,
        fields::{Fields, Kept, fields, text},
        worth,
    },
};

/// What a message is.
#[derive(Clone, Copy, PartialEq)]
enum Call {
    Identify,
    Track,
    Page,
    Screen,
    Group,
    Alias,
}

impl Call {
    /// By the full name, or by the short paths of the browser library.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "identify" | "i" => Self::Identify,
            "track" | "t" => Self::Track,
            "page" | "p" => Self::Page,
            "screen" | "s" => Self::Screen,
            "group" | "g" => Self::Group,
            "alias" | "a" | "merge" => Self::Alias,
            _ => return None,
        })
    }
}

pub(super) fn claim(message: &Message<'_>, shared: &Shared<'_>, batch: &mut Batch) -> Item {
    let named = text(message.kind);
    let Some(call) = named.as_deref().or(shared.call).and_then(Call::named) else {
        let said = named.unwrap_or_default();
        return Item::refused(
            "type_unknown",
            format!("“{said:.40}” is no type of message; send track, page or identify"),
        );
    };
    let context = message.context.unwrap_or_default().over(shared.context);
    let source = if matches!(call, Call::Identify | Call::Group) {
        message.traits.or(context.traits)
    } else {
        message.properties
    };
    let properties = fields(source);
    let name = match event_name(call, message) {
        Some(name) => name,
        None => {
            return Item::refused(
                "event_missing",
                "a track message needs the name of the event in `event`",
            );
        }
    };
    let ours = context.longplay.unwrap_or_default();
    let Some((person, also)) = person(call, message, &properties, shared, ours) else {
        return Item::refused("person_missing", "the message needs a userId or an anonymousId");
    };
    let kept = match left_overs(call, message, &properties) {
        Ok(kept) => kept,
        Err(why) => return Item::refused("properties_unreadable", why),
    };
    let mut claim = Claim {
        time: time(message, &context, shared),
        person,
        also,
        mark: if ours.own {
            Some(Mark::Own)
        } else {
            mark(&context, shared)
        },
        id: text(message.message_id).map(Cow::into_owned),
        channel: Some(channel(call, &name).to_owned()),
        country: shared
            .arrival
            .country
            .filter(|_| is_browser(&context))
            .map(str::to_owned),
        properties: kept,
        event: name.into_owned(),
        ..Claim::default()
    };
    place(&mut claim, call, message, &properties, &context);
    if call == Call::Page {
        let page = context.page.unwrap_or_default();
        let title = properties.text("title").or_else(|| text(page.title));
        let url = properties.text("url").or_else(|| text(page.url));
        batch.titled(claim.piece.as_deref(), title.as_deref(), url.as_deref());
    }
    if call == Call::Track {
        worth::settle(&mut claim, &properties, Some("USD"));
    }
    Item::Claim(claim)
}

fn event_name<'a>(call: Call, message: &Message<'a>) -> Option<Cow<'a, str>> {
    Some(Cow::Borrowed(match call {
        Call::Track => return text(message.event),
        Call::Identify => "identify",
        Call::Page => "page",
        Call::Screen => "screen",
        Call::Group => "group",
        Call::Alias => "alias",
    }))
}

/// The handle the event comes under, the known one if there is one, and what else the person is called.
fn person(
    call: Call,
    message: &Message<'_>,
    traits: &Fields<'_>,
    shared: &Shared<'_>,
    ours: Ours,
) -> Option<(String, Vec<Also>)> {
    let user = text(message.user_id).map(|id| format!("user:{id}"));
    let anonymous = text(message.anonymous_id).map(|id| format!("anonymous:{id}"));
    let mut also = Vec::new();
    if call == Call::Alias {
        let previous = text(message.previous_id)?;
        let to = user.or(anonymous)?;
        for kind in ["user", "anonymous"] {
            also.push(Also {
                handle: format!("{kind}:{previous}"),
                evidence: Evidence::Alias,
            });
        }
        return Some((to, also));
    }
    if call == Call::Identify {
        let email = traits.text("email").filter(|email| email.contains('@'));
        also.extend(email.map(|email| Also {
            handle: email_handle(&email),
            evidence: Evidence::Email,
        }));
    }
    let person = match (user, anonymous) {
        (Some(user), Some(handle)) => {
            let evidence = Evidence::Identify;
            also.push(Also { handle, evidence });
            user
        }
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) if ours.cookieless => shared.arrival.visit("tracker"),
        (None, None) => return None,
    };
    Some((person, also))
}

/// A server's clock is believed; a browser's is held against ours when it says when it sent.
fn time(message: &Message<'_>, context: &Context<'_>, shared: &Shared<'_>) -> When {
    let stamp = text(message.timestamp);
    let original = text(message.original_timestamp);
    let received = shared.arrival.received;
    if is_server(message, context) {
        return clock::corrected(stamp.or(original).as_deref(), None, received);
    }
    let sent = text(message.sent_at).or_else(|| text(shared.sent));
    clock::corrected(original.or(stamp).as_deref(), sent.as_deref(), received)
}

fn library<'a>(context: &Context<'a>) -> Cow<'a, str> {
    text(context.library.unwrap_or_default().name).unwrap_or_default()
}

fn is_browser(context: &Context<'_>) -> bool {
    let library = library(context);
    matches!(
        library.as_ref(),
        "analytics.js" | "longplay.js" | "RudderLabs JavaScript SDK" | "@jitsu/js"
    )
}

fn is_server(message: &Message<'_>, context: &Context<'_>) -> bool {
    if text(message.channel).is_some_and(|channel| channel == "server") {
        return true;
    }
    let library = library(context);
    let library = library.strip_prefix("@segment/").unwrap_or(&library);
    let servers = [
        "analytics-node",
        "analytics-python",
        "analytics-go",
        "analytics-java",
        "analytics-php",
        "analytics-ruby",
        "analytics-rust",
        "Analytics.NET",
    ];
    servers.iter().any(|server| library.starts_with(server))
}

/// A browser names itself in the header; a server says for whom it speaks in the context.
fn mark(context: &Context<'_>, shared: &Shared<'_>) -> Option<Mark> {
    match text(context.user_agent) {
        Some(agent) => bot(&agent),
        None if is_browser(context) => bot(shared.arrival.user_agent),
        None => None,
    }
}

fn channel(call: Call, name: &str) -> &'static str {
    if call == Call::Screen {
        "app"
    } else {
        worth::channel(name)
    }
}

/// The piece it happened on and how the person came there.
fn place(claim: &mut Claim, call: Call, message: &Message<'_>, properties: &Fields<'_>, context: &Context<'_>) {
    let page = context.page.unwrap_or_default();
    let own = |name: &str| {
        properties
            .text(name)
            .filter(|_| matches!(call, Call::Page | Call::Track))
    };
    let url = own("url").filter(|_| call == Call::Page).or_else(|| text(page.url));
    let path = own("path").filter(|_| call == Call::Page).or_else(|| text(page.path));
    let referrer = own("referrer")
        .filter(|_| call == Call::Page)
        .or_else(|| text(page.referrer));
    let address = url.as_deref().and_then(Address::parse);
    let letter = || {
        properties
            .first(&["email_id", "campaign_id", "campaign_name"])
            .map(Cow::into_owned)
    };
    let named = || {
        text(message.name)
            .or_else(|| properties.text("name"))
            .map(Cow::into_owned)
    };
    claim.piece = match claim.channel.as_deref() {
        Some("newsletter") => letter(),
        _ => address
            .and_then(|address| address.piece())
            .or_else(|| path.as_deref().and_then(Address::parse).and_then(|path| path.piece()))
            .or_else(|| matches!(call, Call::Page | Call::Screen).then(named).flatten()),
    };
    let campaign = context.campaign.unwrap_or_default();
    let [source, medium, name] = [campaign.source, campaign.medium, campaign.name].map(text);
    let stated = Tags::stated(source.as_deref(), medium.as_deref(), name.as_deref());
    let referrer = referrer.filter(|text| !text.is_empty());
    let origin = origin::of(address.as_ref(), referrer.as_deref(), stated);
    claim.source = origin.source;
    claim.medium = origin.medium;
    claim.campaign = origin.campaign;
    claim.referrer = origin.referrer;
}

/// What the sender said beyond that, kept as properties.
fn left_overs(call: Call, message: &Message<'_>, properties: &Fields<'_>) -> Result<String, &'static str> {
    let mut kept = Kept::default();
    match call {
        Call::Identify => properties.keep(&mut kept, |name| name != "email"),
        Call::Track => properties.keep(&mut kept, |name| !worth::READ.contains(&name)),
        Call::Page | Call::Screen => {
            if let Some(name) = text(message.name) {
                kept.push_text("name", &name);
            }
            if let Some(category) = text(message.category) {
                kept.push_text("category", &category);
            }
            let read = ["url", "path", "referrer", "search", "title", "name", "category"];
            properties.keep(&mut kept, |name| !read.contains(&name));
        }
        Call::Group => {
            if let Some(group) = text(message.group_id) {
                kept.push_text("group_id", &group);
            }
            properties.keep(&mut kept, |name| name != "group_id");
        }
        Call::Alias => {}
    }
    kept.finish()
}
