//! One base of the audit in periods of one length: totals by period, and which periods are over.

use std::collections::BTreeMap;

use longplay_domain::{Currency, Day};

use crate::{
    folds::{Base, Cell, Count, Kept, Span},
    memory::Memory,
};

/// The audience, or the buyers of a currency.
pub struct View<'a> {
    pub base: &'a Base,
    pub currency: Option<Currency>,
    pub span: Span,
    pub memory: &'a Memory,
    /// By period.
    totals: BTreeMap<i32, Cell>,
}

impl<'a> View<'a> {
    pub fn new(base: &'a Base, (currency, span): (Option<Currency>, Span), memory: &'a Memory) -> Self {
        let mut totals: BTreeMap<i32, Cell> = BTreeMap::new();
        for ((_, period), cell) in base.ledger(span).cells() {
            totals.entry(period).or_default().add(cell);
        }
        Self {
            base,
            currency,
            span,
            memory,
            totals,
        }
    }

    /// What rows call it.
    pub const fn name(&self) -> &'static str {
        match self.currency {
            None => "audience",
            Some(_) => "buyers",
        }
    }

    /// What was done in a period; nothing where nobody did anything.
    pub fn total(&self, period: i32) -> Cell {
        self.totals.get(&period).copied().unwrap_or_default()
    }

    pub fn kept(&self, earlier: i32) -> Kept {
        self.base.ledger(self.span).kept(earlier)
    }

    /// The last period that is over.
    pub const fn last(&self) -> i32 {
        self.base.ledger(self.span).last()
    }

    /// The first period in which anybody did anything.
    pub fn first(&self) -> Option<i32> {
        self.totals.first_key_value().map(|(&period, _)| period)
    }

    /// Periods that are over, from the first on, the last `most` of them.
    pub fn over(&self, most: i32) -> impl DoubleEndedIterator<Item = i32> + use<> {
        let last = self.last();
        let first = self.first().unwrap_or(last + 1);
        first.max(last.saturating_sub(most - 1))..=last
    }

    pub fn label(&self, period: i32) -> String {
        self.span.label(period)
    }

    /// The first day after a period.
    pub const fn ends(&self, period: i32) -> Day {
        self.span.start(period.saturating_add(1))
    }

    /// Minor units as major ones; `None` for the audience, whose days have no price.
    pub fn money(&self, minor: u64) -> Option<f64> {
        let currency = self.currency?;
        Some(minor as f64 / 10_f64.powi(currency.exponent() as i32))
    }
}
