//! How many had done something by so many days after their first, as a curve with its band.

use longplay_measures::{AgePoint, Answer, Curve, Scope, State};

use super::{basis, range_words};
use crate::pages::exhibit::{Cell, Chart, Column, Exhibit, Kind, Mark, Row};
use crate::pages::words::{self, Scale};

/// The answer's curve of that key about everybody, or about a piece.
pub fn curve(answer: &Answer, (key, piece): (&str, Option<&str>), id: String) -> Option<Exhibit> {
    let scope: Scope = piece
        .map(|piece| ("piece", Some(piece.to_owned())))
        .into_iter()
        .collect();
    let is_it = |curve: &&Curve| curve.key == key && curve.scope == scope && curve.points.len() > 1;
    let curve = answer.curves.iter().find(is_it)?;
    let everybody = answer
        .curves
        .iter()
        .find(|other| piece.is_some() && other.key == key && other.scope.is_empty());
    let beside = |age: u32| everybody.and_then(|all| at(&all.points, age));
    let scale = Scale::of(&curve.unit, curve.points.iter().map(|point| point.value));
    let people = curve.points.first().map_or(0, |point| point.n);
    let mut columns = vec![
        Column::number("Days", "age_days"),
        Column::number("People watched so long", "people"),
        Column::number(words::capital(&scale.heading), "value"),
        Column::number("From", "low"),
        Column::number("To", "high"),
    ];
    if everybody.is_some() {
        columns.push(Column::number("Everybody", "everybody"));
    }
    let line = everybody.map_or("", |_| " · black line: everybody");
    Some(Exhibit {
        id,
        title: curve.title.clone(),
        subtitle: format!(
            "{}, by days since their first · {} at the start · band: range that holds the truth {}{line}",
            scale.heading,
            words::people(people),
            words::level(answer.level)
        ),
        chart: Some(Chart {
            kind: Kind::Ages,
            alt: alt(&curve.points, &scale),
            factor: scale.factor,
            axis: scale.suffix.clone(),
            today: None,
            reference: None,
            middle: None,
            moments: Vec::new(),
            marks: curve
                .points
                .iter()
                .map(|point| mark(answer, point, beside(point.age_days), &scale))
                .collect(),
        }),
        columns,
        rows: curve
            .points
            .iter()
            .map(|point| row(point, everybody.map(|_| beside(point.age_days)), &scale))
            .collect(),
        rest: None,
    })
}

/// What a curve says at an age: what it last said by then.
fn at(points: &[AgePoint], age_days: u32) -> Option<f64> {
    let until = points.partition_point(|point| point.age_days <= age_days);
    Some(points.get(until.checked_sub(1)?)?.value)
}

fn mark(answer: &Answer, point: &AgePoint, everybody: Option<f64>, scale: &Scale) -> Mark {
    let beside = everybody.map_or_else(String::new, |value| format!(" Everybody: {}.", scale.say(value)));
    let range = range_words(Some(point.low), Some(point.high), |raw| scale.number(raw));
    Mark {
        at: point.age_days.to_string(),
        n: point.n,
        value: Some(point.value),
        low: Some(point.low),
        high: Some(point.high),
        state: State::Known,
        marked: false,
        beside: everybody,
        words: format!(
            "By day {}: {}, {range}. {}{beside}",
            point.age_days,
            scale.say(point.value),
            basis(answer.grade, point.n)
        ),
        label: String::new(),
    }
}

fn row(point: &AgePoint, everybody: Option<Option<f64>>, scale: &Scale) -> Row {
    let mut cells = vec![
        Cell::count(point.n),
        Cell::value(Some(point.value), State::Known, scale),
        Cell::bound(Some(point.low), scale),
        Cell::bound(Some(point.high), scale),
    ];
    cells.extend(everybody.map(|value| Cell::bound(value, scale)));
    Row {
        head: Cell::count(u64::from(point.age_days)),
        cells,
    }
}

fn alt(points: &[AgePoint], scale: &Scale) -> String {
    let told = |point: &AgePoint| format!("{} by day {}", scale.say(point.value), point.age_days);
    let (middle, last) = (&points[points.len() / 2], &points[points.len() - 1]);
    format!("Curve by days: {}, {}.", told(middle), told(last))
}
