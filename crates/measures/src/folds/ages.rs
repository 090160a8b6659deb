//! Who was present how many weeks, and how many months, after the one in which they first came.
//!
//! Calendar weeks (Monday to Sunday) and calendar months, so that a cohort is the people of one of them and an age is another.
//! Somebody present on three days of a week counts once in it: people are never sums of days.

use longplay_domain::{Day, Period};
use longplay_store::Columns;

use super::{ByDays, Triangle};
use crate::{
    calendar::month_of,
    pass::{Fold, Life, TakeAway},
};

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
    /// People by cohort and age; age 0 holds everybody.
    weeks: Triangle<u64>,
    months: Triangle<u64>,
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
    pub const fn weeks(&self) -> &Triangle<u64> {
        &self.weeks
    }

    /// By month; the number of a month is that of [`longplay_domain::Month`].
    pub const fn months(&self) -> &Triangle<u64> {
        &self.months
    }

    /// The number of the week of a day.
    pub const fn week_of(day: Day) -> i32 {
        week_of(day)
    }

    /// The Monday of a week with that number.
    pub const fn week_start(week: i32) -> Day {
        week_start(week)
    }
}

/// One person; `periods` ascending, the first is that of D0.
#[inline]
fn add(triangle: &mut Triangle<u64>, mut periods: impl Iterator<Item = i32>) {
    let Some(cohort) = periods.next() else { return };
    let ages = triangle.cohort(cohort);
    ages.add(0, 1);
    let mut last = cohort;
    for period in periods {
        if period != last {
            ages.add(period.abs_diff(cohort), 1);
            last = period;
        }
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
        add(&mut self.weeks, life.presence.iter().map(|&day| week_of(day)));
        add(&mut self.months, life.presence.iter().map(|&day| month_of(day).0));
    }

    fn merge(&mut self, other: Self) {
        self.once.merge(&other.once);
        self.weeks.merge(other.weeks);
        self.months.merge(other.months);
    }

    fn finish(&mut self) {
        for (age, people) in std::mem::take(&mut self.once).cells() {
            let day = self.today.plus(-age);
            self.weeks.cohort(week_of(day)).add(0, people);
            self.months.cohort(month_of(day).0).add(0, people);
        }
    }
}

impl TakeAway for Ages {
    fn take_away(&mut self, other: Self) {
        self.weeks.take_away(other.weeks);
        self.months.take_away(other.months);
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
        add(&mut triangle, [4, 4, 5, 7, 7, 7].into_iter());
        add(&mut triangle, [4, 5].into_iter());
        let wanted: [(i32, &[u64]); 1] = [(4, &[2, 2, 0, 1])];
        assert_eq!(triangle.cohorts().collect::<Vec<_>>(), wanted);
    }
}
