//! A question about some people only: who takes part in a pass, and how many are left out because it is not known.

use longplay_domain::{Period, Rule, Verdict};
use longplay_store::Columns;

use super::Judge;
use crate::{answer::Caution, ask::Ground, pass::Life, question::Question, words};

/// The code of the caution that says whom an answer is about.
pub const SOME_PEOPLE: &str = "some_people";

/// Lets those through of whom a rule says yes.
#[derive(Debug)]
pub struct Among {
    judge: Judge,
    /// People outside it are not in the question anyway.
    period: Period,
    unknown: u64,
}

impl Among {
    /// `None` where everybody takes part.
    pub fn of(question: &Question, ground: &Ground) -> Option<Self> {
        let rule = question.whose.as_ref()?;
        Some(Self {
            judge: Judge::new(rule, ground.snapshot.terms(), &ground.pieces, question.today()),
            period: question.period,
            unknown: 0,
        })
    }

    pub const fn columns(&self) -> Columns {
        self.judge.columns()
    }

    #[inline]
    pub fn takes(&mut self, life: &Life<'_>) -> bool {
        let verdict = self.judge.judge(life);
        if verdict == Verdict::Unknown && life.arrival.is_some_and(|arrival| self.period.holds(arrival.day)) {
            self.unknown += 1;
        }
        verdict == Verdict::Yes
    }

    pub const fn merge(&mut self, other: &Self) {
        self.unknown += other.unknown;
    }

    /// Of how many it is not known.
    pub const fn unknown(&self) -> u64 {
        self.unknown
    }

    /// Whom the answer is about.
    pub fn caution(&self, rule: &Rule) -> Caution {
        let left_out = match self.unknown {
            0 => String::new(),
            unknown => format!(
                " Of {} more it is not known, so they are left out.",
                words::people(unknown)
            ),
        };
        Caution {
            code: SOME_PEOPLE,
            message: format!("Only people of whom this is true: {rule}.{left_out}"),
        }
    }
}
