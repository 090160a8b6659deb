//! The pictures of `hits`: a channel's days over their usual range, with the unusual ones marked and the piece that led
//! each stretch named.
//!
//! Only series with an unusual day are worth a picture, the most unusual first; if none has one, the first series
//! stands for what is usual.

use longplay_domain::Day;
use longplay_measures::{Answer, Point, Series, State};

use super::{Titles, missing_words};
use serde_json::Value;

use crate::pages::exhibit::{Cell, Chart, Column, Exhibit, Kind, Mark, Moment, Row};
use crate::pages::words::{self, Scale};

const SERIES: &str = "daily";
const PICTURES_MAX: usize = 3;
/// How many runs of marked days carry a date; more would cover each other.
const LABELS_MAX: usize = 4;
const LABEL_LETTERS_MAX: usize = 20;

pub fn exhibits(answer: &Answer, titles: &Titles) -> Vec<Exhibit> {
    let mut daily: Vec<&Series> = answer
        .series
        .iter()
        .filter(|series| series.key == SERIES && !series.scope.contains_key("piece") && has_value(series))
        .collect();
    if daily.iter().any(|series| is_marked(series)) {
        daily.retain(|series| is_marked(series));
        daily.sort_by(|one, other| strongest(answer, other).total_cmp(&strongest(answer, one)));
    } else {
        daily.truncate(1);
    }
    daily.truncate(PICTURES_MAX);
    daily
        .iter()
        .enumerate()
        .map(|(index, series)| {
            let id = format!("hits-days-{}", index + 1);
            days(answer, series, id, titles)
        })
        .collect()
}

/// The days of a piece, in each channel where it was seen.
pub fn of_piece(answer: &Answer, piece: &str, titles: &Titles) -> Vec<Exhibit> {
    let is_its = |series: &&Series| {
        series.key == SERIES && series.scope.get("piece") == Some(&Some(piece.to_owned())) && has_value(series)
    };
    let its = answer.series.iter().filter(is_its).enumerate();
    its.map(|(index, series)| days(answer, series, format!("piece-days-{}", index + 1), titles))
        .collect()
}

fn is_marked(series: &Series) -> bool {
    series.points.iter().any(|point| point.marked)
}

/// How far above the usual the series' most unusual stretch was.
fn strongest(answer: &Answer, series: &Series) -> f64 {
    episodes(answer, series)
        .filter_map(|row| row["z"].as_f64())
        .fold(0.0, f64::max)
}

/// The answer's episodes of this series' channel.
fn episodes<'a>(answer: &'a Answer, series: &'a Series) -> impl Iterator<Item = &'a Value> {
    let channel = series.scope.get("channel").and_then(Option::as_deref);
    answer
        .rows
        .iter()
        .filter(move |row| row["kind"] == "episode" && row["channel"].as_str() == channel)
}

fn has_value(series: &Series) -> bool {
    series.points.iter().any(|point| point.value.is_some())
}

fn days(answer: &Answer, series: &Series, id: String, titles: &Titles) -> Exhibit {
    let scale = Scale::of(&series.unit, []);
    let has_usual = series.points.iter().any(|point| point.low.is_some());
    let usual = if has_usual { " · grey: usual range" } else { "" };
    let led = leaders(answer, series, titles);
    let labelled = labelled(series);
    let label = |at: usize, day: Day| {
        if labelled.contains(&at) {
            label(day, &led)
        } else {
            String::new()
        }
    };
    let marks = series
        .points
        .iter()
        .enumerate()
        .map(|(at, point)| mark(point, label(at, point.day), &scale))
        .collect();
    Exhibit {
        id,
        title: series.title.clone(),
        subtitle: format!("{} a day{usual} · ● unusual day · ticks: what came out", scale.heading),
        chart: Some(
            Chart {
                kind: Kind::Days,
                alt: alt(series, &scale),
                factor: scale.factor,
                axis: String::new(),
                today: super::today(answer),
                reference: None,
                middle: None,
                moments: Vec::new(),
                marks,
            }
            .with_moments(moments(series, titles)),
        ),
        columns: vec![
            Column::text("Day", "day"),
            Column::number(words::capital(&scale.heading), "value"),
            Column::number("Usual from", "usual_low"),
            Column::number("Usual to", "usual_high"),
            Column::text("Unusual", "unusual"),
        ],
        rows: series.points.iter().map(|point| row(point, &led, &scale)).collect(),
        rest: None,
    }
}

/// What came out on the series' channel, and what was noted, on its days.
fn moments(series: &Series, titles: &Titles) -> Vec<Moment> {
    let channel = series.scope.get("channel").and_then(Option::as_deref);
    let (Some(first), Some(last)) = (series.points.first(), series.points.last()) else {
        return Vec::new();
    };
    let days = (first.day, last.day);
    match series.scope.get("piece") {
        Some(Some(piece)) => titles.moments_of(days, piece),
        _ => titles.moments(days, channel),
    }
}

/// Which piece led an unusual stretch of days, both ends included.
struct Led {
    start: Day,
    end: Day,
    title: String,
}

fn leaders(answer: &Answer, series: &Series, titles: &Titles) -> Vec<Led> {
    let led = episodes(answer, series).filter_map(|row| {
        let day = |name: &str| row[name].as_str().and_then(Day::parse);
        let title = titles.of(row["piece"].as_str()?).to_owned();
        Some(Led {
            start: day("start")?,
            end: day("end")?,
            title,
        })
    });
    led.collect()
}

fn leader(day: Day, led: &[Led]) -> Option<&str> {
    led.iter()
        .find(|led| led.start <= day && day <= led.end)
        .map(|led| led.title.as_str())
}

/// `9 May, Studio tour`
fn label(day: Day, led: &[Led]) -> String {
    let date = words::day_of_month(day);
    match leader(day, led) {
        Some(title) => format!("{date}, {}", words::shortened(title, LABEL_LETTERS_MAX)),
        None => date,
    }
}

/// The places of the days that carry their date: the highest of each run of marked days, the highest runs only.
fn labelled(series: &Series) -> Vec<usize> {
    let height = |at: usize| series.points[at].value.unwrap_or(0.0);
    let runs = series
        .points
        .chunk_by(|one, next| one.marked && next.marked)
        .scan(0, |next, run| {
            let start = *next;
            *next += run.len();
            Some(start..*next)
        });
    let marked = runs.filter(|run| series.points[run.start].marked);
    let mut tops: Vec<usize> = marked
        .filter_map(|run| run.max_by(|&one, &other| height(one).total_cmp(&height(other))))
        .collect();
    tops.sort_by(|&one, &other| height(other).total_cmp(&height(one)));
    tops.truncate(LABELS_MAX);
    tops
}

fn mark(point: &Point, label: String, scale: &Scale) -> Mark {
    let day = words::full_day(point.day);
    let words = match (point.value, point.low, point.high) {
        (Some(value), Some(low), Some(high)) => {
            let unusual = if point.marked { " An unusual day." } else { "" };
            format!(
                "{day}: {}, usually {}.{unusual}",
                scale.say(value),
                scale.range(low, high)
            )
        }
        (Some(value), ..) => format!("{day}: {}; what is usual is not known yet.", scale.say(value)),
        (None, ..) => format!("{day}: {}.", missing_words(point.state)),
    };
    Mark::of_point(point, words, label)
}

fn row(point: &Point, led: &[Led], scale: &Scale) -> Row {
    let unusual = match point.marked {
        true => format!("● {}", leader(point.day, led).unwrap_or("yes")),
        false => String::new(),
    };
    Row {
        head: Cell::day(point.day),
        cells: vec![
            Cell::value(point.value, point.state, scale),
            Cell::bound(point.low, scale),
            Cell::bound(point.high, scale),
            Cell::text(unusual),
        ],
    }
}

fn alt(series: &Series, scale: &Scale) -> String {
    let top = series
        .points
        .iter()
        .filter_map(|point| point.value.map(|value| (point, value)));
    let top = top.max_by(|one, other| one.1.total_cmp(&other.1));
    let unusual = series
        .points
        .iter()
        .filter(|point| point.marked && point.state == State::Known)
        .count();
    let days = if unusual == 1 {
        "1 unusual day".to_owned()
    } else {
        format!("{unusual} unusual days")
    };
    match top {
        Some((point, value)) => {
            format!(
                "Line by day with {days}; the highest is {} on {}.",
                scale.say(value),
                words::day(point.day)
            )
        }
        None => "Line by day without a known day.".to_owned(),
    }
}
