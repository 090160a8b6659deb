//! The list of `lift`: each hit with its verdict, whom it brought and whether they came back, beside people of ordinary weeks.

use longplay_domain::Day;
use longplay_measures::{Answer, State};
use serde_json::Value;

use super::Titles;
use crate::pages::exhibit::{Cell, Column, Exhibit, Row};
use crate::pages::pieces::address;
use crate::pages::words::{self, Scale};

pub fn exhibits(answer: &Answer, titles: &Titles) -> Vec<Exhibit> {
    let hits: Vec<&Value> = answer.rows.iter().filter(|row| row["kind"] == "autopsy").collect();
    if hits.is_empty() {
        return Vec::new();
    }
    let shares = hits.iter().flat_map(|hit| [&hit["returned_28d"], &hit["ordinary_28d"]]);
    let scale = Scale::of("share", shares.filter_map(Value::as_f64));
    vec![Exhibit {
        id: "lift-hits".to_owned(),
        title: "What became of each hit".to_owned(),
        subtitle: format!(
            "the people it brought beside those of ordinary weeks; came back within 28 days, {}",
            scale.heading
        ),
        chart: None,
        columns: vec![
            Column::text("Hit", "hit"),
            Column::text("From", "start"),
            Column::text("Verdict", "verdict"),
            Column::number("People it brought", "people"),
            Column::number("Came back", "returned_28d"),
            Column::number("Ordinary weeks", "ordinary_28d"),
        ],
        rows: hits.iter().map(|hit| row(hit, titles, &scale)).collect(),
        rest: None,
    }]
}

fn row(hit: &Value, titles: &Titles, scale: &Scale) -> Row {
    let start = hit["start"].as_str().and_then(Day::parse);
    Row {
        head: match hit["piece"].as_str() {
            Some(piece) => Cell::text(titles.of(piece)).leading_to(address(piece)),
            None => Cell::text(channel(hit)),
        },
        cells: vec![
            start.map_or_else(|| Cell::text("–"), Cell::day),
            Cell::text(verdict(hit)),
            hit["people"].as_u64().map_or_else(Cell::unknown, Cell::count),
            Cell::value(hit["returned_28d"].as_f64(), State::NoData, scale),
            Cell::value(hit["ordinary_28d"].as_f64(), State::NoData, scale),
        ],
    }
}

/// Where it was, when no piece is known.
fn channel(hit: &Value) -> &str {
    hit["channel"].as_str().unwrap_or("No piece known")
}

fn verdict(hit: &Value) -> String {
    match hit["verdict"].as_str() {
        Some("translated") => "translated".to_owned(),
        Some("did_not") => "did not translate".to_owned(),
        Some("too_early") => match hit["ready_on"].as_str().and_then(Day::parse) {
            Some(day) => format!("too early, known on {}", words::day(day)),
            None => "too early".to_owned(),
        },
        _ => "can’t tell".to_owned(),
    }
}
