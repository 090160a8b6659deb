//! The picture of `ladder`: how many people stand on each step.

use longplay_measures::{Answer, Figure};

use super::bars::{self, Bars};
use crate::pages::exhibit::Exhibit;
use crate::pages::words;

const STAGE: &str = "stage_";

pub fn exhibits(answer: &Answer) -> Vec<Exhibit> {
    let about_all = answer.figures.iter().filter(|figure| figure.scope.is_empty());
    let stages: Vec<(String, &Figure)> = about_all
        .filter_map(|figure| Some((name(figure.key.strip_prefix(STAGE)?), figure)))
        .collect();
    if stages.iter().all(|(_, figure)| figure.count == 0) {
        return Vec::new();
    }
    let people = stages.first().map_or(0, |(_, figure)| figure.n);
    let told = Bars {
        id: "ladder-stages",
        title: "How many people stand on each step",
        about: format!(
            "people, each on the highest step they hold; {} in all",
            words::count(people)
        ),
        head: ("Step", "stage"),
        named: stages,
    };
    bars::bars(told, answer.level).into_iter().collect()
}

/// `Repeat buyer`
pub fn name(stage: &str) -> String {
    words::capital(&stage.replace('_', " "))
}
