//! The pictures of `ladder`: how many people stand on each step and how present they are, how they moved from month to month,
//! and after which pieces they rose. Every number leads to the people it counts.

use longplay_domain::{Day, Month};
use longplay_measures::{Answer, Figure, Series};
use serde_json::Value;

use super::Titles;
use super::bars::{self, Bars};
use super::months::{Months, months as line_by_month};
use crate::pages::exhibit::{Cell, Column, Exhibit, Row};
use crate::pages::{pieces, words};

const STAGE: &str = "stage_";
const PRESENCES: [&str; 3] = ["present", "cooling", "away"];
const STEPS_MAX: usize = 20;

pub fn exhibits(answer: &Answer, titles: &Titles) -> Vec<Exhibit> {
    let about_all = || answer.figures.iter().filter(|figure| figure.scope.is_empty());
    let stages: Vec<(&str, &Figure)> = about_all()
        .filter_map(|figure| Some((figure.key.strip_prefix(STAGE)?, figure)))
        .collect();
    if stages.iter().all(|(_, figure)| figure.count == 0) {
        return Vec::new();
    }
    let people = stages.first().map_or(0, |(_, figure)| figure.n);
    let about = format!(
        "people, each on the highest step they hold; {} in all",
        words::count(people)
    );
    let told = (
        "ladder-stages",
        "How many people stand on each step",
        about,
        ("Step", "stage"),
    );
    let stages = drilled(answer, told, &stages, "stage");
    let presences: Vec<(&str, &Figure)> = about_all()
        .filter(|figure| PRESENCES.contains(&figure.key.as_str()))
        .map(|figure| (figure.key.as_str(), figure))
        .collect();
    let about = "people, by the chance that they are still there".to_owned();
    let told = (
        "ladder-presence",
        "How present they are",
        about,
        ("Presence", "presence"),
    );
    let presence = drilled(answer, told, &presences, "presence");
    [
        regulars(answer, titles),
        stages,
        presence,
        months(answer),
        steps(answer, titles),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How many regulars there were at the end of each month, and now.
fn regulars(answer: &Answer, titles: &Titles) -> Option<Exhibit> {
    let is_it = |series: &&Series| series.key == "regulars" && series.scope.is_empty();
    let series = answer.series.iter().find(is_it)?;
    let told = Months {
        id: "ladder-regulars",
        title: "Regulars over time",
        about: "people, at the end of each month and now".to_owned(),
        head: "Regulars".to_owned(),
        unit: &series.unit,
        points: series.points.clone(),
    };
    line_by_month(answer, told, titles)
}

type Told = (&'static str, &'static str, String, (&'static str, &'static str));

/// Bars of which each name leads to its people.
fn drilled(answer: &Answer, (id, title, about, head): Told, of: &[(&str, &Figure)], by: &str) -> Option<Exhibit> {
    let told = Bars {
        id,
        title,
        about,
        head,
        named: of.iter().map(|(key, figure)| (name(key), *figure)).collect(),
    };
    let mut exhibit = bars::bars(told, answer.level)?;
    for (row, (key, _)) in exhibit.rows.iter_mut().zip(of) {
        row.head.href = Some(format!("/people?{by}={key}"));
    }
    Some(exhibit)
}

fn months(answer: &Answer) -> Option<Exhibit> {
    let rows: Vec<&Value> = answer.rows.iter().filter(|row| row["kind"] == "month").collect();
    if rows.is_empty() {
        return None;
    }
    Some(Exhibit {
        id: "ladder-months".to_owned(),
        title: "How people moved from month to month".to_owned(),
        subtitle: "people, by where the month found them and where it left them · the running month up to now"
            .to_owned(),
        chart: None,
        columns: vec![
            Column::text("Month", "month"),
            Column::number("Came", "arrived"),
            Column::number("Moved up", "moved_up"),
            Column::number("Held", "held"),
            Column::number("Moved down", "moved_down"),
        ],
        rows: rows.iter().rev().map(|row| month(row)).collect(),
        rest: None,
    })
}

fn month(row: &Value) -> Row {
    let month = row["month"].as_str().unwrap_or_default();
    let running = if row["running"] == true { ", so far" } else { "" };
    let moved = |how: &str| {
        let cell = Cell::count(row[how].as_u64().unwrap_or(0));
        cell.leading_to(format!("/people?moved={how}&month={month}"))
    };
    Row {
        head: Cell {
            text: format!("{}{running}", month_words(month)),
            raw: month.to_owned(),
            class: "day",
            href: None,
        },
        cells: ["arrived", "up", "held", "down"].map(moved).into(),
    }
}

/// `February 2026` for `2026-02`.
pub fn month_words(month: &str) -> String {
    let of = Day::parse(&format!("{month}-01")).map(Month::of);
    of.map_or_else(
        || month.to_owned(),
        |of| format!("{} {}", words::month_name(of), of.year_and_month().0),
    )
}

/// The pieces that people had touched last when they rose.
fn steps(answer: &Answer, titles: &Titles) -> Option<Exhibit> {
    let mut rows: Vec<&Value> = answer.rows.iter().filter(|row| row["kind"] == "step").collect();
    let days = rows.first()?["days"].as_u64().unwrap_or(0);
    rows.sort_by_key(|row| std::cmp::Reverse(row["people"].as_u64()));
    let left = rows.len().saturating_sub(STEPS_MAX);
    rows.truncate(STEPS_MAX);
    let row = |row: &&Value| Row {
        head: Cell::text(name(row["stage"].as_str().unwrap_or_default())),
        cells: vec![
            match row["piece"].as_str() {
                Some(piece) => Cell::text(titles.of(piece)).leading_to(pieces::address(piece)),
                None => Cell::text("no piece"),
            },
            Cell::count(row["people"].as_u64().unwrap_or(0)),
        ],
    };
    Some(Exhibit {
        id: "ladder-steps".to_owned(),
        title: "What they had seen last when they moved up".to_owned(),
        subtitle: format!("people, in the last {days} days · it says what they met, not what moved them"),
        chart: None,
        columns: vec![
            Column::text("To the step", "stage"),
            Column::text("After", "piece"),
            Column::number("People", "people"),
        ],
        rows: rows.iter().map(row).collect(),
        rest: (left > 0).then(|| format!("The {STEPS_MAX} most frequent are shown; {left} more in the full answer.")),
    })
}

/// `Repeat buyer`
pub fn name(stage: &str) -> String {
    words::capital(&stage.replace('_', " "))
}
