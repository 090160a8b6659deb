//! The picture of `credit`: what each piece is credited with when every touch counts alike; the other ways are in the answer.

use longplay_measures::Answer;

use super::Titles;
use super::parts::{self, Breakdown};
use crate::pages::exhibit::Exhibit;

const METHOD: &str = "credit_linear";

pub fn exhibits(answer: &Answer, titles: &Titles) -> Vec<Exhibit> {
    // Credit is of parts only, so the first part stands for the unit where there is no whole.
    let of_method = || answer.figures.iter().filter(|figure| figure.key == METHOD);
    let all = of_method()
        .find(|figure| figure.scope.is_empty())
        .or_else(|| of_method().next());
    let told = all
        .filter(|_| of_method().any(|figure| figure.value.is_some()))
        .map(|all| Breakdown {
            id: "credit-linear".to_owned(),
            all,
            title: &|by| format!("What each {by} is credited with, when every touch on the way counts alike"),
            did: "are credited",
        });
    told.and_then(|told| parts::breakdown(answer, &told, titles))
        .into_iter()
        .collect()
}
