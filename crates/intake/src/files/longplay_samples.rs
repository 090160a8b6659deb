//! Longplay samples, our own open format for a platform's day totals: CSV and JSON Lines with `day`, `metric` and `value`,
//! per `piece` or for a whole channel. See docs/formats/longplay-samples.md.

use longplay_domain::{Day, Field, Sample, sample::Span};

use super::{ExportFormat, Fit, Layout};
use crate::{
    limits::PIECE_TEXT_BYTES_MAX,
    output::{Item, Output, RefusedRow, Stop},
    source::Recognised,
    text::Header,
    values::{is_missing, is_spreadsheet_damage, number},
};

pub(crate) struct Reader;

/// Where totals belong that state no channel.
const CHANNEL: &str = "website";
const METRIC_BYTES_MAX: usize = 64;

impl ExportFormat for Reader {
    fn fit(&self, layout: Layout, header: &Header) -> Fit {
        if layout != Layout::Parquet && header.has_all(&["day", "metric", "value"]) {
            Fit::Sure
        } else {
            Fit::No
        }
    }

    fn needs(&self) -> &'static str {
        "the columns (or keys) day, metric and value, and piece unless the totals are those of a channel"
    }

    fn columns(&self, _: Field) -> &'static [&'static str] {
        &[]
    }

    fn read(&self, file: &Recognised, output: &mut Output<'_>) -> Result<(), Stop> {
        super::each_row(
            file,
            output,
            &mut |row, output| match sample(&|name| row.text(name), file) {
                Ok(sample) => output.give(row.line, Item::Sample(sample)),
                Err(refused) => output.refuse(row.line, refused),
            },
        )
    }
}

fn sample(cell: &dyn Fn(&str) -> Option<String>, file: &Recognised) -> Result<Sample, RefusedRow> {
    let refuse = |code, column, message: String| Err(RefusedRow::new(code, Some(column), message));
    let day = cell("day").unwrap_or_default();
    let Some(day) = Day::parse(&day) else {
        let code = if day.is_empty() {
            "time_missing"
        } else {
            "time_unreadable"
        };
        return refuse(code, "day", format!("“{day}” is no day; write 2026-03-01"));
    };
    let metric = cell("metric")
        .unwrap_or_default()
        .to_lowercase()
        .replace([' ', '-'], "_");
    if metric.is_empty() || metric.len() > METRIC_BYTES_MAX {
        return refuse(
            "metric_missing",
            "metric",
            format!("the row needs the name of a metric, at most {METRIC_BYTES_MAX} bytes"),
        );
    }
    let value = cell("value").unwrap_or_default();
    if is_missing(&value) {
        return refuse(
            "value_missing",
            "value",
            "the row has no value; missing is not zero, so write 0 where nothing happened".to_owned(),
        );
    }
    let Some(value) = number(&value) else {
        return refuse("value_unreadable", "value", format!("“{value}” is no number"));
    };
    let piece = cell("piece");
    match &piece {
        Some(id) if is_spreadsheet_damage(id) => refuse(
            "spreadsheet_damage",
            "piece",
            format!("“{id}” was an id before a spreadsheet rounded it"),
        ),
        Some(id) if id.len() > PIECE_TEXT_BYTES_MAX => {
            refuse("too_long", "piece", "the piece's id is too long".to_owned())
        }
        _ => Ok(Sample {
            channel: cell("channel").unwrap_or_else(|| file.channel_or(CHANNEL)),
            piece,
            day,
            metric,
            value,
            span: Span::Day,
        }),
    }
}
