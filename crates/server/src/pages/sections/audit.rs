//! The lists of `audit`: from period to period who stayed, who came and who went, of the audience and of buyers.

use longplay_measures::{Answer, State};
use serde_json::Value;

use crate::pages::exhibit::{Cell, Column, Exhibit, Row};
use crate::pages::words::Scale;

/// The audience, or the buyers in a currency.
type Base<'a> = (&'a str, Option<&'a str>);

pub fn exhibits(answer: &Answer) -> Vec<Exhibit> {
    let mut bases: Vec<Base<'_>> = periods(answer).map(base).collect();
    bases.dedup();
    bases.into_iter().map(|of| list(answer, of)).collect()
}

/// The second lens: a period beside the one before.
fn periods(answer: &Answer) -> impl Iterator<Item = &Value> {
    answer.rows.iter().filter(|row| row["kind"] == "lens_2")
}

fn base(row: &Value) -> Base<'_> {
    (row["base"].as_str().unwrap_or_default(), row["currency"].as_str())
}

fn list(answer: &Answer, of: Base<'_>) -> Exhibit {
    let rows = || periods(answer).filter(|row| base(row) == of);
    let scale = Scale::of("share", rows().filter_map(kept_share));
    let (id, who) = match of {
        ("audience", _) => ("audit-audience".to_owned(), "The audience".to_owned()),
        (_, Some(currency)) => (
            format!("audit-buyers-{}", currency.to_ascii_lowercase()),
            format!("Buyers in {currency}"),
        ),
        (_, None) => ("audit-buyers".to_owned(), "Buyers".to_owned()),
    };
    Exhibit {
        id,
        title: format!("{who}, period by period"),
        subtitle: format!("people; kept: of those of the period before, {}", scale.heading),
        chart: None,
        columns: vec![
            Column::text("Period", "period"),
            Column::number("Stayed", "kept"),
            Column::number("Came", "gained"),
            Column::number("Went", "lost"),
            Column::number("Kept", "kept_share"),
        ],
        rows: rows().map(|row| line(row, &scale)).collect(),
        rest: None,
    }
}

fn line(row: &Value, scale: &Scale) -> Row {
    Row {
        head: Cell::text(row["period"].as_str().unwrap_or_default()),
        cells: vec![
            Cell::count(count(row, "kept")),
            Cell::count(count(row, "gained")),
            Cell::count(count(row, "lost")),
            Cell::value(kept_share(row), State::NoData, scale),
        ],
    }
}

fn count(row: &Value, key: &str) -> u64 {
    row[key].as_u64().unwrap_or(0)
}

fn kept_share(row: &Value) -> Option<f64> {
    let (kept, lost) = (count(row, "kept"), count(row, "lost"));
    (kept + lost > 0).then(|| kept as f64 / (kept + lost) as f64)
}
