//! How many people a rule means, whole and condition by condition: what an owner looks at while writing one.

use std::sync::Arc;

use longplay_domain::{Rule, Time, Verdict, Zone};
use longplay_store::{Columns, Store, StoreError};
use serde::Serialize;

use super::Judge;
use crate::{
    engine::LocalEngine,
    pass::{Fold, Life},
    words,
};

/// How many people a rule, or one condition of it, says what of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    pub yes: u64,
    pub no: u64,
    pub unknown: u64,
}

impl Count {
    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Yes => self.yes += 1,
            Verdict::No => self.no += 1,
            Verdict::Unknown => self.unknown += 1,
        }
    }

    fn merge(&mut self, other: Self) {
        self.yes += other.yes;
        self.no += other.no;
        self.unknown += other.unknown;
    }

    pub const fn people(&self) -> u64 {
        self.yes + self.no + self.unknown
    }

    /// What the rule says of how many, to be read aloud.
    pub fn sentence(&self) -> String {
        if self.people() == 0 {
            return "Nobody has been seen yet, so the rule means nobody.".to_owned();
        }
        format!(
            "Of {}, the rule says yes of {} and no of {}; of {} it is not known.",
            words::people(self.people()),
            words::count(self.yes),
            words::count(self.no),
            words::count(self.unknown)
        )
    }
}

/// What a rule says of everybody who was ever present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    pub whole: Count,
    /// In the order in which they are written.
    pub conditions: Vec<Count>,
}

struct Counting {
    judge: Arc<Judge>,
    whole: Count,
    conditions: Vec<Count>,
}

impl Fold for Counting {
    fn columns(&self) -> Columns {
        self.judge.columns()
    }

    fn observe(&mut self, life: &Life<'_>) {
        if life.arrival.is_none() {
            return;
        }
        self.whole.add(self.judge.judge(life));
        for (count, verdict) in self.conditions.iter_mut().zip(self.judge.judge_each(life)) {
            count.add(verdict);
        }
    }

    fn merge(&mut self, other: Self) {
        self.whole.merge(other.whole);
        for (mine, theirs) in self.conditions.iter_mut().zip(other.conditions) {
            mine.merge(theirs);
        }
    }
}

/// Counts what a rule says of everybody, by what is known at `as_of`.
pub fn try_rule(rule: &Rule, store: &Store, as_of: Time, zone: &Zone) -> Result<Tried, StoreError> {
    let snapshot = store.snapshot()?;
    let judge = Judge::new(rule, snapshot.terms(), &store.pieces()?, zone.day_of(as_of));
    let judge = Arc::new(judge);
    let conditions = rule.conditions().len();
    let blank = || Counting {
        judge: Arc::clone(&judge),
        whole: Count::default(),
        conditions: vec![Count::default(); conditions],
    };
    let Counting { whole, conditions, .. } = LocalEngine::default().run(&snapshot, as_of, zone, blank)?;
    Ok(Tried { whole, conditions })
}
