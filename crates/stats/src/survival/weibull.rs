//! The Weibull model of waiting times: S(t) = exp(−(t/λ)^ρ). ρ < 1: the longer, the less likely; ρ = 1: exponential.
//!
//! ln L = Σ events ln f(t) + Σ not yet ln S(t); λ in the unit of the rows, where 63 % have had it. Assumes that
//! everybody has it in the end; where some never will, its λ grows with the time watched: use [`super::WeibullCure`].
//! Not for times of 0.

use super::Duration;
use super::duration::condensed;
use crate::fitted::{FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::Real;
use serde::Serialize;

/// The Weibull model; `lambda` in units of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Weibull {
    /// Scale, in the unit of the rows: by then 63 % have had it.
    pub lambda: f64,
    /// Shape: 1 is a constant hazard, below 1 a falling one.
    pub rho: f64,
}

impl Parameters<2> for Weibull {
    const NAMES: [&'static str; 2] = ["lambda", "rho"];
    fn from_array([lambda, rho]: [f64; 2]) -> Self {
        Self { lambda, rho }
    }
    fn to_array(&self) -> [f64; 2] {
        [self.lambda, self.rho]
    }
}

/// Rows with times in units of their mean, ready to fit.
pub(super) struct Waiting {
    pub rows: Vec<Duration>,
    pub people: f64,
    pub events: f64,
    pub unit: f64,
}

impl Waiting {
    /// Waiting times for a continuous model: an event at time 0 has no density and is refused; censorings at 0 say nothing.
    pub fn new(rows: &[Duration]) -> Result<Self, FitError> {
        if let Some(row) = rows
            .iter()
            .position(|row| row.event && row.time == 0.0 && row.weight > 0.0)
        {
            return Err(FitError::BadRow {
                row,
                reason: "an event at time 0; count it as immediate, or use half a day",
            });
        }
        let mut rows = condensed(rows)?;
        rows.retain(|row| row.time > 0.0);
        let people: f64 = rows.iter().map(|row| row.weight).sum();
        let events: f64 = rows.iter().filter(|row| row.event).map(|row| row.weight).sum();
        if rows.is_empty() {
            return Err(FitError::NoEvidence);
        }
        let first = rows.iter().find(|row| row.event).map(|row| row.time);
        if events == 0.0 || rows.iter().filter(|row| row.event).all(|row| Some(row.time) == first) {
            return Err(FitError::NotIdentified(
                "it needs events at two different times at least",
            ));
        }
        let unit = rows.iter().map(|row| row.weight * row.time).sum::<f64>() / people;
        rows.iter_mut().for_each(|row| row.time /= unit);
        Ok(Self {
            rows,
            people,
            events,
            unit,
        })
    }

    pub fn shift(&self) -> f64 {
        -self.events * self.unit.ln()
    }
}

/// ln S(t) and ln f(t) of a Weibull.
pub(super) fn logs<R: Real>(lambda: R, rho: R, time: f64) -> (R, R) {
    let log = R::constant(time.ln()) - lambda.ln();
    let hazard = (rho * log).exp();
    (-hazard, rho.ln() - time.ln() + rho * log - hazard)
}

impl Likelihood<2> for Waiting {
    fn log_likelihood<R: Real>(&self, [lambda, rho]: [R; 2]) -> R {
        self.rows.iter().fold(R::constant(0.0), |sum, row| {
            let (survival, density) = logs(lambda, rho, row.time);
            sum + (if row.event { density } else { survival }) * row.weight
        })
    }
}

/// Σ weight · ln L in a fixed order of the rows; those that say nothing (censored at 0) are left out.
pub(super) fn total(rows: &[Duration], one: impl Fn(&Duration) -> f64) -> f64 {
    let Ok(rows) = condensed(rows) else { return 0.0 };
    if rows.iter().any(|row| row.event && row.time == 0.0) {
        return f64::NEG_INFINITY;
    }
    let lasting = rows.iter().filter(|row| row.time > 0.0);
    lasting.map(|row| row.weight * one(row)).sum()
}

impl Weibull {
    /// Maximum likelihood.
    pub fn fit(rows: &[Duration]) -> Result<Fitted<Self, 2>, FitError> {
        let waiting = Waiting::new(rows)?;
        let fitted: Fitted<Self, 2> = maximise(&waiting, &[[1.0, 1.0], [3.0, 0.5], [0.5, 3.0]], waiting.people)?;
        Ok(fitted.rescaled([waiting.unit, 1.0], waiting.shift()))
    }

    /// ln L of all rows at these parameters; −∞ where an event at time 0 makes them impossible.
    pub fn log_likelihood(&self, rows: &[Duration]) -> f64 {
        total(rows, |row| {
            let (survival, density) = logs(self.lambda, self.rho, row.time);
            if row.event { density } else { survival }
        })
    }

    /// P(not yet by t).
    pub fn survival(&self, t: f64) -> f64 {
        (-(t.max(0.0) / self.lambda).powf(self.rho)).exp()
    }
}
