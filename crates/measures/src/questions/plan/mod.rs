//! `plan`: what should we publish next? Topics, formats and channels by the regulars and buyers they bring per hour of work.
//!
//! What a piece brought is judged by its first 90 days. Younger pieces count as far as pieces of their age usually have
//! brought what they will; those too young even for that are listed and not counted.

mod advice;
mod arms;
mod cadence;
mod pieces;
mod told;

use std::collections::BTreeMap;

use longplay_domain::{Currency, Day};
use serde_json::{Map, Value};

pub use self::advice::of as advice_of;
use self::{
    arms::{Plan, Told},
    pieces::{Arm, FACTS, Tried},
};
use crate::{
    answer::{Answer, Caution, Figure, Grade, Scope, State},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    question::Question,
    words,
};

pub const PARTS: &[Part] = &[Part::Cohorts, Part::Buyers, Part::Regulars];

/// Arms with figures of their own, and young pieces that are listed.
const LISTED_MAX: usize = 50;
/// Costs are told for so many units of their currency.
const COST_UNITS: f64 = 100.0;

/// What the pieces say of the work they took.
struct Effort {
    /// Median hours of each arm of which any are known, and of all.
    by_arm: BTreeMap<Arm, f64>,
    overall: Option<f64>,
    unknown: u64,
}

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let mut answer = ground.blank(question);
    let today = question.today();
    let tried = pieces::tried(question, ground, evidence);
    let ready = arms::ready(&tried, today);
    let mut counted: Vec<&Tried> = tried.iter().filter(|piece| piece.counts()).collect();
    counted.drain(..counted.len().saturating_sub(arms::PIECES_MAX));
    let effort = Effort::of(&counted);
    let is_early = arms::missing(&ready) > 0;
    let fit = |exposure: &dyn Fn(&Tried) -> Option<f64>| {
        let enough = (!is_early).then_some(());
        enough.and_then(|()| arms::plan(&counted, question.level, exposure))
    };
    let plan = fit(&|piece| Some(effort.hours(piece)));
    let currency = usual_currency(&counted);
    let costs = currency.and_then(|currency| fit(&|piece| cost_in(piece, currency)));
    let judged: usize = ready.iter().sum();
    let pieces = Figure::counted("pieces", "pieces", Scope::new(), (judged as u64, tried.len() as u64));
    answer.figures.push(pieces);
    push_whole(&mut answer, plan.as_ref(), (&effort, counted.len() as u64));
    push_arms(&mut answer, plan.as_ref(), (&effort, &counted));
    if let Some((currency, costs)) = currency.zip(costs.as_ref()) {
        push_costs(&mut answer, costs, currency);
    }
    answer.rows = young_rows(&tried, today, ground);
    answer.rows.extend(cadence::row(question, &tried, evidence));
    let hours = |piece: &Tried| effort.hours(piece);
    answer.rows.extend(advice::rows(&ground.advice, today, &tried, hours));
    if plan.is_some() {
        answer.grade = Grade::Attributed;
    }
    answer.sentence = told::sentence(&tried, &ready, plan.as_ref(), (effort.overall.is_some(), today));
    answer.cautions = cautions(&tried, &counted, (&effort, plan.is_some()));
    Ok(answer)
}

impl Effort {
    fn of(pieces: &[&Tried]) -> Self {
        let mut by_arm: BTreeMap<Arm, Vec<f64>> = BTreeMap::new();
        for (piece, hours) in pieces.iter().filter_map(|piece| Some((piece, piece.hours?))) {
            by_arm.entry(piece.arm.clone()).or_default().push(hours);
        }
        let overall = median(by_arm.values().flatten().copied().collect());
        let by_arm = by_arm
            .into_iter()
            .filter_map(|(arm, hours)| Some((arm, median(hours)?)));
        Self {
            by_arm: by_arm.collect(),
            overall,
            unknown: pieces.iter().filter(|piece| piece.hours.is_none()).count() as u64,
        }
    }

    /// Hours of a piece: known, usual for its arm, usual for all; each piece counts alike where nothing is known of any.
    fn hours(&self, piece: &Tried) -> f64 {
        let usual = || self.by_arm.get(&piece.arm).copied().or(self.overall);
        piece.hours.or_else(usual).unwrap_or(1.0)
    }

    /// The key of what an arm brings, and its unit.
    const fn measure(&self) -> (&'static str, &'static str) {
        if self.overall.is_some() {
            ("per_hour", "people_per_hour")
        } else {
            ("per_piece", "people_per_piece")
        }
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle).copied()?;
    let is_even = values.len().is_multiple_of(2);
    Some(if is_even {
        (values[middle - 1] + upper) / 2.0
    } else {
        upper
    })
}

/// The currency in which most pieces state what they cost.
fn usual_currency(pieces: &[&Tried]) -> Option<Currency> {
    let mut counts: BTreeMap<Currency, usize> = BTreeMap::new();
    for (currency, _) in pieces.iter().filter_map(|piece| piece.cost) {
        *counts.entry(currency).or_default() += 1;
    }
    let most = counts
        .into_iter()
        .max_by_key(|(currency, count)| (*count, std::cmp::Reverse(*currency)));
    most.map(|(currency, _)| currency)
}

fn cost_in(piece: &Tried, wanted: Currency) -> Option<f64> {
    piece
        .cost
        .filter(|(currency, _)| *currency == wanted)
        .map(|(_, amount)| amount / COST_UNITS)
}

/// A figure without an interval of its own: a chance, or what follows from chances.
fn stated(key: &str, unit: &str, scope: Scope, (value, n): (Option<f64>, u64)) -> Figure {
    let state = match (value, n) {
        (Some(_), _) => State::Known,
        (None, 0) => State::NoData,
        (None, _) => State::TooEarly,
    };
    Figure {
        n,
        value,
        state,
        ..Figure::unknown(key, unit, scope)
    }
    .graded(Grade::Attributed)
}

fn push_whole(answer: &mut Answer, plan: Option<&Plan>, (effort, n): (&Effort, u64)) {
    let (_, unit) = effort.measure();
    let share = plan.map(|plan| plan.explore_share);
    let regret = plan.map(|plan| plan.expected_regret);
    answer.figures.extend([
        stated("explore_share", "share", Scope::new(), (share, n)),
        stated("expected_regret", unit, Scope::new(), (regret, n)),
    ]);
}

fn scope(arm: &Arm) -> Scope {
    FACTS.into_iter().zip(arm.iter().cloned()).collect()
}

fn people(brought: u64) -> i64 {
    i64::try_from(brought).unwrap_or(i64::MAX)
}

fn push_arms(answer: &mut Answer, plan: Option<&Plan>, (effort, counted): (&Effort, &[&Tried])) {
    let (key, unit) = effort.measure();
    let mut push = |told: &Told, is_known: bool| {
        let scope = scope(&told.arm);
        let count = people(told.brought);
        let rate = Figure::estimated(key, unit, scope.clone(), (told.rate, told.pieces)).graded(Grade::Attributed);
        answer.figures.push(Figure { count, ..rate });
        let p_best = is_known.then_some(told.p_best);
        let p_best = stated("p_best", "share", scope.clone(), (p_best, told.pieces));
        answer.figures.push(Figure { count, ..p_best });
        if key != "per_hour" {
            // The key programs look for is there, and says that nobody told how long anything took.
            answer
                .figures
                .push(Figure::unknown("per_hour", "people_per_hour", scope).graded(Grade::Attributed));
        }
    };
    match plan {
        Some(plan) => plan.arms.iter().take(LISTED_MAX).for_each(|told| push(told, true)),
        None => {
            let mut early: BTreeMap<&Arm, (u64, u64)> = BTreeMap::new();
            for piece in counted {
                let (pieces, brought) = early.entry(&piece.arm).or_default();
                *pieces += 1;
                *brought += piece.total();
            }
            for (arm, (pieces, brought)) in early.into_iter().take(LISTED_MAX) {
                let told = Told {
                    arm: arm.clone(),
                    pieces,
                    brought,
                    rate: None,
                    p_best: 0.0,
                };
                push(&told, false);
            }
        }
    }
}

fn push_costs(answer: &mut Answer, costs: &Plan, currency: Currency) {
    let unit = format!("people_per_{COST_UNITS}_{currency}");
    for told in costs.arms.iter().take(LISTED_MAX) {
        let figure = Figure::estimated("per_cost", unit.clone(), scope(&told.arm), (told.rate, told.pieces));
        answer.figures.push(Figure {
            count: people(told.brought),
            ..figure.graded(Grade::Attributed)
        });
    }
}

/// Pieces whose 90 days are not over, newest first.
fn young_rows(tried: &[Tried], today: Day, ground: &Ground) -> Vec<Value> {
    let young = tried.iter().rev().filter(|piece| !piece.is_ready(today));
    let row = |piece: &Tried| {
        let mut row = Map::new();
        row.insert("kind".to_owned(), "too_early".into());
        row.insert("piece".to_owned(), piece.id.clone().into());
        row.insert("title".to_owned(), ground.title(&piece.id).into());
        for (fact, value) in FACTS.into_iter().zip(&piece.arm) {
            row.insert(fact.to_owned(), value.clone().into());
        }
        row.insert("brought".to_owned(), piece.total().into());
        row.insert("matured".to_owned(), piece.matured.into());
        row.insert("counts".to_owned(), piece.counts().into());
        row.insert("ready_on".to_owned(), piece.ready_on().to_string().into());
        Value::Object(row)
    };
    young.take(LISTED_MAX).map(row).collect()
}

fn cautions(tried: &[Tried], counted: &[&Tried], (effort, is_told): (&Effort, bool)) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let mut say = |code, message: String| cautions.push(Caution { code, message });
    if is_told {
        let message =
            "Past pieces differ in their dates and in the platform's mood too; nobody drew lots which to publish.";
        say("selection", message.to_owned());
        let message = "Somebody who became a regular and bought counts as both.";
        say("both", message.to_owned());
    }
    let all = counted.len() as u64;
    if all > 0 && effort.overall.is_none() {
        let message =
            "No piece says how many hours it took, so each counts alike; with hours, what brings most per hour shows.";
        say("effort_unknown", message.to_owned());
    } else if effort.unknown > 0 {
        let message = format!(
            "{} of {} pieces don't say how many hours they took; what is usual for their kind stands in.",
            words::count(effort.unknown),
            words::count(all)
        );
        say("effort_missing", message);
    }
    let bare = tried
        .iter()
        .filter(|piece| piece.arm.iter().any(Option::is_none))
        .count() as u64;
    if bare > 0 {
        let message = format!(
            "{} of {} pieces lack a topic, format or channel; they are taken together under what is known of them.",
            words::count(bare),
            words::count(tried.len() as u64)
        );
        say("facts_missing", message);
    }
    let waiting = tried.iter().filter(|piece| !piece.counts()).count() as u64;
    if waiting > 0 {
        let message = if tried.len() == 1 {
            "The one piece there is, is too young to be judged; it is listed and not counted.".to_owned()
        } else {
            format!(
                "Too young to be judged, so listed and not counted: {} of {} pieces.",
                words::count(waiting),
                words::count(tried.len() as u64)
            )
        };
        say("too_early", message);
    }
    let beyond = tried.iter().filter(|piece| piece.counts()).count() - counted.len();
    if beyond > 0 {
        let message = format!(
            "The plan rests on the latest {} pieces.",
            words::count(arms::PIECES_MAX as u64)
        );
        say("latest", message);
    }
    cautions
}
