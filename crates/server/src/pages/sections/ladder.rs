//! The picture of `ladder`: how many people stand on each step.

use longplay_measures::{Answer, Figure, State};

use super::{basis, missing_words};
use crate::pages::exhibit::{Cell, Chart, Column, Exhibit, Kind, Mark, Row};
use crate::pages::words::{self, Scale};

const STAGE: &str = "stage_";

pub fn exhibits(answer: &Answer) -> Vec<Exhibit> {
    let about_all = answer.figures.iter().filter(|figure| figure.scope.is_empty());
    let stages: Vec<(&str, &Figure)> = about_all
        .filter_map(|figure| Some((figure.key.strip_prefix(STAGE)?, figure)))
        .collect();
    if stages.iter().all(|(_, figure)| figure.count == 0) {
        return Vec::new();
    }
    let scale = Scale::of("people", []);
    let people = stages.first().map_or(0, |(_, figure)| figure.n);
    vec![Exhibit {
        id: "ladder-stages".to_owned(),
        title: "How many people stand on each step".to_owned(),
        subtitle: format!(
            "people, each on the highest step they hold; {} in all",
            words::count(people)
        ),
        chart: Chart {
            kind: Kind::Bars,
            alt: alt(&stages),
            factor: scale.factor,
            axis: String::new(),
            today: None,
            reference: None,
            marks: stages.iter().map(|(stage, figure)| mark(stage, figure)).collect(),
        },
        columns: vec![
            Column::text("Step", "stage"),
            Column::number("People", "people"),
            Column::number("From", "low"),
            Column::number("To", "high"),
        ],
        rows: stages
            .iter()
            .map(|(stage, figure)| Row {
                head: Cell::text(name(stage)),
                cells: vec![
                    Cell::value(figure.value, figure.state, &scale),
                    Cell::bound(figure.low, &scale),
                    Cell::bound(figure.high, &scale),
                ],
            })
            .collect(),
        rest: None,
    }]
}

/// `repeat buyer`
fn name(stage: &str) -> String {
    words::capital(&stage.replace('_', " "))
}

fn mark(stage: &str, figure: &Figure) -> Mark {
    let name = name(stage);
    let told = match figure.value.filter(|_| figure.state == State::Known) {
        Some(value) => words::people(value.max(0.0) as u64),
        None => missing_words(figure.state).to_owned(),
    };
    Mark {
        words: format!("{name}: {told}. {}", basis(figure.grade, figure.n)),
        at: name,
        n: figure.n,
        value: figure.value,
        low: figure.low,
        high: figure.high,
        state: figure.state,
        marked: false,
        label: figure.value.map_or_else(String::new, words::short),
    }
}

fn alt(stages: &[(&str, &Figure)]) -> String {
    let told = stages
        .iter()
        .map(|(stage, figure)| format!("{} {}", name(stage), words::whole(figure.count)));
    format!("Bars. {}.", told.collect::<Vec<_>>().join(", "))
}
