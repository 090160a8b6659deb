//! A line month by month: each month at its last day, the running one at today.

use longplay_domain::{Day, Month};
use longplay_measures::{Answer, Point, State};

use super::ladder::month_words;
use super::{Titles, basis, missing_words, range_words};
use crate::pages::exhibit::{Cell, Chart, Column, Exhibit, Kind, Mark, Row};
use crate::pages::words::{self, Scale};

/// What is told of each month.
pub struct Months<'a> {
    pub id: &'a str,
    pub title: &'a str,
    /// Unit and n; what the band is follows by itself.
    pub about: String,
    /// What heads the column of values.
    pub head: String,
    pub unit: &'a str,
    /// Oldest first; each on the day up to which it is told.
    pub points: Vec<Point>,
}

/// The line with its table, unless there is a single month.
pub fn months(answer: &Answer, told: Months<'_>, titles: &Titles) -> Option<Exhibit> {
    let (first, last) = (told.points.first()?.day, told.points.last()?.day);
    if told.points.len() < 2 {
        return None;
    }
    let scale = Scale::of(told.unit, told.points.iter().filter_map(|point| point.value));
    let has_ranges = told.points.iter().any(|point| point.low.is_some());
    let band = if has_ranges {
        format!(" · band: range that holds the truth {}", words::level(answer.level))
    } else {
        String::new()
    };
    let mut columns = vec![Column::text("Month", "until"), Column::number(told.head, "value")];
    if has_ranges {
        columns.extend([Column::number("From", "low"), Column::number("To", "high")]);
    }
    let chart = Chart {
        kind: Kind::Months,
        alt: alt(&told.points, &scale),
        factor: scale.factor,
        axis: scale.suffix.clone(),
        today: super::today(answer),
        reference: None,
        middle: None,
        moments: Vec::new(),
        marks: told.points.iter().map(|point| mark(answer, point, &scale)).collect(),
    };
    Some(Exhibit {
        id: told.id.to_owned(),
        title: told.title.to_owned(),
        subtitle: format!("{}{band}", told.about),
        chart: Some(chart.with_moments(titles.moments((Month::of(first).start(), last), None))),
        columns,
        rows: told.points.iter().map(|point| row(point, has_ranges, &scale)).collect(),
        rest: None,
    })
}

/// `May 2026`, or `up to 9 May 2026` where it is not over.
fn name(day: Day) -> String {
    if Month::of(day).last_day() == day {
        month_words(&Month::of(day).to_string())
    } else {
        format!("up to {}", words::day(day))
    }
}

fn mark(answer: &Answer, point: &Point, scale: &Scale) -> Mark {
    let value = point.value.map(|value| match (point.low, point.high) {
        (Some(low), Some(high)) => {
            let range = range_words(Some(low), Some(high), |raw| scale.number(raw));
            format!("{}, {range}. {}", scale.say(value), basis(answer.grade, point.n))
        }
        _ => format!("{}.", scale.say(value)),
    });
    let told = value.unwrap_or_else(|| format!("{}.", missing_words(point.state)));
    let words = format!("{}: {told}", words::capital(&name(point.day)));
    Mark::of_point(point, words, String::new())
}

fn row(point: &Point, has_ranges: bool, scale: &Scale) -> Row {
    let mut cells = vec![Cell::value(point.value, point.state, scale)];
    if has_ranges {
        cells.extend([Cell::bound(point.low, scale), Cell::bound(point.high, scale)]);
    }
    Row {
        head: Cell {
            text: words::capital(&name(point.day)),
            ..Cell::day(point.day)
        },
        cells,
    }
}

fn alt(points: &[Point], scale: &Scale) -> String {
    let known: Vec<(&Point, f64)> = points
        .iter()
        .filter(|point| point.state == State::Known)
        .filter_map(|point| Some((point, point.value?)))
        .collect();
    let told = |(point, value): &(&Point, f64)| format!("{} in {}", scale.say(*value), name(point.day));
    match (known.first(), known.last()) {
        (Some(first), Some(last)) if known.len() > 1 => {
            format!("Line by month, from {} to {}.", told(first), told(last))
        }
        (Some(only), _) => format!("Line by month with a single known one: {}.", told(only)),
        _ => "Line by month; none is known yet.".to_owned(),
    }
}
