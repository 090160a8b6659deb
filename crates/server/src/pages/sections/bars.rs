//! A few named figures side by side: bars from zero with their ranges, and the same numbers as a table.

use longplay_measures::{Figure, State};

use super::{basis, missing_words, range_words};
use crate::pages::exhibit::{Cell, Chart, Column, Exhibit, Kind, Mark, Row};
use crate::pages::words::{self, Scale};

/// What is shown, and how it is called.
pub struct Bars<'a> {
    /// Unique on the page.
    pub id: &'a str,
    pub title: &'a str,
    /// What stands before the level.
    pub about: String,
    /// What heads the first column: for people, and in a file.
    pub head: (&'a str, &'static str),
    /// All of one unit.
    pub named: Vec<(String, &'a Figure)>,
}

/// The bars, unless there is no figure.
pub fn bars(told: Bars<'_>, level: f64) -> Option<Exhibit> {
    let values = told.named.iter().filter_map(|(_, figure)| figure.value);
    let scale = Scale::of(&told.named.first()?.1.unit, values);
    let has_ranges = told.named.iter().any(|(_, figure)| figure.low.is_some());
    let whiskers = if has_ranges {
        format!(" · whisker: range that holds the truth {}", words::level(level))
    } else {
        String::new()
    };
    let is_rate = scale.heading.starts_with("in ");
    let per = if is_rate {
        format!(" · {}", scale.heading)
    } else {
        String::new()
    };
    let heading = if scale.heading.is_empty() {
        "Value".to_owned()
    } else {
        words::capital(&scale.heading)
    };
    let marks = told.named.iter().map(|(name, figure)| mark(name, figure, &scale));
    Some(Exhibit {
        id: told.id.to_owned(),
        title: told.title.to_owned(),
        subtitle: format!("{}{per}{whiskers}", told.about),
        chart: Some(Chart {
            kind: Kind::Bars,
            alt: alt(&told.named, &scale),
            factor: scale.factor,
            axis: scale.suffix.clone(),
            today: None,
            reference: None,
            middle: None,
            moments: Vec::new(),
            marks: marks.collect(),
        }),
        columns: vec![
            Column::text(told.head.0, told.head.1),
            Column::number(heading, "value"),
            Column::number("From", "low"),
            Column::number("To", "high"),
        ],
        rows: told
            .named
            .iter()
            .map(|(name, figure)| row(name, figure, &scale))
            .collect(),
        rest: None,
    })
}

fn say(value: f64, scale: &Scale) -> String {
    if scale.heading == "people" {
        words::people(value.max(0.0) as u64)
    } else {
        scale.say(value)
    }
}

fn mark(name: &str, figure: &Figure, scale: &Scale) -> Mark {
    let known = figure.value.filter(|_| figure.state == State::Known);
    let told = match known {
        Some(value) if figure.low.is_some() => {
            let range = range_words(figure.low, figure.high, |raw| scale.number(raw));
            format!("{}, {range}", say(value, scale))
        }
        Some(value) => say(value, scale),
        None => missing_words(figure.state).to_owned(),
    };
    let words = format!("{name}: {told}. {}", basis(figure.grade, figure.n));
    Mark::of_figure(name, figure, words, number(figure, scale))
}

fn number(figure: &Figure, scale: &Scale) -> String {
    let known = figure.value.filter(|_| figure.state == State::Known);
    known.map_or_else(|| missing_words(figure.state).to_owned(), |value| scale.number(value))
}

fn row(name: &str, figure: &Figure, scale: &Scale) -> Row {
    Row {
        head: Cell::text(name),
        cells: vec![
            Cell::value(figure.value, figure.state, scale),
            Cell::bound(figure.low, scale),
            Cell::bound(figure.high, scale),
        ],
    }
}

fn alt(named: &[(String, &Figure)], scale: &Scale) -> String {
    let told = named
        .iter()
        .map(|(name, figure)| format!("{name}: {}", number(figure, scale)));
    format!("Bars from zero. {}.", told.collect::<Vec<_>>().join("; "))
}
