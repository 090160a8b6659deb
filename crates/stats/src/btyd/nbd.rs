//! NBD: people act at their own constant rate and never drop out (Ehrenberg 1959).
//!
//! Rates are Gamma(r, rate α). The model to fall back to when no drop-out is visible; as a forecast it is too high
//! whenever people do leave.
//!
//! ln L = ln Γ(r+x) − ln Γ(r) + r ln α − (r+x) ln(α+T); E[future t] = t (r+x)/(α+T).

use super::recurring::{Recurring, acts_until};
use super::{Condensed, Evidence};
use crate::fitted::{FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::Real;
use crate::random::Draws;
use crate::special::gamma::{ln_gamma, ln_rising};
use serde::Serialize;

/// The NBD model. `alpha` in units of time, `r` without unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Nbd {
    /// Shape of the Gamma distribution of rates over people.
    pub r: f64,
    /// Its rate, in units of time: r/α is the mean number per unit of time.
    pub alpha: f64,
}

impl Parameters<2> for Nbd {
    const NAMES: [&'static str; 2] = ["r", "alpha"];
    fn from_array([r, alpha]: [f64; 2]) -> Self {
        Self { r, alpha }
    }
    fn to_array(&self) -> [f64; 2] {
        [self.r, self.alpha]
    }
}

struct NbdLikelihood<'a>(&'a Condensed);

impl Likelihood<2> for NbdLikelihood<'_> {
    fn log_likelihood<R: Real>(&self, [r, alpha]: [R; 2]) -> R {
        let ln_alpha = alpha.ln();
        self.0.rows.iter().fold(R::constant(0.0), |sum, row| {
            let one = r.ln_rising(row.x) + r * ln_alpha - (r + row.x) * (alpha + row.age).ln();
            sum + one * row.weight
        })
    }
}

impl Nbd {
    /// Maximum likelihood.
    pub fn fit(people: &Condensed) -> Result<Fitted<Self, 2>, FitError> {
        if people.events == 0.0 {
            return Err(FitError::NotIdentified(
                "nobody came back, so there is no rate to speak of yet",
            ));
        }
        let age = people.mean_age();
        let starts = [1.0, 0.3, 3.0].map(|factor| [0.5 * factor, age / 3.0 * factor]);
        let fitted: Fitted<Self, 2> = people.fit_in_steps(&starts, |people, starts| {
            maximise(&NbdLikelihood(people), starts, people.people)
        })?;
        Ok(fitted.rescaled([1.0, people.unit], people.likelihood_shift()))
    }
}

impl Recurring for Nbd {
    fn log_likelihood(&self, person: &Evidence) -> f64 {
        let Self { r, alpha } = *self;
        ln_rising(r, person.x) + r * alpha.ln() - (r + person.x) * (alpha + person.age).ln()
    }

    fn p_alive(&self, _: &Evidence) -> f64 {
        1.0
    }

    fn expected(&self, person: &Evidence, t: f64) -> f64 {
        t * (self.r + person.x) / (self.alpha + person.age)
    }

    fn expected_new(&self, t: f64) -> f64 {
        t * self.r / self.alpha
    }

    fn pmf_new(&self, k: u64, t: f64) -> f64 {
        pmf(self.r, self.alpha, k, t)
    }

    fn simulate(&self, age: f64, draws: &mut Draws) -> Evidence {
        let rate = draws.gamma(self.r) / self.alpha;
        acts_until(rate, f64::INFINITY, age, draws)
    }
}

/// P(k acts within t) when rates are Gamma(r, α).
pub(super) fn pmf(r: f64, alpha: f64, k: u64, t: f64) -> f64 {
    let k = k as f64;
    if t <= 0.0 {
        return f64::from(u8::from(k == 0.0));
    }
    let log = ln_rising(r, k) - ln_gamma(k + 1.0) - r * (t / alpha).ln_1p() + k * (t / (alpha + t)).ln();
    log.exp()
}
