//! Pareto/NBD (Schmittlein, Morrison & Colombo 1987; Fader & Hardie's notes): people act at their own rate and may drop
//! out at any moment.
//!
//! Rates are Gamma(r, rate α), drop-out rates Gamma(s, rate β). The likelihood is held in logs throughout, with the
//! Euler form of its ₂F₁ (between 1 and 1/(1−z)), so that frequent buyers don't overflow as they do in the textbook form.

use super::bg_nbd::soft_plus;
use super::nbd::pmf;
use super::recurring::{Recurring, acts_until};
use super::{Condensed, Evidence};
use crate::fitted::{FitError, Fitted, Parameters, minimise_objective};
use crate::gradient::ln_one_minus_exp;
use crate::optimise::Objective;
use crate::random::Draws;
use crate::special::{gamma::ln_rising, hypergeometric};
use serde::Serialize;

/// The Pareto/NBD model. `alpha` and `beta` in units of time, the others without unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ParetoNbd {
    pub r: f64,
    pub alpha: f64,
    pub s: f64,
    pub beta: f64,
}

impl Parameters<4> for ParetoNbd {
    const NAMES: [&'static str; 4] = ["r", "alpha", "s", "beta"];
    fn from_array([r, alpha, s, beta]: [f64; 4]) -> Self {
        Self { r, alpha, s, beta }
    }
    fn to_array(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }
}

struct Minus<'a>(&'a Condensed);

impl Objective<4> for Minus<'_> {
    fn value(&self, at: &[f64; 4]) -> f64 {
        let model = ParetoNbd::from_array(at.map(f64::exp));
        -self
            .0
            .rows
            .iter()
            .map(|row| row.weight * model.log_likelihood(row))
            .sum::<f64>()
    }
}

impl ParetoNbd {
    /// Maximum likelihood. See [`super::choose`] for what to do when drop-out is not visible.
    pub fn fit(people: &Condensed) -> Result<Fitted<Self, 4>, FitError> {
        if people.events == 0.0 {
            return Err(FitError::NotIdentified(
                "nobody came back, so neither rate nor drop-out shows yet",
            ));
        }
        let third = people.mean_age() / 3.0;
        let starts = [1.0, 0.3, 3.0].map(|factor| [0.5 * factor, third * factor, 0.5 * factor, third * factor]);
        let fitted: Fitted<Self, 4> = minimise_objective(&Minus(people), &starts, people.people)?;
        Ok(fitted.rescaled([1.0, people.unit, 1.0, people.unit], people.likelihood_shift()))
    }

    /// ln A₀: the weight of having dropped out between t_x and T. −∞ when t_x = T.
    pub fn ln_gone_weight(&self, person: &Evidence) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        if person.t_x >= person.age {
            return f64::NEG_INFINITY;
        }
        let q = r + s + person.x;
        let c = if alpha >= beta { s + 1.0 } else { r + person.x };
        let largest = alpha.max(beta);
        let ln_phi = |t: f64| {
            let z = (alpha - beta).abs() / (largest + t);
            (1.0 - c) * (-z).ln_1p() + hypergeometric::with_one(q + 1.0 - c, q + 1.0, z).ln() - q * (largest + t).ln()
        };
        let (early, late) = (ln_phi(person.t_x), ln_phi(person.age));
        if late >= early {
            f64::NEG_INFINITY
        } else {
            early + ln_one_minus_exp(late - early)
        }
    }

    fn ln_odds_gone(&self, person: &Evidence) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        let x = person.x;
        s.ln() - (r + s + x).ln()
            + (r + x) * (alpha + person.age).ln()
            + s * (beta + person.age).ln()
            + self.ln_gone_weight(person)
    }
}

/// [1 − (v/(v+t))^(s−1)] / (s−1), with its limit ln((v+t)/v) at s = 1.
fn staying_time(s: f64, v: f64, t: f64) -> f64 {
    let log = (t / v).ln_1p();
    if (s - 1.0).abs() * log < 1e-9 {
        log
    } else {
        -(-(s - 1.0) * log).exp_m1() / (s - 1.0)
    }
}

impl Recurring for ParetoNbd {
    fn log_likelihood(&self, person: &Evidence) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        let x = person.x;
        // r ln α − (r+x) ln(α+T) and s ln β − s ln(β+T), without the difference of large logs.
        let here = -r * (person.age / alpha).ln_1p() - x * (alpha + person.age).ln() - s * (person.age / beta).ln_1p();
        ln_rising(r, x) + here + soft_plus(self.ln_odds_gone(person))
    }

    fn p_alive(&self, person: &Evidence) -> f64 {
        1.0 / (1.0 + self.ln_odds_gone(person).exp())
    }

    fn expected(&self, person: &Evidence, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        let since = self.beta + person.age;
        (self.r + person.x) * since / (self.alpha + person.age) * staying_time(self.s, since, t) * self.p_alive(person)
    }

    fn expected_new(&self, t: f64) -> f64 {
        if t <= 0.0 {
            0.0
        } else {
            self.r * self.beta / self.alpha * staying_time(self.s, self.beta, t)
        }
    }

    /// By integrating over the moment of drop-out.
    fn pmf_new(&self, k: u64, t: f64) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        if t <= 0.0 {
            return f64::from(u8::from(k == 0));
        }
        let stayed = pmf(r, alpha, k, t) * (-s * (t / beta).ln_1p()).exp();
        // With v = P(still there at τ) = (β/(β+τ))^s the drop-out density is flat.
        let (first, panels) = ((-s * (t / beta).ln_1p()).exp(), 64);
        let width = (1.0 - first) / f64::from(panels);
        let inside = |v: f64| pmf(r, alpha, k, beta * (v.powf(-1.0 / s) - 1.0));
        let panel = |index: i32| {
            let middle = first + width * (f64::from(index) + 0.5);
            // Three-point Gauss per panel.
            let step = 0.5 * width * 0.6_f64.sqrt();
            width * (5.0 * inside(middle - step) + 8.0 * inside(middle) + 5.0 * inside(middle + step)) / 18.0
        };
        stayed + (0..panels).map(panel).sum::<f64>()
    }

    fn simulate(&self, age: f64, draws: &mut Draws) -> Evidence {
        let rate = draws.gamma(self.r) / self.alpha;
        let end = draws.exponential() * self.beta / draws.gamma(self.s);
        acts_until(rate, end, age, draws)
    }
}
