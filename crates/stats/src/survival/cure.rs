//! Waiting times when some never will: the Weibull mixture cure model, and its exponential case.
//!
//! A share π never converts; the others wait a Weibull time. Somebody not yet converted is unknown, not lost:
//! converted ln(1−π) + ln f₀(t), not yet ln(π + (1−π) S₀(t)). The exponential case without covariates is Chapelle's
//! delayed-feedback model (KDD 2014). Without a plateau in the data π is hardly identified: see [`CureVerdict`].

use super::Duration;
use super::weibull::{Waiting, logs, total};
use crate::fitted::{Bootstrap, FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::Real;
use crate::{Estimate, survival::Weibull};
use serde::Serialize;

/// An interval of the never-share wider than this says nothing.
const WIDTH_MOST: f64 = 0.5;

/// The Weibull mixture cure model; `lambda` in units of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WeibullCure {
    /// π/(1−π), the odds of never.
    pub odds: f64,
    /// Scale of the waiting time of those who will, in the unit of the rows.
    pub lambda: f64,
    /// Its shape: below 1 most come soon.
    pub rho: f64,
}

/// The same with a constant hazard among those who will: ρ = 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ExponentialCure {
    /// Odds of never: the cured share is odds/(1 + odds).
    pub odds: f64,
    /// The mean waiting time of those who will.
    pub mean: f64,
}

impl Parameters<3> for WeibullCure {
    const NAMES: [&'static str; 3] = ["cured_odds", "lambda", "rho"];
    fn from_array([odds, lambda, rho]: [f64; 3]) -> Self {
        Self { odds, lambda, rho }
    }
    fn to_array(&self) -> [f64; 3] {
        [self.odds, self.lambda, self.rho]
    }
}

impl Parameters<2> for ExponentialCure {
    const NAMES: [&'static str; 2] = ["cured_odds", "mean"];
    fn from_array([odds, mean]: [f64; 2]) -> Self {
        Self { odds, mean }
    }
    fn to_array(&self) -> [f64; 2] {
        [self.odds, self.mean]
    }
}

struct Cured<'a>(&'a Waiting);

impl Likelihood<3> for Cured<'_> {
    fn log_likelihood<R: Real>(&self, [odds, lambda, rho]: [R; 3]) -> R {
        let will = -(odds + 1.0).ln();
        let never = odds.ln() + will;
        self.0.rows.iter().fold(R::constant(0.0), |sum, row| {
            let (survival, density) = logs(lambda, rho, row.time);
            let one = if row.event {
                will + density
            } else {
                never.ln_add_exp(will + survival)
            };
            sum + one * row.weight
        })
    }
}

impl Likelihood<2> for Cured<'_> {
    fn log_likelihood<R: Real>(&self, [odds, mean]: [R; 2]) -> R {
        Likelihood::<3>::log_likelihood(self, [odds, mean, R::constant(1.0)])
    }
}

/// Whether the share that never will can be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CureVerdict {
    /// The share that never will.
    Known(Estimate),
    /// The curve has no plateau yet: quote Kaplan–Meier to the horizon seen, no final rate.
    TooEarly,
}

impl WeibullCure {
    /// Maximum likelihood.
    pub fn fit(rows: &[Duration]) -> Result<Fitted<Self, 3>, FitError> {
        let waiting = Waiting::new(rows)?;
        let starts = [[1.0, 0.5, 1.0], [0.3, 1.0, 0.7], [3.0, 0.3, 1.5]];
        let fitted: Fitted<Self, 3> = maximise(&Cured(&waiting), &starts, waiting.people)?;
        Ok(fitted.rescaled([1.0, waiting.unit, 1.0], waiting.shift()))
    }

    /// ln L of all rows at these parameters; −∞ where an event at time 0 makes them impossible.
    pub fn log_likelihood(&self, rows: &[Duration]) -> f64 {
        let will = -(self.odds + 1.0).ln();
        let never = self.odds.ln() + will;
        total(rows, |row| {
            let (survival, density) = logs(self.lambda, self.rho, row.time);
            if row.event {
                will + density
            } else {
                never.ln_add_exp(will + survival)
            }
        })
    }

    /// π, the share that never will.
    pub fn cured(&self) -> f64 {
        self.odds / (1.0 + self.odds)
    }

    /// F₀(age): how much of the final number somebody so old would have shown. The weight of a "not yet".
    pub fn maturity(&self, age: f64) -> f64 {
        1.0 - Weibull {
            lambda: self.lambda,
            rho: self.rho,
        }
        .survival(age)
    }

    /// P(still converts), for somebody who has not by `age`.
    pub fn still_converts(&self, age: f64) -> f64 {
        let waiting = (1.0 - self.cured()) * (1.0 - self.maturity(age));
        waiting / (self.cured() + waiting)
    }

    /// Conversions to expect in the end: those seen, and the chance of each that is not yet.
    pub fn expected_final(&self, rows: &[Duration]) -> f64 {
        rows.iter()
            .map(|row| row.weight * if row.event { 1.0 } else { self.still_converts(row.time) })
            .sum()
    }

    /// The time by which `share` of those who will have converted.
    pub fn lag(&self, share: f64) -> f64 {
        self.lambda * (-(1.0 - share).ln()).powf(1.0 / self.rho)
    }
}

impl ExponentialCure {
    /// Maximum likelihood.
    pub fn fit(rows: &[Duration]) -> Result<Fitted<Self, 2>, FitError> {
        let waiting = Waiting::new(rows)?;
        let fitted: Fitted<Self, 2> =
            maximise(&Cured(&waiting), &[[1.0, 0.5], [0.3, 1.0], [3.0, 0.3]], waiting.people)?;
        Ok(fitted.rescaled([1.0, waiting.unit], waiting.shift()))
    }

    /// π, the share that never will.
    pub fn cured(&self) -> f64 {
        self.odds / (1.0 + self.odds)
    }
}

impl Fitted<WeibullCure, 3> {
    /// The share that never will, if the data can tell it.
    pub fn cured(&self, level: f64, draws: Bootstrap) -> CureVerdict {
        match self.estimate(level, draws, WeibullCure::cured) {
            Some(estimate) if estimate.width() <= WIDTH_MOST => CureVerdict::Known(estimate),
            _ => CureVerdict::TooEarly,
        }
    }
}
