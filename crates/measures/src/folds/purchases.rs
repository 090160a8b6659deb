//! What the customer-value models read: per currency, how often people bought again, when last, since when, and for how much.
//!
//! Days with a purchase are what is counted: several orders of one day are one decision, worth their sum. The first day is
//! where a customer begins; what they spent on it says nothing about their repeat orders and is not kept. Currencies never
//! meet.

use longplay_domain::{Day, Period};
use longplay_store::{Code, Columns};

use super::{ByDays, PurchaseDays, Runs};
use crate::pass::{Fold, Life, TakeAway};

/// Customers with the same history in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchasing {
    /// Purchase days after the first.
    pub x: u32,
    /// Days from the first purchase day to the last.
    pub t_x: i32,
    /// Days from the first purchase day to today.
    pub t: i32,
    /// What the purchase days after the first were worth together, in minor units.
    pub repeat_minor: u64,
    pub people: u64,
}

const DAYS_MAX: u64 = (1 << 22) - 1;
const REPEATS_MAX: u64 = (1 << 20) - 1;

impl Purchasing {
    fn packed(self) -> u128 {
        let days = |days: i32| (days.max(0) as u64).min(DAYS_MAX);
        let history = u64::from(self.x).min(REPEATS_MAX) << 44 | days(self.t_x) << 22 | days(self.t);
        u128::from(history) << 64 | u128::from(self.repeat_minor)
    }

    fn unpacked(packed: u128, people: u64) -> Self {
        let history = (packed >> 64) as u64;
        Self {
            x: (history >> 44) as u32,
            t_x: (history >> 22 & DAYS_MAX) as i32,
            t: (history & DAYS_MAX) as i32,
            repeat_minor: packed as u64,
            people,
        }
    }
}

/// The customers of one currency.
#[derive(Debug, Default)]
pub struct Customers {
    /// Those who bought on one day only, by days since: most of them.
    once: ByDays,
    again: Runs<u128>,
}

impl Customers {
    /// Every history with the number of its customers, in order.
    pub fn histories(&self) -> Vec<Purchasing> {
        let once = self.once.cells().map(|(t, people)| Purchasing {
            x: 0,
            t_x: 0,
            t,
            repeat_minor: 0,
            people,
        });
        let again = self.again.counts().iter();
        once.chain(again.map(|&(packed, people)| Purchasing::unpacked(packed, u64::from(people))))
            .collect()
    }

    fn add(&mut self, history: Purchasing) {
        if history.x > 0 {
            self.again.add(history.packed());
            return;
        }
        self.once.add(history.t);
    }

    fn merge(&mut self, other: Self) {
        self.once.merge(&other.once);
        self.again.merge(other.again);
    }

    fn take_away(&mut self, other: &Self) {
        self.once.take_away(&other.once);
        self.again.take_away(&other.again);
    }

    fn is_empty(&self) -> bool {
        self.once.cells().next().is_none() && self.again.counts().is_empty()
    }
}

/// All customers whose first presence day lies in the question's period.
#[derive(Debug)]
pub struct Purchases {
    today: Day,
    period: Period,
    currencies: Vec<(Code, Customers)>,
    own: PurchaseDays,
}

impl Purchases {
    pub fn new(today: Day, period: Period) -> Self {
        Self {
            today,
            period,
            currencies: Vec::new(),
            own: PurchaseDays::default(),
        }
    }

    /// By the code of the currency, in no particular order.
    pub fn currencies(&self) -> impl Iterator<Item = (Code, &Customers)> {
        self.currencies.iter().map(|(code, customers)| (*code, customers))
    }
}

fn customers(currencies: &mut Vec<(Code, Customers)>, currency: Code) -> &mut Customers {
    let known = currencies.iter().position(|(code, _)| *code == currency);
    let index = known.unwrap_or_else(|| {
        currencies.push((currency, Customers::default()));
        currencies.len() - 1
    });
    &mut currencies[index].1
}

/// The history in one currency, from its days in order, of which there is one at least.
pub(crate) fn history(days: &[(Day, u64)], today: Day) -> Purchasing {
    let (first, last) = (days[0].0, days[days.len() - 1].0);
    Purchasing {
        x: days.len() as u32 - 1,
        t_x: last.since(first),
        t: today.since(first),
        repeat_minor: days[1..].iter().map(|&(_, minor)| minor).fold(0, u64::saturating_add),
        people: 1,
    }
}

impl Fold for Purchases {
    fn columns(&self) -> Columns {
        PurchaseDays::columns()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        if life.arrival.is_none_or(|arrival| !self.period.holds(arrival.day)) {
            return;
        }
        let (currencies, today) = (&mut self.currencies, self.today);
        self.own.each(life, |currency, days| {
            customers(currencies, currency).add(history(days, today))
        });
    }

    fn merge(&mut self, other: Self) {
        for (currency, theirs) in other.currencies {
            customers(&mut self.currencies, currency).merge(theirs);
        }
    }

    fn finish(&mut self) {
        self.currencies
            .iter_mut()
            .for_each(|(_, customers)| customers.again.finish());
    }
}

impl TakeAway for Purchases {
    fn take_away(&mut self, other: Self) {
        for (currency, theirs) in other.currencies {
            customers(&mut self.currencies, currency).take_away(&theirs);
        }
        self.currencies.retain(|(_, customers)| !customers.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_day_is_not_a_repeat() {
        let bought = [(Day(10), 1_200), (Day(15), 350), (Day(40), 300)];
        let found = history(&bought, Day(50));
        assert_eq!((found.x, found.t_x, found.t, found.repeat_minor), (2, 30, 40, 650));
        assert_eq!(Purchasing::unpacked(found.packed(), 1), found);
    }
}
