//! The pictures of `returns`: per week of first visit, how many came back within 28 days; and by when they come back.

use longplay_domain::Day;
use longplay_measures::{Answer, Grade, Point, Series, State};
use serde_json::Value;

use super::heat::{self, Heat};
use super::{Titles, basis, curves, ladder, missing_words, range_words};
use crate::pages::exhibit::{Cell, Chart, Column, Exhibit, Kind, Mark, Reference, Row};
use crate::pages::words::{self, Scale};

const SERIES: &str = "returned_28d";
const CURVE: &str = "return_curve";
/// More weeks than a chart can show: from here on, gaps are not filled in.
const WEEKS_MAX: usize = 520;

pub fn exhibits(answer: &Answer, titles: &Titles) -> Vec<Exhibit> {
    let about_all = |series: &&Series| series.key == SERIES && series.scope.is_empty() && !series.points.is_empty();
    let by_week = answer.series.iter().find(about_all).map(|series| {
        let every = Series {
            points: every_week(&series.points),
            ..series.clone()
        };
        weeks(answer, &every, titles)
    });
    let by_age = curves::curve(answer, (CURVE, None), "returns-curve".to_owned());
    by_week.into_iter().chain(by_age).chain(cohorts(answer)).collect()
}

/// Cohorts side by side, by week and by month.
fn cohorts(answer: &Answer) -> Vec<Exhibit> {
    let of = |span: &'static str, head, name: &dyn Fn(&str) -> String| {
        let is_it = |row: &&Value| row["kind"] == "cohort" && row["span"] == span;
        let rows: Vec<&Value> = answer.rows.iter().filter(is_it).collect();
        let people = |cohort: &str, age: Option<u64>| {
            let cohort = if span == "month" { cohort.get(..7)? } else { cohort };
            let age = age.map_or_else(String::new, |age| format!("&age={age}"));
            Some(format!("/people?cohort={cohort}{age}"))
        };
        let told = Heat {
            id: format!("returns-{span}s"),
            title: format!("Who was here again so many {span}s later"),
            subtitle: format!("in 100 of those who first came in that {span} · hatched: not over yet"),
            head,
            name,
            people: &people,
        };
        heat::heat(&told, &rows)
    };
    let day = |text: &str| Day::parse(text).map_or_else(|| text.to_owned(), words::day);
    let month = |text: &str| ladder::month_words(text.get(..7).unwrap_or(text));
    [
        of("month", "First came in", &month),
        of("week", "First came in the week of", &day),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The points with the weeks in which nobody came put in, so that no line crosses them.
fn every_week(points: &[Point]) -> Vec<Point> {
    let mut every: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        while every.last().is_some_and(|last| last.day.plus(7) < point.day) && every.len() < WEEKS_MAX {
            let day = every.last().map_or(point.day, |last| last.day.plus(7));
            every.push(Point {
                day,
                n: 0,
                value: None,
                low: None,
                high: None,
                state: State::NoData,
                marked: false,
            });
        }
        every.push(point.clone());
    }
    every
}

fn weeks(answer: &Answer, series: &Series, titles: &Titles) -> Exhibit {
    let span = (series.points.first(), series.points.last());
    let moments = match span {
        (Some(first), Some(last)) => titles.moments((first.day, last.day.plus(6)), None),
        _ => Vec::new(),
    };
    let scale = Scale::of(&series.unit, series.points.iter().filter_map(|point| point.value));
    let people: u64 = series.points.iter().map(|point| point.n).sum();
    let early = |has_value: bool| {
        series
            .points
            .iter()
            .any(|point| point.state == State::TooEarly && point.value.is_some() == has_value)
    };
    let dashed = if early(true) {
        ", dashed: weeks that are not finished"
    } else {
        ""
    };
    let grey = if early(false) { ", grey: too early to tell" } else { "" };
    Exhibit {
        id: "returns-weeks".to_owned(),
        title: "Came back within 28 days, by the week they first came".to_owned(),
        subtitle: format!(
            "{} new people · {} · band: range that holds the truth {}{dashed}{grey}",
            words::count(people),
            scale.heading,
            words::level(answer.level)
        ),
        chart: Some(
            Chart {
                kind: Kind::Weeks,
                alt: alt(series, &scale),
                factor: scale.factor,
                axis: scale.suffix.clone(),
                today: super::today(answer),
                reference: overall(answer, &scale),
                middle: None,
                moments: Vec::new(),
                marks: series
                    .points
                    .iter()
                    .map(|point| mark(point, answer.grade, &scale))
                    .collect(),
            }
            .with_moments(moments),
        ),
        columns: vec![
            Column::text("Week of", "week"),
            Column::number("New people", "new_people"),
            Column::number(format!("Came back, {}", scale.heading), "returned_28d_share"),
            Column::number("From", "low_share"),
            Column::number("To", "high_share"),
        ],
        rows: series.points.iter().map(|point| row(point, &scale)).collect(),
        rest: None,
    }
}

fn overall(answer: &Answer, scale: &Scale) -> Option<Reference> {
    let figure = answer
        .figures
        .iter()
        .find(|figure| figure.key == SERIES && figure.scope.is_empty())?;
    let value = figure.value.filter(|_| figure.state == State::Known)?;
    Some(Reference {
        value,
        label: format!("all weeks: {}", scale.number(value)),
    })
}

fn mark(point: &Point, grade: Grade, scale: &Scale) -> Mark {
    let week = words::day(point.day);
    let words = match point.value {
        Some(value) => {
            let so_far = if point.state == State::TooEarly { " so far" } else { "" };
            let range = range_words(point.low, point.high, |raw| scale.number(raw));
            format!(
                "Week of {week}: {}{so_far}, {range}. {}",
                scale.say(value),
                basis(grade, point.n)
            )
        }
        None if point.n == 0 => format!("Week of {week}: nobody new."),
        None => format!(
            "Week of {week}: {}. {}.",
            missing_words(point.state),
            words::people(point.n)
        ),
    };
    Mark::of_point(point, words, String::new())
}

fn row(point: &Point, scale: &Scale) -> Row {
    Row {
        head: Cell::day(point.day),
        cells: vec![
            Cell::count(point.n),
            Cell::value(point.value, point.state, scale),
            Cell::bound(point.low, scale),
            Cell::bound(point.high, scale),
        ],
    }
}

fn alt(series: &Series, scale: &Scale) -> String {
    let known = || {
        series
            .points
            .iter()
            .filter(|point| point.state == State::Known)
            .filter_map(|point| point.value.map(|v| (point, v)))
    };
    match (known().next(), known().next_back()) {
        (Some((first, was)), Some((last, is))) => format!(
            "Line by week, from {} in the week of {} to {} in the week of {}.",
            scale.say(was),
            words::day(first.day),
            scale.say(is),
            words::day(last.day)
        ),
        _ => "Line by week; no week is finished yet.".to_owned(),
    }
}
