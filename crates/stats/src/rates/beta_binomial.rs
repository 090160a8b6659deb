//! Beta-binomial empirical Bayes: rates of many pieces, each drawn towards the others as far as its size allows.
//!
//! Rates are Beta(a, b) over pieces, fitted by maximum likelihood; the rate of one with k of n is Beta(a+k, b+n−k).
//! Rank by posterior mean, never by raw rates: the raw ranking is a ranking by smallness. With a + b above 10,000 the
//! pieces don't differ as far as anyone can tell; say that instead.

use super::ranking::{Ranked, rank_first};
use crate::fitted::{Bootstrap, FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::{Real, ln_beta};
use crate::{Estimate, special::beta};
use serde::Serialize;

/// From this a + b on, items don't differ.
const SAME_FROM: f64 = 1e4;

/// k of n.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counted {
    /// How many did it.
    pub k: u64,
    /// Of how many.
    pub n: u64,
}

/// The Beta distribution of rates over items.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BetaBinomial {
    /// First parameter of the Beta distribution of rates over items.
    pub a: f64,
    /// Second; a/(a + b) is the mean rate.
    pub b: f64,
}

impl Parameters<2> for BetaBinomial {
    const NAMES: [&'static str; 2] = ["a", "b"];
    fn from_array([a, b]: [f64; 2]) -> Self {
        Self { a, b }
    }
    fn to_array(&self) -> [f64; 2] {
        [self.a, self.b]
    }
}

struct Items(Vec<Counted>);

impl Likelihood<2> for Items {
    fn log_likelihood<R: Real>(&self, [a, b]: [R; 2]) -> R {
        let whole = ln_beta(a, b);
        self.0.iter().fold(R::constant(0.0), |sum, item| {
            sum + ln_beta(a + item.k as f64, b + (item.n - item.k) as f64) - whole
        })
    }
}

/// Items with people, in a fixed order.
fn informative(items: &[Counted]) -> Vec<Counted> {
    let mut kept: Vec<Counted> = items.iter().copied().filter(|item| item.n > 0).collect();
    kept.sort_unstable_by_key(|item| (item.n, item.k));
    kept
}

impl BetaBinomial {
    /// ln L of the items at these parameters, without the binomial coefficients. NaN where k > n.
    pub fn log_likelihood(&self, items: &[Counted]) -> f64 {
        if items.iter().any(|item| item.k > item.n) {
            return f64::NAN;
        }
        Items(informative(items)).log_likelihood(self.to_array())
    }

    /// Maximum likelihood over the items. Needs two items with people, and both a yes and a no among them.
    pub fn fit(items: &[Counted]) -> Result<Fitted<Self, 2>, FitError> {
        if let Some(row) = items.iter().position(|item| item.k > item.n) {
            return Err(FitError::BadRow {
                row,
                reason: "more did it than there were",
            });
        }
        let kept = informative(items);
        let (k, n) = kept.iter().fold((0, 0), |(k, n), item| (k + item.k, n + item.n));
        if kept.len() < 2 {
            return Err(FitError::NoEvidence);
        }
        if k == 0 || k == n {
            return Err(FitError::NotIdentified(
                "nobody or everybody did it, so the items can't differ",
            ));
        }
        let mean = k as f64 / n as f64;
        let starts = [10.0, 1.0, 100.0].map(|size| [mean * size, (1.0 - mean) * size]);
        let count = kept.len() as f64;
        maximise(&Items(kept), &starts, count)
    }

    /// The mean rate over items.
    pub fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// Whether items differ at all, as far as can be told.
    pub fn items_differ(&self) -> bool {
        self.a + self.b < SAME_FROM
    }

    /// An item's rate: posterior mean and equal-tailed interval. `None` for k > n or a level outside (0, 1).
    pub fn posterior(&self, item: Counted, level: f64) -> Option<Estimate> {
        if item.k > item.n || !(level > 0.0 && level < 1.0) {
            return None;
        }
        let (a, b) = (self.a + item.k as f64, self.b + (item.n - item.k) as f64);
        let (low, high) = beta::equal_tailed(a, b, level);
        let value = a / (a + b);
        Some(Estimate {
            value,
            low: low.min(value),
            high: high.max(value),
            n: item.n,
            level,
        })
    }

    /// Items by posterior mean, with the chance that each is truly first.
    pub fn rank(&self, items: &[Counted], bootstrap: Bootstrap) -> Vec<Ranked> {
        let shapes: Vec<(f64, f64)> = items
            .iter()
            .map(|item| (self.a + item.k as f64, self.b + item.n.saturating_sub(item.k) as f64))
            .collect();
        let means: Vec<f64> = shapes.iter().map(|(a, b)| a / (a + b)).collect();
        rank_first(&means, bootstrap, |index, draws| {
            draws.beta(shapes[index].0, shapes[index].1)
        })
    }
}
