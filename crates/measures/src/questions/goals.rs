//! `goals`: did they do what we wanted? Conversions per 1,000 people acquired, and revenue in each currency.

use longplay_domain::{Currency, Goal};

use super::scopes::{EVERYBODY, Scopes};
use crate::{
    answer::{Answer, Caution, Figure, Scope, State},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    folds::{Count, Map, RevenueCell},
    question::Question,
    words,
};

/// Below this many conversions nothing is said about how long they take (models §0).
const CONVERSIONS_MIN: u64 = 20;

/// One scope's people, conversions by goal, and money by currency.
#[derive(Clone, Debug, Default)]
struct Tally {
    people: u64,
    converted: Vec<u64>,
    money: Map<Currency, RevenueCell>,
}

pub const PARTS: &[Part] = &[Part::Cohorts, Part::Conversions, Part::Revenue];

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let mut scopes = Scopes::new(question, ground);
    let tallies = tally(question, ground, &mut scopes, evidence);
    let mut answer = ground.blank(question);
    let mut currencies: Vec<Currency> = tallies[EVERYBODY].money.keys().copied().collect();
    currencies.sort_unstable();
    for place in scopes.order(|place| tallies[place].people) {
        push_figures(
            &mut answer,
            &ground.goals,
            &currencies,
            (&tallies[place], scopes.scope(place)),
        );
    }
    let lags: Vec<Option<usize>> = (0..ground.goals.len())
        .map(|goal| median_lag(evidence.conversions().lags(goal)))
        .collect();
    answer.sentence = sentence(question, &ground.goals, &tallies[EVERYBODY], &lags);
    answer.cautions = cautions(&ground.goals, &tallies[EVERYBODY]);
    Ok(answer)
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
        for (origin, count) in evidence.conversions().converted(goal) {
            let places = scopes.of(&origin);
            at(&mut tallies, &places, &mut |tally| {
                tally.converted.resize(goals, 0);
                tally.converted[goal] += u64::from(count);
            });
        }
    }
    let terms = ground.snapshot.terms();
    for (key, cell) in evidence.revenue().cells() {
        let currency = terms
            .text(key.currency)
            .and_then(|code| Currency::parse(&code))
            .unwrap_or(Currency::UNSTATED);
        // Money of somebody who never appeared has no first day, so it belongs to everybody's total and to no range.
        let is_unlimited = question.period == longplay_domain::Period::default();
        let places = match &key.origin {
            Some(origin) => scopes.of(origin),
            None if is_unlimited => vec![EVERYBODY],
            None => Vec::new(),
        };
        at(&mut tallies, &places, &mut |tally| {
            let sum = tally.money.entry(currency).or_default();
            sum.add(cell);
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
    for currency in currencies {
        let cell = tally.money.get(currency).copied().unwrap_or_default();
        answer.figures.push(Figure {
            n: people,
            count: cell.events as i64,
            value: Some(cell.minor as f64 / 10_f64.powi(currency.exponent() as i32)),
            state: State::Known,
            ..Figure::unknown(format!("revenue_{currency}"), currency.code(), scope.clone())
        });
    }
}

/// Days from first presence to conversion within which half of those who converted did.
fn median_lag(lags: &[u64]) -> Option<usize> {
    let total: u64 = lags.iter().sum();
    let mut seen = 0;
    lags.iter().position(|&count| {
        seen += count;
        total > 0 && 2 * seen >= total
    })
}

/// Speaks of the goal that costs people most and was reached at all: purchases, else the rarest that happened.
fn sentence(question: &Question, goals: &[Goal], tally: &Tally, lags: &[Option<usize>]) -> String {
    if goals.is_empty() {
        return "No goal is set, so there is nothing to count; add one with `longplay goal add`.".to_owned();
    }
    if tally.people == 0 {
        return "Nobody has been seen yet, so nobody can have done what you want.".to_owned();
    }
    let reached = |index: &usize| tally.converted.get(*index).copied().unwrap_or(0);
    let order = |index: &usize| (goals[*index].name != "purchase", reached(index));
    let Some(index) = (0..goals.len()).filter(|index| reached(index) > 0).min_by_key(order) else {
        let names: Vec<&str> = goals.iter().map(|goal| goal.name.as_str()).collect();
        return format!(
            "None of {} has reached a goal yet ({}).",
            words::people(tally.people),
            names.join(", ")
        );
    };
    let (goal, count) = (&goals[index], reached(&index));
    let Some(estimate) = longplay_stats::rates::jeffreys(count, tally.people, question.level) else {
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
        Some(lag) if lag > 0 => format!("{first}; half of those who did, within {}.", words::days(lag as u64)),
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
