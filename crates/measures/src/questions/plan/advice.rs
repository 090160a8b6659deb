//! Advice kept, held against what came after: what pieces of that kind brought since, and what all others did.

use longplay_domain::{Advice, Day};
use serde_json::{Value, json};

use super::{
    arms::PIECES_LEAST,
    pieces::{Arm, FACTS, Tried},
};
use crate::answer::{Answer, Figure};

/// The advice an answer to `plan` gives; `None` while it is too early for one.
pub fn of(answer: &Answer, given_on: Day) -> Option<Advice> {
    let is_known = |figure: &&Figure| figure.key == "p_best" && figure.value.is_some();
    // Arms stand in the order of what they bring.
    let first = answer.figures.iter().find(is_known)?;
    let rate = |key: &str| {
        let mut figures = answer.figures.iter();
        figures
            .find(|figure| figure.key == key && figure.scope == first.scope)?
            .value
    };
    let [topic, format, channel] = FACTS.map(|fact| first.scope.get(fact).cloned().flatten());
    let hourly = rate("per_hour");
    Some(Advice {
        given_on,
        topic,
        format,
        channel,
        p_best: first.value?,
        rate: hourly.or_else(|| rate("per_piece"))?,
        is_per_hour: hourly.is_some(),
    })
}

/// One row for each advice: what was expected then, and what has come since.
pub fn rows(kept: &[Advice], today: Day, pieces: &[Tried], hours: impl Fn(&Tried) -> f64) -> Vec<Value> {
    let row = |advice: &Advice| {
        let arm: Arm = [advice.topic.clone(), advice.format.clone(), advice.channel.clone()];
        let after = pieces
            .iter()
            .filter(|piece| piece.start > advice.given_on && piece.counts());
        let (of_it, others): (Vec<&Tried>, Vec<&Tried>) = after.partition(|piece| piece.arm == arm);
        let rate = |pieces: &[&Tried]| {
            let brought: u64 = pieces.iter().map(|piece| piece.total()).sum();
            let each = |piece: &&Tried| piece.matured * if advice.is_per_hour { hours(piece) } else { 1.0 };
            let exposure: f64 = pieces.iter().map(each).sum();
            (exposure > 0.0).then(|| brought as f64 / exposure)
        };
        let (since, other) = (rate(&of_it), rate(&others));
        let can_tell = of_it.len() >= PIECES_LEAST && others.len() >= PIECES_LEAST;
        let came_true = since
            .zip(other)
            .filter(|_| can_tell)
            .map(|(since, other)| since > other);
        json!({
            "kind": "advice",
            "given_on": advice.given_on.to_string(),
            "topic": advice.topic,
            "format": advice.format,
            "channel": advice.channel,
            "p_best": advice.p_best,
            "per": if advice.is_per_hour { "hour" } else { "piece" },
            "then": advice.rate,
            "since": since,
            "pieces_since": of_it.len(),
            "others_since": other,
            "other_pieces_since": others.len(),
            "came_true": came_true,
        })
    };
    kept.iter().filter(|advice| advice.given_on <= today).map(row).collect()
}
