//! The picture of `credit`: what each piece is credited with when every touch counts alike; the other ways are in the answer.

use longplay_measures::{Answer, Figure, Scope};

use super::Titles;
use super::parts::{self, Breakdown};
use crate::pages::exhibit::{Cell, Column, Exhibit, Row};
use crate::pages::pieces;
use crate::pages::words::{self, Scale};

const METHOD: &str = "credit_linear";
const METHODS: [(&str, &str); 9] = [
    ("credit_first", "First touch"),
    ("credit_last", "Last touch"),
    ("credit_last_post", "Last piece"),
    (METHOD, "All alike"),
    ("credit_time_decay", "Later counts more"),
    ("credit_position", "First and last count more"),
    ("credit_markov", "Markov"),
    ("credit_shapley", "Shapley"),
    ("credit_influenced", "Met it at all"),
];
const PARTS_MAX: usize = 20;

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
    let linear = told.and_then(|told| parts::breakdown(answer, &told, titles));
    linear.into_iter().chain(side_by_side(answer, titles)).collect()
}

/// Every way of crediting beside the others, piece by piece: how far they disagree is the finding.
fn side_by_side(answer: &Answer, titles: &Titles) -> Option<Exhibit> {
    let of = |key: &str| {
        let is_it = |figure: &&Figure| figure.key == key && figure.scope.len() == 1 && figure.value.is_some();
        answer.figures.iter().filter(is_it).collect::<Vec<_>>()
    };
    let known: Vec<(&str, &'static str, Vec<&Figure>)> = METHODS
        .into_iter()
        .map(|(key, name)| (name, key, of(key)))
        .filter(|(.., of)| !of.is_empty())
        .collect();
    let mut parts: Vec<&Scope> = known
        .iter()
        .flat_map(|(.., of)| of)
        .map(|figure| &figure.scope)
        .collect();
    parts.sort();
    parts.dedup();
    let (_, _, linear) = known.iter().find(|(_, key, _)| *key == METHOD)?;
    let value = |of: &[&Figure], scope: &Scope| {
        of.iter()
            .find(|figure| figure.scope == *scope)
            .and_then(|figure| figure.value)
    };
    parts.sort_by(|a, b| {
        value(linear, b)
            .unwrap_or(0.0)
            .total_cmp(&value(linear, a).unwrap_or(0.0))
    });
    let left = parts.len().saturating_sub(PARTS_MAX);
    parts.truncate(PARTS_MAX);
    let unit = known.first().and_then(|(.., of)| Some(of.first()?.unit.as_str()))?;
    let scale = Scale::of(unit, []);
    let by = *parts.first()?.keys().next()?;
    let row = |scope: &&Scope| {
        let part = scope.values().next().and_then(Option::as_deref);
        let head = match (by, part) {
            ("piece", Some(piece)) => Cell::text(titles.of(piece)).leading_to(pieces::address(piece)),
            (_, Some(part)) => Cell::text(part),
            (_, None) => Cell::text("none known"),
        };
        Row {
            head,
            cells: known
                .iter()
                .map(|(.., of)| Cell::bound(value(of, scope), &scale))
                .collect(),
        }
    };
    let mut columns = vec![Column::text(words::capital(by), by)];
    columns.extend(known.iter().map(|(name, key, _)| Column::number(*name, key)));
    Some(Exhibit {
        id: "credit-all".to_owned(),
        title: "What each way of crediting says, side by side".to_owned(),
        subtitle: format!(
            "{} credited · where a row disagrees with itself, it can't be said",
            scale.heading
        ),
        chart: None,
        columns,
        rows: parts.iter().map(row).collect(),
        rest: (left > 0)
            .then(|| format!("The {PARTS_MAX} with most credit are shown; {left} more in the full answer.")),
    })
}
