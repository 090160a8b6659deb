//! The pictures of `goals`: for each goal somebody reached, how many of the people each piece brought reached it (or each
//! channel, topic or week, whatever the answer is broken down by); and how long the leading goal takes.

use longplay_measures::{Answer, Figure};

use super::parts::{self, Breakdown};
use super::{Titles, curves};
use crate::pages::exhibit::{Cell, Column, Exhibit, Row};
use crate::pages::tile;
use crate::pages::words::Scale;

const GOALS_MAX: usize = 4;
pub fn exhibits(answer: &Answer, titles: &Titles) -> Vec<Exhibit> {
    let about_all = answer
        .figures
        .iter()
        .filter(|figure| figure.scope.is_empty() && figure.count > 0);
    let mut goals: Vec<(&Figure, &str)> = about_all
        .filter_map(|figure| Some((figure, figure.key.strip_prefix("converted_")?)))
        .collect();
    goals.sort_by_key(|(figure, _)| tile::goal_order(figure));
    goals.truncate(GOALS_MAX);
    let first: Vec<&Figure> = goals.iter().map(|(figure, _)| *figure).collect();
    let parts = goals.iter().filter_map(|(all, goal)| {
        let did = tile::did(goal);
        let told = Breakdown {
            id: format!("goals-{}", id_of(goal)),
            all,
            title: &|by| format!("Of the people each {by} brought, how many {did}"),
            did: &did,
        };
        parts::breakdown(answer, &told, titles)
    });
    // What is done on the first day or never is no curve to look at, unless it leads.
    let takes_time = |goal: &str| {
        let curve = answer
            .curves
            .iter()
            .find(|curve| curve.key == format!("lag_curve_{goal}") && curve.scope.is_empty());
        let ends = curve.and_then(|curve| curve.points.first().zip(curve.points.last()));
        ends.is_some_and(|(first, last)| last.value > 1.1 * first.value)
    };
    let leading = goals.iter().enumerate();
    let waits = leading
        .filter(|(index, (_, goal))| *index == 0 || takes_time(goal))
        .filter_map(|(_, (_, goal))| {
            curves::curve(
                answer,
                (&format!("lag_curve_{goal}"), None),
                format!("goals-{}-waits", id_of(goal)),
            )
        });
    parts.chain(waits).chain(reached(&first)).collect()
}

/// Every goal somebody reached, each leading to those who did.
fn reached(goals: &[&Figure]) -> Option<Exhibit> {
    let scale = Scale::of("per_1000", goals.iter().filter_map(|figure| figure.value));
    let row = |figure: &&Figure| {
        let goal = figure.key.strip_prefix("converted_").unwrap_or_default();
        let query = serde_urlencoded::to_string([("goal", goal)]).unwrap_or_default();
        let people = Cell::count(u64::try_from(figure.count).unwrap_or(0));
        Row {
            head: Cell::text(tile::label(&figure.key)),
            cells: vec![
                people.leading_to(format!("/people?{query}")),
                Cell::count(figure.n),
                Cell::value(figure.value, figure.state, &scale),
                Cell::bound(figure.low, &scale),
                Cell::bound(figure.high, &scale),
            ],
        }
    };
    (!goals.is_empty()).then(|| Exhibit {
        id: "goals-all".to_owned(),
        title: "Who did what you wanted".to_owned(),
        subtitle: format!("people, and {} of them", scale.heading),
        chart: None,
        columns: vec![
            Column::text("What", "goal"),
            Column::number("People who did", "count"),
            Column::number("Of", "people"),
            Column::number(scale.heading.clone(), "value"),
            Column::number("From", "low"),
            Column::number("To", "high"),
        ],
        rows: goals.iter().map(row).collect(),
        rest: None,
    })
}

/// A goal's name made fit for an element id.
fn id_of(goal: &str) -> String {
    let fit = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    goal.chars().map(fit).collect()
}
