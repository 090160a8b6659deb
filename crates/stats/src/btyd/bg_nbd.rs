//! BG/NBD (Fader, Hardie & Lee, Marketing Science 24:275, 2005): after each repeat act a person may drop out.
//!
//! Rates are Gamma(r, rate α), drop-out chances Beta(a, b). Somebody without a repeat act can't have dropped out, so
//! P(alive) is 1 for them: a known flaw, and why [`super::MbgNbd`] is our default. The expectations are the Euler
//! transform of the textbook form: exact, and finite at x = 5,000 where the textbook form is not.
//!
//! ln L = ln Γ(r+x) − ln Γ(r) + r ln α + ln B(a, b+x) − ln B(a, b) + ln[(α+T)^−(r+x) + 1{x>0} a/(b+x−1)
//! (α+t_x)^−(r+x)], with x repeats, t_x the time of the last and T the time watched, all from the first act and in
//! one unit; α is in it too. Not for sessions of many clicks (count days), not for contracts, not where everybody
//! acts like clockwork ([`super::MbgCnbd`]), and not to count who is still there.

use super::nbd::pmf;
use super::recurring::{Recurring, acts_with_coin};
use super::{Condensed, Evidence};
use crate::fitted::{FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::{Real, ln_beta};
use crate::random::Draws;
use crate::special::{beta, gamma, hypergeometric};
use serde::Serialize;

/// The BG/NBD model. `alpha` in units of time, the others without unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BgNbd {
    /// Shape of the Gamma distribution of rates over people.
    pub r: f64,
    /// Its rate, in units of time: r/α is the mean number per unit of time.
    pub alpha: f64,
    /// a of the Beta distribution of the chance to leave after a repeat.
    pub a: f64,
    /// b of it: a/(a + b) is the mean chance.
    pub b: f64,
}

impl Parameters<4> for BgNbd {
    const NAMES: [&'static str; 4] = ["r", "alpha", "a", "b"];
    fn from_array([r, alpha, a, b]: [f64; 4]) -> Self {
        Self { r, alpha, a, b }
    }
    fn to_array(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }
}

struct BgNbdLikelihood<'a>(&'a Condensed);

impl Likelihood<4> for BgNbdLikelihood<'_> {
    fn log_likelihood<R: Real>(&self, [r, alpha, a, b]: [R; 4]) -> R {
        let whole = ln_beta(a, b);
        let base = r * alpha.ln();
        let mut sum = R::constant(0.0);
        // Rows are sorted by x, so what depends on x alone is computed once per x.
        for group in self.0.rows.chunk_by(|one, other| one.x == other.x) {
            let x = group[0].x;
            let common = r.ln_rising(x) + base + ln_beta(a, b + x) - whole;
            let shape = r + x;
            for row in group {
                let here = -(shape * (alpha + row.age).ln());
                let one = if x > 0.0 {
                    let gone = a.ln() - (b + (x - 1.0)).ln() - shape * (alpha + row.t_x).ln();
                    here.ln_add_exp(gone)
                } else {
                    here
                };
                sum = sum + (common + one) * row.weight;
            }
        }
        sum
    }
}

impl BgNbd {
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
            maximise(&BgNbdLikelihood(people), starts, people.people)
        })?;
        Ok(fitted.rescaled([1.0, people.unit, 1.0, 1.0], people.likelihood_shift()))
    }

    /// ln of the odds of having dropped out; −∞ at x = 0.
    fn ln_odds_gone(&self, person: &Evidence) -> f64 {
        if person.x == 0.0 {
            return f64::NEG_INFINITY;
        }
        let longer = ((person.age - person.t_x) / (self.alpha + person.t_x)).ln_1p();
        self.a.ln() - (self.b + person.x - 1.0).ln() + (self.r + person.x) * longer
    }
}

/// [1 − (1−z)^(a−1) F(p, a−1; q; z)] / (a−1), with its limit at a = 1.
pub(super) fn drop_out_sum(a: f64, p: f64, q: f64, z: f64) -> f64 {
    let at =
        |a: f64, p: f64, q: f64| (1.0 - (1.0 - z).powf(a - 1.0) * hypergeometric::gauss(p, a - 1.0, q, z)) / (a - 1.0);
    if (a - 1.0).abs() < 1e-5 {
        // p and q move with a.
        let (up, down) = (1.0 + 1e-5 - a, 1.0 - 1e-5 - a);
        return 0.5 * (at(a + up, p + up, q + up) + at(a + down, p + down, q + down));
    }
    at(a, p, q)
}

impl Recurring for BgNbd {
    fn log_likelihood(&self, person: &Evidence) -> f64 {
        let Self { r, alpha, a, b } = *self;
        let x = person.x;
        let here = -(r + x) * (alpha + person.age).ln();
        gamma::ln_rising(r, x) + r * alpha.ln() + gamma::ln_beta(a, b + x) - gamma::ln_beta(a, b)
            + here
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
        let z = t / (alpha + person.age + t);
        let c = a + b + person.x - 1.0;
        if c <= 0.0 {
            // x = 0: nobody can have dropped out, and the rate alone has been learnt about.
            return Self {
                alpha: alpha + person.age,
                ..*self
            }
            .expected_new(t);
        }
        c * drop_out_sum(a, a + b - 1.0 - r, c, z) * self.p_alive(person)
    }

    fn expected_new(&self, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        let Self { r, alpha, a, b } = *self;
        let c = a + b - 1.0;
        if c <= 0.0 {
            return self.expected_new_by_pmf(t);
        }
        c * drop_out_sum(a, a + b - 1.0 - r, c, t / (alpha + t))
    }

    fn pmf_new(&self, k: u64, t: f64) -> f64 {
        let Self { r, alpha, a, b } = *self;
        let x = k as f64;
        let whole = gamma::ln_beta(a, b);
        let stayed = (gamma::ln_beta(a, b + x) - whole).exp() * pmf(r, alpha, k, t);
        if k == 0 {
            return stayed;
        }
        let at_least = beta::cdf(x, r, t / (alpha + t));
        stayed + (gamma::ln_beta(a + 1.0, b + x - 1.0) - whole).exp() * at_least
    }

    fn simulate(&self, age: f64, draws: &mut Draws) -> Evidence {
        let rate = draws.gamma(self.r) / self.alpha;
        let leave = draws.beta(self.a, self.b);
        acts_with_coin(rate, leave, age, draws)
    }
}

impl BgNbd {
    /// Σ P(X(t) ≥ k): for a + b ≤ 1, where the closed form's third parameter is not positive.
    fn expected_new_by_pmf(&self, t: f64) -> f64 {
        let whole = gamma::ln_beta(self.a, self.b);
        let mut sum = 0.0;
        for k in 1..200_000u32 {
            let x = f64::from(k);
            // The k-th act happens if the first k − 1 were survived and there was time for k.
            let term =
                (gamma::ln_beta(self.a, self.b + x - 1.0) - whole).exp() * beta::cdf(x, self.r, t / (self.alpha + t));
            sum += term;
            if term < 1e-15 * sum {
                break;
            }
        }
        sum
    }
}

/// ln(1 + e^v), also where e^v overflows.
pub(super) fn soft_plus(v: f64) -> f64 {
    if v > 40.0 { v } else { v.exp().ln_1p() }
}
