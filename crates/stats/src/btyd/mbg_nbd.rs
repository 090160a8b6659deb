//! MBG/NBD (Batislam, Denizel & Filiztekin, IJRM 24:201, 2007): like BG/NBD, but a person may drop out right after the
//! first act too.
//!
//! The default for purchases and downloads: a one-time buyer may be gone, and P(alive) says so. Symbols as in
//! [`super::BgNbd`].
//!
//! ln L as there, with b+x+1 for b+x in the first ln B and the second term, a/(b+x) (α+t_x)^−(r+x), for every x.
//! P(alive) = 1/(1 + a/(b+x) ((α+T)/(α+t_x))^(r+x)). Intervals need 2,000 people (`least`). Not where the data begin
//! in mid-history: old customers then look new, and nobody seems to leave.

use super::bg_nbd::{drop_out_sum, soft_plus};
use super::nbd::pmf;
use super::recurring::{Recurring, acts_with_coin};
use super::{Condensed, Evidence};
use crate::fitted::{FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::{Real, ln_beta};
use crate::random::Draws;
use crate::special::{beta, gamma};
use serde::Serialize;

/// The MBG/NBD model. `alpha` in units of time, the others without unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MbgNbd {
    /// Shape of the Gamma distribution of rates over people.
    pub r: f64,
    /// Its rate, in units of time: r/α is the mean number per unit of time.
    pub alpha: f64,
    /// a of the Beta distribution of the chance to leave after any event, the first included.
    pub a: f64,
    /// b of it.
    pub b: f64,
}

impl Parameters<4> for MbgNbd {
    const NAMES: [&'static str; 4] = ["r", "alpha", "a", "b"];
    fn from_array([r, alpha, a, b]: [f64; 4]) -> Self {
        Self { r, alpha, a, b }
    }
    fn to_array(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }
}

struct MbgNbdLikelihood<'a>(&'a Condensed);

impl Likelihood<4> for MbgNbdLikelihood<'_> {
    fn log_likelihood<R: Real>(&self, [r, alpha, a, b]: [R; 4]) -> R {
        let whole = ln_beta(a, b);
        let base = r * alpha.ln();
        let mut sum = R::constant(0.0);
        for group in self.0.rows.chunk_by(|one, other| one.x == other.x) {
            let x = group[0].x;
            let common = r.ln_rising(x) + base + ln_beta(a, b + (x + 1.0)) - whole;
            let left = a.ln() - (b + x).ln();
            let shape = r + x;
            for row in group {
                let here = -(shape * (alpha + row.age).ln());
                let gone = left - shape * (alpha + row.t_x).ln();
                sum = sum + (common + here.ln_add_exp(gone)) * row.weight;
            }
        }
        sum
    }
}

impl MbgNbd {
    /// Maximum likelihood. See [`super::choose`] for what to do when drop-out is not visible.
    pub fn fit(people: &Condensed) -> Result<Fitted<Self, 4>, FitError> {
        if people.events == 0.0 {
            return Err(FitError::NotIdentified(
                "nobody came back, so neither rate nor drop-out shows yet",
            ));
        }
        let age = people.mean_age();
        let starts = [1.0, 0.3, 3.0].map(|factor| [0.5 * factor, age / 3.0 * factor, factor, 2.0 * factor]);
        let fitted: Fitted<Self, 4> = people.fit_in_steps(&starts, |people, starts| {
            maximise(&MbgNbdLikelihood(people), starts, people.people)
        })?;
        Ok(fitted.rescaled([1.0, people.unit, 1.0, 1.0], people.likelihood_shift()))
    }

    fn ln_odds_gone(&self, person: &Evidence) -> f64 {
        let longer = ((person.age - person.t_x) / (self.alpha + person.t_x)).ln_1p();
        self.a.ln() - (self.b + person.x).ln() + (self.r + person.x) * longer
    }
}

impl Recurring for MbgNbd {
    fn log_likelihood(&self, person: &Evidence) -> f64 {
        let Self { r, alpha, a, b } = *self;
        let x = person.x;
        gamma::ln_rising(r, x) + r * alpha.ln() + gamma::ln_beta(a, b + x + 1.0)
            - gamma::ln_beta(a, b)
            - (r + x) * (alpha + person.age).ln()
            + soft_plus(self.ln_odds_gone(person))
    }

    fn p_alive(&self, person: &Evidence) -> f64 {
        1.0 / (1.0 + self.ln_odds_gone(person).exp())
    }

    fn expected(&self, person: &Evidence, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        let Self { r, alpha, a, b } = *self;
        let c = a + b + person.x;
        c * drop_out_sum(a, a + b - r, c, t / (alpha + person.age + t)) * self.p_alive(person)
    }

    fn expected_new(&self, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        let Self { r, alpha, a, b } = *self;
        b * drop_out_sum(a, a + b - r, a + b, t / (alpha + t))
    }

    fn pmf_new(&self, k: u64, t: f64) -> f64 {
        let Self { r, alpha, a, b } = *self;
        let x = k as f64;
        let whole = gamma::ln_beta(a, b);
        let at_least = if k == 0 { 1.0 } else { beta::cdf(x, r, t / (alpha + t)) };
        (gamma::ln_beta(a, b + x + 1.0) - whole).exp() * pmf(r, alpha, k, t)
            + (gamma::ln_beta(a + 1.0, b + x) - whole).exp() * at_least
    }

    fn simulate(&self, age: f64, draws: &mut Draws) -> Evidence {
        let rate = draws.gamma(self.r) / self.alpha;
        let leave = draws.beta(self.a, self.b);
        if draws.uniform() < leave {
            return Evidence::new(0.0, 0.0, age);
        }
        acts_with_coin(rate, leave, age, draws)
    }
}
