//! Numbers that carry their own slopes, so that a log-likelihood is written once and its exact gradient comes with it.
//!
//! Forward-mode differentiation: [`Dual`] holds a value and its slopes in N parameters. A model's log-likelihood is
//! generic over [`Real`]; evaluated with `f64` it is the value, with `Dual` the gradient to machine precision.
//! Optimisers that have to difference a likelihood stop early on good optima; these don't have to.

use crate::special::gamma;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// What a log-likelihood needs of a number.
pub(crate) trait Real:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
{
    fn constant(value: f64) -> Self;
    fn value(self) -> f64;
    /// f(self), given f's value and slope there.
    fn through(self, value: f64, slope: f64) -> Self;

    fn ln(self) -> Self {
        let v = self.value();
        self.through(v.ln(), 1.0 / v)
    }
    fn exp(self) -> Self {
        let e = self.value().exp();
        self.through(e, e)
    }
    fn ln_gamma(self) -> Self {
        self.through(gamma::ln_gamma(self.value()), gamma::digamma(self.value()))
    }
    /// ln Γ(self + k) − ln Γ(self), k ≥ 0.
    fn ln_rising(self, k: f64) -> Self {
        if k == 0.0 {
            return Self::constant(0.0);
        }
        let v = self.value();
        self.through(gamma::ln_rising(v, k), gamma::digamma(v + k) - gamma::digamma(v))
    }
    /// ln(1 − e^self) for self < 0.
    fn ln_one_minus_exp(self) -> Self {
        let v = self.value();
        self.through(ln_one_minus_exp(v), -1.0 / (-v).exp_m1())
    }
    /// ln(e^self + e^other).
    fn ln_add_exp(self, other: Self) -> Self {
        let (high, low) = if self.value() >= other.value() {
            (self, other)
        } else {
            (other, self)
        };
        if low.value() == f64::NEG_INFINITY {
            return high;
        }
        let gap = low - high;
        let e = gap.value().exp();
        high + gap.through(e.ln_1p(), e / (1.0 + e))
    }
}

/// ln(1 − e^v) for v < 0, accurate at both ends.
pub(crate) fn ln_one_minus_exp(v: f64) -> f64 {
    if v > -std::f64::consts::LN_2 {
        (-v.exp_m1()).ln()
    } else {
        (-v.exp()).ln_1p()
    }
}

/// ln B(a, b).
pub(crate) fn ln_beta<R: Real>(a: R, b: R) -> R {
    let value = gamma::ln_beta(a.value(), b.value());
    let sum = gamma::digamma(a.value() + b.value());
    // Two parameters: the chain rule adds the slope of each.
    a.through(0.5 * value, gamma::digamma(a.value()) - sum) + b.through(0.5 * value, gamma::digamma(b.value()) - sum)
}

impl Real for f64 {
    fn constant(value: f64) -> Self {
        value
    }
    fn value(self) -> f64 {
        self
    }
    fn through(self, value: f64, _slope: f64) -> Self {
        value
    }
    fn ln_gamma(self) -> Self {
        gamma::ln_gamma(self)
    }
    fn ln_rising(self, k: f64) -> Self {
        gamma::ln_rising(self, k)
    }
}

/// A value and its slopes in N parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dual<const N: usize> {
    pub value: f64,
    pub slopes: [f64; N],
}

impl<const N: usize> Dual<N> {
    /// The `index`-th parameter itself.
    pub fn parameter(value: f64, index: usize) -> Self {
        let mut slopes = [0.0; N];
        slopes[index] = 1.0;
        Self { value, slopes }
    }

    /// e to the logs of the parameters: the parameters, with slopes in their logs.
    pub fn from_logs(logs: &[f64; N]) -> [Self; N] {
        std::array::from_fn(|index| Self::parameter(logs[index], index).exp())
    }

    fn combine(self, other: Self, value: f64, by_self: f64, by_other: f64) -> Self {
        Self {
            value,
            slopes: std::array::from_fn(|i| by_self * self.slopes[i] + by_other * other.slopes[i]),
        }
    }
}

impl<const N: usize> Real for Dual<N> {
    fn constant(value: f64) -> Self {
        Self {
            value,
            slopes: [0.0; N],
        }
    }
    fn value(self) -> f64 {
        self.value
    }
    fn through(self, value: f64, slope: f64) -> Self {
        Self {
            value,
            slopes: self.slopes.map(|s| s * slope),
        }
    }
}

impl<const N: usize> Add for Dual<N> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.combine(other, self.value + other.value, 1.0, 1.0)
    }
}
impl<const N: usize> Sub for Dual<N> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.combine(other, self.value - other.value, 1.0, -1.0)
    }
}
impl<const N: usize> Mul for Dual<N> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.combine(other, self.value * other.value, other.value, self.value)
    }
}
impl<const N: usize> Div for Dual<N> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        self.combine(other, value, 1.0 / other.value, -value / other.value)
    }
}
impl<const N: usize> Neg for Dual<N> {
    type Output = Self;
    fn neg(self) -> Self {
        self.through(-self.value, -1.0)
    }
}
impl<const N: usize> Add<f64> for Dual<N> {
    type Output = Self;
    fn add(self, other: f64) -> Self {
        Self {
            value: self.value + other,
            ..self
        }
    }
}
impl<const N: usize> Sub<f64> for Dual<N> {
    type Output = Self;
    fn sub(self, other: f64) -> Self {
        Self {
            value: self.value - other,
            ..self
        }
    }
}
impl<const N: usize> Mul<f64> for Dual<N> {
    type Output = Self;
    fn mul(self, other: f64) -> Self {
        self.through(self.value * other, other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed<R: Real>(p: [R; 2]) -> R {
        let [a, b] = p;
        let sum = ln_beta(a, b + 3.0) + a.ln_rising(4.5) * b - (a / b).ln() + a.ln_gamma();
        sum.ln_add_exp(b.ln()) + (-(a * b)).ln_one_minus_exp()
    }

    #[test]
    fn slopes_equal_differences() {
        let logs = [0.3, -0.7];
        let found = mixed(Dual::from_logs(&logs));
        assert_eq!(found.value, mixed(logs.map(f64::exp)));
        for index in 0..2 {
            let moved = |by: f64| {
                let mut at = logs;
                at[index] += by;
                mixed(at.map(f64::exp))
            };
            let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((found.slopes[index] - difference).abs() < 1e-8 * (1.0 + difference.abs()));
        }
    }
}
