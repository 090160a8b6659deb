//! What is at stake with somebody: what they are expected to spend in the next year, where customer value can be told, else what
//! they spent in the last, times the chance that they are still there. Currencies never meet.

use std::sync::Arc;

use longplay_domain::{Currency, Day};
use longplay_store::Code;

use super::super::goals::Expectation;
use crate::{
    ask::Ground,
    evidence::Evidence,
    folds::{Candidate, history},
    question::Question,
};

const YEAR_DAYS: i32 = 365;

/// Money at stake.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stake {
    /// In major units.
    pub value: f64,
    pub currency: Currency,
    /// As a multiple of what is usually at stake with the candidates of that currency.
    pub of_the_usual: f64,
}

/// How money is told in one currency.
struct Worth {
    code: Code,
    currency: Currency,
    expectation: Arc<Option<Expectation>>,
    usual: f64,
}

pub struct Worths {
    today: Day,
    currencies: Vec<Worth>,
}

impl Worths {
    pub fn of(question: &Question, ground: &Ground, evidence: &Evidence) -> Self {
        let currency = |code| {
            ground
                .snapshot
                .terms()
                .text(code)
                .and_then(|text| Currency::parse(&text))
        };
        let known = evidence.purchases().currencies().filter_map(|(code, customers)| {
            let currency = currency(code)?;
            Some(Worth {
                code,
                currency,
                expectation: Expectation::of(&customers.histories(), currency, &ground.memory),
                usual: 0.0,
            })
        });
        let mut currencies: Vec<Worth> = known.collect();
        currencies.sort_by_key(|worth| worth.currency);
        let mut worths = Self {
            today: question.today(),
            currencies,
        };
        for index in 0..worths.currencies.len() {
            let worth = &worths.currencies[index];
            let candidates = evidence.talks().candidates().iter();
            let values: Vec<f64> = candidates
                .filter_map(|candidate| worths.value(worth, candidate))
                .collect();
            worths.currencies[index].usual = values.iter().sum::<f64>() / values.len().max(1) as f64;
        }
        worths
    }

    /// What is at stake with somebody, in the currency in which that is most; `None` for who never bought.
    pub fn stake(&self, candidate: &Candidate) -> Option<Stake> {
        let stakes = self.currencies.iter().filter_map(|worth| {
            let value = self.value(worth, candidate)?;
            Some(Stake {
                value,
                currency: worth.currency,
                of_the_usual: if worth.usual > 0.0 { value / worth.usual } else { 0.0 },
            })
        });
        stakes.max_by(|a, b| a.of_the_usual.total_cmp(&b.of_the_usual))
    }

    fn value(&self, worth: &Worth, candidate: &Candidate) -> Option<f64> {
        let of_currency = |(code, ..): &&(Code, Day, i64)| *code == worth.code;
        let bought: Vec<(Code, Day, i64)> = candidate.bought.iter().filter(of_currency).copied().collect();
        if bought.is_empty() {
            return None;
        }
        if let Some(expectation) = &*worth.expectation {
            let days: Vec<(Day, u64)> = bought
                .chunk_by(|one, other| one.1 == other.1)
                .map(|day| (day[0].1, day.iter().map(|&(_, _, minor)| minor.max(0) as u64).sum()))
                .collect();
            return Some(expectation.of_customer(&history(&days, self.today))).filter(|value| value.is_finite());
        }
        let lately = bought.iter().filter(|(_, day, _)| self.today.since(*day) < YEAR_DAYS);
        let minor: f64 = lately.map(|&(_, _, minor)| minor as f64).sum();
        Some(candidate.p_alive * minor / 10_f64.powi(worth.currency.exponent() as i32))
    }
}
