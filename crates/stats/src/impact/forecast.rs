//! What a series would have done, when its drift is not taken for known.
//!
//! How much a level drifts is the least sure thing in a short series, and its most likely value is often none at all;
//! an interval that trusts it is too narrow. So the forecast of [`LocalLevel`] is averaged over drifts, each by its
//! marginal likelihood (coefficients and variance integrated out) and a prior in which about half of all levels are
//! steady. Given a drift the mean of the coming days is one of Student's t; the ends of the interval are quantiles of
//! the mixture.

use super::local_level::LocalLevel;
use crate::special::student;

/// Drifts a day in units of the noise, each with the width of the range it stands for; the first stands for steady levels,
/// which the prior holds for as likely as all others.
const DRIFTS: [(f64, f64); 11] = [
    (0.002, 0.16),
    (0.015, 0.012),
    (0.03, 0.017),
    (0.05, 0.022),
    (0.075, 0.03),
    (0.11, 0.042),
    (0.16, 0.06),
    (0.23, 0.085),
    (0.33, 0.135),
    (0.5, 0.235),
    (0.8, 0.4),
];
/// The middle of the prior of those that drift (half-Cauchy).
const DRIFT_USUAL: f64 = 0.2;

/// A forecast given one drift.
struct Part {
    weight: f64,
    value: f64,
    error: f64,
    degrees: f64,
}

/// The mean of the coming days, over all drifts.
pub(super) struct Forecast(Vec<Part>);

impl Forecast {
    /// Of the days with the regressors `coming`, from those before. `None` when there is no fit.
    pub fn new(rows: &[Vec<f64>], y: &[f64], coming: &[Vec<f64>]) -> Option<Self> {
        LocalLevel::fits(rows, y).then_some(())?;
        let part = |&(drift, width): &(f64, f64)| {
            let fit = LocalLevel::at_ratio(rows, y, drift * drift)?;
            let (value, error) = fit.student_mean(coming);
            let prior = f64::ln(width / (1.0 + (drift / DRIFT_USUAL).powi(2)));
            (value.is_finite() && error.is_finite()).then_some(Part {
                weight: fit.ln_marginal() + prior,
                value,
                error,
                degrees: fit.degrees(),
            })
        };
        let mut parts: Vec<Part> = DRIFTS.iter().filter_map(part).collect();
        let best = parts.iter().map(|part| part.weight).fold(f64::NEG_INFINITY, f64::max);
        parts
            .iter_mut()
            .for_each(|part| part.weight = (part.weight - best).exp());
        let whole: f64 = parts.iter().map(|part| part.weight).sum();
        parts.iter_mut().for_each(|part| part.weight /= whole);
        (whole > 0.0).then_some(Self(parts))
    }

    pub fn mean(&self) -> f64 {
        self.0.iter().map(|part| part.weight * part.value).sum()
    }

    /// The ends within which it falls with chance `level`.
    pub fn interval(&self, level: f64) -> (f64, f64) {
        let tail = 0.5 * (1.0 - level);
        (self.quantile(tail), self.quantile(1.0 - tail))
    }

    fn below(&self, value: f64) -> f64 {
        let chance = |part: &Part| part.weight * student::cdf((value - part.value) / part.error, part.degrees);
        self.0.iter().map(chance).sum()
    }

    /// By bisection between the parts' own quantiles, one of which lies on each side.
    fn quantile(&self, share: f64) -> f64 {
        let end = |part: &Part| {
            let t = student::two_sided((2.0 * share - 1.0).abs(), part.degrees);
            part.value + part.error * t.copysign(share - 0.5)
        };
        let mut low = self.0.iter().map(end).fold(f64::INFINITY, f64::min);
        let mut high = self.0.iter().map(end).fold(f64::NEG_INFINITY, f64::max);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.below(middle) < share {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}
