//! Purchases less refunds, by origin and currency. Currencies are never added to each other.

use longplay_domain::Act;
use longplay_store::{Code, Column, Columns, NONE};

use super::{Map, Origin};
use crate::pass::{Fold, Life};

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
}

/// All money.
#[derive(Debug, Default)]
pub struct Revenue {
    pub cells: Map<RevenueKey, RevenueCell>,
}

impl Fold for Revenue {
    fn columns(&self) -> Columns {
        Columns::of(&[Column::ValueMinor, Column::Currency])
    }

    fn observe(&mut self, life: &Life<'_>) {
        const MONEY: u32 = 1 << Act::Purchased.code() | 1 << Act::Refunded.code();
        let history = life.history;
        for (event, &act) in history.acts.iter().enumerate() {
            if MONEY >> act & 1 == 0 {
                continue;
            }
            let currency = history.codes(Column::Currency)[event];
            if currency == NONE {
                continue;
            }
            let key = RevenueKey {
                origin: life.arrival.map(Origin::from),
                currency,
            };
            let cell = self.cells.entry(key).or_default();
            let minor = i128::from(history.values[event]);
            cell.minor += if act == Act::Refunded.code() { -minor } else { minor };
            cell.events += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        for (key, theirs) in other.cells {
            let cell = self.cells.entry(key).or_default();
            cell.minor += theirs.minor;
            cell.events += theirs.events;
        }
    }
}
