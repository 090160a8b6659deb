//! The pictures of `durability`: the index beside what it is made of, and what is left without the biggest pieces.

use longplay_measures::{Answer, Figure};

use super::bars::{self, Bars};
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

pub fn exhibits(answer: &Answer) -> Vec<Exhibit> {
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
    [factors, without]
        .into_iter()
        .filter_map(|told| bars::bars(told, answer.level))
        .collect()
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
