//! `credit`: which pieces led there? Nine answers side by side, and how far they disagree.
//!
//! The question's period says on which days a goal was reached; the touches before it are looked at without limit. People
//! before whose goal nothing is known are a scope of their own (null), so that what a method gives adds up to all.

mod chain;
mod tally;
mod told;

use longplay_domain::Goal;
use longplay_stats::{
    attribution::{Agreement, agreement},
    least::CONVERSIONS_CREDITED,
};
use serde_json::{Map, Value, json};

use self::tally::{Credited, Tally};
use crate::{
    answer::{Answer, Caution, Figure, Grade, Scope},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    folds::{Journeys, Method, Paths},
    question::{By, Question},
    words,
};

pub const PARTS: &[Part] = &[Part::Journeys];

/// Labels with figures of their own; the rest is one row, so that an answer stays readable and quick.
const LISTED_MAX: usize = 200;
const MARKOV: &str = "markov";

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let mut answer = ground.blank(question);
    let Some((goal, paths)) = chosen(&ground.goals, evidence.journeys()) else {
        answer.sentence = "No goal is set, so nothing can be credited; add one with `longplay goal add`.".to_owned();
        return Ok(answer);
    };
    let goal = &ground.goals[goal];
    let tally = Tally::new(question, ground, paths);
    answer.rows = goal_rows(&ground.goals, evidence.journeys(), goal);
    push_whole(&mut answer, paths);
    let is_early = ((paths.conversions - paths.unseen) as f64) < CONVERSIONS_CREDITED;
    let credited = if is_early {
        Vec::new()
    } else {
        tally.credited(question.level, paths, &ground.memory)
    };
    let agreement = agree(&credited, &tally);
    answer.figures.push(agreement_figure(agreement.as_ref(), paths));
    for place in 0..tally.listed() {
        let scope = tally.scope(question.by, place);
        let met = tally.met(place);
        push_credit(&mut answer, (&credited, place), scope, (met, paths.conversions));
    }
    if is_early {
        answer.rows.extend(tally.counted_rows(question.by, ground));
    } else {
        answer.rows.extend(tally.spread_rows(question.by, ground, &credited));
        answer.grade = Grade::Attributed;
    }
    answer.rows.extend(tally.rest_rows(question.by, ground));
    answer.sentence = told::sentence(question, goal, paths, (&tally, &credited, agreement.as_ref()), ground);
    answer.cautions = cautions(goal, paths, &tally, !is_early);
    Ok(answer)
}

/// The goal asked for; else purchases if there are any, else what was reached most.
fn chosen<'a>(goals: &[Goal], journeys: &'a Journeys) -> Option<(usize, &'a Paths)> {
    journeys.paths().min_by_key(|(goal, paths)| {
        let is_sale = goals[*goal].name == "purchase";
        (
            !(is_sale && paths.conversions > 0),
            std::cmp::Reverse(paths.conversions),
            !is_sale,
            *goal,
        )
    })
}

fn goal_rows(goals: &[Goal], journeys: &Journeys, chosen: &Goal) -> Vec<Value> {
    let row = |(goal, paths): (usize, &Paths)| {
        let name = &goals[goal].name;
        json!({"kind": "goal", "goal": name, "conversions": paths.conversions, "chosen": *name == chosen.name})
    };
    journeys.paths().map(row).collect()
}

fn push_whole(answer: &mut Answer, paths: &Paths) {
    let (all, unseen) = (paths.conversions, paths.unseen);
    let level = answer.level;
    answer.figures.extend([
        Figure::counted("conversions", "people", Scope::new(), (all, all)),
        Figure::share("coverage", Scope::new(), (all - unseen, all), level),
        Figure::share("unseen", Scope::new(), (unseen, all), level),
    ]);
}

/// How far the methods agree about the labels listed, from 0 (not at all) to 1 (the same order).
fn agree(credited: &[Credited], tally: &Tally) -> Option<Agreement> {
    let labels = tally.listed() - usize::from(tally.has_unseen());
    let splits = credited.iter().filter(|credited| credited.adds_up());
    let values: Vec<Vec<f64>> = splits.filter_map(|credited| credited.values(labels)).collect();
    let values: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    agreement(&values)
}

fn agreement_figure(agreement: Option<&Agreement>, paths: &Paths) -> Figure {
    let figure = Figure {
        n: paths.conversions,
        ..Figure::unknown("agreement", "index", Scope::new())
    };
    match agreement {
        Some(agreement) => Figure {
            value: Some(agreement.concordance),
            state: crate::answer::State::Known,
            ..figure
        },
        None if paths.conversions > 0 => figure.too_early(None),
        None => figure,
    }
    .graded(Grade::Attributed)
}

/// One figure a method for one scope; `met` of `n` conversions came after a touch of it.
fn push_credit(answer: &mut Answer, (credited, place): (&[Credited], usize), scope: Scope, (met, n): (u64, u64)) {
    let names = Method::ALL.map(Method::name).into_iter().chain([MARKOV]);
    for name in names {
        let estimate = credited
            .iter()
            .find(|credited| credited.method == name)
            .and_then(|credited| credited.estimates.get(place).copied().flatten());
        let figure = Figure::estimated(format!("credit_{name}"), "conversions", scope.clone(), (estimate, n));
        answer.figures.push(Figure {
            count: i64::try_from(met).unwrap_or(i64::MAX),
            ..figure.graded(Grade::Attributed)
        });
    }
}

/// A row about one label: its kind, its name under the breakdown's own key, and the title beside a piece.
fn labelled(kind: &str, by: By, label: Option<&str>, ground: &Ground) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("kind".to_owned(), kind.into());
    row.insert(by.name().to_owned(), label.into());
    if by == By::Piece {
        row.insert("title".to_owned(), label.map(|label| ground.title(label)).into());
    }
    row
}

fn cautions(goal: &Goal, paths: &Paths, tally: &Tally, is_told: bool) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let mut say = |code, message| cautions.push(Caution { code, message });
    let (all, unseen, lone) = (paths.conversions, paths.unseen, paths.lone);
    if is_told {
        let message = "Credit says what people met on their way, not what moved them; no method here is a comparison.";
        say("not_causal", message.to_owned());
    }
    if unseen > 0 {
        let message = format!(
            "Nothing is known of what came before {} of {}: word of mouth, private messages, another device.",
            words::count(unseen),
            told::reached(goal, all)
        );
        say("unseen", message);
    }
    if lone > 0 && 2 * lone > all - unseen {
        let message = format!(
            "{} of {} came after a single touch that is known, to which every method gives all.",
            words::count(lone),
            told::reached(goal, all)
        );
        say("single_touch", message);
    }
    if tally.others() > 0 {
        let message = format!(
            "{} more share what is left; they stand in one row.",
            words::count(tally.others() as u64)
        );
        say("listed", message);
    }
    if is_told && (tally.listed() > chain::STATES_MAX || tally.others() > 0) {
        let message = format!(
            "The Markov chain tells the {} met most apart and takes the others for one.",
            chain::STATES_MAX
        );
        say("markov_states", message);
    }
    let is_sampled = |people: u64, stands_for: f64| people > 0 && stands_for > 1.0;
    if is_told
        && (is_sampled(paths.converted.people(), paths.converted.stands_for())
            || is_sampled(paths.others.people(), paths.others.stands_for()))
    {
        let message = "The Markov chain rests on a sample of people, always the same; its intervals allow for that.";
        say("markov_sample", message.to_owned());
    }
    cautions
}
