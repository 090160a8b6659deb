//! Shares drawn towards each other as far as their size allows, so that 3 of 4 is not better than 60 of 100.

use std::collections::BTreeMap;

use longplay_stats::{
    Bootstrap, Estimate,
    rates::{BetaBinomial, Counted, Pooled},
};

use super::Tally;

/// Up to so many scopes, how little they say about each other is reckoned with; with more it hardly matters, and takes long.
const POOLED_MAX: usize = 40;

/// The shrunk share of each scope that has one.
#[derive(Debug, Default)]
pub struct Shrunk {
    shares: BTreeMap<usize, Estimate>,
    /// Whether the scopes differ; `None` where that can't be told.
    differ: Option<bool>,
}

impl Shrunk {
    /// Of the scopes in `order`, which must not hang on how the events arrived.
    pub fn of(order: &[usize], tallies: &[Tally], level: f64) -> Self {
        let counted = |place: &usize| Counted {
            k: tallies[*place].yes,
            n: tallies[*place].known(),
        };
        let items: Vec<(usize, Counted)> = order
            .iter()
            .map(|place| (*place, counted(place)))
            .filter(|(_, item)| item.n > 0)
            .collect();
        let rates: Vec<Counted> = items.iter().map(|(_, item)| *item).collect();
        let Ok(fit) = BetaBinomial::fit(&rates) else {
            return Self::default();
        };
        let pooled = (rates.len() <= POOLED_MAX)
            .then(|| Pooled::<BetaBinomial>::new(&rates).ok())
            .flatten();
        let estimate = |item: Counted| match &pooled {
            Some(pooled) => pooled.rate(item, level, Bootstrap::default()),
            None => fit.model.posterior(item, level),
        };
        Self {
            shares: items
                .iter()
                .filter_map(|(place, item)| Some((*place, estimate(*item)?)))
                .collect(),
            differ: Some(fit.model.items_differ()),
        }
    }

    pub fn at(&self, place: usize) -> Option<Estimate> {
        self.shares.get(&place).copied()
    }

    /// Whether it can be told that the scopes don't differ as far as can be told.
    pub fn are_alike(&self) -> bool {
        self.differ == Some(false)
    }
}
