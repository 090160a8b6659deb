//! Recurrence (x, t_x, T): what the customer-base models read, condensed with weights.

use longplay_domain::Day;
use longplay_store::Columns;

use super::{ByDays, Runs};
use crate::pass::{Fold, Life, TakeAway};

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

impl RecurrenceCell {
    /// In order of (x, t_x, T): 20 bits of days present, 22 and 22 of days, eleven thousand years.
    fn packed(self) -> u64 {
        let days = |days: i32| (days.max(0) as u64).min(DAYS_MAX);
        u64::from(self.x).min(PRESENT_MAX) << 44 | days(self.t_x) << 22 | days(self.t)
    }

    fn unpacked(packed: u64) -> Self {
        Self {
            x: (packed >> 44) as u32,
            t_x: (packed >> 22 & DAYS_MAX) as i32,
            t: (packed & DAYS_MAX) as i32,
        }
    }
}

const DAYS_MAX: u64 = (1 << 22) - 1;
const PRESENT_MAX: u64 = (1 << 20) - 1;
/// How many people share each (x, t_x, T).
#[derive(Debug)]
pub struct Recurrence {
    today: Day,
    /// How many people were never back, by T: most people, so they are not sorted with the rest.
    once: ByDays,
    /// Packed cells of the others.
    back: Runs<u64>,
}

impl Recurrence {
    /// `today` is the day of as_of.
    pub fn new(today: Day) -> Self {
        Self {
            today,
            once: ByDays::default(),
            back: Runs::default(),
        }
    }

    /// Every cell with the number of people in it, in order.
    pub fn weights(&self) -> Vec<(RecurrenceCell, u64)> {
        let never_back = |(t, people)| (RecurrenceCell { x: 0, t_x: 0, t }, people);
        let once = self.once.cells().map(never_back);
        let counts = self.back.counts().iter();
        let back = counts.map(|&(cell, weight)| (RecurrenceCell::unpacked(cell), u64::from(weight)));
        once.chain(back).collect()
    }
}

impl Fold for Recurrence {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(cell) = RecurrenceCell::of(life, self.today) else {
            return;
        };
        if cell.x == 0 {
            self.once.add(cell.t);
            return;
        }
        self.back.add(cell.packed());
    }

    fn merge(&mut self, other: Self) {
        self.once.merge(&other.once);
        self.back.merge(other.back);
    }

    fn finish(&mut self) {
        self.back.finish();
    }
}

impl TakeAway for Recurrence {
    fn take_away(&mut self, other: Self) {
        self.once.take_away(&other.once);
        self.back.take_away(&other.back);
    }
}

#[cfg(test)]
mod tests {
    use super::RecurrenceCell;

    #[test]
    fn packing_keeps_every_cell_and_their_order() {
        let cell = |x, t_x, t| RecurrenceCell { x, t_x, t };
        let cells = [
            cell(0, 0, 0),
            cell(0, 0, 900),
            cell(1, 7, 4_000_000),
            cell(1, 8, 9),
            cell(1_000_000, 3, 3),
        ];
        assert_eq!(cells.map(|cell| RecurrenceCell::unpacked(cell.packed())), cells);
        assert!(cells.map(RecurrenceCell::packed).is_sorted());
    }
}
