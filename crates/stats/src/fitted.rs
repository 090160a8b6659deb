//! A model fitted to data: its parameters, how well it fits, and intervals of anything that follows from it.
//!
//! Intervals come from the parametric bootstrap: logs of parameters drawn from N(θ̂, H⁻¹), H the Hessian of −LL in the
//! logs, the quantity computed for each draw, the tails cut off. Where a quantity bends in the logs its draws lie to one
//! side of its most likely value, though their parameters don't; the tails are cut where that side is no longer counted
//! twice (the bias-corrected interval: Efron, JASA 82:171, 1987). Uncorrected, nominal 90 % intervals of P(alive) held 93 %
//! of truths. At a boundary the Hessian says nothing; there is no interval then, rather than a wrong one.

use crate::Estimate;
use crate::gradient::{Dual, Real};
use crate::linear;
use crate::optimise::{self, Objective, Starts};
use crate::random::even;
use crate::special::normal;
use serde::Serialize;

/// Why a model could not be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// There is no row that says anything.
    #[error("nothing to fit: give at least one row with a positive weight and a positive length of observation")]
    NoEvidence,
    /// A row can't be.
    #[error("row {row} is impossible: {reason}; correct or leave out that row")]
    BadRow {
        /// Its place, from 0.
        row: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The rows fit many parameters equally; what is missing is said.
    #[error("the rows don't tell the parameters apart: {0}")]
    NotIdentified(&'static str),
    /// No start of the search led to a finite likelihood.
    #[error(
        "the search found no finite likelihood; the values may be too large for the unit of time, use days or weeks"
    )]
    NoOptimum,
}

/// A model's parameters, by name. All are positive.
pub trait Parameters<const N: usize>: Sized + Copy {
    /// Names in the order of the arrays, as the papers write them.
    const NAMES: [&'static str; N];
    /// From values in that order.
    fn from_array(values: [f64; N]) -> Self;
    /// Values in that order.
    fn to_array(&self) -> [f64; N];
}

/// What a fit may have to confess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FitWarning {
    /// A parameter ran to the edge of what is searched: the data don't bound it, and no intervals can be given.
    AtBoundary,
    /// The likelihood is flat around the optimum: no intervals can be given.
    Flat,
}

impl FitWarning {
    /// What to tell the owner.
    pub fn words(self) -> &'static str {
        match self {
            Self::AtBoundary => "the data don't bound every parameter; a simpler model says as much",
            Self::Flat => "the data hardly tell the parameters apart; no interval can be given",
        }
    }
}

/// A model with its parameters estimated by maximum likelihood.
#[derive(Clone, Debug)]
pub struct Fitted<M, const N: usize> {
    /// At the most likely parameters.
    pub model: M,
    /// Its natural logarithm, of all rows with their weights.
    pub log_likelihood: f64,
    /// How many people (or pieces) it was fitted to: the sum of the weights, rounded.
    pub n: u64,
    /// What must be said beside it.
    pub warning: Option<FitWarning>,
    logs: [f64; N],
    /// Cholesky factor of the Hessian of −LL in the logs.
    precision: Option<[[f64; N]; N]>,
}

/// A log-likelihood that is written once for numbers and for numbers with slopes.
pub(crate) trait Likelihood<const N: usize> {
    fn log_likelihood<R: Real>(&self, parameters: [R; N]) -> R;
}

/// −LL in the logs of the parameters, with exact slopes.
struct Minus<'a, L>(&'a L);

impl<L: Likelihood<N>, const N: usize> Objective<N> for Minus<'_, L> {
    fn value(&self, at: &[f64; N]) -> f64 {
        -self.0.log_likelihood(at.map(f64::exp))
    }
    fn gradient(&self, at: &[f64; N]) -> (f64, [f64; N]) {
        let found = self.0.log_likelihood(Dual::from_logs(at));
        (-found.value, found.slopes.map(|slope| -slope))
    }
}

/// Maximises a likelihood from each of the starts (parameters, not logs).
pub(crate) fn maximise<'a, M: Parameters<N>, const N: usize>(
    likelihood: &impl Likelihood<N>,
    starts: impl Into<Starts<'a, N>>,
    weight: f64,
) -> Result<Fitted<M, N>, FitError> {
    minimise_objective(&Minus(likelihood), starts, weight)
}

/// The same for a −LL that is not written over [`Real`].
pub(crate) fn minimise_objective<'a, M: Parameters<N>, const N: usize>(
    objective: &impl Objective<N>,
    starts: impl Into<Starts<'a, N>>,
    weight: f64,
) -> Result<Fitted<M, N>, FitError> {
    let Starts {
        points,
        spread,
        is_known,
    } = starts.into();
    let logs: Vec<[f64; N]> = points.iter().map(|start| start.map(f64::ln)).collect();
    let starts = Starts {
        points: &logs,
        spread,
        is_known,
    };
    let found = optimise::minimise(objective, starts).ok_or(FitError::NoOptimum)?;
    let precision = match spread {
        _ if found.at_edge => None,
        Some(spread) if is_known => linear::cholesky(&spread).map(|lower| optimise::inverse(&lower)),
        _ => Some(optimise::hessian(objective, &found.at)),
    };
    let precision = precision.and_then(|hessian| linear::cholesky(&hessian));
    let warning = match (found.at_edge, precision.is_none()) {
        (true, _) => Some(FitWarning::AtBoundary),
        (false, true) => Some(FitWarning::Flat),
        _ => None,
    };
    Ok(Fitted {
        model: M::from_array(found.at.map(f64::exp)),
        log_likelihood: -found.value,
        n: weight.round() as u64,
        warning,
        logs: found.at,
        precision,
    })
}

impl<M: Parameters<N>, const N: usize> Fitted<M, N> {
    /// Bayes' information criterion; smaller is better.
    pub fn bic(&self) -> f64 {
        N as f64 * (self.n.max(1) as f64).ln() - 2.0 * self.log_likelihood
    }

    /// The estimate of anything that follows from the parameters, with its interval at `level` from `draws` bootstrap
    /// draws. `None` when the fit carries no intervals or the quantity is not finite for most of the draws.
    pub fn estimate(&self, level: f64, draws: Bootstrap, quantity: impl Fn(&M) -> f64) -> Option<Estimate> {
        let precision = self.precision.as_ref()?;
        let value = quantity(&self.model);
        let mut found: Vec<f64> = (0..draws.count)
            .map(|index| quantity(&self.draw(precision, even(draws.seed, index))))
            .filter(|value| value.is_finite())
            .collect();
        if !value.is_finite() || found.len() * 10 < draws.count * 9 || !(level > 0.0 && level < 1.0) {
            return None;
        }
        found.sort_unstable_by(f64::total_cmp);
        let (low, high) = bias_corrected(&found, value, level)?;
        Some(Estimate {
            value,
            low: low.min(value),
            high: high.max(value),
            n: self.n,
            level,
        })
    }

    /// The models of the bootstrap draws; `None` when the fit carries no intervals.
    pub(crate) fn drawn(&self, draws: Bootstrap) -> Option<impl Iterator<Item = M>> {
        let precision = self.precision.as_ref()?;
        Some((0..draws.count).map(move |index| self.draw(precision, even(draws.seed, index))))
    }

    /// Every parameter with its interval, in the order of `NAMES`.
    pub fn parameters(&self, level: f64, draws: Bootstrap) -> Option<[Estimate; N]> {
        let found: Vec<Estimate> = (0..N)
            .filter_map(|index| self.estimate(level, draws, |model| model.to_array()[index]))
            .collect();
        found.try_into().ok()
    }

    /// The covariance of the logs, for `times` as many people of the same kind.
    pub(crate) fn spread(&self, times: f64) -> Option<[[f64; N]; N]> {
        let inverse = optimise::inverse(self.precision.as_ref()?);
        Some(inverse.map(|row| row.map(|entry| entry / times)))
    }

    fn draw(&self, precision: &[[f64; N]; N], place: [f64; N]) -> M {
        let step = linear::solve_transposed(precision, &place.map(normal::quantile));
        M::from_array(std::array::from_fn(|i| {
            (self.logs[i] + step[i])
                .clamp(-2.0 * optimise::BOX, 2.0 * optimise::BOX)
                .exp()
        }))
    }

    /// The fit in another unit: parameters multiplied by `factors`, the log-likelihood moved by `shift`.
    pub(crate) fn rescaled(mut self, factors: [f64; N], shift: f64) -> Self {
        let values = self.model.to_array();
        self.model = M::from_array(std::array::from_fn(|i| values[i] * factors[i]));
        self.logs = std::array::from_fn(|i| self.logs[i] + factors[i].ln());
        self.log_likelihood += shift;
        self
    }
}

/// How many draws, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// How many draws.
    pub count: usize,
    /// Where the stream of random numbers starts.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self {
            count: 500,
            seed: 20_050_214,
        }
    }
}

/// The ends of an interval from sorted draws, so that a further draw falls inside with the level's chance: with n draws the
/// i-th lies at i/(n+1). `None` of nothing or for a level outside (0, 1).
pub(crate) fn interval_of_draws(sorted: &[f64], level: f64) -> Option<(f64, f64)> {
    if !(level > 0.0 && level < 1.0) || sorted.is_empty() {
        return None;
    }
    let last = (sorted.len() - 1).max(1) as f64;
    let share = |p: f64| (p * (sorted.len() as f64 + 1.0) - 1.0) / last;
    let tail = 0.5 * (1.0 - level);
    Some((
        sorted_quantile(sorted, share(tail))?,
        sorted_quantile(sorted, share(1.0 - tail))?,
    ))
}

/// The ends of the bias-corrected interval from sorted draws at even points, of n the i-th standing for the share
/// (i − ½)/n. With z₀ the normal quantile of the share of draws below the value (ties by half), tails are cut at Φ(2z₀ ± z)
/// where the plain interval cuts at Φ(±z).
fn bias_corrected(sorted: &[f64], value: f64, level: f64) -> Option<(f64, f64)> {
    let count = sorted.len() as f64;
    let below = sorted.partition_point(|draw| *draw < value);
    let ties = sorted.partition_point(|draw| *draw <= value) - below;
    let share = (below as f64 + 0.5 * ties as f64).clamp(0.5, count - 0.5) / count;
    let (shift, half) = (2.0 * normal::quantile(share), normal::two_sided(level));
    let cut = |z: f64| sorted_quantile(sorted, (normal::cdf(z) * count - 0.5) / (count - 1.0).max(1.0));
    Some((cut(shift - half)?, cut(shift + half)?))
}

/// The p-quantile of sorted values, interpolated; `None` of nothing.
pub(crate) fn sorted_quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = p.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below]))
}
