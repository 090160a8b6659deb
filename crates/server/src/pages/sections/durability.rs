//! The pictures of `durability`: the index beside what it is made of, and what is left without the biggest pieces.

use longplay_domain::{Day, Month};
use longplay_measures::{Answer, Figure, Point};

use super::Titles;
use super::bars::{self, Bars};
use super::months::{Months, months};
use crate::pages::exhibit::Exhibit;

const INDEX: [(&str, &str); 1] = [("index", "Durability")];
const FACTORS: [(&str, &str); 3] = [
    ("breadth", "Left had the best piece never happened"),
    ("back_catalogue", "Spent on pieces older than 90 days"),
    ("returning_share", "Spent by people who came before"),
];
const WITHOUT: [(&str, &str); 3] = [
    ("without_top_1", "Without the biggest piece"),
    ("without_top_3", "Without the three biggest"),
    ("without_top_10", "Without the ten biggest"),
];

/// What the picture of the months is called in the page; it is asked for apart, for each month is a pass of its own.
pub const MONTHS: &str = "durability-months";

pub fn exhibits(answer: &Answer, titles: &Titles) -> Vec<Exhibit> {
    if named(answer, &INDEX).is_empty() {
        return Vec::new();
    }
    let factors = Bars {
        id: "durability-factors",
        title: "The three shares the index is made of",
        about: "of the people who came back, and of the last 28 days".to_owned(),
        head: ("Share", "figure"),
        named: named(answer, &FACTORS),
    };
    let without = Bars {
        id: "durability-without",
        title: "How many of the people who came back would be left",
        about: "of those whom pieces brought and who came back".to_owned(),
        head: ("Left out", "figure"),
        named: named(answer, &WITHOUT),
    };
    let bars = [factors, without]
        .into_iter()
        .filter_map(|told| bars::bars(told, answer.level));
    by_month(answer, titles).into_iter().chain(bars).collect()
}

/// The index at the end of each past month, where it was asked for, and now.
fn by_month(answer: &Answer, titles: &Titles) -> Option<Exhibit> {
    let indices = || answer.figures.iter().filter(|figure| figure.key == "index");
    let end = |figure: &Figure| {
        let month = figure.scope.get("month")?.as_deref()?;
        Some(Month::of(Day::parse(&format!("{month}-01"))?).last_day())
    };
    let point = |day: Day, figure: &Figure| Point {
        day,
        n: figure.n,
        value: figure.value,
        low: figure.low,
        high: figure.high,
        state: figure.state,
        marked: false,
    };
    let mut points: Vec<Point> = indices()
        .filter_map(|figure| Some(point(end(figure)?, figure)))
        .collect();
    if points.is_empty() {
        return None;
    }
    let now = indices().find(|figure| figure.scope.is_empty());
    points.extend(now.and_then(|figure| Some(point(super::today(answer)?, figure))));
    let told = Months {
        id: MONTHS,
        title: "The index month by month",
        about: "from 0 to 1, at the end of each month and now".to_owned(),
        head: "Index".to_owned(),
        unit: &now?.unit,
        points,
    };
    months(answer, told, titles)
}

/// The figures about everybody that have a value, by these names.
fn named<'a>(answer: &'a Answer, names: &[(&str, &str)]) -> Vec<(String, &'a Figure)> {
    let find = |key: &str| {
        let is_it = |figure: &&Figure| figure.key == key && figure.scope.is_empty() && figure.value.is_some();
        answer.figures.iter().find(is_it)
    };
    let known = names
        .iter()
        .filter_map(|(key, name)| Some(((*name).to_owned(), find(key)?)));
    known.collect()
}
