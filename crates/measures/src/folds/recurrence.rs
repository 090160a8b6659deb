//! Recurrence (x, t_x, T): what the customer-base models read, condensed with weights.

use longplay_domain::Day;
use longplay_store::Columns;

use super::Map;
use crate::pass::{Fold, Life};

/// Days: x distinct presence days after D0, the last of them t_x days after D0, observed for T days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecurrenceCell {
    pub x: u32,
    pub t_x: i32,
    pub t: i32,
}

impl RecurrenceCell {
    /// `None` for somebody who was never present.
    pub fn of(life: &Life<'_>, today: Day) -> Option<Self> {
        let (first, last) = (life.presence.first()?, life.presence.last()?);
        Some(Self {
            x: life.presence.len() as u32 - 1,
            t_x: last.since(*first),
            t: today.since(*first),
        })
    }
}

/// How many people share each (x, t_x, T).
#[derive(Debug)]
pub struct Recurrence {
    today: Day,
    pub weights: Map<RecurrenceCell, u64>,
}

impl Recurrence {
    /// `today` is the day of as_of.
    pub fn new(today: Day) -> Self {
        Self {
            today,
            weights: Map::default(),
        }
    }
}

impl Fold for Recurrence {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    fn observe(&mut self, life: &Life<'_>) {
        if let Some(cell) = RecurrenceCell::of(life, self.today) {
            *self.weights.entry(cell).or_default() += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        other
            .weights
            .into_iter()
            .for_each(|(cell, weight)| *self.weights.entry(cell).or_default() += weight);
    }
}
