//! The arms and what they bring: a partially pooled regression over pieces, each counted as far as it has matured.

use std::collections::BTreeMap;

use longplay_stats::{
    Bootstrap, Estimate,
    bandit::{ArmResponse, arms::Effort, explore_share},
};

use super::pieces::{Arm, FACTS, Tried};

/// Pieces an arm needs before it can be one of the two that make a comparison …
pub const PIECES_LEAST: usize = 3;
/// … and how many such arms it takes.
pub const ARMS_LEAST: usize = 2;
/// Values of one fact that are told apart; rarer ones are one.
const LEVELS_MAX: usize = 12;
const OTHER: &str = "other";
/// The latest pieces, so many of them, are what a plan rests on.
pub const PIECES_MAX: usize = 400;
const BOOTSTRAP: Bootstrap = Bootstrap {
    count: 500,
    seed: 0x706c_616e,
};

/// One arm's evidence and what it is expected to bring.
#[derive(Clone, Debug)]
pub struct Told {
    pub arm: Arm,
    pub pieces: u64,
    pub brought: u64,
    /// Regulars and buyers for each unit of exposure.
    pub rate: Option<Estimate>,
    /// P(it is truly first).
    pub p_best: f64,
}

/// The arms, the one expected to bring most first.
#[derive(Debug)]
pub struct Plan {
    pub arms: Vec<Told>,
    pub explore_share: f64,
    pub expected_regret: f64,
}

/// Fits what pieces brought for each unit of `exposure`; pieces without one are left out. `None` when the pieces don't
/// tell: too few, or none of them brought anybody.
pub fn plan(pieces: &[&Tried], level: f64, exposure: impl Fn(&Tried) -> Option<f64>) -> Option<Plan> {
    let pieces: Vec<(&Tried, Arm, f64)> = pieces
        .iter()
        .zip(told_apart(pieces))
        .filter_map(|(piece, arm)| Some((*piece, arm, exposure(piece)? * piece.matured)))
        .collect();
    let levels: [Vec<Option<String>>; 3] = std::array::from_fn(|fact| {
        let mut levels: Vec<Option<String>> = pieces.iter().map(|(_, arm, _)| arm[fact].clone()).collect();
        levels.sort();
        levels.dedup();
        levels
    });
    let place = |arm: &Arm| -> Vec<usize> {
        let found = levels.iter().zip(arm);
        found
            .filter_map(|(levels, fact)| levels.binary_search(fact).ok())
            .collect()
    };
    let rows: Vec<Effort> = pieces
        .iter()
        .map(|(piece, arm, exposure)| Effort {
            levels: place(arm),
            hours: *exposure,
            brought: piece.total(),
        })
        .collect();
    let counts: Vec<usize> = levels.iter().map(Vec::len).collect();
    let fit = ArmResponse::fit(&rows, &counts).ok()?;
    let mut arms: BTreeMap<Arm, (u64, u64)> = BTreeMap::new();
    for (piece, arm, _) in &pieces {
        let (count, brought) = arms.entry(arm.clone()).or_default();
        *count += 1;
        *brought += piece.total();
    }
    let places: Vec<Vec<usize>> = arms.keys().map(place).collect();
    let ranked = fit.rank(&places, BOOTSTRAP);
    let first = ranked.first()?;
    let arms: Vec<(Arm, (u64, u64))> = arms.into_iter().collect();
    Some(Plan {
        explore_share: explore_share(first.p_first, places.len()),
        expected_regret: fit.expected_regret(&places, &places[first.index], BOOTSTRAP),
        arms: ranked
            .iter()
            .map(|ranked| {
                let (arm, (pieces, brought)) = arms[ranked.index].clone();
                Told {
                    arm,
                    pieces,
                    brought,
                    rate: fit.rate(&places[ranked.index], level, BOOTSTRAP),
                    p_best: ranked.p_first,
                }
            })
            .collect(),
    })
}

/// Each piece's arm, with the rarer values of every fact taken for one.
fn told_apart(pieces: &[&Tried]) -> Vec<Arm> {
    let rare: [Vec<Option<String>>; 3] = std::array::from_fn(|fact| {
        let mut counts: BTreeMap<&Option<String>, usize> = BTreeMap::new();
        pieces
            .iter()
            .for_each(|piece| *counts.entry(&piece.arm[fact]).or_default() += 1);
        let mut levels: Vec<(&Option<String>, usize)> = counts.into_iter().collect();
        levels.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(other.0)));
        let rare = levels.iter().skip(if levels.len() > LEVELS_MAX {
            LEVELS_MAX - 1
        } else {
            LEVELS_MAX
        });
        rare.map(|(level, _)| (*level).clone()).collect()
    });
    let of = |piece: &&Tried| -> Arm {
        std::array::from_fn(|fact| match &piece.arm[fact] {
            level if rare[fact].contains(level) => Some(OTHER.to_owned()),
            level => level.clone(),
        })
    };
    pieces.iter().map(of).collect()
}

/// How many pieces of each arm are 90 days old, most first.
pub fn ready(pieces: &[Tried], today: longplay_domain::Day) -> Vec<usize> {
    let mut counts: BTreeMap<&Arm, usize> = BTreeMap::new();
    for piece in pieces.iter().filter(|piece| piece.is_ready(today)) {
        *counts.entry(&piece.arm).or_default() += 1;
    }
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    counts
}

/// How many more pieces make a comparison, at best.
pub fn missing(ready: &[usize]) -> usize {
    let of = |place: usize| ready.get(place).copied().unwrap_or(0);
    (0..ARMS_LEAST)
        .map(|place| PIECES_LEAST.saturating_sub(of(place)))
        .sum()
}

/// `“repair” as video on youtube`.
pub fn words(arm: &Arm) -> String {
    let [topic, format, channel] = arm;
    let parts = [
        topic.as_ref().map(|topic| format!("“{topic}”")),
        format.as_ref().map(|format| format!("as {format}")),
        channel.as_ref().map(|channel| format!("on {channel}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match (parts.is_empty(), topic) {
        (true, _) => format!(
            "pieces of which {}, {} and {} are unknown",
            FACTS[0], FACTS[1], FACTS[2]
        ),
        (false, None) => format!("pieces {}", parts.join(" ")),
        (false, Some(_)) => parts.join(" "),
    }
}
