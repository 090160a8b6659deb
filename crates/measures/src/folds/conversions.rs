//! Who did what the owner wanted: per goal the first matching event at or after the first presence event.

use longplay_domain::{Goal, Period};
use longplay_store::{Columns, Terms};

use super::{Origin, Weeks, matcher::Matcher};
use crate::pass::{Fold, Life};

/// Conversions of every goal, in the order of the goals given.
#[derive(Debug)]
pub struct Conversions {
    matchers: Vec<Matcher>,
    any_act: u32,
    period: Period,
    /// People converted, by goal and origin.
    converted: Vec<Weeks<u32>>,
    /// People who first came in the period and converted, by goal and lag in days.
    lags: Vec<Vec<u64>>,
}

impl Conversions {
    /// `period` limits whose lags are counted; conversions are kept by origin, so they can be limited later.
    pub fn new(goals: &[Goal], terms: &Terms, period: Period) -> Self {
        let matchers: Vec<Matcher> = goals.iter().map(|goal| Matcher::new(goal, terms)).collect();
        let any_act = matchers.iter().fold(0, |mask, matcher| mask | matcher.acts);
        let converted = matchers.iter().map(|_| Weeks::default()).collect();
        let lags = matchers.iter().map(|_| Vec::new()).collect();
        Self {
            matchers,
            any_act,
            period,
            converted,
            lags,
        }
    }

    /// People converted to the goal with that number, by origin.
    pub fn converted(&self, goal: usize) -> Vec<(Origin, u32)> {
        self.converted[goal].cells()
    }

    /// People by lag in days: index 0 is "on the first day".
    pub fn lags(&self, goal: usize) -> &[u64] {
        &self.lags[goal]
    }
}

impl Fold for Conversions {
    fn columns(&self) -> Columns {
        Matcher::columns(&self.matchers)
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        let from = Matcher::from(life, arrival);
        let acts = life.history.acts[from..].iter().fold(0, |mask, &act| mask | 1 << act);
        if acts & self.any_act == 0 {
            return;
        }
        for (goal, matcher) in self
            .matchers
            .iter()
            .enumerate()
            .filter(|(_, matcher)| matcher.acts & acts != 0)
        {
            let Some(event) = matcher.first(life, from) else {
                continue;
            };
            self.converted[goal].add(arrival.channel, arrival.piece, arrival.day, 1);
            if self.period.holds(arrival.day) {
                let lag_days = life.days[event].since(arrival.day).max(0) as usize;
                let lags = &mut self.lags[goal];
                lags.resize(lags.len().max(lag_days + 1), 0);
                lags[lag_days] += 1;
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.converted.iter_mut().zip(other.converted) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.lags.iter_mut().zip(other.lags) {
            mine.resize(mine.len().max(theirs.len()), 0);
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }

    fn finish(&mut self) {
        self.converted.iter_mut().for_each(Weeks::finish);
    }
}
