//! P(best), expected loss and Thompson shares of arms whose rates are Beta distributed.
//!
//! All by quadrature over posterior densities: no draws, so no seed and no noise in what is printed. The plan: the
//! arm of highest mean first, an explore share of max(10 %, 1 − P(best)), at most 40 %, over the others by their
//! chance of being best.

use crate::special::legendre::FIVE;
use crate::special::{beta, gamma};
use serde::Serialize;

/// The explore share stays between these.
const EXPLORE_LEAST: f64 = 0.1;
const EXPLORE_MOST: f64 = 0.4;

/// A rate's posterior Beta(a, b).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Arm {
    /// Successes plus the prior's: the first parameter of the Beta distribution.
    pub a: f64,
    /// Failures plus the prior's: the second.
    pub b: f64,
}

impl Arm {
    /// k of n under the uniform prior.
    pub fn of(k: u64, n: u64) -> Self {
        Self {
            a: 1.0 + k as f64,
            b: 1.0 + n.saturating_sub(k) as f64,
        }
    }

    /// The posterior mean, a/(a + b).
    pub fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    fn proper(&self) -> bool {
        self.a > 0.0 && self.b > 0.0 && self.a.is_finite() && self.b.is_finite()
    }
}

/// ∫ f dBeta(a, b), over the logit, on panels that cover all but 1e-15 of it.
fn mean_over(arm: Arm, f: impl Fn(f64) -> f64) -> f64 {
    let logit = |x: f64| (x / (1.0 - x)).ln();
    let (first, last) = (
        beta::quantile(arm.a, arm.b, 1e-15),
        beta::quantile(arm.a, arm.b, 1.0 - 1e-15),
    );
    let (low, high) = (logit(first.max(1e-300)), logit(last.min(1.0 - 1e-16)));
    let panels = 48;
    let half = 0.5 * (high - low) / f64::from(panels);
    let whole = gamma::ln_beta(arm.a, arm.b);
    let value = |t: f64| {
        // x = 1/(1+e^−t); the density in t is x^a (1−x)^b / B.
        let ln_x = -(-t).exp().ln_1p();
        let ln_y = -t.exp().ln_1p();
        (arm.a * ln_x + arm.b * ln_y - whole).exp() * f(ln_x.exp())
    };
    (0..panels)
        .map(|panel| {
            let middle = low + half * (2.0 * f64::from(panel) + 1.0);
            half * FIVE
                .iter()
                .map(|(node, weight)| weight * value(middle + half * node))
                .sum::<f64>()
        })
        .sum()
}

/// P(one's rate > other's). NaN for parameters that are not positive.
pub fn p_greater(one: Arm, other: Arm) -> f64 {
    if !one.proper() || !other.proper() {
        return f64::NAN;
    }
    mean_over(one, |x| beta::cdf(other.a, other.b, x)).clamp(0.0, 1.0)
}

/// What is lost on average by choosing `chosen` when `other` may be better: E[max(other − chosen, 0)].
pub fn expected_loss(chosen: Arm, other: Arm) -> f64 {
    if !chosen.proper() || !other.proper() {
        return f64::NAN;
    }
    // E[max(y − x, 0)] over y: y·F(y) − E[x; x ≤ y], and x·f is a Beta with a + 1.
    let lost = |y: f64| y * beta::cdf(chosen.a, chosen.b, y) - chosen.mean() * beta::cdf(chosen.a + 1.0, chosen.b, y);
    mean_over(other, lost).max(0.0)
}

/// For every arm, P(its rate is the highest). Sums to 1; empty for no arm.
pub fn p_best(arms: &[Arm]) -> Vec<f64> {
    if arms.iter().any(|arm| !arm.proper()) {
        return vec![f64::NAN; arms.len()];
    }
    let mut found: Vec<f64> = (0..arms.len())
        .map(|index| {
            let others = |x: f64| {
                let rest = arms.iter().enumerate().filter(|(other, _)| *other != index);
                rest.map(|(_, arm)| beta::cdf(arm.a, arm.b, x)).product::<f64>()
            };
            mean_over(arms[index], others)
        })
        .collect();
    let sum: f64 = found.iter().sum();
    if sum > 0.0 {
        found.iter_mut().for_each(|share| *share /= sum);
    }
    found
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// The arm of highest mean.
    pub first: usize,
    /// The chance that what is put first is truly best.
    pub p_first_is_best: f64,
    /// What is lost on average against its strongest rival.
    pub expected_regret: f64,
    /// How to spread the next tries; sums to 1.
    pub shares: Vec<f64>,
}

/// How much of the next tries should go to arms other than the first: what is unsure, within bounds; nothing where there
/// is no other.
pub fn explore_share(p_first_is_best: f64, arms: usize) -> f64 {
    if arms <= 1 {
        0.0
    } else {
        (1.0 - p_first_is_best).clamp(EXPLORE_LEAST, EXPLORE_MOST)
    }
}

/// A plan over the arms; `None` without a proper arm.
pub fn plan(arms: &[Arm]) -> Option<Plan> {
    let chances = p_best(arms);
    if chances.iter().any(|chance| chance.is_nan()) {
        return None;
    }
    let first = (0..arms.len()).max_by(|&i, &j| arms[i].mean().total_cmp(&arms[j].mean()).then(j.cmp(&i)))?;
    let sure = chances[first];
    let explore = explore_share(sure, arms.len());
    let rest = 1.0 - sure;
    let share = |index: usize| {
        if index == first {
            1.0 - explore
        } else if rest > 1e-12 {
            explore * chances[index] / rest
        } else {
            explore / (arms.len() - 1) as f64
        }
    };
    let lost = |index: usize| {
        if index == first {
            0.0
        } else {
            expected_loss(arms[first], arms[index])
        }
    };
    Some(Plan {
        first,
        p_first_is_best: sure,
        expected_regret: (0..arms.len()).map(lost).fold(0.0, f64::max),
        shares: (0..arms.len()).map(share).collect(),
    })
}
