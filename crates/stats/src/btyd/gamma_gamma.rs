//! Gamma–Gamma (Colombo & Jiang 1999; Fader, Hardie & Lee, JMR 42:415, 2005): how much a person spends per order.
//!
//! Orders of one person are Gamma(p, rate ν), ν differs between people as Gamma(q, rate v). Only people with a repeat
//! order of positive value are fitted. It assumes that spend and frequency are not related: look at
//! [`GammaGamma::correlation`] first, and show the plain shrunk mean where they are. With q ≤ 1 the population has no
//! mean; then there is no answer.
//!
//! ln L = ln Γ(px+q) − ln Γ(px) − ln Γ(q) + q ln v + (px−1) ln m + px ln x − (px+q) ln(xm+v) for x orders of mean m;
//! E[mean spend | x, m] = p(v+xm)/(px+q−1). m and v are in one currency. Not for prices that are the same for all.

use crate::fitted::{FitError, Fitted, Likelihood, Parameters, maximise};
use crate::gradient::Real;
use serde::Serialize;

/// People with the same number of repeat orders and the same mean of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    /// Repeat orders.
    pub x: f64,
    /// Their mean value, in one currency.
    pub mean: f64,
    /// How many people have this row.
    pub weight: f64,
}

impl Spend {
    /// Why nobody can have spent like this; `None` when somebody can.
    pub fn defect(&self) -> Option<&'static str> {
        let finite = self.x.is_finite() && self.mean.is_finite() && self.weight.is_finite();
        (!finite || self.x < 0.0 || self.weight < 0.0).then_some("a value is negative or not a finite number")
    }
}

/// The Gamma–Gamma model; `v` in money, the others without unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GammaGamma {
    /// Shape of the orders of one person.
    pub p: f64,
    /// Shape of the Gamma distribution of their scales over people; above 1 where a mean exists.
    pub q: f64,
    /// Its scale, in the unit of money.
    pub v: f64,
}

impl Parameters<3> for GammaGamma {
    const NAMES: [&'static str; 3] = ["p", "q", "v"];
    fn from_array([p, q, v]: [f64; 3]) -> Self {
        Self { p, q, v }
    }
    fn to_array(&self) -> [f64; 3] {
        [self.p, self.q, self.v]
    }
}

struct GammaGammaLikelihood(Vec<Spend>);

impl Likelihood<3> for GammaGammaLikelihood {
    fn log_likelihood<R: Real>(&self, [p, q, v]: [R; 3]) -> R {
        let mut sum = R::constant(0.0);
        for group in self.0.chunk_by(|one, other| one.x == other.x) {
            let x = group[0].x;
            let orders = p * x;
            let common = (orders + q).ln_gamma() - orders.ln_gamma() - q.ln_gamma() + q * v.ln() + orders * x.ln();
            for row in group {
                let one = common + (orders - 1.0) * row.mean.ln() - (orders + q) * (v + x * row.mean).ln();
                sum = sum + one * row.weight;
            }
        }
        sum
    }
}

/// The rows that carry information, in a fixed order.
fn repeaters(rows: &[Spend]) -> Vec<Spend> {
    let mut kept: Vec<Spend> = rows
        .iter()
        .copied()
        .filter(|row| row.x > 0.0 && row.mean > 0.0 && row.weight > 0.0)
        .collect();
    kept.sort_unstable_by(|one, other| {
        one.x
            .total_cmp(&other.x)
            .then(one.mean.total_cmp(&other.mean))
            .then(one.weight.total_cmp(&other.weight))
    });
    kept
}

impl GammaGamma {
    /// ln L of all rows with a repeat order of positive mean, at these parameters.
    pub fn log_likelihood(&self, rows: &[Spend]) -> f64 {
        GammaGammaLikelihood(repeaters(rows)).log_likelihood(self.to_array())
    }

    /// Maximum likelihood over the people with a repeat order of positive mean; the others are left out.
    pub fn fit(rows: &[Spend]) -> Result<Fitted<Self, 3>, FitError> {
        for (row, spend) in rows.iter().enumerate() {
            if let Some(reason) = spend.defect() {
                return Err(FitError::BadRow { row, reason });
            }
        }
        let mut kept = repeaters(rows);
        let people: f64 = kept.iter().map(|row| row.weight).sum();
        let Some(first) = kept.first() else {
            return Err(FitError::NoEvidence);
        };
        if kept.iter().all(|row| row.mean == first.mean) {
            return Err(FitError::NotIdentified(
                "everybody spends the same per order, so there is nothing to model",
            ));
        }
        // Fitted with the mean spend as the unit of money, so that cents or millions don't matter.
        let unit = kept.iter().map(|row| row.weight * row.mean).sum::<f64>() / people;
        kept.iter_mut().for_each(|row| row.mean /= unit);
        let starts = [[1.0, 2.0, 1.0], [6.0, 4.0, 0.5], [0.5, 1.2, 2.0]];
        let fitted: Fitted<Self, 3> = maximise(&GammaGammaLikelihood(kept), &starts, people)?;
        Ok(fitted.rescaled([1.0, 1.0, unit], -people * unit.ln()))
    }

    /// Expected mean spend of a person, given their repeat orders. `None` when the model has no mean for them.
    pub fn expected(&self, x: f64, mean: f64) -> Option<f64> {
        let below = self.p * x + self.q - 1.0;
        (below > 0.0).then(|| self.p * (self.v + x * mean) / below)
    }

    /// Mean spend over everybody; `None` when q ≤ 1, where the model has none.
    pub fn population_mean(&self) -> Option<f64> {
        (self.q > 1.0).then(|| self.p * self.v / (self.q - 1.0))
    }

    /// Pearson's correlation of frequency and mean spend, which the model takes to be 0. `None` without variation.
    pub fn correlation(rows: &[Spend]) -> Option<f64> {
        let kept = || rows.iter().filter(|row| row.x > 0.0 && row.mean > 0.0);
        let people: f64 = kept().map(|row| row.weight).sum();
        let x = kept().map(|row| row.weight * row.x).sum::<f64>() / people;
        let m = kept().map(|row| row.weight * row.mean).sum::<f64>() / people;
        let moment = |f: &dyn Fn(&Spend) -> f64| kept().map(|row| row.weight * f(row)).sum::<f64>();
        let (xx, mm) = (
            moment(&|row| (row.x - x).powi(2)),
            moment(&|row| (row.mean - m).powi(2)),
        );
        let both = moment(&|row| (row.x - x) * (row.mean - m));
        (xx > 0.0 && mm > 0.0).then(|| both / (xx * mm).sqrt())
    }
}
