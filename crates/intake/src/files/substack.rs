//! Substack's export: a zip of `posts.csv`, `email_list.<publication>.csv` and, per post, who it was delivered to and who
//! opened it. Each file can also be imported alone.
//!
//! A post is known by the number its `post_id` starts with, since the per-post files give nothing else. One row is one
//! open, repeats included, and opens by mail proxies aren't marked: an open is weak evidence. What may differ from one
//! export to the next (plan, active) isn't part of a claim, so importing a later export adds only what is new.

use longplay_domain::{Claim, Field, Piece, Time, When};

use super::{ExportFormat, Fit, Layout};
use crate::{
    address::email_handle,
    output::{Item, Output, RefusedRow, Stop},
    source::{Part, Recognised, Shape},
    text::{Header, Rows, TableHead, unescaped},
    values::{Properties, is_true, json_text},
};

pub(crate) struct Reader;

const CHANNEL: &str = "newsletter";

/// What a file of the export is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Posts,
    /// What happened to the mails of posts, and the event's name.
    Mails(&'static str),
    Subscribers,
    /// The oldest list of subscribers: it has no time at all.
    Undated,
}

fn kind_of(header: &Header) -> Option<Kind> {
    if header.has_all(&["post_id", "post_date", "is_published"]) {
        Some(Kind::Posts)
    } else if header.has_all(&["post_id", "timestamp", "email"]) {
        let is_open = ["device_type", "client_os", "client_type", "user_agent"]
            .iter()
            .any(|key| header.has(key));
        let event = match header.file.to_lowercase() {
            name if name.ends_with(".clicks.csv") => "clicked",
            name if is_open || name.ends_with(".opens.csv") => "opened",
            _ => "delivered",
        };
        Some(Kind::Mails(event))
    } else if header.has_all(&["email", "active_subscription", "created_at"]) && header.has("expiry") {
        Some(Kind::Subscribers)
    } else if header.has_all(&["email", "expiry", "email_disabled", "prefer_digests"]) {
        Some(Kind::Undated)
    } else {
        None
    }
}

impl ExportFormat for Reader {
    fn fit(&self, layout: Layout, header: &Header) -> Fit {
        if layout == Layout::Table && kind_of(header).is_some() {
            Fit::Sure
        } else {
            Fit::No
        }
    }

    fn needs(&self) -> &'static str {
        "posts.csv (post_id, post_date, is_published), the list of subscribers (email, active_subscription, expiry, created_at), \
         or a post's delivers or opens (post_id, timestamp, email)"
    }

    fn columns(&self, field: Field) -> &'static [&'static str] {
        match field {
            Field::Time => &["timestamp", "created_at"],
            Field::Person => &["email"],
            Field::Piece => &["post_id"],
            Field::Country => &["country"],
            _ => &[],
        }
    }

    fn read(&self, file: &Recognised, output: &mut Output<'_>) -> Result<(), Stop> {
        let channel = file.channel_or(CHANNEL);
        let publication = file.parts.iter().find_map(|part| publication(part.name.as_deref()?));
        for part in &file.parts {
            let Shape::Table(head) = &part.shape else { continue };
            output.enter(part.name.clone());
            match kind_of(&head.header) {
                Some(Kind::Posts) => posts(file, part, head, (&channel, publication.as_deref()), output)?,
                Some(Kind::Mails(event)) => mails(file, part, head, (&channel, event), output)?,
                Some(Kind::Subscribers) => subscribers(file, part, head, &channel, output)?,
                Some(Kind::Undated) => output.note(
                    0,
                    "no_times",
                    "this list says who subscribes but not since when, so nothing was read from it",
                )?,
                None => {}
            }
        }
        Ok(())
    }
}

/// `email_list.<publication>.csv`
fn publication(part: &str) -> Option<String> {
    let name = part
        .rsplit('/')
        .next()?
        .strip_prefix("email_list.")?
        .strip_suffix(".csv")?;
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    is_name.then(|| name.to_owned())
}

fn posts(
    file: &Recognised,
    part: &Part,
    head: &TableHead,
    (channel, publication): (&str, Option<&str>),
    output: &mut Output<'_>,
) -> Result<(), Stop> {
    let find = |key| head.header.find(key);
    let (id, date, published, kind, title) = (
        find("post_id"),
        find("post_date"),
        find("is_published"),
        find("type"),
        find("title"),
    );
    let (mut drafts, mut pages) = (0, 0);
    let mut rows = file.rows(part, head)?;
    while rows.next(output)? {
        let post_id = rows.maybe(id);
        let Some((number, slug)) = post(post_id) else {
            let message = format!("“{post_id}” is no post id (a number, a point and the post's name)");
            output.refuse(rows.line(), RefusedRow::new("piece_missing", Some("post_id"), message))?;
            continue;
        };
        if !is_true(rows.maybe(published)) || rows.maybe(date).is_empty() {
            drafts += 1;
            continue;
        }
        if rows.maybe(kind) == "page" {
            pages += 1;
            continue;
        }
        let Some(published_at) = Time::parse(rows.maybe(date), &file.options.zone) else {
            let message = format!("“{}” is no time", rows.maybe(date));
            output.refuse(
                rows.line(),
                RefusedRow::new("time_unreadable", Some("post_date"), message),
            )?;
            continue;
        };
        let piece = Piece {
            title: Some(unescaped(rows.maybe(title))).filter(|title| !title.is_empty()),
            url: publication
                .filter(|_| !slug.is_empty())
                .map(|name| format!("https://{name}.substack.com/p/{slug}")),
            channel: Some(channel.to_owned()),
            published_at: Some(published_at),
            format: Some(rows.maybe(kind).to_owned()).filter(|kind| !kind.is_empty()),
            ..Piece::named(number)
        };
        output.give(rows.line(), Item::Piece(piece))?;
    }
    if drafts + pages > 0 {
        output.note(
            0,
            "left_out",
            format!("{drafts} drafts and {pages} pages were left out: they aren't part of the feed"),
        )?;
    }
    Ok(())
}

/// `123401.plain-text` → (`123401`, `plain-text`); the per-post files give the number only.
fn post(post_id: &str) -> Option<(&str, &str)> {
    let (number, slug) = post_id.split_once('.').unwrap_or((post_id, ""));
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some((number, slug))
}

fn mails(
    file: &Recognised,
    part: &Part,
    head: &TableHead,
    (channel, event): (&str, &str),
    output: &mut Output<'_>,
) -> Result<(), Stop> {
    const KEPT: [&str; 5] = ["post_type", "post_audience", "device_type", "client_os", "client_type"];
    let find = |key| head.header.find(key);
    let (id, time, email, country) = (find("post_id"), find("timestamp"), find("email"), find("country"));
    let kept: Vec<_> = KEPT
        .iter()
        .filter_map(|key| Some((json_text(key), find(key)?)))
        .collect();
    let mut rows = file.rows(part, head)?;
    while rows.next(output)? {
        let post_id = rows.maybe(id);
        let mut properties = Properties::default();
        for (key, index) in &kept {
            let cell = rows.get(*index);
            if !cell.is_empty() {
                properties.text(key, cell);
            }
        }
        let claim = Claim {
            piece: Some(post(post_id).map_or(post_id, |(number, _)| number).to_owned()),
            country: Some(rows.maybe(country).to_owned()),
            properties: properties.finish(),
            ..mail_claim((rows.maybe(time), rows.maybe(email)), event, channel)
        };
        output.give(rows.line(), Item::Claim(claim))?;
    }
    Ok(())
}

fn subscribers(
    file: &Recognised,
    part: &Part,
    head: &TableHead,
    channel: &str,
    output: &mut Output<'_>,
) -> Result<(), Stop> {
    let find = |key| head.header.find(key);
    let (email, created, paid) = (find("email"), find("created_at"), find("first_payment_at"));
    let mut rows = file.rows(part, head)?;
    while rows.next(output)? {
        let address = rows.maybe(email);
        if !address.contains('@') {
            refuse_address(address, &rows, output)?;
            continue;
        }
        output.give(
            rows.line(),
            Item::Claim(mail_claim((rows.maybe(created), address), "subscribed", channel)),
        )?;
        if !rows.maybe(paid).is_empty() {
            output.give(
                rows.line(),
                Item::Claim(mail_claim((rows.maybe(paid), address), "purchased", channel)),
            )?;
        }
    }
    Ok(())
}

fn refuse_address(address: &str, rows: &Rows<'_>, output: &mut Output<'_>) -> Result<(), Stop> {
    let (code, message) = match address {
        "" => ("person_missing", "the row has no address".to_owned()),
        _ => (
            "person_unreadable",
            format!(
                "“{}” is no e-mail address",
                address.chars().take(60).collect::<String>()
            ),
        ),
    };
    output.refuse(rows.line(), RefusedRow::new(code, Some("email"), message))
}

fn mail_claim((time, email): (&str, &str), event: &str, channel: &str) -> Claim {
    Claim {
        time: When::Text(time.to_owned()),
        person: if email.is_empty() {
            String::new()
        } else {
            email_handle(email)
        },
        event: event.to_owned(),
        channel: Some(channel.to_owned()),
        ..Claim::default()
    }
}
