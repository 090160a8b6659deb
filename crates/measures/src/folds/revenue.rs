//! Purchases less refunds, by origin and currency. Currencies are never added to each other.

use longplay_domain::Act;
use longplay_store::{Code, Column, Columns, NONE};

use super::{Count, Origin, Weeks};
use crate::pass::{Fold, Life, TakeAway};

/// Whose money in which currency. Somebody who was refunded without ever having been present has no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RevenueKey {
    pub origin: Option<Origin>,
    pub currency: Code,
}

/// Sums over purchases and refunds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RevenueCell {
    /// Purchases minus refunds, in minor units.
    pub minor: i128,
    /// How many purchases and refunds.
    pub events: u64,
    /// The square of each person's purchases minus refunds, added up over people: for the interval of the mean.
    pub squares: u128,
}

impl Count for RevenueCell {
    #[inline]
    fn add(&mut self, other: Self) {
        self.minor += other.minor;
        self.events += other.events;
        self.squares = self.squares.saturating_add(other.squares);
    }

    fn take_away(&mut self, other: Self) {
        self.minor -= other.minor;
        self.events -= other.events;
        self.squares = self.squares.saturating_sub(other.squares);
    }
}

/// All money. There are few currencies, so each has a cube of its own.
#[derive(Debug, Default)]
pub struct Revenue {
    currencies: Vec<(Code, Money)>,
    /// One person's money.
    own: Vec<(Code, RevenueCell)>,
}

/// The money of one currency: by origin, and what belongs to nobody's arrival.
#[derive(Debug, Default)]
struct Money {
    by_origin: Weeks<RevenueCell>,
    elsewhere: RevenueCell,
}

impl Revenue {
    pub fn cells(&self) -> Vec<(RevenueKey, RevenueCell)> {
        let mut all = Vec::new();
        for &(currency, ref money) in &self.currencies {
            let cells = money.by_origin.cells().into_iter();
            let key = |origin| RevenueKey { origin, currency };
            all.extend(cells.map(|(origin, cell)| (key(Some(origin)), cell)));
            if money.elsewhere != RevenueCell::default() {
                all.push((key(None), money.elsewhere));
            }
        }
        all
    }

    #[inline]
    fn money(&mut self, currency: Code) -> &mut Money {
        let known = self.currencies.iter().position(|(code, _)| *code == currency);
        let index = known.unwrap_or_else(|| {
            self.currencies.push((currency, Money::default()));
            self.currencies.len() - 1
        });
        &mut self.currencies[index].1
    }
}

impl Fold for Revenue {
    fn columns(&self) -> Columns {
        Columns::of(&[Column::ValueMinor, Column::Currency])
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        const MONEY: u32 = 1 << Act::Purchased.code() | 1 << Act::Refunded.code();
        if life.acts & MONEY == 0 {
            return;
        }
        let history = life.history;
        self.own.clear();
        for (event, &act) in history.acts.iter().enumerate() {
            if MONEY >> act & 1 == 0 {
                continue;
            }
            let currency = history.codes(Column::Currency)[event];
            if currency == NONE {
                continue;
            }
            let minor = i128::from(history.values[event]);
            let cell = RevenueCell {
                minor: if act == Act::Refunded.code() { -minor } else { minor },
                events: 1,
                squares: 0,
            };
            match self.own.iter_mut().find(|(known, _)| *known == currency) {
                Some((_, sum)) => sum.add(cell),
                None => self.own.push((currency, cell)),
            }
        }
        let mut own = std::mem::take(&mut self.own);
        for (currency, mut cell) in own.drain(..) {
            cell.squares = cell.minor.unsigned_abs().saturating_mul(cell.minor.unsigned_abs());
            let money = self.money(currency);
            match life.arrival {
                Some(arrival) => money.by_origin.add(arrival.channel, arrival.piece, arrival.day, cell),
                None => money.elsewhere.add(cell),
            }
        }
        self.own = own;
    }

    fn merge(&mut self, other: Self) {
        for (currency, theirs) in other.currencies {
            let mine = self.money(currency);
            mine.by_origin.merge(theirs.by_origin);
            mine.elsewhere.add(theirs.elsewhere);
        }
    }

    fn finish(&mut self) {
        self.currencies
            .iter_mut()
            .for_each(|(_, money)| money.by_origin.finish());
    }
}

impl TakeAway for Revenue {
    fn take_away(&mut self, other: Self) {
        for (currency, theirs) in other.currencies {
            let mine = self.money(currency);
            mine.by_origin.take_away(theirs.by_origin);
            mine.elsewhere.take_away(theirs.elsewhere);
        }
    }
}
