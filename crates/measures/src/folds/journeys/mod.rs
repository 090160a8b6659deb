//! Journeys: what people met before they reached a goal, and what those met who never did.
//!
//! The look-back has no limit: every touch before the goal counts, however old; the question's period says on which days
//! a goal must have been reached, and cuts no journey. What each rule gives is a sum over people, so it is kept as such:
//! exact, and no larger than the labels there are. Only the Markov chain needs whole journeys; it gets a sample of them,
//! chosen by the person's key, so that it is the same for any number of threads, and everybody where they are few.

mod paths;
mod sample;
mod sizes;
mod split;
mod walk;

use longplay_domain::Period;
use longplay_store::{Column, Columns};

use self::walk::Walk;
use super::matcher::Matcher;
use crate::{
    ask::Ground,
    pass::{Fold, Life, TakeAway},
    question::Question,
};

pub use paths::{Method, Paths, Share, WHOLE};
pub use sample::Sample;

/// Journeys to each goal the question is about.
#[derive(Debug)]
pub struct Journeys {
    /// Places among the workspace's goals.
    goals: Vec<usize>,
    matchers: Vec<Matcher>,
    paths: Vec<Paths>,
    period: Period,
    walk: Walk,
}

impl Journeys {
    pub fn new(question: &Question, ground: &Ground) -> Self {
        let is_asked = |goal: &usize| {
            let name = &ground.goals[*goal].name;
            question.goal.as_ref().is_none_or(|asked| asked == name)
        };
        let goals: Vec<usize> = (0..ground.goals.len()).filter(is_asked).collect();
        let terms = ground.snapshot.terms();
        Self {
            matchers: goals
                .iter()
                .map(|&goal| Matcher::new(&ground.goals[goal], terms))
                .collect(),
            paths: goals.iter().map(|_| Paths::default()).collect(),
            goals,
            period: question.period,
            walk: Walk::new(question.by, &ground.pieces, terms),
        }
    }

    /// The goals, by their place among the workspace's, and how people came to them.
    pub fn paths(&self) -> impl Iterator<Item = (usize, &Paths)> {
        self.goals.iter().copied().zip(&self.paths)
    }
}

impl Fold for Journeys {
    fn columns(&self) -> Columns {
        Columns::of(&[self.walk.column(), Column::ValueMinor, Column::Currency]).with(Matcher::columns(&self.matchers))
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        let from = Matcher::from(life, arrival);
        let rank = sample::rank(life.history.person);
        let mut has_touch = None;
        for (matcher, paths) in self.matchers.iter().zip(&mut self.paths) {
            let may_reach = matcher.acts & life.acts != 0;
            if let Some(event) = may_reach.then(|| matcher.first(life, from)).flatten() {
                // Whoever reached the goal on another day belongs neither to those who did nor to those who did not.
                if self.period.holds(life.days[event]) {
                    self.walk.read(life, Some(event));
                    paths.convert(&mut self.walk, rank, life.history, event);
                }
                continue;
            }
            let walk = &mut self.walk;
            if *has_touch.get_or_insert_with(|| walk.has_touch(life)) && paths.others.counts(rank) {
                walk.read(life, None);
                paths.others.keep(rank, walk.states());
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.paths.iter_mut().zip(other.paths) {
            mine.merge(theirs);
        }
    }

    fn finish(&mut self) {
        self.paths.iter_mut().for_each(Paths::finish);
    }
}

impl TakeAway for Journeys {
    fn take_away(&mut self, other: Self) {
        for (mine, theirs) in self.paths.iter_mut().zip(&other.paths) {
            mine.take_away(theirs);
        }
    }

    fn is_whole(&self) -> bool {
        self.paths.iter().all(Paths::is_whole)
    }
}
