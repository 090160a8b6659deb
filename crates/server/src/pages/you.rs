//! `/you/…`: what is held on the person who looks, in plain words. Handles are shown masked: whoever looks over a shoulder, or
//! finds the link, learns no address from it.

use askama::Template;
use longplay_domain::{Time, Zone};
use longplay_store::{ErasureReceipt, PersonCard};

use super::{Frame, words};

/// What the page is about.
pub(crate) enum You {
    Nothing,
    Held(PersonCard),
    /// They want it erased, and are asked once more.
    Asked(PersonCard),
    Erased(ErasureReceipt),
}

#[derive(Template)]
#[template(path = "you.html")]
pub(crate) struct YouPage {
    frame: Frame,
    sentence: String,
    link: String,
    facts: Vec<[String; 2]>,
    names: Vec<String>,
    is_held: bool,
    is_asked: bool,
}

pub(crate) fn you(about: You, link: String, zone: &Zone, frame: Frame) -> YouPage {
    let mut page = YouPage {
        frame,
        sentence: "Nothing is held on you here.".to_owned(),
        link,
        facts: Vec::new(),
        names: Vec::new(),
        is_held: false,
        is_asked: false,
    };
    let events = |card: &PersonCard| match card.events {
        1 => "1 thing you did".to_owned(),
        events => format!("{} things you did", words::count(events)),
    };
    match about {
        You::Nothing => {}
        You::Held(card) => {
            page.sentence = format!("{} here are kept.", events(&card));
            page.facts = facts(&card, zone);
            page.names = card.handles.iter().map(|handle| masked(handle)).collect();
            page.is_held = true;
        }
        You::Asked(card) => {
            page.sentence = format!("Erase {} here, for good?", events(&card));
            page.is_asked = true;
        }
        You::Erased(receipt) => {
            page.sentence = "You were forgotten.".to_owned();
            page.facts = erased(&receipt, zone);
        }
    }
    page
}

fn facts(card: &PersonCard, zone: &Zone) -> Vec<[String; 2]> {
    let day = |time: Option<Time>| time.map_or_else(|| "–".to_owned(), |time| words::instant(time, zone));
    vec![
        ["First".to_owned(), day(card.first)],
        ["Last".to_owned(), day(card.last)],
        [
            "Reasons to believe that these are one person".to_owned(),
            words::count(card.links.len() as u64),
        ],
    ]
}

fn erased(receipt: &ErasureReceipt, zone: &Zone) -> Vec<[String; 2]> {
    let state = if receipt.is_complete {
        "complete"
    } else {
        "done, and the last copies go within minutes"
    };
    vec![
        ["When".to_owned(), words::instant(receipt.at, zone)],
        ["Things you did".to_owned(), words::count(receipt.events)],
        ["Names we knew you by".to_owned(), words::count(receipt.handles)],
        ["State".to_owned(), state.to_owned()],
        ["Receipt".to_owned(), receipt.receipt.clone()],
    ]
}

/// What kind of name it is, and just enough of it to be recognised by whoever has it.
fn masked(handle: &str) -> String {
    let (kind, value) = handle.split_once(':').unwrap_or(("custom", handle));
    let first = |text: &str| text.chars().take(1).collect::<String>();
    let kind = match kind {
        "email" => "an e-mail address",
        "email_md5" | "email_sha256" => "a hash of an e-mail address",
        "phone" => "a phone number",
        "anonymous" | "web" | "ga4" | "matomo" => "a browser",
        "device" => "a device",
        "user" | "custom" => "a user's name or number",
        other => return format!("an account at {other}, {}…", first(value)),
    };
    match value.split_once('@') {
        Some((name, domain)) => format!("{kind}, {}…@{}…", first(name), first(domain)),
        None => format!("{kind}, {}…", first(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_name_is_told_by_its_kind_and_its_first_letter() {
        assert_eq!(masked("email:ada@example.com"), "an e-mail address, a…@e…");
        assert_eq!(masked("anonymous:0c2d1a77"), "a browser, 0…");
        assert_eq!(masked("mastodon:@ada@x.io"), "an account at mastodon, @…");
        assert_eq!(masked("user:42"), "a user's name or number, 4…");
    }
}
