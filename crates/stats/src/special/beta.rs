//! The incomplete beta function, its tails and its quantiles.
//!
//! Three regions. With both parameters above `WIDE` the tail is integrated from the point outwards in the logit,
//! where the density is log-concave, by one Gauss–Legendre rule: constant cost however large the parameters.
//! Otherwise the continued fraction (DLMF 8.17.22, modified Lentz) is short. Densities are Loader's saddle-point
//! form, so a billion trials keep their digits. Quantiles are solved in the logit by Halley steps inside a bracket.

use super::gamma::{digamma, ln_beta, stirling_remainder, trigamma};
use super::legendre::TWENTY;
use super::normal;
use std::f64::consts::PI;

/// Above this, for both parameters, tails are integrated; below, the continued fraction is faster.
const WIDE: f64 = 60.0;

/// A point of (0, 1) held as x and 1−x, so that both keep their digits.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    fn at(logit: f64) -> Self {
        let (x, y) = if logit < 0.0 {
            let odds = logit.exp();
            (odds / (1.0 + odds), 1.0 / (1.0 + odds))
        } else {
            let odds = (-logit).exp();
            (1.0 / (1.0 + odds), odds / (1.0 + odds))
        };
        Self { x, y }
    }
}

/// Both tails at a point, P(X ≤ x) and P(X > x), and the density in the logit, x(1−x)f(x).
#[derive(Clone, Copy, Debug)]
struct Tails {
    lower: f64,
    upper: f64,
    slope: f64,
}

/// x ln(x/m) + m − x, Loader's deviance part, without cancellation near x = m.
fn deviance(x: f64, m: f64) -> f64 {
    let gap = x - m;
    if gap.abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() - gap;
    }
    let v = gap / (x + m);
    let mut sum = gap * v;
    let mut term = 2.0 * x * v;
    for k in 1..100 {
        term *= v * v;
        let next = sum + term / f64::from(2 * k + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// A Beta(a, b) distribution with what its tails need again and again.
struct Beta {
    a: f64,
    b: f64,
    /// ln of x^a y^b / B(a, b) at the point x = a/(a+b), or −ln B where one parameter is small.
    ln_scale: f64,
    saddle: bool,
}

impl Beta {
    fn new(a: f64, b: f64) -> Self {
        let saddle = a >= 10.0 && b >= 10.0;
        let sum = a + b;
        let ln_scale = if saddle {
            0.5 * (a / (2.0 * PI) * (b / sum)).ln() + stirling_remainder(sum)
                - stirling_remainder(a)
                - stirling_remainder(b)
        } else {
            -ln_beta(a, b)
        };
        Self { a, b, ln_scale, saddle }
    }

    /// x^a y^b / B(a, b).
    fn slope(&self, at: Point) -> f64 {
        let (a, b) = (self.a, self.b);
        let exponent = if self.saddle {
            let sum = a + b;
            -deviance(a, sum * at.x) - deviance(b, sum * at.y)
        } else {
            a * ln_share(at.x, at.y) + b * ln_share(at.y, at.x)
        };
        (self.ln_scale + exponent).exp()
    }

    fn tails(&self, at: Point) -> Tails {
        let slope = self.slope(at);
        if slope == 0.0 || at.x == 0.0 || at.y == 0.0 {
            let above = at.x * self.b > at.y * self.a;
            return Tails {
                lower: f64::from(u8::from(above)),
                upper: f64::from(u8::from(!above)),
                slope,
            };
        }
        let above = at.x * (self.a + self.b) > self.a;
        let tail = if self.a > WIDE && self.b > WIDE {
            slope * self.integral(at, above)
        } else {
            let (a, b) = (self.a, self.b);
            if at.x < (a + 1.0) / (a + b + 2.0) {
                let lower = slope / a * fraction(a, b, at.x);
                return Tails {
                    lower,
                    upper: 1.0 - lower,
                    slope,
                };
            }
            let expected = (a + b) * at.x;
            if at.x < 0.1 && expected < a + 12.0 * a.sqrt() + 30.0 {
                // Near 1 the fraction in y would lose what 1 − y holds; the series in x has only positive terms.
                let lower = slope / a * series(a, b, at.x);
                return Tails {
                    lower,
                    upper: 1.0 - lower,
                    slope,
                };
            }
            let upper = slope / b * fraction(b, a, at.y);
            return Tails {
                lower: 1.0 - upper,
                upper,
                slope,
            };
        };
        if above {
            Tails {
                lower: 1.0 - tail,
                upper: tail,
                slope,
            }
        } else {
            Tails {
                lower: tail,
                upper: 1.0 - tail,
                slope,
            }
        }
    }

    /// ∫ of the density relative to the point, outwards in the logit.
    fn integral(&self, at: Point, above: bool) -> f64 {
        let sum = self.a + self.b;
        let sign = if above { 1.0 } else { -1.0 };
        let falling = (sum * at.x - self.a).abs();
        let curvature = sum * at.x * at.y;
        // Far enough for the integrand to reach 1e-17 of its start even where the curvature lessens on the way out.
        let reach = (-falling + (falling * falling + 84.0 * curvature).sqrt()) / curvature;
        let value = |step: f64| {
            let s = sign * step;
            (self.a * s - sum * (at.x * s.exp_m1()).ln_1p()).exp()
        };
        let half = 0.5 * reach;
        TWENTY
            .iter()
            .map(|(node, weight)| weight * (value(half * (1.0 - node)) + value(half * (1.0 + node))))
            .sum::<f64>()
            * half
    }

    /// A first guess of the logit with lower tail p.
    fn guess(&self, p: f64, q: f64) -> f64 {
        let (a, b) = (self.a, self.b);
        let from_zero = ((p * a).ln() + ln_beta(a, b)) / a;
        if from_zero.exp() * (a + b) < 0.2 * (a + 1.0) {
            return from_zero;
        }
        let from_one = ((q * b).ln() + ln_beta(a, b)) / b;
        if from_one.exp() * (a + b) < 0.2 * (b + 1.0) {
            return -from_one;
        }
        // Cornish–Fisher on the logit, whose cumulants are differences of polygammas.
        let z = if p < q {
            normal::quantile(p)
        } else {
            -normal::quantile(q)
        };
        let (va, vb) = (trigamma(a), trigamma(b));
        let variance = va + vb;
        let skew = (vb * vb * (1.0 + 0.5 * vb.min(1.0)) - va * va * (1.0 + 0.5 * va.min(1.0))) / variance.powf(1.5);
        let bent = z + skew * (z * z - 1.0) / 6.0 - skew * skew * (2.0 * z * z * z - 5.0 * z) / 36.0;
        digamma(a) - digamma(b) + variance.sqrt() * bent
    }

    /// The point with lower tail p and upper tail q = 1 − p.
    fn solve(&self, p: f64, q: f64) -> Point {
        let (mut low, mut high) = (-745.0, 745.0);
        let mut logit = self.guess(p, q).clamp(low, high);
        for _ in 0..100 {
            let point = Point::at(logit);
            let tails = self.tails(point);
            let excess = if p < q { tails.lower - p } else { q - tails.upper };
            if excess > 0.0 {
                high = logit;
            } else {
                low = logit;
            }
            let newton = excess / tails.slope;
            let bend = 0.5 * newton * (self.a * point.y - self.b * point.x);
            let mut step = newton / (1.0 - bend.clamp(-0.9, 0.9));
            // Halley converges cubically: after a step this small (in standard deviations) nothing visible is left. Asked
            // before the bracket: at the root a step of rounding size would look as if it left it.
            let deviations = step * (self.a.min(self.b)).sqrt();
            if deviations.abs() < 2e-5 || step.abs() < 1e-15 * logit.abs() {
                logit -= step;
                break;
            }
            if !step.is_finite() || logit - step <= low || logit - step >= high {
                step = logit - 0.5 * (low + high);
            }
            logit -= step;
        }
        Point::at(logit)
    }
}

/// ln x, from whichever of x and 1−x is small.
fn ln_share(x: f64, y: f64) -> f64 {
    if y < 0.5 { (-y).ln_1p() } else { x.ln() }
}

/// Σ (a+b)ₙ/(a+1)ₙ xⁿ, DLMF 8.17.8; for x well below 1.
fn series(a: f64, b: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for step in 0..20_000 {
        let n = f64::from(step);
        term *= (a + b + n) / (a + 1.0 + n) * x;
        sum += term;
        if term < 1e-17 * sum {
            break;
        }
    }
    sum
}

/// The continued fraction of the incomplete beta, DLMF 8.17.22.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let safe = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / safe(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..20_000 {
        let m = f64::from(step);
        let two = 2.0 * m;
        let even = m * (b - m) * x / ((a + two - 1.0) * (a + two));
        d = 1.0 / safe(1.0 + even * d);
        c = safe(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + two) * (a + two + 1.0));
        d = 1.0 / safe(1.0 + odd * d);
        c = safe(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() < 4e-16 {
            break;
        }
    }
    value
}

/// P(X ≤ x) for X ~ Beta(a, b), a and b > 0. NaN when a parameter is not positive.
pub fn cdf(a: f64, b: f64, x: f64) -> f64 {
    if !(a > 0.0 && b > 0.0) || x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    Beta::new(a, b).tails(Point { x, y: 1.0 - x }).lower
}

/// P(X > x) for X ~ Beta(a, b), with the digits of a small upper tail.
pub fn upper(a: f64, b: f64, x: f64) -> f64 {
    if !(a > 0.0 && b > 0.0) || x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 1.0;
    }
    if x >= 1.0 {
        return 0.0;
    }
    Beta::new(a, b).tails(Point { x, y: 1.0 - x }).upper
}

/// The x with P(X ≤ x) = p for X ~ Beta(a, b). NaN when a parameter is not positive or p is outside [0, 1].
pub fn quantile(a: f64, b: f64, p: f64) -> f64 {
    let proper = a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite();
    if !proper || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return p;
    }
    Beta::new(a, b).solve(p, 1.0 - p).x
}

/// Both ends of the equal-tailed interval that holds `level` of Beta(a, b); a and b must be positive and finite.
pub fn equal_tailed(a: f64, b: f64, level: f64) -> (f64, f64) {
    let beta = Beta::new(a, b);
    let tail = 0.5 * (1.0 - level);
    (beta.solve(tail, 1.0 - tail).x, beta.solve(1.0 - tail, tail).x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The quantile of the distribution function is the point again, wherever that can be told.
        #[test]
        fn quantiles_undo_the_distribution(a in 0.3_f64..300.0, b in 0.3_f64..300.0, p in 1e-6_f64..0.999_999) {
            let found = cdf(a, b, quantile(a, b, p));
            prop_assert!((found - p).abs() < 1e-10 * p.min(1.0 - p).max(1e-4), "{a} {b} {p}: {found}");
        }

        #[test]
        fn tails_sum_to_one_and_turn_round(a in 0.3_f64..2_000.0, b in 0.3_f64..2_000.0, x in 0.001_f64..0.999) {
            prop_assert!((cdf(a, b, x) + upper(a, b, x) - 1.0).abs() < 1e-12);
            prop_assert!((cdf(a, b, x) - upper(b, a, 1.0 - x)).abs() < 1e-11);
        }
    }
}
