//! BdW (Fader, Hardie, Liu, Davin & Steenburgh, J. Interactive Marketing 43:1, 2018): sBG whose leaving chances
//! change with age.
//!
//! The beta-discrete-Weibull: S(t) = B(α, β + t^c)/B(α, β). With c > 1 the same person leaves more readily with time,
//! with c < 1 less; c = 1 is sBG. Worth its third parameter when the retention curve bends more than sBG can.
//!
//! ln L as [`super::Sbg`]'s; t counts renewals. Not with fewer than five points: three parameters then fit anything.

use super::sbg::{Survivors, expected_renewals};
use crate::fitted::{FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::{Real, ln_beta};
use crate::special::gamma;
use serde::Serialize;

/// The BdW model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bdw {
    /// α of the Beta distribution of the chance to leave at the first renewal.
    pub alpha: f64,
    /// β of it; a larger β keeps people longer.
    pub beta: f64,
    /// How the chance changes with time: 1 is the sBG, above 1 it grows, below it falls.
    pub c: f64,
}

impl Parameters<3> for Bdw {
    const NAMES: [&'static str; 3] = ["alpha", "beta", "c"];
    fn from_array([alpha, beta, c]: [f64; 3]) -> Self {
        Self { alpha, beta, c }
    }
    fn to_array(&self) -> [f64; 3] {
        [self.alpha, self.beta, self.c]
    }
}

struct BdwLikelihood<'a>(&'a Survivors);

impl Likelihood<3> for BdwLikelihood<'_> {
    fn log_likelihood<R: Real>(&self, [alpha, beta, c]: [R; 3]) -> R {
        let whole = ln_beta(alpha, beta);
        self.0
            .log_likelihood(|t| ln_beta(alpha, beta + (c * t.ln()).exp()) - whole)
    }
}

impl Bdw {
    /// Maximum likelihood; needs at least four points to mean anything.
    pub fn fit(cohort: &Survivors) -> Result<Fitted<Self, 3>, FitError> {
        maximise(
            &BdwLikelihood(cohort),
            &[[1.0, 1.0, 1.0], [0.3, 0.6, 1.5], [3.0, 6.0, 0.7]],
            cohort.people(),
        )
    }

    /// ln L of a cohort at these parameters.
    pub fn log_likelihood(&self, cohort: &Survivors) -> f64 {
        BdwLikelihood(cohort).log_likelihood(self.to_array())
    }

    /// P(still there after t periods).
    pub fn survival(&self, t: f64) -> f64 {
        let aged = t.max(0.0).powf(self.c);
        (gamma::ln_beta(self.alpha, self.beta + aged) - gamma::ln_beta(self.alpha, self.beta)).exp()
    }

    /// Renewals expected of somebody who has renewed n times, among the next `ahead`.
    pub fn renewals(&self, n: f64, ahead: u32) -> f64 {
        expected_renewals(|t| self.survival(t), n, ahead)
    }

    /// P(renews for the t-th time, having renewed t − 1 times).
    pub fn retention(&self, t: f64) -> f64 {
        self.survival(t) / self.survival(t - 1.0)
    }
}
