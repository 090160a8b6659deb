//! Longplay pieces, our own open format for what was published: CSV and JSON Lines with `id` and whatever is known.
//! See docs/formats/longplay-pieces.md.

use longplay_domain::{Currency, Field, Money, Piece, Time, Zone};

use super::{ExportFormat, Fit, Layout};
use crate::{
    limits::{PIECE_TEXT_BYTES_MAX, TOPICS_MAX},
    output::{Item, Output, RefusedRow, Stop},
    source::Recognised,
    text::Header,
    values::{is_spreadsheet_damage, number},
};

pub(crate) struct Reader;

const KNOWN: [&str; 10] = [
    "id",
    "title",
    "url",
    "channel",
    "published_at",
    "format",
    "topics",
    "effort_hours",
    "cost",
    "currency",
];

impl ExportFormat for Reader {
    fn fit(&self, layout: Layout, header: &Header) -> Fit {
        // Events also may have an id and a channel; what has a person is about people.
        if layout == Layout::Parquet || !header.has("id") || header.has("person") {
            return Fit::No;
        }
        let telling = ["title", "url", "published_at", "topics", "effort_hours"]
            .iter()
            .filter(|key| has(header, key))
            .count();
        let known = KNOWN.iter().filter(|key| has(header, key)).count();
        if telling >= 1 && known >= 3 && known * 2 > header.keys.len() {
            Fit::Sure
        } else {
            Fit::Asked
        }
    }

    fn needs(&self) -> &'static str {
        "a column (or key) id, beside title, url, channel, published_at, format, topics, effort_hours, cost or currency"
    }

    fn columns(&self, _: Field) -> &'static [&'static str] {
        &[]
    }

    fn read(&self, file: &Recognised, output: &mut Output<'_>) -> Result<(), Stop> {
        super::each_row(
            file,
            output,
            &mut |row, output| match piece(&|name| row.text(name), file) {
                Ok(piece) => output.give(row.line, Item::Piece(piece)),
                Err(refused) => output.refuse(row.line, refused),
            },
        )
    }
}

fn has(header: &Header, key: &str) -> bool {
    header.has(key) || header.has(&key.replace('_', " "))
}

fn piece(cell: &dyn Fn(&str) -> Option<String>, file: &Recognised) -> Result<Piece, RefusedRow> {
    let text = |name: &str| match cell(name) {
        Some(text) if text.len() > PIECE_TEXT_BYTES_MAX => {
            let message = format!(
                "{name} is {} bytes long; at most {PIECE_TEXT_BYTES_MAX} are kept",
                text.len()
            );
            Err(RefusedRow::new("too_long", Some(name), message))
        }
        text => Ok(text),
    };
    let id = text("id")?.ok_or_else(|| RefusedRow::new("piece_missing", Some("id"), "the row names no piece"))?;
    if is_spreadsheet_damage(&id) {
        let message =
            format!("“{id}” was an id before a spreadsheet rounded it; export the file again and don't save it there");
        return Err(RefusedRow::new("spreadsheet_damage", Some("id"), message));
    }
    Ok(Piece {
        id,
        title: text("title")?,
        url: text("url")?,
        channel: text("channel")?.or_else(|| file.options.channel.clone()),
        published_at: text("published_at")?
            .map(|text| time(&text, &file.options.zone))
            .transpose()?,
        format: text("format")?,
        topics: text("topics")?.map(|text| topics(&text)).unwrap_or_default(),
        effort_hours: text("effort_hours")?.map(|text| hours(&text)).transpose()?,
        cost: text("cost")?
            .map(|amount| cost(&amount, cell("currency").as_deref()))
            .transpose()?,
    })
}

fn time(text: &str, zone: &Zone) -> Result<Time, RefusedRow> {
    Time::parse(text, zone).ok_or_else(|| {
        let message =
            format!("“{text}” is no time; write RFC 3339 (2026-03-01T09:30:00Z), a date (2026-03-01) or an epoch");
        RefusedRow::new("time_unreadable", Some("published_at"), message)
    })
}

fn hours(text: &str) -> Result<f64, RefusedRow> {
    number(text).filter(|hours| *hours >= 0.0).ok_or_else(|| {
        RefusedRow::new(
            "number_unreadable",
            Some("effort_hours"),
            format!("“{text}” is no number of hours; write 2.5"),
        )
    })
}

fn cost(amount: &str, currency: Option<&str>) -> Result<Money, RefusedRow> {
    let currency = match currency {
        None => Currency::UNSTATED,
        Some(code) => Currency::parse(code).ok_or_else(|| {
            RefusedRow::new(
                "currency_unknown",
                Some("currency"),
                format!("“{code}” is no currency of ISO 4217"),
            )
        })?,
    };
    match Money::parse(amount, currency) {
        Ok(money) if money.minor >= 0 => Ok(money),
        Ok(_) => Err(RefusedRow::new(
            "value_negative",
            Some("cost"),
            format!("a cost of {amount} is negative"),
        )),
        Err(_) => Err(RefusedRow::new(
            "value_unreadable",
            Some("cost"),
            format!("“{amount}” is no amount; write a decimal such as 12.50"),
        )),
    }
}

/// Topics in one cell are parted by semicolons, commas or bars; in JSON they may be an array.
fn topics(text: &str) -> Vec<String> {
    let from_json = text
        .starts_with('[')
        .then(|| serde_json::from_str::<Vec<String>>(text).ok())
        .flatten();
    let topics: Vec<String> = from_json.unwrap_or_else(|| text.split([';', ',', '|']).map(str::to_owned).collect());
    let mut kept: Vec<String> = Vec::new();
    for topic in topics {
        let topic = topic.trim();
        if !topic.is_empty() && !kept.iter().any(|own| own == topic) && kept.len() < TOPICS_MAX {
            kept.push(topic.to_owned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_parted_any_way_people_part_them() {
        assert_eq!(topics("coffee; travel ;coffee"), ["coffee", "travel"]);
        assert_eq!(topics("coffee|travel,work"), ["coffee", "travel", "work"]);
        assert_eq!(topics(r#"["coffee, black","travel"]"#), ["coffee, black", "travel"]);
        assert_eq!(topics(" ; "), Vec::<String>::new());
    }

    #[test]
    fn a_cost_without_currency_has_none_and_a_negative_one_is_refused() {
        assert_eq!(
            cost("12.5", None).unwrap(),
            Money {
                minor: 1250,
                currency: Currency::UNSTATED
            }
        );
        assert_eq!(cost("-1", Some("EUR")).unwrap_err().code, "value_negative");
        assert_eq!(cost("1", Some("ZZZ")).unwrap_err().code, "currency_unknown");
        assert_eq!(cost("free", None).unwrap_err().code, "value_unreadable");
    }
}
