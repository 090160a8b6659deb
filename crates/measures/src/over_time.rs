//! One question at the end of each month: what it would have said then, so that its figures can be seen to rise or fall.
//!
//! Each month is a pass of its own over what was known by its last moment, and no part of an edition: months that are over are
//! asked for when somebody wants to see them.

use longplay_domain::Month;
use longplay_store::Store;

use crate::{
    answer::{Answer, Figure},
    ask::{AskError, answered},
    question::{Key, Question},
};

/// Months at most: five years.
pub const MONTHS_MAX: u16 = 60;
/// The figures that are told of every month.
const TOLD: [&str; 5] = ["index", "breadth", "back_catalogue", "returning_share", "n_eff"];

impl Key {
    /// Whether it can be asked at the end of months.
    pub const fn is_told_by_month(self) -> bool {
        matches!(self, Self::Durability)
    }
}

/// Adds the figures about everybody at the end of each of the last months that are over, the oldest first, with the month as
/// scope; from the first month in which anybody had been seen.
pub fn tell(answer: &mut Answer, question: &Question, store: &Store) -> Result<(), AskError> {
    let running = Month::of(question.today());
    let mut told: Vec<Vec<Figure>> = Vec::new();
    for back in 1..=i32::from(question.months.min(MONTHS_MAX)) {
        let month = Month(running.0 - back);
        let then = Question {
            as_of: question.zone.end_of(Month(month.0 + 1).start().plus(-1)),
            months: 0,
            ..question.clone()
        };
        let figures = of_month(answered(&then, store)?, month);
        if figures.iter().all(|figure| figure.n == 0) {
            break;
        }
        told.push(figures);
    }
    answer.figures.extend(told.into_iter().rev().flatten());
    Ok(())
}

fn of_month(answer: Answer, month: Month) -> Vec<Figure> {
    let is_told = |figure: &Figure| figure.scope.is_empty() && TOLD.contains(&figure.key.as_str());
    let mut figures: Vec<Figure> = answer.figures.into_iter().filter(is_told).collect();
    for figure in &mut figures {
        figure.scope.insert("month", Some(month.to_string()));
    }
    figures
}
