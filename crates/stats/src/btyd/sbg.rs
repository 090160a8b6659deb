//! sBG (Fader & Hardie, J. Interactive Marketing 21:76, 2007): how long contracts are kept when people differ.
//!
//! Each person leaves with their own constant chance per period, Beta(α, β) over people; so retention rises with age
//! because the leavers leave, not because anybody grows loyal. S(t) = B(α, β+t)/B(α, β).
//!
//! ln L = Σ left_t ln(S(t−1) − S(t)) + Σ still_t ln S(t); t counts renewals. Not where leaving is unseen (`btyd` for
//! that), and not for several cohorts that were acquired differently as one.

use crate::fitted::{FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::{Real, ln_beta};
use crate::special::{gamma, hypergeometric};
use serde::Serialize;

/// Who left at which renewal, and who is still there after how many.
#[derive(Clone, Debug, PartialEq)]
pub struct Survivors {
    /// People who left at the renewal of that number; none leaves at number 0.
    left: Vec<f64>,
    /// People of whom no more is known than that they renewed so often.
    still: Vec<f64>,
}

impl Survivors {
    /// From people of one cohort still there at t = 0, 1, 2 …, one count a period; they may not grow. Needs two counts.
    pub fn new(counts: &[f64]) -> Result<Self, FitError> {
        for (row, pair) in counts.windows(2).enumerate() {
            if pair[1] > pair[0] {
                return Err(FitError::BadRow {
                    row: row + 1,
                    reason: "more survivors than a period before",
                });
            }
        }
        if counts.len() < 2 {
            return Err(FitError::NoEvidence);
        }
        let mut left = vec![0.0; counts.len()];
        let mut still = vec![0.0; counts.len()];
        for (t, pair) in counts.windows(2).enumerate() {
            left[t + 1] = pair[0] - pair[1];
        }
        still[counts.len() - 1] = counts[counts.len() - 1];
        Self::begun_at_any_time(&left, &still)
    }

    /// From contracts that began at different times: `left[t]` left at renewal t (t ≥ 1, so `left[0]` is 0), `still[t]` have
    /// renewed t times and been seen no further.
    pub fn begun_at_any_time(left: &[f64], still: &[f64]) -> Result<Self, FitError> {
        let is_bad = |count: &f64| !count.is_finite() || *count < 0.0;
        if let Some(row) = left.iter().position(is_bad).or_else(|| still.iter().position(is_bad)) {
            return Err(FitError::BadRow {
                row,
                reason: "not a number of people",
            });
        }
        if left.first().is_some_and(|&left| left > 0.0) {
            return Err(FitError::BadRow {
                row: 0,
                reason: "nobody can leave before the first renewal",
            });
        }
        let gone: f64 = left.iter().sum();
        if gone + still.iter().sum::<f64>() <= 0.0 {
            return Err(FitError::NoEvidence);
        }
        if gone <= 0.0 {
            return Err(FitError::NotIdentified("nobody has left yet"));
        }
        Ok(Self {
            left: left.to_vec(),
            still: still.to_vec(),
        })
    }

    pub(super) fn people(&self) -> f64 {
        self.left.iter().chain(&self.still).sum()
    }

    /// Σ left·ln(S(t−1) − S(t)) + Σ still·ln S(t), for any ln S.
    pub(super) fn log_likelihood<R: Real>(&self, ln_survival: impl Fn(f64) -> R) -> R {
        let at = |counts: &[f64], t: usize| counts.get(t).copied().unwrap_or(0.0);
        let mut before = R::constant(0.0);
        let mut sum = R::constant(0.0);
        for t in 1..self.left.len().max(self.still.len()) {
            let here = ln_survival(t as f64);
            let (left, still) = (at(&self.left, t), at(&self.still, t));
            if left > 0.0 {
                sum = sum + (before + (here - before).ln_one_minus_exp()) * left;
            }
            if still > 0.0 {
                sum = sum + here * still;
            }
            before = here;
        }
        sum
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

    /// Renewals expected of somebody who has renewed n times, among the next `ahead`: Σ S(n+j)/S(n), j from 1 to `ahead`.
    pub fn renewals(&self, n: f64, ahead: u32) -> f64 {
        expected_renewals(|t| self.survival(t), n, ahead)
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

pub(super) fn expected_renewals(survival: impl Fn(f64) -> f64, n: f64, ahead: u32) -> f64 {
    let now = survival(n);
    (1..=ahead).map(|j| survival(n + f64::from(j)) / now).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cohort_is_a_case_of_many() {
        let one = Survivors::new(&[100.0, 60.0, 50.0]).unwrap();
        let many = Survivors::begun_at_any_time(&[0.0, 40.0, 10.0], &[0.0, 0.0, 50.0]).unwrap();
        assert_eq!(one, many);
    }

    /// α = β = 1: S(1) = 1/2, S(2) = 1/3. Two left at the first renewal, one at the second, three are still there after one.
    #[test]
    fn contracts_of_different_age_add_up() {
        let found = Survivors::begun_at_any_time(&[0.0, 2.0, 1.0], &[5.0, 3.0]).unwrap();
        let by_hand = 2.0 * 0.5_f64.ln() + (1.0_f64 / 2.0 - 1.0 / 3.0).ln() + 3.0 * 0.5_f64.ln();
        let model = Sbg { alpha: 1.0, beta: 1.0 };
        assert!((model.log_likelihood(&found) - by_hand).abs() < 1e-12);
        // Having renewed once: S(2)/S(1) + S(3)/S(1) = 2/3 + 1/2.
        assert!((model.renewals(1.0, 2) - (2.0 / 3.0 + 0.5)).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(matches!(
            Survivors::begun_at_any_time(&[1.0], &[]),
            Err(FitError::BadRow { row: 0, .. })
        ));
        assert!(matches!(
            Survivors::begun_at_any_time(&[0.0, -1.0], &[]),
            Err(FitError::BadRow { row: 1, .. })
        ));
        assert!(matches!(
            Survivors::begun_at_any_time(&[], &[]),
            Err(FitError::NoEvidence)
        ));
        assert!(matches!(
            Survivors::begun_at_any_time(&[0.0], &[9.0]),
            Err(FitError::NotIdentified(_))
        ));
    }
}
