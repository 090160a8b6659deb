//! Who was present how many weeks, and how many months, after the one in which they first came.
//!
//! Calendar weeks (Monday to Sunday) and calendar months, so that a cohort is the people of one of them and an age is another.
//! Somebody present on three days of a week counts once in it: people are never sums of days.

use longplay_domain::{Day, Month, Period};
use longplay_store::Columns;

use super::{ByDays, Map};
use crate::pass::{Fold, Life};

/// Of each cohort, how many were present at each age; age 0 holds everybody.
#[derive(Debug, Default)]
pub struct Triangle {
    cohorts: Map<i32, Vec<u64>>,
}

impl Triangle {
    /// Cohorts by number, with people by age.
    pub fn cohorts(&self) -> Vec<(i32, &[u64])> {
        let mut all: Vec<_> = self
            .cohorts
            .iter()
            .map(|(&cohort, ages)| (cohort, ages.as_slice()))
            .collect();
        all.sort_unstable_by_key(|&(cohort, _)| cohort);
        all
    }

    /// One person; `periods` ascending, the first is that of D0.
    #[inline]
    fn add(&mut self, periods: impl Iterator<Item = i32>, people: u64) {
        let mut periods = periods.peekable();
        let Some(&cohort) = periods.peek() else { return };
        let ages = self.cohorts.entry(cohort).or_default();
        let mut last = None;
        for period in periods.filter(|&period| last.replace(period) != Some(period)) {
            let age = period.abs_diff(cohort) as usize;
            if ages.len() <= age {
                ages.resize(age + 1, 0);
            }
            ages[age] += people;
        }
    }

    fn merge(&mut self, other: Self) {
        for (cohort, theirs) in other.cohorts {
            let mine = self.cohorts.entry(cohort).or_default();
            mine.resize(mine.len().max(theirs.len()), 0);
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }
}

/// The week of a day, counted from that of Monday, 5 January 1970.
pub const fn week_of(day: Day) -> i32 {
    (day.0 - 4).div_euclid(7)
}

/// The first day of that week.
pub const fn week_start(week: i32) -> Day {
    Day(week * 7 + 4)
}

/// The cohort triangles of the people whose D0 lies in the question's period.
#[derive(Debug)]
pub struct Ages {
    today: Day,
    period: Period,
    /// People who never came back, by days from D0 to today: most people, so they wait until the end.
    once: ByDays,
    weeks: Triangle,
    months: Triangle,
}

impl Ages {
    pub fn new(today: Day, period: Period) -> Self {
        Self {
            today,
            period,
            once: ByDays::default(),
            weeks: Triangle::default(),
            months: Triangle::default(),
        }
    }

    /// By week; the number of a week is that of [`Ages::week_start`].
    pub const fn weeks(&self) -> &Triangle {
        &self.weeks
    }

    /// By month; the number of a month is that of [`Month`].
    pub const fn months(&self) -> &Triangle {
        &self.months
    }

    /// The Monday of a week with that number.
    pub const fn week_start(week: i32) -> Day {
        week_start(week)
    }
}

impl Fold for Ages {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival.filter(|arrival| self.period.holds(arrival.day)) else {
            return;
        };
        if life.presence.len() == 1 {
            self.once.add(self.today.since(arrival.day));
            return;
        }
        self.weeks.add(life.presence.iter().map(|&day| week_of(day)), 1);
        self.months.add(life.presence.iter().map(|&day| Month::of(day).0), 1);
    }

    fn merge(&mut self, other: Self) {
        self.once.merge(&other.once);
        self.weeks.merge(other.weeks);
        self.months.merge(other.months);
    }

    fn finish(&mut self) {
        for (age, people) in std::mem::take(&mut self.once).cells() {
            let day = self.today.plus(-age);
            self.weeks.add(std::iter::once(week_of(day)), people);
            self.months.add(std::iter::once(Month::of(day).0), people);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday() {
        for number in -30..30 {
            let day = Day(number);
            assert_eq!(week_start(week_of(day)), day.week_start(), "{day}");
        }
    }

    #[test]
    fn three_days_of_a_week_are_one_person() {
        let mut triangle = Triangle::default();
        triangle.add([4, 4, 5, 7, 7, 7].into_iter(), 1);
        triangle.add([4].into_iter(), 2);
        let mut other = Triangle::default();
        other.add([4, 5].into_iter(), 1);
        triangle.merge(other);
        assert_eq!(triangle.cohorts(), [(4, [4, 2, 0, 1].as_slice())]);
    }
}
