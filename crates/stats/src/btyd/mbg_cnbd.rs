//! MBG/CNBD-k (Reutterer, Platzer & Schröder, IJRM 2020): MBG/NBD for people who act like clockwork.
//!
//! Gaps are Erlang-k: k = 1 is MBG/NBD, larger k more regular. The regularity tells absence much sooner: who comes
//! every week and has missed three is gone. k is chosen from 1 to 4 by likelihood. Future counts are summed exactly
//! over the hidden phases since the last act, no simulation: with v the share t/(α+T+t), the m-th next act needs km −
//! j more phases, whose chance is I_v(km − j, r + kx + j).
//!
//! ln L adds (k−1) Σ ln(gap) − x ln (k−1)! to the MBG/NBD's, with r+kx for r+x and the alive branch times Σ_{j<k}
//! [Γ(r+kx+j)/Γ(r+kx)/j!] ((T−t_x)/(α+T))^j. Needs the sum of ln(gap); without it k can't be chosen. Not for bursts,
//! which are less regular than Poisson.

use super::recurring::{ACTS_MAX, Recurring};
use super::{Condensed, Evidence};
use crate::fitted::{FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::{Real, ln_beta};
use crate::random::Draws;
use crate::special::{beta, gamma};
use serde::Serialize;

const K_MAX: u32 = 4;

/// The MBG/CNBD-k model. `alpha` in units of time, the others without unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MbgCnbd {
    /// How many phases a gap has: 1 is the MBG/NBD, more is more regular.
    pub k: u32,
    /// Shape of the Gamma distribution of rates over people.
    pub r: f64,
    /// Its rate, in units of time; an event takes k phases.
    pub alpha: f64,
    /// a of the Beta distribution of the chance to leave after an event.
    pub a: f64,
    /// b of it.
    pub b: f64,
}

/// A fitted MBG/CNBD-k: what k was chosen, and the fit of the other parameters at that k.
#[derive(Clone, Debug)]
pub struct MbgCnbdFitted {
    /// The number of phases with the highest likelihood.
    pub k: u32,
    /// The other parameters, fitted at that k.
    pub fitted: Fitted<AtRegularity, 4>,
}

impl MbgCnbdFitted {
    /// The model with everything in it.
    pub fn model(&self) -> MbgCnbd {
        self.fitted.model.with_k(self.k)
    }
}

/// The parameters beside k.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AtRegularity {
    /// As in [`MbgCnbd`].
    pub r: f64,
    /// As in [`MbgCnbd`].
    pub alpha: f64,
    /// As in [`MbgCnbd`].
    pub a: f64,
    /// As in [`MbgCnbd`].
    pub b: f64,
}

impl AtRegularity {
    /// The whole model at that regularity.
    pub fn with_k(self, k: u32) -> MbgCnbd {
        MbgCnbd {
            k,
            r: self.r,
            alpha: self.alpha,
            a: self.a,
            b: self.b,
        }
    }
}

impl Parameters<4> for AtRegularity {
    const NAMES: [&'static str; 4] = ["r", "alpha", "a", "b"];
    fn from_array([r, alpha, a, b]: [f64; 4]) -> Self {
        Self { r, alpha, a, b }
    }
    fn to_array(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }
}

fn ln_factorial(k: u32) -> f64 {
    gamma::ln_gamma(f64::from(k) + 1.0)
}

/// ln L of one person, for numbers with or without slopes.
fn one<R: Real>(k: u32, [r, alpha, a, b]: [R; 4], row: &Evidence) -> R {
    let steps = f64::from(k);
    let phases = steps * row.x;
    let shape = r + phases;
    let gaps = (steps - 1.0) * row.log_gaps - row.x * ln_factorial(k - 1);
    let common = r.ln_rising(phases) + r * alpha.ln() + ln_beta(a, b + (row.x + 1.0)) - ln_beta(a, b) + gaps;
    let here = (alpha + row.age).ln();
    let gone = a.ln() - (b + row.x).ln() - shape * (alpha + row.t_x).ln();
    let quiet = row.age - row.t_x;
    let mut waiting = -(shape * here);
    let mut alive = waiting;
    if quiet > 0.0 {
        let step = R::constant(quiet.ln()) - here;
        for j in 1..k {
            let before = f64::from(j) - 1.0;
            waiting = waiting + (shape + before).ln() + step - f64::from(j).ln();
            alive = alive.ln_add_exp(waiting);
        }
    }
    common + alive.ln_add_exp(gone)
}

struct MbgCnbdLikelihood<'a> {
    people: &'a Condensed,
    k: u32,
}

impl Likelihood<4> for MbgCnbdLikelihood<'_> {
    fn log_likelihood<R: Real>(&self, parameters: [R; 4]) -> R {
        let add = |sum: R, row: &Evidence| sum + one(self.k, parameters, row) * row.weight;
        self.people.rows.iter().fold(R::constant(0.0), add)
    }
}

impl MbgCnbd {
    /// Maximum likelihood at a given regularity.
    pub fn fit_at(people: &Condensed, k: u32) -> Result<MbgCnbdFitted, FitError> {
        if people.events == 0.0 {
            return Err(FitError::NotIdentified(
                "nobody came back, so neither rate nor drop-out shows yet",
            ));
        }
        if k == 0 || k > 100 {
            return Err(FitError::NotIdentified("k must be between 1 and 100"));
        }
        let age = people.mean_age();
        let steps = f64::from(k);
        let starts = [1.0, 0.3, 3.0].map(|factor| [0.5 * factor, age / (3.0 * steps) * factor, factor, 2.0 * factor]);
        let fitted: Fitted<AtRegularity, 4> = people.fit_in_steps(&starts, |people, starts| {
            maximise(&MbgCnbdLikelihood { people, k }, starts, people.people)
        })?;
        Ok(MbgCnbdFitted {
            k,
            fitted: fitted.rescaled([1.0, people.unit, 1.0, 1.0], people.likelihood_shift()),
        })
    }

    /// Maximum likelihood over k = 1 … 4 and the parameters.
    pub fn fit(people: &Condensed) -> Result<MbgCnbdFitted, FitError> {
        let mut best = Self::fit_at(people, 1)?;
        for k in 2..=K_MAX {
            let next = Self::fit_at(people, k)?;
            if next.fitted.log_likelihood <= best.fitted.log_likelihood {
                break;
            }
            best = next;
        }
        Ok(best)
    }

    /// For j = 0 … k−1 phases since the last act, P(alive and in phase j).
    fn phases(&self, person: &Evidence) -> Vec<f64> {
        let Self { k, r, alpha, a, b } = *self;
        let shape = r + f64::from(k) * person.x;
        let ratio = (person.age - person.t_x) / (alpha + person.age);
        let ln_gone = a.ln() - (b + person.x).ln() + shape * ((person.age - person.t_x) / (alpha + person.t_x)).ln_1p();
        let mut weights = vec![1.0];
        for j in 1..k {
            let j = f64::from(j);
            let before = weights[weights.len() - 1];
            weights.push(before * (shape + j - 1.0) / j * ratio);
        }
        let alive: f64 = weights.iter().sum();
        let scale = 1.0 / (alive * (1.0 + (ln_gone - alive.ln()).exp()));
        weights.iter().map(|weight| weight * scale).collect()
    }

    /// Σ over the coming acts of the chance that each happens, for a person in phase j with m coins behind them.
    fn sum_of_acts(&self, j: f64, shape: f64, coins: f64, share: f64) -> f64 {
        let whole = gamma::ln_beta(self.a, coins);
        let mut sum = 0.0;
        for m in 1..100_000u32 {
            let m = f64::from(m);
            let stays = (gamma::ln_beta(self.a, coins + m - 1.0) - whole).exp();
            let term = stays * beta::cdf(f64::from(self.k) * m - j, shape, share);
            sum += term;
            if term < 1e-14 * sum || term == 0.0 {
                break;
            }
        }
        sum
    }
}

impl Recurring for MbgCnbd {
    fn log_likelihood(&self, person: &Evidence) -> f64 {
        one(self.k.max(1), [self.r, self.alpha, self.a, self.b], person)
    }

    fn p_alive(&self, person: &Evidence) -> f64 {
        self.phases(person).iter().sum()
    }

    fn expected(&self, person: &Evidence, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        let shape = self.r + f64::from(self.k) * person.x;
        let share = t / (self.alpha + person.age + t);
        let coins = self.b + person.x + 1.0;
        let per_phase = |(j, weight): (usize, &f64)| {
            let j = j as f64;
            weight * self.sum_of_acts(j, shape + j, coins, share)
        };
        self.phases(person).iter().enumerate().map(per_phase).sum()
    }

    fn expected_new(&self, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        let stays = self.b / (self.a + self.b);
        stays * self.sum_of_acts(0.0, self.r, self.b + 1.0, t / (self.alpha + t))
    }

    fn pmf_new(&self, count: u64, t: f64) -> f64 {
        let Self { k, r, alpha, a, b } = *self;
        let x = count as f64;
        let whole = gamma::ln_beta(a, b);
        let share = t / (alpha + t);
        let reached = |acts: f64| {
            if acts == 0.0 {
                1.0
            } else {
                beta::cdf(f64::from(k) * acts, r, share)
            }
        };
        (gamma::ln_beta(a, b + x + 1.0) - whole).exp() * (reached(x) - reached(x + 1.0)).max(0.0)
            + (gamma::ln_beta(a + 1.0, b + x) - whole).exp() * reached(x)
    }

    fn simulate(&self, age: f64, draws: &mut Draws) -> Evidence {
        let rate = draws.gamma(self.r) / self.alpha;
        let leave = draws.beta(self.a, self.b);
        let mut person = Evidence::new(0.0, 0.0, age);
        let mut clock = 0.0;
        while draws.uniform() >= leave && person.x < ACTS_MAX {
            let gap = draws.gamma(f64::from(self.k)) / rate;
            clock += gap;
            if clock > age {
                break;
            }
            person.log_gaps += gap.ln();
            (person.x, person.t_x) = (person.x + 1.0, clock);
        }
        person
    }
}

/// A quick guess of k from people's last two gaps (Wheat & Morrison 1990): (1 − 4v)/(8v) with v the variance of
/// first/(first + second). About 1 is Poisson. `None` below two people or without any variance.
pub fn regularity(last_two_gaps: &[(f64, f64)]) -> Option<f64> {
    let shares: Vec<f64> = last_two_gaps
        .iter()
        .filter(|(first, second)| *first > 0.0 && *second > 0.0)
        .map(|(first, second)| first / (first + second))
        .collect();
    if shares.len() < 2 {
        return None;
    }
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / (shares.len() as f64 - 1.0);
    (variance > 0.0).then(|| (1.0 - 4.0 * variance) / (8.0 * variance))
}
