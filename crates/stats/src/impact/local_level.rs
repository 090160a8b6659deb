//! A drifting level with regressors (Harvey 1989): y_t = μ_t + βᵀx_t + ε, μ_t = μ_{t−1} + η.
//!
//! The Kalman filter starts from a diffuse level, so the first observation sets it. For a given ratio q = σ²η/σ²ε the
//! filter whitens y and x alike, β is then least squares on the innovations and σ²ε a mean square; only q is searched.

use crate::linear;

/// A fitted local level model.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalLevel {
    /// Variance of a day around its level, σ²ε.
    pub observation_variance: f64,
    /// Variance of the level's step per day, σ²η.
    pub level_variance: f64,
    /// One per regressor, β.
    pub coefficients: Vec<f64>,
    /// ln L at these.
    pub log_likelihood: f64,
    /// The level after the last observation.
    pub level: f64,
    /// Its variance, in units of the observation variance.
    level_spread: f64,
    /// Filtered levels of the regressors at the end, and (ΣvvᵀF⁻¹)⁻¹ of their innovations.
    regressor_levels: Vec<f64>,
    inverse: Vec<Vec<f64>>,
    ln_marginal: f64,
    degrees: f64,
}

/// Innovations of y (first) and the regressors at a given q, with their relative variances, and where the filter ends.
pub(super) struct Whitened {
    pub innovations: Vec<Vec<f64>>,
    pub spreads: Vec<f64>,
    levels: Vec<f64>,
    level_spread: f64,
}

pub(super) fn whiten(rows: &[Vec<f64>], y: &[f64], q: f64) -> Whitened {
    let columns = rows.first().map_or(0, Vec::len) + 1;
    let value = |t: usize, column: usize| if column == 0 { y[t] } else { rows[t][column - 1] };
    let mut levels: Vec<f64> = (0..columns).map(|column| value(0, column)).collect();
    let mut spread = 1.0;
    let (mut innovations, mut spreads) = (Vec::with_capacity(y.len()), Vec::with_capacity(y.len()));
    for t in 1..y.len() {
        let before = spread + q;
        let whole = before + 1.0;
        let gain = before / whole;
        let found: Vec<f64> = (0..columns).map(|column| value(t, column) - levels[column]).collect();
        levels
            .iter_mut()
            .zip(&found)
            .for_each(|(level, innovation)| *level += gain * innovation);
        spread = before * (1.0 - gain);
        innovations.push(found);
        spreads.push(whole);
    }
    Whitened {
        innovations,
        spreads,
        levels,
        level_spread: spread,
    }
}

struct AtRatio<'a>(&'a [Vec<f64>], &'a [f64]);

impl AtRatio<'_> {
    fn fit(&self, q: f64) -> Option<LocalLevel> {
        let found = whiten(self.0, self.1, q);
        let columns = found.levels.len() - 1;
        let moment = |i: usize, j: usize| -> f64 {
            found
                .innovations
                .iter()
                .zip(&found.spreads)
                .map(|(v, f)| v[i] * v[j] / f)
                .sum()
        };
        let square: Vec<Vec<f64>> = (1..=columns)
            .map(|i| (1..=columns).map(|j| moment(i, j)).collect())
            .collect();
        let factors = linear::factorise(square)?;
        let coefficients = factors.solve(&(1..=columns).map(|i| moment(i, 0)).collect::<Vec<_>>());
        let explained: f64 = (1..=columns).map(|i| coefficients[i - 1] * moment(i, 0)).sum();
        let count = found.spreads.len() as f64;
        let variance = ((moment(0, 0) - explained) / count).max(1e-300);
        let logs: f64 = found.spreads.iter().map(|f| f.ln()).sum();
        let level = found.levels[0]
            - coefficients
                .iter()
                .zip(&found.levels[1..])
                .map(|(coefficient, level)| coefficient * level)
                .sum::<f64>();
        let inverse = (0..columns)
            .map(|i| {
                let mut unit = vec![0.0; columns];
                unit[i] = 1.0;
                factors.solve(&unit)
            })
            .collect();
        let degrees = count - columns as f64;
        let free = factors.ln_size() + logs + degrees * (variance * count).ln();
        Some(LocalLevel {
            ln_marginal: -0.5 * free,
            degrees,
            observation_variance: variance,
            level_variance: q * variance,
            coefficients,
            log_likelihood: -0.5 * (count * ((2.0 * std::f64::consts::PI * variance).ln() + 1.0) + logs),
            level,
            level_spread: found.level_spread,
            regressor_levels: found.levels[1..].to_vec(),
            inverse,
        })
    }
}

impl AtRatio<'_> {
    /// The fit at the most likely ratio: the best of a coarse grid of its logarithm, then a golden section around it.
    fn most_likely(&self) -> Option<LocalLevel> {
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let value = |ln_q: f64| self.fit(ln_q.exp()).map_or(f64::NEG_INFINITY, |fit| fit.log_likelihood);
        let grid = || (-6..=1).map(|step| 2.0 * f64::from(step));
        let best = grid().max_by(|one, other| value(*one).total_cmp(&value(*other)))?;
        let (mut low, mut high) = (best - 2.0, best + 2.0);
        let (mut one, mut other) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        let (mut at_one, mut at_other) = (value(one), value(other));
        while high - low > 1e-5 {
            if at_one >= at_other {
                (high, other, at_other) = (other, one, at_one);
                one = high - GOLDEN * (high - low);
                at_one = value(one);
            } else {
                (low, one, at_one) = (one, other, at_other);
                other = low + GOLDEN * (high - low);
                at_other = value(other);
            }
        }
        self.fit((0.5 * (low + high)).exp())
    }
}

impl LocalLevel {
    /// Maximum likelihood. `rows` holds the regressors of each day (no constant: the level is one); it may hold empty rows.
    /// `None` below five observations more than regressors, or when the regressors say the same.
    pub fn fit(rows: &[Vec<f64>], y: &[f64]) -> Option<Self> {
        Self::fits(rows, y).then(|| AtRatio(rows, y).most_likely())?
    }

    /// Whether there is enough, of equal lengths, and finite.
    pub(super) fn fits(rows: &[Vec<f64>], y: &[f64]) -> bool {
        let columns = rows.first().map_or(0, Vec::len);
        let finite = rows.iter().flatten().chain(y).all(|value| value.is_finite());
        rows.len() == y.len() && y.len() >= columns + 6 && rows.iter().all(|row| row.len() == columns) && finite
    }

    /// The fit at a given ratio of the level's variance a day to the noise's, for whoever averages over ratios.
    pub(super) fn at_ratio(rows: &[Vec<f64>], y: &[f64], q: f64) -> Option<Self> {
        AtRatio(rows, y).fit(q)
    }

    /// ln of the likelihood with coefficients and variance integrated out under flat priors, up to a constant that all
    /// ratios share.
    pub(super) fn ln_marginal(&self) -> f64 {
        self.ln_marginal
    }

    /// Observations less coefficients and level.
    pub(super) fn degrees(&self) -> f64 {
        self.degrees
    }

    /// The unbiased estimate of the variance of a day around its level, given the ratio.
    pub(super) fn noise(&self) -> f64 {
        self.observation_variance * (1.0 + self.coefficients.len() as f64 / self.degrees)
    }

    /// How far the coming days' mean regressors lie from their levels at the end.
    fn gaps(&self, rows: &[Vec<f64>]) -> Vec<f64> {
        let mean = |column: usize| rows.iter().map(|row| row[column]).sum::<f64>() / rows.len() as f64;
        (0..self.coefficients.len())
            .map(|column| mean(column) - self.regressor_levels[column])
            .collect()
    }

    /// What each regressor's innovations count in the mean of the coming days, through the coefficients.
    pub(super) fn leverage(&self, rows: &[Vec<f64>]) -> Vec<f64> {
        let gaps = self.gaps(rows);
        let product = |row: &Vec<f64>| row.iter().zip(&gaps).map(|(entry, gap)| entry * gap).sum();
        self.inverse.iter().map(product).collect()
    }

    /// The mean over the coming days with these regressors, and its standard error about observed means.
    pub fn predict_mean(&self, rows: &[Vec<f64>]) -> (f64, f64) {
        let count = rows.len() as f64;
        let gaps = self.gaps(rows);
        let regressors = self.regressor_levels.iter().zip(&gaps).map(|(level, gap)| level + gap);
        let value = self.level
            + self
                .coefficients
                .iter()
                .zip(regressors)
                .map(|(by, mean)| by * mean)
                .sum::<f64>();
        let learnt: f64 = self.leverage(rows).iter().zip(&gaps).map(|(by, gap)| by * gap).sum();
        let q = self.level_variance / self.observation_variance;
        // The mean of a random walk over 1 … H has variance q (H+1)(2H+1)/(6H).
        let drift = q * (count + 1.0) * (2.0 * count + 1.0) / (6.0 * count);
        let spread = self.level_spread + drift + 1.0 / count + learnt.max(0.0);
        (value, (self.observation_variance * spread).sqrt())
    }
}
