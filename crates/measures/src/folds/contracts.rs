//! Contracts: how often what is paid for again and again was renewed, and who has stopped paying.
//!
//! A contract begins with the first payment at or after the first presence, and runs as long as each payment comes no later
//! than one period and its grace after the one before. A payment less than half a period after the last belongs to that
//! one. Who pays again after the end began something new: only the first contract of a person is told, and those are
//! counted.

use longplay_domain::{Day, Goal, Period, Renewal};
use longplay_store::{Code, Column, Columns, NONE, Terms};

use super::{Map, matcher::Matcher};
use crate::pass::{Fold, Life, TakeAway};

/// Contracts alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContractKey {
    pub renewals: u32,
    pub is_running: bool,
    /// Of the latest payment.
    pub currency: Code,
}

/// How many of them there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContractCell {
    pub people: u64,
    /// Their latest payments, in minor units.
    pub minor: i64,
    /// Of the ended ones, those whose person paid again later.
    pub resumed: u64,
}

#[derive(Debug)]
struct Kind {
    matcher: Matcher,
    renewal: Option<Renewal>,
    cells: Map<ContractKey, ContractCell>,
}

/// The contracts of everybody whose first presence day lies in the question's period, by goal.
#[derive(Debug)]
pub struct Contracts {
    today: Day,
    period: Period,
    kinds: Vec<Kind>,
    any_act: u32,
}

impl Contracts {
    pub fn new(goals: &[Goal], terms: &Terms, (today, period): (Day, Period)) -> Self {
        let kind = |goal: &Goal| Kind {
            matcher: Matcher::new(goal, terms),
            renewal: goal.renews,
            cells: Map::default(),
        };
        let kinds: Vec<Kind> = goals.iter().map(kind).collect();
        let renewed = kinds.iter().filter(|kind| kind.renewal.is_some());
        let any_act = renewed.fold(0, |mask, kind| mask | kind.matcher.acts);
        Self {
            today,
            period,
            kinds,
            any_act,
        }
    }

    /// The contracts of the goal with that number, in order of their keys.
    pub fn cells(&self, goal: usize) -> Vec<(ContractKey, ContractCell)> {
        let mut cells: Vec<_> = self.kinds[goal].cells.iter().map(|(key, cell)| (*key, *cell)).collect();
        cells.sort_unstable_by_key(|(key, _)| *key);
        cells
    }
}

/// One contract as it is followed from payment to payment.
struct Course {
    last: Day,
    renewals: u32,
    latest: usize,
    resumed: bool,
}

impl Course {
    /// `None` without a payment.
    fn of(payments: impl Iterator<Item = usize>, days: &[Day], renewal: Renewal) -> Option<Self> {
        let mut course: Option<Self> = None;
        for event in payments {
            let Some(course) = &mut course else {
                course = Some(Self {
                    last: days[event],
                    renewals: 0,
                    latest: event,
                    resumed: false,
                });
                continue;
            };
            let gap = days[event].since(course.last);
            if gap > renewal.days() + renewal.grace_days() {
                course.resumed = true;
                break;
            }
            if gap * 2 >= renewal.days() {
                course.last = days[event];
                course.renewals += 1;
                course.latest = event;
            }
        }
        course
    }

    /// Today is not over: a payment may still come on it.
    fn is_running(&self, today: Day, renewal: Renewal) -> bool {
        !self.resumed && today.since(self.last) <= renewal.days() + renewal.grace_days()
    }
}

impl Fold for Contracts {
    fn columns(&self) -> Columns {
        if self.any_act == 0 {
            return Columns::none();
        }
        let matchers: Vec<Matcher> = self.kinds.iter().map(|kind| kind.matcher.clone()).collect();
        Matcher::columns(&matchers).with(Columns::of(&[Column::ValueMinor, Column::Currency]))
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        if life.acts & self.any_act == 0 {
            return;
        }
        let Some(arrival) = life.arrival.filter(|arrival| self.period.holds(arrival.day)) else {
            return;
        };
        let from = Matcher::from(life, arrival);
        for kind in &mut self.kinds {
            let Some(renewal) = kind.renewal else { continue };
            let payments = (from..life.history.len()).filter(|&event| kind.matcher.holds(life, event));
            let Some(course) = Course::of(payments, life.days, renewal) else {
                continue;
            };
            let currency = life.history.codes(Column::Currency)[course.latest];
            let key = ContractKey {
                renewals: course.renewals,
                is_running: course.is_running(self.today, renewal),
                currency,
            };
            kind.cells.entry(key).or_default().add(ContractCell {
                people: 1,
                // Where no currency stands there is no value either, and what stands in its place means nothing.
                minor: if currency == NONE {
                    0
                } else {
                    life.history.values[course.latest]
                },
                resumed: u64::from(course.resumed),
            });
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.kinds.iter_mut().zip(other.kinds) {
            for (key, cell) in theirs.cells {
                mine.cells.entry(key).or_default().add(cell);
            }
        }
    }
}

impl TakeAway for Contracts {
    fn take_away(&mut self, other: Self) {
        for (mine, theirs) in self.kinds.iter_mut().zip(other.kinds) {
            for (key, gone) in theirs.cells {
                let Some(cell) = mine.cells.get_mut(&key) else { continue };
                cell.take_away(gone);
                if cell.people == 0 {
                    mine.cells.remove(&key);
                }
            }
        }
    }
}

impl ContractCell {
    const fn take_away(&mut self, other: Self) {
        self.people -= other.people;
        self.minor = self.minor.saturating_sub(other.minor);
        self.resumed -= other.resumed;
    }

    const fn add(&mut self, other: Self) {
        self.people += other.people;
        self.minor = self.minor.saturating_add(other.minor);
        self.resumed += other.resumed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(days: &[i32]) -> Course {
        let days: Vec<Day> = days.iter().map(|&day| Day(day)).collect();
        Course::of(0..days.len(), &days, Renewal::Month).unwrap()
    }

    #[test]
    fn a_month_is_renewed_up_to_its_grace() {
        // 46 days after the last are in time, 47 are too late; 15 days after belong to the payment before, 16 renew.
        let told = |days: &[i32]| {
            let course = course(days);
            (course.renewals, course.latest, course.resumed)
        };
        assert_eq!(told(&[0]), (0, 0, false));
        assert_eq!(told(&[0, 46]), (1, 1, false));
        assert_eq!(told(&[0, 47, 78]), (0, 0, true));
        assert_eq!(told(&[0, 15, 31]), (1, 2, false));
        assert_eq!(told(&[0, 16]), (1, 1, false));
    }

    #[test]
    fn a_payment_that_is_late_has_not_stopped_yet() {
        let course = course(&[0, 30]);
        assert!(course.is_running(Day(76), Renewal::Month));
        assert!(!course.is_running(Day(77), Renewal::Month));
    }
}
