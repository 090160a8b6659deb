//! Rates of few items, with how unsure we are about the others too.
//!
//! The plug-in posterior of [`BetaBinomial`] and [`GammaPoisson`] takes the fitted distribution of rates for certain;
//! with ten items its 90 % intervals held 80 % of the truths, with five 65 %. Here the two parameters of that
//! distribution are integrated over: a prior uniform in how far a small item is drawn to the others (Christiansen &
//! Morris, JASA 92:618, 1997), the likelihood of all items, on a grid turned along the posterior's own axes. Assumes
//! that items are drawn from one population; a piece known to be of another kind does not belong in it.

use super::beta_binomial::{BetaBinomial, Counted};
use super::gamma_poisson::{Exposed, GammaPoisson};
use super::ranking::{Ranked, rank_first};
use crate::Estimate;
use crate::fitted::{Bootstrap, FitError, interval_of_draws};
use crate::linear;
use crate::optimise::{self, Objective};
use crate::random::{Draws, even};
use crate::special::{beta, incomplete_gamma};

/// The grid: so many points on each axis, out to so many deviations.
const POINTS: i32 = 16;
const REACH: f64 = 6.0;

/// What the distribution of rates may be, each with its weight.
#[derive(Clone, Debug)]
pub struct Pooled<M> {
    /// Weights are cumulated and end at 1.
    nodes: Vec<(M, f64)>,
}

/// −ln of likelihood times prior, in two coordinates without bounds.
struct Posterior<F>(F);

impl<F: Fn(&[f64; 2]) -> f64> Objective<2> for Posterior<F> {
    fn value(&self, at: &[f64; 2]) -> f64 {
        -(self.0)(at)
    }
}

/// The size at which the prior draws an item half way to the others, as a share of the usual item's: rather too little than
/// too much, since drawing too much is what makes intervals too narrow.
const HALF_WAY: f64 = 0.25;

/// ln of the prior of ln s that is uniform in s/(s + size).
fn uniform_shrinkage(ln_s: f64, size: f64) -> f64 {
    let s = ln_s.exp();
    ln_s + size.ln() - 2.0 * (s + size).ln()
}

fn grid<M>(
    start: [f64; 2],
    ln_posterior: impl Fn(&[f64; 2]) -> f64,
    model: impl Fn(&[f64; 2]) -> M,
) -> Option<Pooled<M>> {
    let objective = Posterior(ln_posterior);
    let starts = [start, [start[0], start[1] - 2.0], [start[0], start[1] + 2.0]];
    let mode = optimise::minimise(&objective, &starts)?;
    let lower = linear::cholesky(&optimise::hessian(&objective, &mode.at))?;
    let mut nodes = Vec::new();
    let mut whole = 0.0;
    for i in -POINTS..=POINTS {
        for j in -POINTS..=POINTS {
            let z = [i, j].map(|index| REACH * f64::from(index) / f64::from(POINTS));
            let step = linear::solve_transposed(&lower, &z);
            let at = [mode.at[0] + step[0], mode.at[1] + step[1]];
            let weight = (mode.value - objective.value(&at)).exp();
            if weight > 1e-9 && weight.is_finite() {
                whole += weight;
                nodes.push((model(&at), whole));
            }
        }
    }
    nodes.iter_mut().for_each(|(_, weight)| *weight /= whole);
    Some(Pooled { nodes })
}

impl<M: Copy> Pooled<M> {
    fn node(&self, share: f64) -> Option<M> {
        let place = self.nodes.partition_point(|(_, weight)| *weight < share);
        self.nodes
            .get(place.min(self.nodes.len().checked_sub(1)?))
            .map(|(model, _)| *model)
    }

    /// The interval of a quantity drawn from every model by its weight; the value stands inside it.
    fn interval(
        &self,
        (value, n, level): (f64, u64, f64),
        bootstrap: Bootstrap,
        quantile: impl Fn(M, f64) -> f64,
    ) -> Option<Estimate> {
        if !(level > 0.0 && level < 1.0 && value.is_finite()) {
            return None;
        }
        let one = |index: usize| {
            let [population, rate] = even(bootstrap.seed, index);
            Some(quantile(self.node(population)?, rate))
        };
        let mut found: Vec<f64> = (0..bootstrap.count).filter_map(one).collect();
        found.sort_unstable_by(f64::total_cmp);
        let (low, high) = interval_of_draws(&found, level)?;
        Some(Estimate {
            value,
            low: low.min(value),
            high: high.max(value),
            n,
            level,
        })
    }

    /// Mean over models.
    fn mean(&self, quantity: impl Fn(&M) -> f64) -> f64 {
        let mut before = 0.0;
        let mut sum = 0.0;
        for (model, cumulated) in &self.nodes {
            sum += (cumulated - before) * quantity(model);
            before = *cumulated;
        }
        sum
    }

    fn rank(&self, means: &[f64], bootstrap: Bootstrap, draw: impl Fn(M, usize, &mut Draws) -> f64) -> Vec<Ranked> {
        // One population a round: the first item of a round settles which.
        let model = std::cell::Cell::new(None);
        rank_first(means, bootstrap, |index, draws| {
            if index == 0 {
                model.set(self.node(draws.uniform()));
            }
            model.get().map_or(f64::NEG_INFINITY, |model| draw(model, index, draws))
        })
    }
}

impl Pooled<BetaBinomial> {
    /// Needs two items with people, and both a yes and a no among them.
    pub fn new(items: &[Counted]) -> Result<Self, FitError> {
        let fit = BetaBinomial::fit(items)?;
        let model = |at: &[f64; 2]| {
            let (mean, size) = (1.0 / (1.0 + (-at[0]).exp()), at[1].exp());
            BetaBinomial {
                a: mean * size,
                b: (1.0 - mean) * size,
            }
        };
        let kept = || items.iter().filter(|item| item.n > 0);
        let usual = kept().count() as f64 / kept().map(|item| 1.0 / item.n as f64).sum::<f64>();
        let mean = fit.model.mean();
        let start = [(mean / (1.0 - mean)).ln(), usual.ln()];
        let ln_posterior = |at: &[f64; 2]| {
            let here = model(at);
            here.log_likelihood(items)
                + here.mean().ln()
                + (1.0 - here.mean()).ln()
                + uniform_shrinkage(at[1], HALF_WAY * usual)
        };
        grid(start, ln_posterior, model).ok_or(FitError::NoOptimum)
    }

    /// An item's rate: posterior mean and equal-tailed interval. `None` for k > n or a level outside (0, 1).
    pub fn rate(&self, item: Counted, level: f64, bootstrap: Bootstrap) -> Option<Estimate> {
        let rest = item.n.checked_sub(item.k)? as f64;
        let k = item.k as f64;
        let value = self.mean(|model| (model.a + k) / (model.a + model.b + k + rest));
        self.interval((value, item.n, level), bootstrap, |model, share| {
            beta::quantile(model.a + k, model.b + rest, share)
        })
    }

    /// Items by posterior mean, with the chance that each is truly first.
    pub fn ranked(&self, items: &[Counted], bootstrap: Bootstrap) -> Vec<Ranked> {
        let rest = |item: &Counted| item.n.saturating_sub(item.k) as f64;
        let mean = |item: &Counted| {
            self.mean(|model| (model.a + item.k as f64) / (model.a + model.b + item.k as f64 + rest(item)))
        };
        let means: Vec<f64> = items.iter().map(mean).collect();
        self.rank(&means, bootstrap, |model, index, draws| {
            draws.beta(model.a + items[index].k as f64, model.b + rest(&items[index]))
        })
    }
}

impl Pooled<GammaPoisson> {
    /// Needs two items with an exposure, and at least one event.
    pub fn new(items: &[Exposed]) -> Result<Self, FitError> {
        let fit = GammaPoisson::fit(items)?;
        let kept = || items.iter().filter(|item| item.exposure > 0.0);
        let count = kept().count() as f64;
        let usual = kept().map(|item| item.k as f64).sum::<f64>() / count;
        let scale = kept().map(|item| item.exposure).sum::<f64>() / count;
        // Coordinates: ln of the mean count at the mean exposure, and ln of the shape.
        let model = |at: &[f64; 2]| {
            let shape = at[1].exp();
            GammaPoisson {
                a: shape,
                b: shape * scale / at[0].exp(),
            }
        };
        let start = [(fit.model.mean() * scale).ln(), usual.ln()];
        let ln_posterior =
            |at: &[f64; 2]| model(at).log_likelihood(items) + at[0] + uniform_shrinkage(at[1], HALF_WAY * usual);
        grid(start, ln_posterior, model).ok_or(FitError::NoOptimum)
    }

    /// An item's rate: posterior mean and equal-tailed interval; `n` is its count.
    pub fn rate(&self, item: Exposed, level: f64, bootstrap: Bootstrap) -> Option<Estimate> {
        if !(item.exposure >= 0.0 && item.exposure.is_finite()) {
            return None;
        }
        let k = item.k as f64;
        let value = self.mean(|model| (model.a + k) / (model.b + item.exposure));
        self.interval((value, item.k, level), bootstrap, |model, share| {
            incomplete_gamma::quantile(model.a + k, share) / (model.b + item.exposure)
        })
    }

    /// Items by posterior mean, with the chance that each is truly first.
    pub fn ranked(&self, items: &[Exposed], bootstrap: Bootstrap) -> Vec<Ranked> {
        let mean = |item: &Exposed| self.mean(|model| (model.a + item.k as f64) / (model.b + item.exposure.max(0.0)));
        let means: Vec<f64> = items.iter().map(mean).collect();
        self.rank(&means, bootstrap, |model, index, draws| {
            draws.gamma(model.a + items[index].k as f64) / (model.b + items[index].exposure.max(0.0))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_items_leave_more_doubt_than_the_plug_in_says() {
        let items = [(18, 45), (12, 45), (11, 45), (10, 45), (7, 45)].map(|(k, n)| Counted { k, n });
        let pooled = Pooled::<BetaBinomial>::new(&items).unwrap();
        let plug_in = BetaBinomial::fit(&items).unwrap().model;
        for item in items {
            let (honest, bold) = (
                pooled.rate(item, 0.9, Bootstrap::default()).unwrap(),
                plug_in.posterior(item, 0.9).unwrap(),
            );
            assert!(honest.width() > 1.2 * bold.width(), "{honest:?} {bold:?}");
            assert!(honest.low <= honest.value && honest.value <= honest.high);
        }
        let chances: f64 = pooled
            .ranked(&items, Bootstrap::default())
            .iter()
            .map(|item| item.p_first)
            .sum();
        assert!((chances - 1.0).abs() < 1e-9);
        assert!(Pooled::<BetaBinomial>::new(&items[..1]).is_err());
        let alike = [Counted { k: 10, n: 100 }; 5];
        assert!(
            Pooled::<BetaBinomial>::new(&alike)
                .unwrap()
                .rate(alike[0], 0.9, Bootstrap::default())
                .is_some()
        );
    }

    #[test]
    fn many_items_leave_none() {
        let mut draws = Draws::new(5, 5);
        let items: Vec<Exposed> = (0..400)
            .map(|_| {
                let rate = draws.gamma(2.0) / 4.0;
                let exposure = 1.0 + 30.0 * draws.uniform();
                Exposed {
                    k: draws.poisson(rate * exposure),
                    exposure,
                }
            })
            .collect();
        let pooled = Pooled::<GammaPoisson>::new(&items).unwrap();
        let plug_in = GammaPoisson::fit(&items).unwrap().model;
        let bootstrap = Bootstrap { count: 4_000, seed: 1 };
        for &item in &items[..20] {
            let (honest, bold) = (
                pooled.rate(item, 0.9, bootstrap).unwrap(),
                plug_in.posterior(item, 0.9).unwrap(),
            );
            assert!((honest.value / bold.value - 1.0).abs() < 0.03, "{honest:?} {bold:?}");
            assert!(
                (honest.width() / bold.width() - 1.0).abs() < 0.08,
                "{honest:?} {bold:?}"
            );
        }
    }
}
