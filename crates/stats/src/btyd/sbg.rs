//! sBG (Fader & Hardie, J. Interactive Marketing 21:76, 2007): how long contracts are kept when people differ.
//!
//! Each person leaves with their own constant chance per period, Beta(α, β) over people; so retention rises with age
//! because the leavers leave, not because anybody grows loyal. S(t) = B(α, β+t)/B(α, β).
//!
//! ln L = Σ lost_t ln(S(t−1) − S(t)) + n ln S(last); t counts renewals. Not where leaving is unseen (`btyd` for
//! that), and not for several cohorts that were acquired differently as one.

use crate::fitted::{FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::{Real, ln_beta};
use crate::special::{gamma, hypergeometric};
use serde::Serialize;

/// How many of one cohort are still there after 0, 1, 2 … periods. Must not increase.
#[derive(Clone, Debug, PartialEq)]
pub struct Survivors {
    counts: Vec<f64>,
}

impl Survivors {
    /// From people still there at t = 0, 1, 2 …, one count a period; they may not grow. Needs two counts.
    pub fn new(counts: &[f64]) -> Result<Self, FitError> {
        for (row, pair) in counts.windows(2).enumerate() {
            if pair[1] > pair[0] {
                return Err(FitError::BadRow {
                    row: row + 1,
                    reason: "more survivors than a period before",
                });
            }
        }
        if let Some(row) = counts.iter().position(|count| !count.is_finite() || *count < 0.0) {
            return Err(FitError::BadRow {
                row,
                reason: "not a number of people",
            });
        }
        if counts.len() < 2 || counts[0] <= 0.0 {
            return Err(FitError::NoEvidence);
        }
        if counts[counts.len() - 1] == counts[0] {
            return Err(FitError::NotIdentified("nobody has left yet"));
        }
        Ok(Self {
            counts: counts.to_vec(),
        })
    }

    pub(super) fn people(&self) -> f64 {
        self.counts[0]
    }

    /// Σ lost·ln(S(t−1) − S(t)) + left·ln S(end), for any ln S.
    pub(super) fn log_likelihood<R: Real>(&self, ln_survival: impl Fn(f64) -> R) -> R {
        let mut before = R::constant(0.0);
        let mut sum = R::constant(0.0);
        for (t, pair) in self.counts.windows(2).enumerate() {
            let here = ln_survival(t as f64 + 1.0);
            let lost = pair[0] - pair[1];
            if lost > 0.0 {
                sum = sum + (before + (here - before).ln_one_minus_exp()) * lost;
            }
            before = here;
        }
        sum + before * self.counts[self.counts.len() - 1]
    }
}

/// The sBG model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sbg {
    /// α of the Beta distribution of the chance to leave at each renewal.
    pub alpha: f64,
    /// β of it: α/(α + β) leave at the first.
    pub beta: f64,
}

impl Parameters<2> for Sbg {
    const NAMES: [&'static str; 2] = ["alpha", "beta"];
    fn from_array([alpha, beta]: [f64; 2]) -> Self {
        Self { alpha, beta }
    }
    fn to_array(&self) -> [f64; 2] {
        [self.alpha, self.beta]
    }
}

struct SbgLikelihood<'a>(&'a Survivors);

impl Likelihood<2> for SbgLikelihood<'_> {
    fn log_likelihood<R: Real>(&self, [alpha, beta]: [R; 2]) -> R {
        let whole = ln_beta(alpha, beta);
        self.0.log_likelihood(|t| ln_beta(alpha, beta + t) - whole)
    }
}

impl Sbg {
    /// Maximum likelihood.
    pub fn fit(cohort: &Survivors) -> Result<Fitted<Self, 2>, FitError> {
        maximise(
            &SbgLikelihood(cohort),
            &[[1.0, 1.0], [0.3, 0.6], [3.0, 6.0]],
            cohort.people(),
        )
    }

    /// ln L of a cohort at these parameters.
    pub fn log_likelihood(&self, cohort: &Survivors) -> f64 {
        SbgLikelihood(cohort).log_likelihood(self.to_array())
    }

    /// P(still there after t periods).
    pub fn survival(&self, t: f64) -> f64 {
        (gamma::ln_beta(self.alpha, self.beta + t.max(0.0)) - gamma::ln_beta(self.alpha, self.beta)).exp()
    }

    /// P(renews for the t-th time, having renewed t − 1 times).
    pub fn retention(&self, t: f64) -> f64 {
        (self.beta + t - 1.0) / (self.alpha + self.beta + t - 1.0)
    }

    /// Discounted expected lifetime in periods of a new person, the first period included: Σ S(t)/(1+d)^t.
    pub fn discounted_lifetime(&self, rate: f64) -> f64 {
        if rate.is_nan() || rate <= 0.0 {
            return f64::NAN;
        }
        hypergeometric::with_one(self.beta, self.alpha + self.beta, 1.0 / (1.0 + rate))
    }

    /// The same for the rest of a person's life, just before the n-th renewal is decided.
    pub fn discounted_residual(&self, n: f64, rate: f64) -> f64 {
        let later = Self {
            alpha: self.alpha,
            beta: self.beta + n,
        };
        self.retention(n) * later.discounted_lifetime(rate)
    }
}
