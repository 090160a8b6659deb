//! Gamma–Poisson empirical Bayes: counts per person, per piece or per hour, each drawn towards the others.
//!
//! Rates are Gamma(a, rate b) over items, fitted by maximum likelihood on counts with exposures; the rate of one with
//! k in e is Gamma(a + k, b + e).
//!
//! Not for counts that come in clumps (the same person again and again), whose rates differ more than a Gamma says;
//! and with few items use [`super::Pooled`], which doubts the population too.

use super::ranking::{Ranked, rank_first};
use crate::fitted::{Bootstrap, FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::Real;
use crate::{Estimate, special::incomplete_gamma};
use serde::Serialize;

/// A count over an exposure: people, hours, days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposed {
    /// How often it happened.
    pub k: u64,
    /// Over how much: people, hours, days; above 0 to say anything.
    pub exposure: f64,
}

/// The Gamma distribution of rates over items; `b` in units of exposure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GammaPoisson {
    /// Shape of the Gamma distribution of rates over items.
    pub a: f64,
    /// Its rate, in units of exposure; a/b is the mean rate.
    pub b: f64,
}

impl Parameters<2> for GammaPoisson {
    const NAMES: [&'static str; 2] = ["a", "b"];
    fn from_array([a, b]: [f64; 2]) -> Self {
        Self { a, b }
    }
    fn to_array(&self) -> [f64; 2] {
        [self.a, self.b]
    }
}

/// Exposures in units of their mean.
struct Items(Vec<Exposed>);

impl Likelihood<2> for Items {
    fn log_likelihood<R: Real>(&self, [a, b]: [R; 2]) -> R {
        let base = a * b.ln();
        self.0.iter().fold(R::constant(0.0), |sum, item| {
            let k = item.k as f64;
            sum + a.ln_rising(k) + base - (a + k) * (b + item.exposure).ln() + k * item.exposure.ln()
                - crate::special::gamma::ln_gamma(k + 1.0)
        })
    }
}

/// Items with an exposure, in a fixed order.
fn informative(items: &[Exposed]) -> Vec<Exposed> {
    let mut kept: Vec<Exposed> = items.iter().copied().filter(|item| item.exposure > 0.0).collect();
    kept.sort_unstable_by(|one, other| one.exposure.total_cmp(&other.exposure).then(one.k.cmp(&other.k)));
    kept
}

impl GammaPoisson {
    /// ln L of the items at these parameters.
    pub fn log_likelihood(&self, items: &[Exposed]) -> f64 {
        Items(informative(items)).log_likelihood(self.to_array())
    }

    /// Maximum likelihood over the items. Needs two items, and at least one event.
    pub fn fit(items: &[Exposed]) -> Result<Fitted<Self, 2>, FitError> {
        if let Some(row) = items
            .iter()
            .position(|item| !(item.exposure >= 0.0 && item.exposure.is_finite()))
        {
            return Err(FitError::BadRow {
                row,
                reason: "the exposure is negative or not a number",
            });
        }
        let mut kept = informative(items);
        if kept.len() < 2 {
            return Err(FitError::NoEvidence);
        }
        let events: f64 = kept.iter().map(|item| item.k as f64).sum();
        if events == 0.0 {
            return Err(FitError::NotIdentified(
                "nothing happened anywhere, so there is no rate to speak of yet",
            ));
        }
        let count = kept.len() as f64;
        let unit = kept.iter().map(|item| item.exposure).sum::<f64>() / count;
        kept.iter_mut().for_each(|item| item.exposure /= unit);
        let mean = events / count;
        let starts = [1.0, 0.2, 20.0].map(|size| [size, size / mean]);
        let fitted: Fitted<Self, 2> = maximise(&Items(kept), &starts, count)?;
        Ok(fitted.rescaled([1.0, unit], 0.0))
    }

    /// The mean rate over items.
    pub fn mean(&self) -> f64 {
        self.a / self.b
    }

    /// An item's rate: posterior mean and equal-tailed interval; `n` is its count.
    pub fn posterior(&self, item: Exposed, level: f64) -> Option<Estimate> {
        if !(item.exposure >= 0.0 && item.exposure.is_finite() && level > 0.0 && level < 1.0) {
            return None;
        }
        let (shape, rate) = (self.a + item.k as f64, self.b + item.exposure);
        let end = |p: f64| incomplete_gamma::quantile(shape, p) / rate;
        let value = shape / rate;
        let tail = 0.5 * (1.0 - level);
        Some(Estimate {
            value,
            low: end(tail).min(value),
            high: end(1.0 - tail).max(value),
            n: item.k,
            level,
        })
    }

    /// Items by posterior mean, with the chance that each is truly first.
    pub fn rank(&self, items: &[Exposed], bootstrap: Bootstrap) -> Vec<Ranked> {
        let shapes: Vec<(f64, f64)> = items
            .iter()
            .map(|item| (self.a + item.k as f64, self.b + item.exposure.max(0.0)))
            .collect();
        let means: Vec<f64> = shapes.iter().map(|(shape, rate)| shape / rate).collect();
        rank_first(&means, bootstrap, |index, draws| {
            draws.gamma(shapes[index].0) / shapes[index].1
        })
    }
}
