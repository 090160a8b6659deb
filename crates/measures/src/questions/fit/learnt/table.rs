//! Rows to learn from: first contacts, whether the goal was reached, how much each says, and in which fold it is held out.

use std::collections::BTreeMap;

use longplay_domain::Day;
use longplay_stats::rates::Table;

use super::features::Vocabulary;
use crate::{
    folds::{Contact, FirstContacts, HORIZON_DAYS},
    question::Question,
};

/// Most people learnt from: more would not change what is said, only how long it takes.
const REACHED_MAX: usize = 1_024;
const OTHERS_MAX: usize = 4_096;
/// People are held out in turn, in the order in which they came, and the latest fifth of them together: what was learnt must hold
/// later, too. Nothing here hangs on anybody's key, for two stores of the same events have different ones.
const FOLDS: usize = 5;
/// From so many people who reached the goal and had the whole horizon for it, it is known how long that takes.
const LAGS_MIN: usize = 20;

pub struct Rows {
    features: Vec<u32>,
    outcomes: Vec<bool>,
    weights: Vec<f64>,
    pub folds: Vec<usize>,
}

impl Rows {
    pub fn table(&self, vocabulary: &Vocabulary<'_>) -> Table {
        Table {
            features: self.features.iter().map(|&features| vocabulary.row(features)).collect(),
            outcomes: self.outcomes.clone(),
            weights: self.weights.clone(),
        }
    }

    /// How many people they are.
    pub fn people(&self) -> f64 {
        self.weights.iter().sum()
    }
}

/// One person to learn from.
struct Example {
    time_micros: i64,
    features: u32,
    has_reached: bool,
    day: Day,
    weight: f64,
}

/// Rows that say the same are one row that weighs more.
pub fn rows(question: &Question, contacts: &FirstContacts, vocabulary: &Vocabulary<'_>) -> Rows {
    let (mut reached, mut others) = (contacts.reached.sorted(), contacts.others.sorted());
    let maturity = Maturity::of(&reached, question.today());
    reached.truncate(REACHED_MAX);
    others.truncate(OTHERS_MAX);
    let stands_for = |people: u64, kept: usize| people as f64 / kept.max(1) as f64;
    let strata = [
        (&reached, stands_for(contacts.reached.people, reached.len())),
        (&others, stands_for(contacts.others.people, others.len())),
    ];
    let mut examples: Vec<Example> = Vec::with_capacity(reached.len() + others.len());
    for (contacts, stands_for) in strata {
        examples.extend(contacts.iter().map(|contact| {
            let said = match contact.lag_days {
                Some(_) => 1.0,
                None => maturity.at(question.today().since(contact.origin.day)),
            };
            Example {
                time_micros: contact.time_micros,
                features: vocabulary.features(contact),
                has_reached: contact.lag_days.is_some(),
                day: contact.origin.day,
                weight: stands_for * said,
            }
        }));
    }
    examples.retain(|example| example.weight > 0.0);
    examples.sort_unstable_by_key(|example| (example.time_micros, example.features, example.has_reached));
    condensed(&examples)
}

fn condensed(examples: &[Example]) -> Rows {
    let latest = latest_fifth(examples);
    let mut weights: BTreeMap<(u32, bool, usize), f64> = BTreeMap::new();
    for (index, example) in examples.iter().enumerate() {
        let is_latest = example.day >= latest;
        let fold = if is_latest { FOLDS - 1 } else { index % (FOLDS - 1) };
        *weights
            .entry((example.features, example.has_reached, fold))
            .or_default() += example.weight;
    }
    // A penalty is held against as many people as were looked at, not against those they stand for.
    let whole: f64 = weights.values().sum();
    let scale = examples.len() as f64 / whole.max(f64::MIN_POSITIVE);
    Rows {
        features: weights.keys().map(|(features, ..)| *features).collect(),
        outcomes: weights.keys().map(|(_, outcome, _)| *outcome).collect(),
        weights: weights.values().map(|weight| weight * scale).collect(),
        folds: weights.keys().map(|(.., fold)| *fold).collect(),
    }
}

/// The day from which on a fifth of the people came.
fn latest_fifth(examples: &[Example]) -> Day {
    let mut days: Vec<Day> = examples.iter().map(|example| example.day).collect();
    days.sort_unstable();
    let place = days.len() - days.len() / FOLDS;
    // Where all came on one day there is no later.
    let later = days
        .get(place)
        .filter(|&day| days.first().is_some_and(|first| first < day));
    later.copied().unwrap_or(Day(i32::MAX))
}

/// Which share of those who reach the goal within the horizon has done so at an age.
struct Maturity {
    /// By age in days; empty where it is not known.
    shares: Vec<f64>,
}

impl Maturity {
    fn of(reached: &[Contact], today: Day) -> Self {
        let mature = reached
            .iter()
            .filter(|contact| today.since(contact.origin.day) > HORIZON_DAYS);
        let mut lags: Vec<i32> = mature.filter_map(|contact| contact.lag_days).collect();
        if lags.len() < LAGS_MIN {
            return Self { shares: Vec::new() };
        }
        lags.sort_unstable();
        let share = |age: i32| lags.partition_point(|&lag| lag <= age) as f64 / lags.len() as f64;
        Self {
            shares: (0..=HORIZON_DAYS).map(share).collect(),
        }
    }

    /// How much it says that somebody has not reached the goal at an age: nothing where that is not known.
    fn at(&self, age_days: i32) -> f64 {
        if age_days > HORIZON_DAYS {
            return 1.0;
        }
        // The day of as-of is not over.
        let finished = usize::try_from(age_days - 1).ok();
        finished.and_then(|age| self.shares.get(age)).copied().unwrap_or(0.0)
    }
}
