//! The pictures of `goals`: for each goal somebody reached, how many of the people each piece brought reached it (or each
//! channel, topic or week, whatever the answer is broken down by); and how long the leading goal takes.

use longplay_measures::{Answer, Figure};

use super::parts::{self, Breakdown};
use super::{Titles, curves};
use crate::pages::exhibit::Exhibit;
use crate::pages::tile;

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
    let waits = goals.first().and_then(|(_, goal)| {
        curves::curve(
            answer,
            (&format!("lag_curve_{goal}"), None),
            format!("goals-{}-waits", id_of(goal)),
        )
    });
    parts.chain(waits).collect()
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
