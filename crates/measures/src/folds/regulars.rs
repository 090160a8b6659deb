//! Who became a regular, how long after their first day, and who is one now, a month ago and at the end of each month.
//!
//! By origin, so that the regulars a piece brought can be told, within any number of days. Most people were here too seldom
//! to be asked about at all.

use longplay_domain::{Day, Month, Period};
use longplay_store::Columns;

use super::{Origin, Tally};
use crate::{
    pass::{Fold, Life, TakeAway},
    regular::Regular,
};

/// Month ends that are told, beside today.
const MONTHS: i32 = 24;

/// People of one origin who became regulars so many days after their first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegularCell {
    /// How many became one, at some time.
    pub became: u32,
    /// How many are one on the day of as_of.
    pub now: u32,
    /// How many were one a calendar month before.
    pub month_ago: u32,
    /// How many are now and were not a month ago, and the other way round.
    pub gained: u32,
    pub lost: u32,
}

impl RegularCell {
    pub fn add(&mut self, other: Self) {
        self.became += other.became;
        self.now += other.now;
        self.month_ago += other.month_ago;
        self.gained += other.gained;
        self.lost += other.lost;
    }
}

/// How long somebody took to become one, whether they are one now, and whether they were a month ago.
const fn noted(lag_days: i32, is: u32, was: u32) -> u32 {
    (lag_days as u32) << 2 | is << 1 | was
}

/// What so many people with the same note are together.
const fn read(note: u32, people: u32) -> (i32, RegularCell) {
    let (is, was) = (note >> 1 & 1, note & 1);
    let cell = RegularCell {
        became: people,
        now: people * is,
        month_ago: people * was,
        gained: people * (is & !was),
        lost: people * (was & !is),
    };
    ((note >> 2) as i32, cell)
}

/// Regulars by origin and by days from D0 to the day they first became one.
#[derive(Debug)]
pub struct Regulars {
    regular: Regular,
    period: Period,
    /// Days on which people are looked at, ascending; the last is that of as_of.
    days: Vec<Day>,
    /// Which of them is a month ago.
    month_ago: usize,
    /// By lag in days, and whether they are one now and were one a month ago: see [`noted`].
    cells: Tally,
    /// Regulars of the period's people on each of the days.
    counts: Vec<u64>,
}

impl Regulars {
    /// `period` limits whose regulars are counted day by day; the cells are kept by origin, so they can be limited later.
    pub fn new(regular: Regular, today: Day, period: Period) -> Self {
        let month_ago = month_before(today);
        let this = Month::of(today);
        let mut days: Vec<Day> = (1..=MONTHS).map(|ago| this.plus(-ago).last_day()).collect();
        days.extend([month_ago, today]);
        days.sort_unstable();
        days.dedup();
        Self {
            regular,
            period,
            month_ago: days.partition_point(|&day| day < month_ago),
            counts: vec![0; days.len()],
            days,
            cells: Tally::default(),
        }
    }

    /// Who became regulars by origin and lag in days, in a fixed order.
    pub fn cells(&self) -> Vec<(Origin, i32, RegularCell)> {
        let mut cells: Vec<(Origin, i32, RegularCell)> = Vec::new();
        for (origin, note, people) in self.cells.cells() {
            let (lag_days, cell) = read(note, people);
            match cells.last_mut() {
                Some((same, days, sum)) if (*same, *days) == (origin, lag_days) => sum.add(cell),
                _ => cells.push((origin, lag_days, cell)),
            }
        }
        cells
    }

    /// The period's people who were regulars at the end of each month, oldest first, and on the day of as_of.
    pub fn by_month(&self) -> Vec<(Day, u64)> {
        let days = self.days.iter().copied().zip(self.counts.iter().copied());
        let last = self.days.len() - 1;
        days.enumerate()
            .filter(|(index, (day, _))| *index == last || Month::of(*day).last_day() == *day)
            .map(|(_, told)| told)
            .collect()
    }

    /// The day that is called a month ago.
    pub fn month_ago(&self) -> Day {
        self.days[self.month_ago]
    }

    pub const fn regular(&self) -> &Regular {
        &self.regular
    }
}

/// The same day of the month before, or its last where it is shorter.
fn month_before(day: Day) -> Day {
    let (this, before) = (Month::of(day), Month::of(day).plus(-1));
    before.start().plus(day.since(this.start())).min(before.last_day())
}

impl Fold for Regulars {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    fn courses(&self) -> Option<Regular> {
        Some(self.regular)
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let (Some(arrival), Some(course)) = (life.arrival, &life.course) else {
            return;
        };
        let Some(first) = course.first() else { return };
        let (mut told, mut seen) = (0_u32, 0);
        for (index, &day) in self.days.iter().enumerate().skip_while(|(_, day)| **day < first) {
            while life.presence.get(seen).is_some_and(|&next| next <= day) {
                seen += 1;
            }
            if seen == life.presence.len() && course.may_stay_until().is_none_or(|until| until < day) {
                // Nothing but silence follows.
                break;
            }
            told |= u32::from(course.at(seen, day)) << index;
        }
        let was = told >> self.month_ago & 1;
        let is = told >> (self.days.len() - 1) & 1;
        self.cells.add(arrival.into(), noted(first.since(arrival.day), is, was));
        if self.period.holds(arrival.day) {
            let counts = self.counts.iter_mut().enumerate();
            counts.for_each(|(index, count)| *count += u64::from(told >> index & 1));
        }
    }

    fn merge(&mut self, other: Self) {
        self.cells.merge(other.cells);
        let counts = self.counts.iter_mut().zip(other.counts);
        counts.for_each(|(mine, theirs)| *mine += theirs);
    }

    fn finish(&mut self) {
        self.cells.finish();
    }
}

impl TakeAway for Regulars {
    fn take_away(&mut self, other: Self) {
        self.cells.take_away(&other.cells);
        let counts = self.counts.iter_mut().zip(other.counts);
        counts.for_each(|(mine, theirs)| *mine -= theirs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ago_is_the_same_day_or_the_last() {
        for (day, before) in [
            ("2026-03-31", "2026-02-28"),
            ("2026-01-15", "2025-12-15"),
            ("2026-03-01", "2026-02-01"),
        ] {
            let day = Day::parse(day).expect("a day");
            assert_eq!(month_before(day).to_string(), before);
        }
    }
}
