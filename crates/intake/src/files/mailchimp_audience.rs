//! Mailchimp's audience export: who subscribed, unsubscribed or was cleaned (their mailbox is gone), as CSVs or as the zip
//! of them.
//!
//! Times are UTC. Whoever unsubscribed had subscribed before, so such a row makes two claims. With Mailchimp's own id of
//! the address (`EUID`) a claim keeps its identity over later exports; nothing that may change (rating, tags) is part of it.

use longplay_domain::{Claim, Field, When};

use super::{ExportFormat, Fit, Layout, slashed_dates};
use crate::{
    address::email_handle,
    output::{Item, Output, RefusedRow, Stop},
    source::{Part, Recognised, Shape},
    text::{Header, TableHead},
    values::{DateOrder, Properties, is_spreadsheet_damage},
};

pub(crate) struct Reader;

const CHANNEL: &str = "newsletter";
const SUBSCRIBED: [&str; 2] = ["confirm_time", "optin_time"];
/// How somebody left: the column of its time and the event it makes.
const LEFT: [(&str, &str); 2] = [("unsub_time", "unsubscribed"), ("clean_time", "cleaned")];

impl ExportFormat for Reader {
    fn fit(&self, layout: Layout, header: &Header) -> Fit {
        if layout != Layout::Table || !header.has("email address") {
            return Fit::No;
        }
        let own = [
            "member_rating",
            "optin_time",
            "confirm_time",
            "leid",
            "euid",
            "unsub_time",
            "clean_time",
        ];
        match own.iter().filter(|key| header.has(key)).count() {
            0 => Fit::No,
            1 => Fit::Asked,
            _ => Fit::Sure,
        }
    }

    fn needs(&self) -> &'static str {
        "the columns Email Address and OPTIN_TIME or CONFIRM_TIME (UNSUB_TIME, CLEAN_TIME)"
    }

    fn columns(&self, field: Field) -> &'static [&'static str] {
        match field {
            Field::Time => &["unsub_time", "clean_time", "confirm_time", "optin_time"],
            Field::Person => &["email address"],
            Field::Country => &["cc"],
            _ => &[],
        }
    }

    fn read(&self, file: &Recognised, output: &mut Output<'_>) -> Result<(), Stop> {
        for part in &file.parts {
            output.enter(part.name.clone());
            let Shape::Table(head) = &part.shape else { continue };
            if head.header.file.to_lowercase().starts_with("nonsubscribed") {
                output.note(
                    0,
                    "never_subscribed",
                    "these contacts never subscribed (they bought or wrote), so nothing was read from them",
                )?;
            } else {
                members(file, part, head, output)?;
            }
        }
        Ok(())
    }
}

fn members(file: &Recognised, part: &Part, head: &TableHead, output: &mut Output<'_>) -> Result<(), Stop> {
    let header = &head.header;
    let subscribed = SUBSCRIBED.map(|key| header.find(key));
    let left = LEFT.iter().find_map(|(key, event)| Some((header.find(key)?, *event)));
    let times = [subscribed[0], subscribed[1], left.map(|(index, _)| index)];
    let order = slashed_dates::order_in(file, part, head, &times)?;
    let (email, euid, country) = (header.find("email address"), header.find("euid"), header.find("cc"));
    let channel = file.channel_or(CHANNEL);
    let mut rows = file.rows(part, head)?;
    while rows.next(output)? {
        let address = rows.maybe(email);
        if !address.contains('@') {
            let code = if address.is_empty() {
                "person_missing"
            } else {
                "person_unreadable"
            };
            let message = format!(
                "“{}” is no e-mail address",
                address.chars().take(60).collect::<String>()
            );
            output.refuse(
                rows.line(),
                RefusedRow::new(code, email.map(|index| header.name(index)), message),
            )?;
            continue;
        }
        let member = Member {
            handle: email_handle(address),
            euid: Some(rows.maybe(euid)).filter(|id| !id.is_empty() && !is_spreadsheet_damage(id)),
            country: rows.maybe(country),
            channel: &channel,
            order,
        };
        let since = subscribed
            .iter()
            .find(|index| !rows.maybe(**index).is_empty())
            .copied()
            .flatten();
        if since.is_some() || left.is_none() {
            let claim = member.claim("subscribed", rows.maybe(since));
            give(claim, since.map_or("", |index| header.name(index)), rows.line(), output)?;
        }
        if let Some((index, event)) = left {
            let claim = member.claim(event, rows.get(index)).map(|claim| Claim {
                properties: reason(header, &rows),
                ..claim
            });
            give(claim, header.name(index), rows.line(), output)?;
        }
    }
    Ok(())
}

fn give(claim: Option<Claim>, column: &str, line: u64, output: &mut Output<'_>) -> Result<(), Stop> {
    match claim {
        Some(claim) => output.give(line, Item::Claim(claim)),
        None => output.refuse(
            line,
            RefusedRow::new("date_ambiguous", Some(column), slashed_dates::AMBIGUOUS),
        ),
    }
}

/// Which campaign they left by, and why.
fn reason(header: &Header, rows: &crate::text::Rows<'_>) -> String {
    const KEPT: [(&str, &str); 6] = [
        ("unsub_campaign_id", "\"campaign_id\""),
        ("unsub_campaign_title", "\"campaign_title\""),
        ("unsub_reason", "\"reason\""),
        ("unsub_reason_other", "\"reason_other\""),
        ("clean_campaign_id", "\"campaign_id\""),
        ("clean_campaign_title", "\"campaign_title\""),
    ];
    let mut properties = Properties::default();
    for (key, name) in KEPT {
        let cell = rows.maybe(header.find(key));
        if !cell.is_empty() {
            properties.text(name, cell);
        }
    }
    properties.finish()
}

/// What all claims of one row share.
struct Member<'a> {
    handle: String,
    euid: Option<&'a str>,
    country: &'a str,
    channel: &'a str,
    order: DateOrder,
}

impl Member<'_> {
    /// `None` when the date may mean two days.
    fn claim(&self, event: &str, time: &str) -> Option<Claim> {
        let time = utc(self.order.resolve(time)?);
        Some(Claim {
            id: self.euid.map(|euid| format!("mailchimp:{euid}:{event}:{time}")),
            // Where they read may change from export to export, so without an id of its own a claim leaves it out.
            country: self.euid.map(|_| self.country.to_owned()),
            time: When::Text(time),
            person: self.handle.clone(),
            event: event.to_owned(),
            channel: Some(self.channel.to_owned()),
            ..Claim::default()
        })
    }
}

/// `2018-02-12 10:54:27` is UTC; what states a zone already stays.
fn utc(time: String) -> String {
    let states_none = (10..=19).contains(&time.len()) && !time.ends_with('Z');
    if states_none { time + " UTC" } else { time }
}
