//! BG/BB (Fader, Hardie & Shang, Marketing Science 29:1086, 2010): showed up or not, at each of n opportunities.
//!
//! For attention with natural opportunities: each issue, episode, week. Chances to show up are Beta(α, β), chances to
//! drop out at an opportunity Beta(γ, δ). Counting raw hits in a Poisson model would take one evening's ten clicks for
//! ten decisions; here they are one.
//!
//! L = Σ over the last period i that could have been lived through, B(α+x, β+t_x−x+i) B(γ+1, δ+t_x+i), plus B(α+x,
//! β+n−x) B(γ, δ+n) of being there still, over B(α, β) B(γ, δ); x taken of n, t_x the last taken. The unit is the
//! opportunity. Not where people can act at any moment, nor where each has an opportunity of their own kind.

use crate::fitted::{FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::{Real, ln_beta};
use crate::random::Draws;
use crate::special::gamma;
use serde::Serialize;

/// People with the same history of opportunities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opportunities {
    /// How many they took after the first.
    pub x: u32,
    /// The last one they took; 0 when x is 0.
    pub t_x: u32,
    /// How many there were.
    pub n: u32,
    /// How many people have this history.
    pub weight: f64,
}

impl Opportunities {
    /// Why no history can look like this; `None` when it can.
    pub fn defect(&self) -> Option<&'static str> {
        if !(self.weight >= 0.0 && self.weight.is_finite()) {
            Some("the weight is not a number of people")
        } else if self.x > self.t_x || self.t_x > self.n || (self.x == 0) != (self.t_x == 0) {
            Some("x ≤ t_x ≤ n must hold, and x and t_x be 0 together")
        } else {
            None
        }
    }
}

/// The BG/BB model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BgBb {
    /// α of the Beta distribution of the chance to take an opportunity, while there.
    pub alpha: f64,
    /// β of it.
    pub beta: f64,
    /// γ of the Beta distribution of the chance to leave before an opportunity.
    pub gamma: f64,
    /// δ of it.
    pub delta: f64,
}

impl Parameters<4> for BgBb {
    const NAMES: [&'static str; 4] = ["alpha", "beta", "gamma", "delta"];
    fn from_array([alpha, beta, gamma, delta]: [f64; 4]) -> Self {
        Self {
            alpha,
            beta,
            gamma,
            delta,
        }
    }
    fn to_array(&self) -> [f64; 4] {
        [self.alpha, self.beta, self.gamma, self.delta]
    }
}

/// ln L of one history.
fn one<R: Real>([alpha, beta, gamma, delta]: [R; 4], row: &Opportunities) -> R {
    let (x, t_x, n) = (f64::from(row.x), f64::from(row.t_x), f64::from(row.n));
    let mut sum = ln_beta(alpha + x, beta + (n - x)) + ln_beta(gamma, delta + n);
    for gone in row.t_x..row.n {
        let i = f64::from(gone) - t_x;
        let term = ln_beta(alpha + x, beta + (t_x - x + i)) + ln_beta(gamma + 1.0, delta + (t_x + i));
        sum = sum.ln_add_exp(term);
    }
    sum - ln_beta(alpha, beta) - ln_beta(gamma, delta)
}

struct BgBbLikelihood(Vec<Opportunities>);

impl Likelihood<4> for BgBbLikelihood {
    fn log_likelihood<R: Real>(&self, parameters: [R; 4]) -> R {
        self.0
            .iter()
            .fold(R::constant(0.0), |sum, row| sum + one(parameters, row) * row.weight)
    }
}

fn condensed(rows: &[Opportunities]) -> Result<Vec<Opportunities>, FitError> {
    for (row, history) in rows.iter().enumerate() {
        if let Some(reason) = history.defect() {
            return Err(FitError::BadRow { row, reason });
        }
    }
    let mut kept: Vec<Opportunities> = rows
        .iter()
        .copied()
        .filter(|row| row.weight > 0.0 && row.n > 0)
        .collect();
    let key = |row: &Opportunities| (row.n, row.x, row.t_x);
    kept.sort_unstable_by(|one, other| key(one).cmp(&key(other)).then(one.weight.total_cmp(&other.weight)));
    kept.dedup_by(|next, first| {
        let same = key(next) == key(first);
        if same {
            first.weight += next.weight;
        }
        same
    });
    if kept.is_empty() {
        Err(FitError::NoEvidence)
    } else {
        Ok(kept)
    }
}

impl BgBb {
    /// Maximum likelihood.
    pub fn fit(rows: &[Opportunities]) -> Result<Fitted<Self, 4>, FitError> {
        let rows = condensed(rows)?;
        if rows.iter().all(|row| row.x == 0) {
            return Err(FitError::NotIdentified(
                "nobody came back, so neither habit nor drop-out shows yet",
            ));
        }
        let people = rows.iter().map(|row| row.weight).sum();
        let starts = [1.0, 0.3, 3.0].map(|factor| [factor, factor, factor, 2.0 * factor]);
        maximise(&BgBbLikelihood(rows), &starts, people)
    }

    /// ln L of one person.
    pub fn log_likelihood(&self, person: &Opportunities) -> f64 {
        one(self.to_array(), person)
    }

    /// P(still there at the next opportunity, n + 1).
    pub fn p_alive(&self, person: &Opportunities) -> f64 {
        let Self {
            alpha,
            beta,
            gamma,
            delta,
        } = *self;
        let (x, n) = (f64::from(person.x), f64::from(person.n));
        let stayed = gamma::ln_beta(alpha + x, beta + n - x) + gamma::ln_beta(gamma, delta + n + 1.0);
        let whole = gamma::ln_beta(alpha, beta) + gamma::ln_beta(gamma, delta);
        (stayed - whole - self.log_likelihood(person)).exp().min(1.0)
    }

    /// Expected number taken of the next `coming` opportunities.
    pub fn expected(&self, person: &Opportunities, coming: f64) -> f64 {
        let Self { alpha, beta, .. } = *self;
        let (x, n) = (f64::from(person.x), f64::from(person.n));
        let habit = gamma::ln_beta(alpha + x + 1.0, beta + n - x) - gamma::ln_beta(alpha, beta);
        (habit - self.log_likelihood(person)).exp() * self.presence(n, coming.max(0.0))
    }

    /// Expected number taken of a new person's first n opportunities after the first.
    pub fn expected_new(&self, n: f64) -> f64 {
        self.alpha / (self.alpha + self.beta) * self.presence(0.0, n.max(0.0))
    }

    /// Σ of P(still there at i) over i = n+1 … n+coming, for somebody new at 0.
    fn presence(&self, n: f64, coming: f64) -> f64 {
        let at = |gamma_: f64| {
            let delta = self.delta;
            // Γ(γ+δ)/Γ(1+δ) · Γ(1+δ+m)/Γ(γ+δ+m), as differences of rising products.
            let share = |m: f64| (gamma::ln_rising(1.0 + delta, m) - gamma::ln_rising(gamma_ + delta, m)).exp();
            delta / (gamma_ - 1.0) * (share(n) - share(n + coming))
        };
        if (self.gamma - 1.0).abs() < 1e-5 {
            0.5 * (at(1.0 + 1e-5) + at(1.0 - 1e-5))
        } else {
            at(self.gamma)
        }
    }

    /// P(exactly x of a new person's first n opportunities taken).
    pub fn pmf_new(&self, x: u32, n: u32) -> f64 {
        if x > n {
            return 0.0;
        }
        let Self {
            alpha,
            beta,
            gamma,
            delta,
        } = *self;
        let whole = gamma::ln_beta(alpha, beta) + gamma::ln_beta(gamma, delta);
        let taken = f64::from(x);
        let term = |seen: u32, drop: f64| {
            let seen = f64::from(seen);
            let choose =
                gamma::ln_gamma(seen + 1.0) - gamma::ln_gamma(taken + 1.0) - gamma::ln_gamma(seen - taken + 1.0);
            (choose + gamma::ln_beta(alpha + taken, beta + seen - taken) + drop - whole).exp()
        };
        let stayed = term(n, gamma::ln_beta(gamma, delta + f64::from(n)));
        stayed
            + (x..n)
                .map(|i| term(i, gamma::ln_beta(gamma + 1.0, delta + f64::from(i))))
                .sum::<f64>()
    }

    /// Expected future takings, each divided by (1 + rate) per opportunity until then. NaN unless the rate is positive.
    pub fn discounted(&self, person: &Opportunities, rate: f64) -> f64 {
        if rate.is_nan() || rate <= 0.0 {
            return f64::NAN;
        }
        let (mut sum, mut before, mut factor) = (0.0, 0.0, 1.0);
        for step in 1..100_000u32 {
            factor /= 1.0 + rate;
            let until = self.expected(person, f64::from(step));
            sum += factor * (until - before);
            // What is left is at most this factor on a falling series.
            if factor * (until - before) < 1e-13 * rate * (1.0 + sum) {
                break;
            }
            before = until;
        }
        sum
    }

    /// A new person's history over n opportunities.
    pub fn simulate(&self, n: u32, draws: &mut Draws) -> Opportunities {
        let habit = draws.beta(self.alpha, self.beta);
        let leave = draws.beta(self.gamma, self.delta);
        let mut person = Opportunities {
            x: 0,
            t_x: 0,
            n,
            weight: 1.0,
        };
        for opportunity in 1..=n {
            if draws.uniform() < leave {
                break;
            }
            if draws.uniform() < habit {
                (person.x, person.t_x) = (person.x + 1, opportunity);
            }
        }
        person
    }
}
