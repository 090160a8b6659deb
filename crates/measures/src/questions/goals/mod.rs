//! `goals`: did they do what we wanted? Conversions per 1,000 people acquired, how long they take and how many are still to
//! come, revenue in each currency, and what customers are still worth.

mod contracts;
mod lags;
mod value;

pub use value::Expectation;

use std::rc::Rc;

use longplay_domain::{Currency, Goal};
use longplay_stats::rates::{self, Sample};

use self::lags::Lags;

use super::{
    reconciliation,
    scopes::{EVERYBODY, Scopes},
};
use crate::{
    answer::{Answer, Caution, Figure, Grade, Scope, State},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    folds::{ContractKey, Count, Map, Origin, RevenueCell},
    question::Question,
    words,
};

/// Below this many conversions nothing is said about how long they take (models §0).
const CONVERSIONS_MIN: u64 = 20;
/// Below this many people nothing is said about revenue per person.
const PEOPLE_MIN: u64 = 30;
/// Scopes whose lags are looked at beside everybody's: the largest.
const SCOPES_FITTED: usize = 5;

/// One scope's people, conversions by goal, and money by currency.
#[derive(Clone, Debug, Default)]
struct Tally {
    people: u64,
    converted: Vec<u64>,
    money: Map<Currency, RevenueCell>,
    /// Without that of somebody who was never present.
    of_people: Map<Currency, RevenueCell>,
}

pub const PARTS: &[Part] = &[
    Part::Cohorts,
    Part::Conversions,
    Part::Contracts,
    Part::Revenue,
    Part::Purchases,
    Part::Reach,
    Part::Distortions,
];

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let mut scopes = Scopes::new(question, ground);
    let tallies = tally(question, ground, &mut scopes, evidence);
    let mut answer = ground.blank(question);
    let mut currencies: Vec<Currency> = tallies[EVERYBODY].money.keys().copied().collect();
    currencies.sort_unstable();
    let places = scopes.order(|place| tallies[place].people);
    for &place in &places {
        push_figures(
            &mut answer,
            &ground.goals,
            &currencies,
            (&tallies[place], scopes.scope(place)),
        );
    }
    let finals = push_lags(
        &mut answer,
        question,
        ground,
        (&mut scopes, &places, &tallies, evidence),
    );
    let mut more = push_values(&mut answer, question, ground, evidence);
    let contracts = push_contracts(&mut answer, question, ground, evidence);
    let lags: Vec<Option<f64>> = ground
        .goals
        .iter()
        .map(|goal| of_everybody(&answer.figures, &format!("median_lag_days_{}", goal.name)).and_then(|lag| lag.value))
        .collect();
    answer.sentence = sentence(question, &ground.goals, &tallies[EVERYBODY], &lags);
    if let Some(index) = spoken_of(&ground.goals, &tallies[EVERYBODY])
        && let Some(still) = finals[index].as_ref().and_then(still_to_come)
    {
        answer.sentence = format!("{} {still}", answer.sentence);
        answer.grade = Grade::Attributed;
    }
    answer.sentence = [vec![answer.sentence], contracts].concat().join(" ");
    answer.cautions = cautions(&ground.goals, &tallies[EVERYBODY]);
    answer.cautions.extend(final_caution(&answer));
    answer.cautions.append(&mut more);
    reconciliation::of_people(question, ground, evidence).join(&mut answer);
    Ok(answer)
}

fn of_everybody<'a>(figures: &'a [Figure], key: &str) -> Option<&'a Figure> {
    figures
        .iter()
        .find(|figure| figure.key == key && figure.scope.is_empty())
}

/// The lags of every goal, for everybody and the largest scopes in which enough converted; gives back everybody's final
/// numbers.
fn push_lags(
    answer: &mut Answer,
    question: &Question,
    ground: &Ground,
    (scopes, places, tallies, evidence): (&mut Scopes<'_>, &[usize], &[Tally], &Evidence),
) -> Vec<Option<Figure>> {
    let count = |place: usize, goal: usize| tallies[place].converted.get(goal).copied().unwrap_or(0);
    let mut finals = Vec::new();
    for (index, goal) in ground.goals.iter().enumerate() {
        let enough = |place: &&usize| **place == EVERYBODY || count(**place, index) >= CONVERSIONS_MIN;
        let chosen: Vec<usize> = places.iter().filter(enough).take(SCOPES_FITTED + 1).copied().collect();
        let all = gathered(question, scopes, evidence, (index, &chosen));
        for (&place, lags) in chosen.iter().zip(&all) {
            let scope = || scopes.scope(place);
            let key = |prefix: &str| format!("{prefix}_{}", goal.name);
            let people = tallies[place].people;
            let expected = lags::expected_figure(
                key("expected_final"),
                scope(),
                (lags, people),
                (question.level, &ground.memory),
            );
            if place == EVERYBODY {
                finals.push(Some(expected.clone()).filter(|expected| expected.value.is_some()));
            }
            answer.figures.push(expected);
            answer
                .figures
                .push(lags.median(key("median_lag_days"), scope(), question.level));
            let title = format!("Reached “{}” by that day after their first", goal.name);
            if count(place, index) >= CONVERSIONS_MIN {
                answer
                    .curves
                    .extend(lags.curve(key("lag_curve"), title, scope(), question.level));
            }
        }
    }
    finals
}

/// The lags of one goal in each of the chosen scopes.
fn gathered(
    question: &Question,
    scopes: &mut Scopes<'_>,
    evidence: &Evidence,
    (goal, chosen): (usize, &[usize]),
) -> Vec<Lags> {
    let mut all = vec![Lags::default(); chosen.len()];
    let today = question.today();
    let mut indexes = vec![None; scopes.len()];
    chosen
        .iter()
        .zip(0..)
        .for_each(|(&place, index)| indexes[place] = Some(index));
    let mut each = |origin: &Origin, add: &mut dyn FnMut(&mut Lags)| {
        let places = scopes.of(origin);
        let known = places.iter().filter_map(|&place| indexes.get(place).copied().flatten());
        known.for_each(|index: usize| add(&mut all[index]));
    };
    for (origin, cohort) in evidence.cohorts().cells() {
        each(&origin, &mut |lags| {
            lags.add_people(origin.day, u64::from(cohort.people), today)
        });
    }
    for delay in evidence.conversions().delays(goal) {
        each(&delay.origin, &mut |lags| lags.add_converted(&delay, today));
    }
    all
}

/// What customers are still worth, in each currency; gives back what to beware of.
fn push_values(answer: &mut Answer, question: &Question, ground: &Ground, evidence: &Evidence) -> Vec<Caution> {
    let mut all: Vec<(Currency, _)> = evidence
        .purchases()
        .currencies()
        .map(|(code, customers)| (currency_of(ground, code), customers.histories()))
        .collect();
    all.sort_unstable_by_key(|(currency, _)| *currency);
    let mut cautions = Vec::new();
    for (currency, histories) in all {
        let worth = value::worth(&histories, currency, question.level, &ground.memory);
        answer.figures.push(worth.figure.clone());
        answer.rows.extend(worth.row.clone());
        cautions.extend_from_slice(&worth.cautions);
    }
    cautions
}

/// What contracts tell, of every goal that is paid for again; gives back the words for each.
fn push_contracts(answer: &mut Answer, question: &Question, ground: &Ground, evidence: &Evidence) -> Vec<String> {
    let mut words = Vec::new();
    for (index, goal) in ground.goals.iter().enumerate() {
        let Some(renewal) = goal.renews else { continue };
        let currency = |key: &ContractKey| currency_of(ground, key.currency);
        let cells = evidence.contracts().cells(index);
        let told = contracts::tell(goal, renewal, &cells, (question.level, &currency));
        answer.figures.extend(told.figures);
        answer.rows.push(told.row);
        words.extend(told.words);
    }
    words
}

fn currency_of(ground: &Ground, code: longplay_store::Code) -> Currency {
    let text = ground.snapshot.terms().text(code);
    text.and_then(|text| Currency::parse(&text))
        .unwrap_or(Currency::UNSTATED)
}

/// Where enough converted and the final number can't be told, that is said, with what is seen instead.
fn final_caution(answer: &Answer) -> Vec<Caution> {
    let untold = |figure: &&Figure| {
        figure.key.starts_with("expected_final_")
            && figure.scope.is_empty()
            && figure.value.is_none()
            && figure.count >= CONVERSIONS_MIN as i64
    };
    let message = |figure: &Figure| {
        let goal = figure.key.trim_start_matches("expected_final_");
        let key = format!("lag_curve_{goal}");
        let curve = answer
            .curves
            .iter()
            .find(|curve| curve.key == key && curve.scope.is_empty());
        let last = curve.and_then(|curve| curve.points.last())?;
        let share = words::Share::of(last.value, last.low, last.high);
        Some(format!(
            "By day {} after their first, {} reached “{goal}” ({}); how many will in the end can't be told yet.",
            last.age_days,
            share.value(),
            share.range()
        ))
    };
    let messages = answer.figures.iter().filter(untold).filter_map(message);
    messages
        .map(|message| Caution {
            code: "final_not_told",
            message,
        })
        .collect()
}

/// How many are still to come, where it is at least one.
fn still_to_come(expected: &Figure) -> Option<String> {
    let count = expected.count as f64;
    let (value, low, high) = (expected.value? - count, expected.low? - count, expected.high? - count);
    if value < 0.5 {
        return None;
    }
    Some(format!(
        "About {} more of those seen so far still will (between {} and {}).",
        words::count(value.round() as u64),
        words::count(low.max(0.0).floor() as u64),
        words::count(high.ceil() as u64)
    ))
}

fn tally(question: &Question, ground: &Ground, scopes: &mut Scopes<'_>, evidence: &Evidence) -> Vec<Tally> {
    let mut tallies = vec![Tally::default()];
    let goals = ground.goals.len();
    let at = |tallies: &mut Vec<Tally>, places: &[usize], add: &mut dyn FnMut(&mut Tally)| {
        for &place in places {
            if tallies.len() <= place {
                tallies.resize_with(place + 1, Tally::default);
            }
            add(&mut tallies[place]);
        }
    };
    for (origin, cohort) in evidence.cohorts().cells() {
        let places = scopes.of(&origin);
        at(&mut tallies, &places, &mut |tally| {
            tally.people += u64::from(cohort.people)
        });
    }
    for goal in 0..goals {
        for delay in evidence.conversions().delays(goal) {
            let places = scopes.of(&delay.origin);
            at(&mut tallies, &places, &mut |tally| {
                tally.converted.resize(goals, 0);
                tally.converted[goal] += delay.people;
            });
        }
    }
    for (key, cell) in evidence.revenue().cells() {
        let currency = currency_of(ground, key.currency);
        // Money of somebody who never appeared has no first day, so it belongs to everybody's total and to no range.
        let is_unlimited = question.period == longplay_domain::Period::default();
        let places = match &key.origin {
            Some(origin) => scopes.of(origin),
            None if is_unlimited => Rc::from([EVERYBODY]),
            None => Rc::default(),
        };
        at(&mut tallies, &places, &mut |tally| {
            tally.money.entry(currency).or_default().add(cell);
            if key.origin.is_some() {
                tally.of_people.entry(currency).or_default().add(cell);
            }
        });
    }
    tallies
}

fn push_figures(answer: &mut Answer, goals: &[Goal], currencies: &[Currency], (tally, scope): (&Tally, Scope)) {
    let people = tally.people;
    answer
        .figures
        .push(Figure::counted("people", "people", scope.clone(), (people, people)));
    for (index, goal) in goals.iter().enumerate() {
        let count = tally.converted.get(index).copied().unwrap_or(0);
        let key = format!("converted_{}", goal.name);
        let share = Figure::share(key, scope.clone(), (count, people), answer.level);
        answer.figures.push(share.per_1000());
    }
    for &currency in currencies {
        let cell = tally.money.get(&currency).copied().unwrap_or_default();
        answer.figures.push(Figure {
            n: people,
            count: cell.events as i64,
            value: Some(cell.minor as f64 / unit_of(currency)),
            state: State::Known,
            ..Figure::unknown(format!("revenue_{currency}"), currency.code(), scope.clone())
        });
        let cell = tally.of_people.get(&currency).copied().unwrap_or_default();
        answer
            .figures
            .push(per_person(&cell, currency, people, (scope.clone(), answer.level)));
    }
}

/// How many minor units a major one has.
fn unit_of(currency: Currency) -> f64 {
    10_f64.powi(currency.exponent() as i32)
}

/// Revenue so far per person of the scope, those without any included.
fn per_person(cell: &RevenueCell, currency: Currency, people: u64, (scope, level): (Scope, f64)) -> Figure {
    let unit = unit_of(currency);
    let sample = Sample {
        n: people,
        sum: cell.minor as f64 / unit,
        sum_of_squares: cell.squares as f64 / unit / unit,
    };
    let estimate = rates::mean(sample, level).filter(|_| people >= PEOPLE_MIN);
    Figure {
        count: cell.events as i64,
        ..Figure::estimated(
            format!("revenue_per_person_{currency}"),
            currency.code(),
            scope,
            (estimate, people),
        )
    }
}

/// The goal to speak of: purchases, else the rarest that happened.
fn spoken_of(goals: &[Goal], tally: &Tally) -> Option<usize> {
    let reached = |index: &usize| tally.converted.get(*index).copied().unwrap_or(0);
    let order = |index: &usize| (goals[*index].name != "purchase", reached(index));
    (0..goals.len()).filter(|index| reached(index) > 0).min_by_key(order)
}

/// Speaks of the goal that costs people most and was reached at all.
fn sentence(question: &Question, goals: &[Goal], tally: &Tally, lags: &[Option<f64>]) -> String {
    if goals.is_empty() {
        return "No goal is set, so there is nothing to count; add one with `longplay goal add`.".to_owned();
    }
    if tally.people == 0 {
        return "Nobody has been seen yet, so nobody can have done what you want.".to_owned();
    }
    let Some(index) = spoken_of(goals, tally) else {
        let names: Vec<&str> = goals.iter().map(|goal| goal.name.as_str()).collect();
        return format!(
            "None of {} has reached a goal yet ({}).",
            words::people(tally.people),
            names.join(", ")
        );
    };
    let (goal, count) = (&goals[index], tally.converted[index]);
    let Some(estimate) = rates::jeffreys(count, tally.people, question.level) else {
        return String::new();
    };
    let share = words::Share::of(estimate.value, estimate.low, estimate.high);
    let did = match goal.name.as_str() {
        "purchase" => "bought".to_owned(),
        "signup" => "signed up".to_owned(),
        "download" => "downloaded".to_owned(),
        name => format!("reached “{name}”"),
    };
    if count < CONVERSIONS_MIN {
        let who = words::people(tally.people);
        let range = share.range_in();
        return format!(
            "{} of {who} {did} so far ({range}); from {CONVERSIONS_MIN} on it can be said how long it takes.",
            words::count(count)
        );
    }
    let first = format!("{} people {did} ({})", share.value(), share.range());
    match lags.get(index).copied().flatten() {
        Some(lag) if lag > 0.0 => format!("{first}; half of those who did, within {}.", words::days(lag as u64)),
        _ => format!("{first}; half of those who did, on their first day."),
    }
}

fn cautions(goals: &[Goal], tally: &Tally) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if tally.people > 0 && !goals.is_empty() {
        let message =
            "People who came lately have had less time; these are conversions so far, not what will be.".to_owned();
        cautions.push(Caution {
            code: "conversions_so_far",
            message,
        });
    }
    if let Some(cell) = tally.money.get(&Currency::UNSTATED) {
        let message = format!(
            "{} purchases or refunds state no currency; they are summed as XXX and added to no other.",
            words::count(cell.events)
        );
        cautions.push(Caution {
            code: "currency_unstated",
            message,
        });
    }
    if tally.money.len() > 1 {
        let message = "Revenue in different currencies is never added up.".to_owned();
        cautions.push(Caution {
            code: "several_currencies",
            message,
        });
    }
    cautions
}
