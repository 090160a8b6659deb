//! What is no figure: the definition in force, the months side by side, and the pieces before steps up.

use serde_json::{Value, json};

use super::months::MonthMoves;
use crate::{ask::Ground, evidence::Evidence, folds::STEP_DAYS, rhythm::Foundation, stage::Stage};

/// Pieces named for each stage at most.
const PIECES_MAX: usize = 10;

/// Who counts as a regular, in words and in the numbers it was measured with: enough to work every stage out again.
pub fn definition(ground: &Ground) -> Value {
    let regular = ground.regular();
    let rhythm = regular.rhythm;
    let leaving = rhythm
        .leaving()
        .map(|model| json!({ "r": model.r, "alpha": model.alpha, "a": model.a, "b": model.b }));
    json!({
        "kind": "definition",
        "rule": regular.rule.name(),
        "words": format!("A regular is somebody who {}.", regular.rule.words()),
        "rhythm": { "r": rhythm.r, "alpha": rhythm.alpha, "people": rhythm.people },
        "leaving": leaving,
        "foundation": match rhythm.foundation {
            Foundation::Fitted => "fitted",
            Foundation::NobodyLeaves => "nobody_leaves",
            Foundation::Stated => "stated",
        },
    })
}

/// A month of the table: where people stood at its end, and how they had moved.
pub fn month(month: &MonthMoves) -> Value {
    let mut row = json!({
        "kind": "month",
        "month": month.month.to_string(),
        "running": month.is_running,
        "arrived": month.arrived,
        "up": month.up,
        "held": month.held,
        "down": month.down,
    });
    for stage in Stage::ALL {
        row[stage.name()] = month.stages[stage as usize].into();
    }
    row
}

/// For each stage, the pieces that people had touched last when they rose to it, the most frequent first.
pub fn steps(ground: &Ground, evidence: &Evidence) -> Vec<Value> {
    let mut rows = Vec::new();
    let text = |code| ground.snapshot.terms().text(code).map(|text| text.to_string());
    let steps: Vec<(Stage, Option<String>, u32)> = evidence
        .rungs()
        .steps()
        .into_iter()
        .map(|(stage, piece, people)| (stage, text(piece), people))
        .collect();
    for stage in Stage::ALL {
        let mut pieces: Vec<_> = steps.iter().filter(|(of, ..)| *of == stage).collect();
        pieces.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.1.cmp(&b.1)));
        for (_, piece, people) in pieces.into_iter().take(PIECES_MAX) {
            rows.push(json!({
                "kind": "step",
                "stage": stage.name(),
                "piece": piece,
                "title": piece.as_deref().map(|piece| ground.title(piece)),
                "people": people,
                "days": STEP_DAYS,
            }));
        }
    }
    rows
}
