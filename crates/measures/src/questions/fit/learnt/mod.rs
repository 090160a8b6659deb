//! Whom the owner attracts who then does what they want: a score learnt from what was known at first contact (models §6).
//!
//! A ridge logistic regression, its penalty chosen and its scores calibrated on held-out people and on the latest ones; used
//! only where it tells more than the base rate of the same held-out people. Who has not reached the goal yet is no "no": they
//! weigh as much as of those who reach it had done so at their age. A score describes groups, never a person.

mod features;
mod table;

use std::collections::BTreeMap;

use longplay_stats::rates::{Mean, Quality, cross_validated, shrink_means};
use serde_json::{Value, json};

use self::features::Vocabulary;
use super::{EVERYBODY, Scopes};
use crate::{
    ask::Ground,
    folds::{FirstContacts, HORIZON_DAYS},
    question::Question,
};

/// Below this many people who reached the goal nothing is learnt (models §6).
pub const REACHED_MIN: u64 = 50;
/// Below this many scored people a scope's mean score is too early.
pub const SCORED_MIN: u64 = 30;
/// Penalties tried.
const PENALTIES: [f64; 3] = [1.0, 10.0, 100.0];
/// Twice the held-out log-likelihood a score must gain on the base rate: calibrating fits one number to the held-out people, and
/// chance alone gives that much in 5 of 100 audiences in which nothing is to be learnt.
const GAIN_MIN: f64 = 3.84;

/// What came of learning.
pub enum Learnt {
    NoGoal,
    TooFew {
        goal: String,
        reached: u64,
    },
    /// What is known at first contact says no more than the base rate does.
    Useless {
        goal: String,
        reached: u64,
        quality: Option<Quality>,
    },
    Score(Score),
}

/// A score that tells more than the base rate.
pub struct Score {
    pub goal: String,
    pub reached: u64,
    quality: Quality,
    penalty: f64,
    /// What counts, and how much: change of the log-odds.
    slopes: Vec<(String, f64)>,
    /// Mean score by scope; everybody's is as it is, the others are drawn towards each other.
    means: BTreeMap<usize, Mean>,
}

impl Learnt {
    pub fn of(question: &Question, ground: &Ground, contacts: &FirstContacts, scopes: &mut Scopes<'_>) -> Self {
        let Some(goal) = ground.learnt_goal(question).map(|goal| goal.name.clone()) else {
            return Self::NoGoal;
        };
        let reached = contacts.reached.people;
        if reached < REACHED_MIN {
            return Self::TooFew { goal, reached };
        }
        let vocabulary = Vocabulary::of(question, ground, contacts);
        let rows = table::rows(question, contacts, &vocabulary);
        let Ok((penalty, fit, calibration, quality)) =
            cross_validated(&rows.table(&vocabulary), &rows.folds, &PENALTIES)
        else {
            return Self::Useless {
                goal,
                reached,
                quality: None,
            };
        };
        let gain = 2.0 * rows.people() * (quality.log_loss_base - quality.log_loss);
        if gain < GAIN_MIN || calibration.stretch <= 0.0 {
            return Self::Useless {
                goal,
                reached,
                quality: Some(quality),
            };
        }
        let score = |features: u32| calibration.score(fit.model.log_odds(&vocabulary.row(features)));
        let kinds = scored(contacts, &vocabulary, scopes);
        let means = means(scopes, &kinds, score);
        Self::Score(Score {
            goal,
            reached,
            quality,
            penalty,
            slopes: vocabulary.named(&fit.model.slopes),
            means,
        })
    }

    /// What is to be known of the score itself.
    pub fn rows(&self) -> Vec<Value> {
        let of_score = |goal: &str, reached: u64, quality: Option<&Quality>, is_used: bool| {
            json!({
                "kind": "score",
                "goal": goal,
                "horizon_days": HORIZON_DAYS,
                "reached": reached,
                "used": is_used,
                "log_loss": quality.map(|quality| quality.log_loss),
                "log_loss_base": quality.map(|quality| quality.log_loss_base),
                "auc": quality.map(|quality| quality.auc),
                "calibration_error": quality.map(|quality| quality.calibration_error),
            })
        };
        match self {
            Self::NoGoal => Vec::new(),
            Self::TooFew { goal, reached } => vec![of_score(goal, *reached, None, false)],
            Self::Useless { goal, reached, quality } => vec![of_score(goal, *reached, quality.as_ref(), false)],
            Self::Score(score) => {
                let mut whole = of_score(&score.goal, score.reached, Some(&score.quality), true);
                whole["penalty"] = json!(score.penalty);
                let slope = |(feature, log_odds): &(String, f64)| json!({ "kind": "feature", "feature": feature, "log_odds": log_odds });
                std::iter::once(whole).chain(score.slopes.iter().map(slope)).collect()
            }
        }
    }

    pub const fn score(&self) -> Option<&Score> {
        match self {
            Self::Score(score) => Some(score),
            _ => None,
        }
    }
}

impl Score {
    pub fn at(&self, place: usize) -> Option<Mean> {
        self.means.get(&place).copied()
    }
}

/// How many people a scope has of each kind: of which features, and whether of those who reached the goal.
type Kinds = BTreeMap<usize, BTreeMap<(bool, u32), (u64, f64)>>;

fn scored(contacts: &FirstContacts, vocabulary: &Vocabulary<'_>, scopes: &mut Scopes<'_>) -> Kinds {
    let mut kinds = Kinds::new();
    for (taken, has_reached) in [(&contacts.reached, true), (&contacts.others, false)] {
        for contact in taken.sorted() {
            let kind = (has_reached, vocabulary.features(&contact));
            for &place in &*scopes.of(&contact.origin) {
                let people = kinds
                    .entry(place)
                    .or_default()
                    .entry(kind)
                    .or_insert((0, taken.weight()));
                people.0 += 1;
            }
        }
    }
    kinds
}

/// The mean score of each scope with enough people. Sums are taken in an order that does not hang on how events arrived.
fn means(scopes: &Scopes<'_>, kinds: &Kinds, score: impl Fn(u32) -> f64) -> BTreeMap<usize, Mean> {
    let mean = |kinds: &BTreeMap<(bool, u32), (u64, f64)>| {
        let each = || {
            kinds
                .iter()
                .map(|((_, features), (people, weight))| (*people as f64, *weight, score(*features)))
        };
        let whole: f64 = each().map(|(people, weight, _)| people * weight).sum();
        let value = each()
            .map(|(people, weight, score)| people * weight * score)
            .sum::<f64>()
            / whole;
        let squares = each().map(|(people, weight, score)| people * (weight * (score - value)).powi(2));
        Mean {
            value,
            error: squares.sum::<f64>().sqrt() / whole,
            n: kinds.values().map(|(people, _)| people).sum(),
        }
    };
    let mut told: Vec<(usize, Mean)> = kinds.iter().map(|(place, kinds)| (*place, mean(kinds))).collect();
    told.retain(|(_, mean)| mean.n >= SCORED_MIN);
    told.sort_by(|(one, _), (other, _)| scopes.names[*one].cmp(&scopes.names[*other]));
    let (everybody, scopes): (Vec<_>, Vec<_>) = told.into_iter().partition(|(place, _)| *place == EVERYBODY);
    let shrunk = shrink_means(&scopes.iter().map(|(_, mean)| *mean).collect::<Vec<_>>());
    let shrunk = scopes.iter().map(|(place, _)| *place).zip(shrunk);
    shrunk.chain(everybody).collect()
}
