//! The picture of `fit`: of the people each piece brought, how many are those the owner wants.

use longplay_measures::Answer;

use super::Titles;
use super::parts::{self, Breakdown};
use crate::pages::exhibit::Exhibit;

pub fn exhibits(answer: &Answer, titles: &Titles) -> Vec<Exhibit> {
    let all = answer
        .figures
        .iter()
        .find(|figure| figure.key == "fit_share" && figure.scope.is_empty() && figure.count > 0);
    let told = all.map(|all| Breakdown {
        id: "fit-share".to_owned(),
        all,
        title: &|by| format!("Of the people each {by} brought, how many are those you want"),
        did: "are those you want",
    });
    told.and_then(|told| parts::breakdown(answer, &told, titles))
        .into_iter()
        .collect()
}
