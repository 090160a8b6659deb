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
use crate::special::gamma::{digamma, ln_rising};
use crate::special::hypergeometric;
use crate::special::legendre::{TEN, TWENTY};
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

/// −LL in the logs of the parameters, with its exact slopes.
///
/// In the fit the weight of having dropped out is integrated over the moment of it (the closed form is that integral):
/// one rule gives the value and all slopes, where slopes of a ₂F₁ in its parameters would cost many times as much.
struct Minus<'a>(&'a Condensed);

impl Objective<4> for Minus<'_> {
    fn value(&self, at: &[f64; 4]) -> f64 {
        self.gradient(at).0
    }

    fn gradient(&self, at: &[f64; 4]) -> (f64, [f64; 4]) {
        let model = ParetoNbd::from_array(at.map(f64::exp));
        let (mut sum, mut slopes) = (0.0, [0.0; 4]);
        for group in self.0.rows.chunk_by(|one, other| one.x == other.x) {
            let x = group[0].x;
            let common = ln_rising(model.r, x) + model.r * model.alpha.ln() + model.s * model.beta.ln();
            let shared = [
                digamma(model.r + x) - digamma(model.r) + model.alpha.ln(),
                model.r / model.alpha,
                model.beta.ln(),
                model.s / model.beta,
            ];
            for row in group {
                let (value, slope) = model.stayed_or_left(row);
                sum += row.weight * (common + value);
                (0..4).for_each(|i| slopes[i] += row.weight * (shared[i] + slope[i]));
            }
        }
        let values = model.to_array();
        (-sum, std::array::from_fn(|i| -slopes[i] * values[i]))
    }
}

/// Beyond this fall of its logarithm an integrand is nothing.
const NOTHING: f64 = 36.0;

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
        let fitted: Fitted<Self, 4> = people.fit_in_two_steps(&starts, |people, starts| {
            minimise_objective(&Minus(people), starts, people.people)
        })?;
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

    /// ln[(α+T)^−(r+x) (β+T)^−s + s ∫ (α+u)^−(r+x) (β+u)^−(s+1) du] over t_x … T, and its slopes in r, α, s, β.
    fn stayed_or_left(&self, person: &Evidence) -> (f64, [f64; 4]) {
        let Self { r, alpha, s, beta } = *self;
        let (shape, end) = (r + person.x, person.age);
        let (ln_a, ln_b) = ((alpha + end).ln(), (beta + end).ln());
        let stayed = -shape * ln_a - s * ln_b;
        let stayed_slopes = [-ln_a, -shape / (alpha + end), -ln_b, -s / (beta + end)];
        if person.t_x >= end {
            return (stayed, stayed_slopes);
        }
        let ln_f = |u: f64| -shape * (alpha + u).ln() - (s + 1.0) * (beta + u).ln();
        let nearest = alpha.min(beta);
        let (first, last) = ((nearest + person.t_x).ln(), self.reach(person, ln_f));
        let top = ln_f(person.t_x);
        let half = 0.5 * (last - first);
        let fall = top - ln_f(last.exp() - nearest);
        // Weight, and weight times ln(α+u), 1/(α+u), ln(β+u), 1/(β+u).
        let mut sums = [0.0; 5];
        let rule = if fall < 6.0 && last - first < 3.0 {
            &TEN[..]
        } else {
            &TWENTY[..]
        };
        for &(node, weight) in rule {
            for place in [-node, node] {
                let near = (first + half * (1.0 + place)).exp();
                let (a, b) = (alpha - nearest + near, beta - nearest + near);
                let (ln_a, ln_b) = (a.ln(), b.ln());
                let f = weight * near * (-shape * ln_a - (s + 1.0) * ln_b - top).exp();
                sums[0] += f;
                sums[1] += f * ln_a;
                sums[2] += f / a;
                sums[3] += f * ln_b;
                sums[4] += f / b;
            }
        }
        let left = s.ln() + top + (half * sums[0]).ln();
        let mean = |index: usize| sums[index] / sums[0];
        let left_slopes = [-mean(1), -shape * mean(2), 1.0 / s - mean(3), -(s + 1.0) * mean(4)];
        let share = 1.0 / (1.0 + (stayed - left).exp());
        let value = left + soft_plus(stayed - left);
        (
            value,
            std::array::from_fn(|i| share * left_slopes[i] + (1.0 - share) * stayed_slopes[i]),
        )
    }

    /// ln(min(α, β) + u) where the integrand over the moment of leaving has become nothing, or at T.
    fn reach(&self, person: &Evidence, ln_f: impl Fn(f64) -> f64) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        let nearest = alpha.min(beta);
        let mut v = (nearest + person.age).ln();
        let top = ln_f(person.t_x);
        // The fall is convex in v, so Newton's steps come down to the end from above and never pass it.
        for _ in 0..60 {
            let near = v.exp();
            let u = near - nearest;
            let over = top - ln_f(u) - NOTHING;
            if over <= 1.0 {
                break;
            }
            v -= over / (near * ((r + person.x) / (alpha + u) + (s + 1.0) / (beta + u)));
        }
        v.max((nearest + person.t_x).ln())
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
        // Over w = ln(1 + τ/β) the drop-out density is s·e^(−s·w): smooth at both ends, however early most leave.
        let panels = 64;
        let width = (t / beta).ln_1p() / f64::from(panels);
        let inside = |w: f64| s * (-s * w).exp() * pmf(r, alpha, k, beta * w.exp_m1());
        let panel = |index: i32| {
            let middle = width * (f64::from(index) + 0.5);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The integral of the fit and the closed form of everything else are the same likelihood, and the slopes are its slopes.
    #[test]
    fn integral_and_closed_form_agree() {
        let models = [
            ParetoNbd {
                r: 0.55,
                alpha: 10.6,
                s: 0.61,
                beta: 11.7,
            },
            ParetoNbd {
                r: 3.0,
                alpha: 0.05,
                s: 0.2,
                beta: 40.0,
            },
            ParetoNbd {
                r: 0.2,
                alpha: 60.0,
                s: 2.5,
                beta: 0.5,
            },
        ];
        let histories = [
            (0.0, 0.0, 38.9),
            (1.0, 1.7, 38.9),
            (26.0, 30.86, 31.0),
            (200.0, 20.0, 39.0),
            (3.0, 39.0, 39.0),
            (5_000.0, 1.0, 39.0),
        ];
        for model in models {
            for (x, t_x, age) in histories {
                let person = Evidence::new(x, t_x, age);
                let people = Condensed::new(&[person]).unwrap();
                let logs = model.to_array().map(f64::ln);
                let (value, slopes) = Minus(&people).gradient(&logs);
                let closed = model.log_likelihood(&person);
                assert!(
                    (value + closed).abs() < 1e-7 * (1.0 + closed.abs()),
                    "{model:?} {person:?}: {value} {closed}"
                );
                for index in 0..4 {
                    let moved = |by: f64| {
                        let mut there = logs;
                        there[index] += by;
                        ParetoNbd::from_array(there.map(f64::exp)).log_likelihood(&person)
                    };
                    let difference = (moved(1e-4) - moved(-1e-4)) / 2e-4;
                    let gap = (slopes[index] + difference).abs();
                    assert!(
                        gap < 1e-5 * (1.0 + difference.abs() + 1e-2 * closed.abs()),
                        "{model:?} {person:?} {index}: {} {difference}",
                        slopes[index]
                    );
                }
            }
        }
    }
}
