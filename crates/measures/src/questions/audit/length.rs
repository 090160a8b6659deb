//! Whether the audit's periods are months or quarters.
//!
//! The same data seen a day later must not be told in other periods, and a business of about 200 buyers a month not now in one
//! and now in the other. So it is decided at the end of each quarter alone, from what had happened until then, and months are
//! begun from more people than they are given up at.

use longplay_domain::Currency;

use super::view::View;
use crate::{
    folds::{Base, Span},
    memory::Memory,
};

/// Below so many buyers a month (people, where nobody buys) months are given up …
pub const MONTHLY_MIN: u64 = 200;
/// … and from so many they are begun.
const MONTHLY_FROM: u64 = 250;
/// Months looked at for it: the newest in which anybody did anything.
const MONTHS_LOOKED_AT: usize = 3;
const MONTHS_IN_QUARTER: i32 = 3;
/// Until so many quarters are over there is nothing to set side by side but months.
const QUARTERS_MIN: usize = 2;

/// Walks through the quarters that are over, as their ends were seen.
pub fn span(audience: &Base, buyers: &[(Currency, &Base)], memory: &Memory) -> Span {
    let quarters = View::new(audience, (None, Span::Quarter), memory);
    if quarters.over(i32::MAX).count() < QUARTERS_MIN {
        return Span::Month;
    }
    let mut bases: Vec<View<'_>> = buyers
        .iter()
        .map(|&(_, base)| View::new(base, (None, Span::Month), memory))
        .collect();
    if bases.is_empty() {
        bases.push(View::new(audience, (None, Span::Month), memory));
    }
    let mut told = Span::Quarter;
    for quarter in quarters.over(i32::MAX) {
        let last_month = quarter * MONTHS_IN_QUARTER + MONTHS_IN_QUARTER - 1;
        let a_month = bases.iter().map(|base| people_a_month(base, last_month)).max();
        told = match (told, a_month.unwrap_or(0)) {
            (_, MONTHLY_FROM..) | (Span::Month, MONTHLY_MIN..) => Span::Month,
            _ => Span::Quarter,
        };
    }
    told
}

/// The mean of the newest months with anybody in them, up to `last`.
fn people_a_month(base: &View<'_>, last: i32) -> u64 {
    let first = base.first().unwrap_or(last + 1);
    let active = (first..=last).rev().map(|month| base.total(month).active);
    let months: Vec<u64> = active.filter(|&active| active > 0).take(MONTHS_LOOKED_AT).collect();
    months.iter().sum::<u64>() / (months.len() as u64).max(1)
}
