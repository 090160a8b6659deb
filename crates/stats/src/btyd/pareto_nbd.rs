//! Pareto/NBD (Schmittlein, Morrison & Colombo 1987; Fader & Hardie's notes): people act at their own rate and may drop
//! out at any moment.
//!
//! Rates are Gamma(r, rate α), drop-out rates Gamma(s, rate β). The likelihood is held in logs throughout, with the
//! Euler form of its ₂F₁ (between 1 and 1/(1−z)), so that frequent buyers don't overflow as they do in the textbook
//! form.
//!
//! L = Γ(r+x)/Γ(r) α^r β^s [(α+T)^−(r+x) (β+T)^−s + s/(r+s+x) A₀], A₀ the difference at t_x and T of ₂F₁(r+s+x, c;
//! r+s+x+1; |α−β|/(max+t))/(max+t)^(r+s+x), max = max(α, β), c = s+1 or r+x. Times in one unit, α and β too. Not for
//! few repeats: α, r and s, β trade against each other; not for opportunities ([`super::BgBb`]) or contracts
//! ([`super::Sbg`]).

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
use crate::special::legendre::{FIVE, TEN, THREE, TWENTY, TWO};
use serde::Serialize;
use std::cell::RefCell;

/// The Pareto/NBD model. `alpha` and `beta` in units of time, the others without unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ParetoNbd {
    /// Shape of the Gamma distribution of rates over people.
    pub r: f64,
    /// Its rate, in units of time: r/α is the mean number per unit of time.
    pub alpha: f64,
    /// Shape of the Gamma distribution of the rates at which people leave.
    pub s: f64,
    /// Its rate, in units of time: s/β is the mean rate of leaving.
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
/// People with equal x share one integrand, so it is integrated once between all their times, from the last one back;
/// somebody's own integral is the difference of two such tails.
struct Minus<'a> {
    groups: Vec<Group<'a>>,
    /// Room for the tails of one group, kept from one evaluation to the next.
    tails: RefCell<Vec<Tail>>,
}

/// People with the same x.
struct Group<'a> {
    rows: &'a [Evidence],
    /// All t_x and T, rising.
    times: Vec<f64>,
    /// Where in `times` each row's t_x and T stand.
    places: Vec<(u32, u32)>,
}

impl<'a> Minus<'a> {
    fn new(people: &'a Condensed) -> Self {
        let group = |rows: &'a [Evidence]| {
            // Rows are sorted by t_x, so only the ends have to be put in order.
            let mut ends: Vec<(f64, u32)> = rows.iter().zip(0..).map(|(row, index)| (row.age, index)).collect();
            ends.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
            let mut times: Vec<f64> = Vec::with_capacity(2 * rows.len());
            let mut places = vec![(0, 0); rows.len()];
            let (mut lasts, mut ends) = (
                rows.iter().map(|row| row.t_x).zip(0..).peekable(),
                ends.into_iter().peekable(),
            );
            loop {
                let is_last = match (lasts.peek(), ends.peek()) {
                    (Some((last, _)), Some((end, _))) => last <= end,
                    (Some(_), None) => true,
                    (None, Some(_)) => false,
                    (None, None) => break,
                };
                let Some((time, row)): Option<(f64, u32)> = (if is_last { lasts.next() } else { ends.next() }) else {
                    break;
                };
                if times.last() != Some(&time) {
                    times.push(time);
                }
                let place = times.len() as u32 - 1;
                let places = &mut places[row as usize];
                *(if is_last { &mut places.0 } else { &mut places.1 }) = place;
            }
            Group { rows, times, places }
        };
        Self {
            tails: RefCell::default(),
            groups: people.rows.chunk_by(|one, other| one.x == other.x).map(group).collect(),
        }
    }
}

impl Objective<4> for Minus<'_> {
    fn value(&self, at: &[f64; 4]) -> f64 {
        self.gradient(at).0
    }

    fn gradient(&self, at: &[f64; 4]) -> (f64, [f64; 4]) {
        let model = ParetoNbd::from_array(at.map(f64::exp));
        let (mut sum, mut slopes) = (0.0, [0.0; 4]);
        let mut tails = self.tails.borrow_mut();
        for group in &self.groups {
            let x = group.rows[0].x;
            let common = ln_rising(model.r, x) + model.r * model.alpha.ln() + model.s * model.beta.ln();
            let shared = [
                digamma(model.r + x) - digamma(model.r) + model.alpha.ln(),
                model.r / model.alpha,
                model.beta.ln(),
                model.s / model.beta,
            ];
            model.tails(x, &group.times, &mut tails);
            for (row, (last, end)) in group.rows.iter().zip(&group.places) {
                let (value, slope) = model.stayed_or_left(x, &tails[*last as usize], &tails[*end as usize]);
                sum += row.weight * (common + value);
                (0..4).for_each(|i| slopes[i] += row.weight * (shared[i] + slope[i]));
            }
        }
        let values = model.to_array();
        (-sum, std::array::from_fn(|i| -slopes[i] * values[i]))
    }
}

/// The integrand over the moment of leaving from a time on: its weight, and weight times ln(α+u), 1/(α+u), ln(β+u), 1/(β+u),
/// all relative to e^top.
#[derive(Clone, Copy)]
struct Tail {
    time: f64,
    ln_a: f64,
    ln_b: f64,
    top: f64,
    sums: [f64; 5],
}

/// Beyond this fall of its logarithm an integrand is nothing.
const NOTHING: f64 = 36.0;

/// ln(1 + v) for 0 ≤ v ≤ .052, to eleven digits.
fn ln_1p_small(v: f64) -> f64 {
    v * (1.0
        - v * (1.0 / 2.0 - v * (1.0 / 3.0 - v * (1.0 / 4.0 - v * (1.0 / 5.0 - v * (1.0 / 6.0 - v * (1.0 / 7.0)))))))
}

fn add(sums: &mut [f64; 5], f: f64, moments: [f64; 4]) {
    sums[0] += f;
    for (sum, moment) in sums[1..].iter_mut().zip(moments) {
        *sum += f * moment;
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
        let fitted: Fitted<Self, 4> = people.fit_in_steps(&starts, |people, starts| {
            minimise_objective(&Minus::new(people), starts, people.people)
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

    /// The tails of (α+u)^−(r+x) (β+u)^−(s+1) from each of the rising times to the last of them.
    fn tails(&self, x: f64, times: &[f64], into: &mut Vec<Tail>) {
        let Self { r, alpha, s, beta } = *self;
        into.clear();
        into.extend(times.iter().map(|&time| {
            let (ln_a, ln_b) = ((alpha + time).ln(), (beta + time).ln());
            Tail {
                time,
                ln_a,
                ln_b,
                top: -(r + x) * ln_a - (s + 1.0) * ln_b,
                sums: [0.0; 5],
            }
        }));
        for place in (1..into.len()).rev() {
            let (next, here) = (into[place], into[place - 1]);
            let carried = (next.top - here.top).exp();
            let between = self.between(x, &here, &next);
            into[place - 1].sums = std::array::from_fn(|i| between[i] + carried * next.sums[i]);
        }
    }

    /// The integrals between two neighbouring times, relative to e^top at the first.
    fn between(&self, x: f64, from: &Tail, to: &Tail) -> [f64; 5] {
        let Self { r, alpha, s, beta } = *self;
        let shape = r + x;
        let nearest = alpha.min(beta);
        let stretch = if alpha < beta {
            to.ln_a - from.ln_a
        } else {
            to.ln_b - from.ln_b
        };
        let fall = from.top - to.top;
        let mut sums = [0.0; 5];
        if fall < 0.08 && stretch < 0.05 {
            // Very short, as most are: two points, and logs by their series.
            let (over_a, over_b) = (1.0 / (alpha + from.time), 1.0 / (beta + from.time));
            let half = 0.5 * (to.time - from.time);
            for node in TWO {
                let step = half * (1.0 + node);
                let (more_a, more_b) = (ln_1p_small(step * over_a), ln_1p_small(step * over_b));
                let f = half * (-shape * more_a - (s + 1.0) * more_b).exp();
                let (a, b) = (alpha + from.time + step, beta + from.time + step);
                let over = 1.0 / (a * b);
                add(
                    &mut sums,
                    f,
                    [from.ln_a + more_a, b * over, from.ln_b + more_b, a * over],
                );
            }
            return sums;
        }
        if fall < 2.0 && stretch < 0.7 {
            // Short: the integrand is nearly a line in u itself.
            let half = 0.5 * (to.time - from.time);
            let rule = if fall < 0.3 && stretch < 0.15 {
                &THREE[..]
            } else {
                &FIVE[..]
            };
            for &(node, weight) in rule {
                let u = from.time + half * (1.0 + node);
                let (a, b) = (alpha + u, beta + u);
                let (ln_a, ln_b) = (a.ln(), b.ln());
                let f = half * weight * (-shape * ln_a - (s + 1.0) * ln_b - from.top).exp();
                add(&mut sums, f, [ln_a, 1.0 / a, ln_b, 1.0 / b]);
            }
            return sums;
        }
        let first = (nearest + from.time).ln();
        let last = self.reach(shape, from, to);
        let half = 0.5 * (last - first);
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
                let f = half * weight * near * (-shape * ln_a - (s + 1.0) * ln_b - from.top).exp();
                add(&mut sums, f, [ln_a, 1.0 / a, ln_b, 1.0 / b]);
            }
        }
        sums
    }

    /// ln(min(α, β) + u) where the integrand has become nothing, or at the later time.
    fn reach(&self, shape: f64, from: &Tail, to: &Tail) -> f64 {
        let Self { alpha, s, beta, .. } = *self;
        let nearest = alpha.min(beta);
        let mut v = (nearest + to.time).ln();
        // The fall is convex in v, so Newton's steps come down to the end from above and never pass it.
        for _ in 0..60 {
            let near = v.exp();
            let u = near - nearest;
            let over = from.top + shape * (alpha + u).ln() + (s + 1.0) * (beta + u).ln() - NOTHING;
            if over <= 1.0 {
                break;
            }
            v -= over / (near * (shape / (alpha + u) + (s + 1.0) / (beta + u)));
        }
        v.max((nearest + from.time).ln())
    }

    /// ln[(α+T)^−(r+x) (β+T)^−s + s ∫ (α+u)^−(r+x) (β+u)^−(s+1) du] over t_x … T, and its slopes in r, α, s, β.
    fn stayed_or_left(&self, x: f64, last: &Tail, end: &Tail) -> (f64, [f64; 4]) {
        let Self { r, alpha, s, beta } = *self;
        let shape = r + x;
        let stayed = -shape * end.ln_a - s * end.ln_b;
        let stayed_slopes = [
            -end.ln_a,
            -shape / (alpha + end.time),
            -end.ln_b,
            -s / (beta + end.time),
        ];
        let beyond = (end.top - last.top).exp();
        let sums: [f64; 5] = std::array::from_fn(|i| last.sums[i] - beyond * end.sums[i]);
        if last.time >= end.time || sums[0] <= 0.0 {
            return (stayed, stayed_slopes);
        }
        let left = s.ln() + last.top + sums[0].ln();
        let mean = |index: usize| sums[index] / sums[0];
        let left_slopes = [-mean(1), -shape * mean(2), 1.0 / s - mean(3), -(s + 1.0) * mean(4)];
        // One exponential gives the sum of both and the share of each.
        let (high, odds) = (stayed.max(left), (-(stayed - left).abs()).exp());
        let value = high + odds.ln_1p();
        let share = if left > stayed { 1.0 } else { odds } / (1.0 + odds);
        (
            value,
            std::array::from_fn(|i| share * left_slopes[i] + (1.0 - share) * stayed_slopes[i]),
        )
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
                let (value, slopes) = Minus::new(&people).gradient(&logs);
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
