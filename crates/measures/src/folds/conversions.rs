//! Who did what the owner wanted: per goal the first matching event at or after the first presence event.

use std::sync::Arc;

use longplay_domain::{Act, Goal};
use longplay_store::{Code, Column, Columns, Terms};

use super::{Map, Origin};
use crate::pass::{Fold, Life};

/// A goal with its filters as codes.
#[derive(Clone, Debug)]
struct Matcher {
    acts: u32,
    event: Option<Code>,
    piece: Option<Code>,
    channel: Option<Code>,
}

impl Matcher {
    fn new(goal: &Goal, terms: &Terms) -> Self {
        let acts = goal.acts.iter().fold(0, |mask, act: &Act| mask | 1 << act.code());
        let code = |text: &Option<String>| text.as_deref().map(|text| terms.code(text));
        Self {
            acts: if goal.acts.is_empty() { u32::MAX } else { acts },
            event: code(&goal.event),
            piece: code(&goal.piece),
            channel: code(&goal.channel),
        }
    }

    fn holds(&self, life: &Life<'_>, event: usize) -> bool {
        let equals = |wanted: Option<Code>, column| wanted.is_none_or(|code| life.history.codes(column)[event] == code);
        self.acts >> life.history.acts[event] & 1 != 0
            && equals(self.event, Column::Event)
            && equals(self.piece, Column::Piece)
            && equals(self.channel, Column::Channel)
    }
}

/// Conversions of every goal, in the order of the goals given.
#[derive(Debug)]
pub struct Conversions {
    matchers: Arc<[Matcher]>,
    any_act: u32,
    /// People converted, by goal and origin.
    pub converted: Vec<Map<Origin, u64>>,
    /// People converted, by goal, origin day and lag in days.
    pub lags: Vec<Map<(longplay_domain::Day, i32), u64>>,
}

impl Conversions {
    pub fn new(goals: &[Goal], terms: &Terms) -> Self {
        Self::of(goals.iter().map(|goal| Matcher::new(goal, terms)).collect())
    }

    /// The same goals, nothing observed yet.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self::of(Arc::clone(&self.matchers))
    }

    fn of(matchers: Arc<[Matcher]>) -> Self {
        let any_act = matchers.iter().fold(0, |mask, matcher| mask | matcher.acts);
        let converted = matchers.iter().map(|_| Map::default()).collect();
        let lags = matchers.iter().map(|_| Map::default()).collect();
        Self {
            matchers,
            any_act,
            converted,
            lags,
        }
    }
}

impl Fold for Conversions {
    fn columns(&self) -> Columns {
        let has_names = self.matchers.iter().any(|matcher| matcher.event.is_some());
        if has_names {
            Columns::of(&[Column::Event])
        } else {
            Columns::none()
        }
    }

    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        let times = life.history.times;
        // "At or after": events of the same instant that sort before the first presence event count too.
        let mut from = arrival.event;
        while from > 0 && times[from - 1] == times[arrival.event] {
            from -= 1;
        }
        let acts = &life.history.acts[from..];
        if !acts.iter().any(|&act| self.any_act >> act & 1 != 0) {
            return;
        }
        for (goal, matcher) in self.matchers.iter().enumerate() {
            if let Some(event) = (from..times.len()).find(|&event| matcher.holds(life, event)) {
                *self.converted[goal].entry(Origin::from(arrival)).or_default() += 1;
                let lag_days = life.days[event].since(arrival.day);
                *self.lags[goal].entry((arrival.day, lag_days)).or_default() += 1;
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.converted.iter_mut().zip(other.converted) {
            theirs
                .into_iter()
                .for_each(|(origin, count)| *mine.entry(origin).or_default() += count);
        }
        for (mine, theirs) in self.lags.iter_mut().zip(other.lags) {
            theirs
                .into_iter()
                .for_each(|(lag, count)| *mine.entry(lag).or_default() += count);
        }
    }
}
