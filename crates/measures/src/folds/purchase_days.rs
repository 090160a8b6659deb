//! One person's purchases as days: several orders of one day are one decision, worth their sum. Currencies never meet.

use longplay_domain::{Act, Day};
use longplay_store::{Code, Column, Columns, NONE};

use crate::pass::Life;

/// Keeps its room from person to person.
#[derive(Debug, Default)]
pub struct PurchaseDays {
    bought: Vec<(Code, Day, i64)>,
    days: Vec<(Day, u64)>,
}

impl PurchaseDays {
    pub fn columns() -> Columns {
        Columns::of(&[Column::ValueMinor, Column::Currency])
    }

    /// Shows each currency with the days on which something was bought in it, ascending, and what for, in minor units.
    #[inline]
    pub fn each(&mut self, life: &Life<'_>, mut see: impl FnMut(Code, &[(Day, u64)])) {
        if life.acts >> Act::Purchased.code() & 1 == 0 {
            return;
        }
        self.bought.clear();
        for (event, &act) in life.history.acts.iter().enumerate() {
            let currency = life.history.codes(Column::Currency)[event];
            if act == Act::Purchased.code() && currency != NONE {
                self.bought
                    .push((currency, life.days[event], life.history.values[event]));
            }
        }
        self.bought.sort_unstable();
        for own in self.bought.chunk_by(|one, other| one.0 == other.0) {
            self.days.clear();
            for day in own.chunk_by(|one, other| one.1 == other.1) {
                let minor = day.iter().map(|&(_, _, minor)| minor.max(0) as u64);
                self.days.push((day[0].1, minor.fold(0, u64::saturating_add)));
            }
            see(own[0].0, &self.days);
        }
    }
}
