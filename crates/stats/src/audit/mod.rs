//! The audit of a customer or audience base (Fader, Hardie & Ross, The Customer-Base Audit, 2022): five lenses, all
//! of them counted, none of them a model.
//!
//! One: how people differ within a period. Two: two periods side by side, who was kept, lost and gained. Three and
//! four: what cohorts did at each age, masked where a cohort has not reached it. Five: where a period's total comes
//! from.

pub mod commitment;
pub mod lenses;
pub mod spread;

pub use commitment::{commitment, gravity};
pub use lenses::{Change, Deed, PeriodTotals, between, by_cohort, by_period, cohort_activity, share_of_top};
pub use spread::Spread;
