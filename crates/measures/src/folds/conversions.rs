//! Who did what the owner wanted: per goal the first matching event at or after the first presence event.

use longplay_domain::Goal;
use longplay_store::{Columns, Terms};

use super::{Delay, Delays, matcher::Matcher};
use crate::pass::{Fold, Life, TakeAway};

/// Conversions of every goal, in the order of the goals given.
#[derive(Debug)]
pub struct Conversions {
    matchers: Vec<Matcher>,
    any_act: u32,
    /// By goal: people converted, by origin and lag in days; 0 is "on the first day".
    converted: Vec<Delays>,
}

impl Conversions {
    pub fn new(goals: &[Goal], terms: &Terms) -> Self {
        let matchers: Vec<Matcher> = goals.iter().map(|goal| Matcher::new(goal, terms)).collect();
        let any_act = matchers.iter().fold(0, |mask, matcher| mask | matcher.acts);
        let converted = matchers.iter().map(|_| Delays::default()).collect();
        Self {
            matchers,
            any_act,
            converted,
        }
    }

    /// People converted to the goal with that number.
    pub fn delays(&self, goal: usize) -> impl Iterator<Item = Delay> {
        self.converted[goal].cells()
    }
}

impl Fold for Conversions {
    fn columns(&self) -> Columns {
        Matcher::columns(&self.matchers)
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        if life.acts & self.any_act == 0 {
            return;
        }
        let from = Matcher::from(life, arrival);
        for (goal, matcher) in self
            .matchers
            .iter()
            .enumerate()
            .filter(|(_, matcher)| matcher.acts & life.acts != 0)
        {
            let Some(event) = matcher.first(life, from) else {
                continue;
            };
            let lag_days = life.days[event].since(arrival.day).max(0);
            self.converted[goal].add(arrival.into(), lag_days);
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.converted.iter_mut().zip(other.converted) {
            mine.merge(theirs);
        }
    }

    fn finish(&mut self) {
        self.converted.iter_mut().for_each(Delays::finish);
    }
}

impl TakeAway for Conversions {
    fn take_away(&mut self, other: Self) {
        for (mine, theirs) in self.converted.iter_mut().zip(&other.converted) {
            mine.take_away(theirs);
        }
    }
}
