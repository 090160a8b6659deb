//! The incomplete gamma function: tails and quantiles of Gamma(shape, 1).
//!
//! Series below shape + 1, continued fraction above (DLMF 8.11.4, 8.9.2), with Loader's saddle-point density so that
//! large shapes keep their digits. Costs O(√shape); shapes here are counts of events.

use super::gamma::{ln_gamma, stirling_remainder};
use super::normal;
use std::f64::consts::PI;

/// x^a e^−x / Γ(a+1)·a, the density times x.
fn slope(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if a < 10.0 {
        return (a * x.ln() - x - ln_gamma(a)).exp();
    }
    // x^a e^−x/Γ(a) with a ln(x/a) + a − x taken through ln1p.
    let gap = (x - a) / a;
    let deviance = if gap.abs() < 0.1 {
        ln_1p_minus(gap)
    } else {
        gap.ln_1p() - gap
    };
    (a / (2.0 * PI)).sqrt() * (a * deviance - stirling_remainder(a)).exp()
}

/// ln(1+u) − u for small u, by its series.
fn ln_1p_minus(u: f64) -> f64 {
    let (mut power, mut sum) = (u, 0.0);
    for k in 2..60 {
        power *= -u;
        let term = power / f64::from(k);
        sum += term;
        if term.abs() < 1e-18 * sum.abs() {
            break;
        }
    }
    sum
}

/// (P(X ≤ x), P(X > x)) for X ~ Gamma(shape, 1).
pub fn tails(shape: f64, x: f64) -> (f64, f64) {
    if shape.is_nan() || shape <= 0.0 || x.is_nan() {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    let scale = slope(shape, x);
    if x < shape + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / shape, 1.0 / shape, shape);
        for _ in 0..1_000_000 {
            n += 1.0;
            term *= x / n;
            sum += term;
            if term < 1e-17 * sum {
                break;
            }
        }
        let lower = (scale * sum).min(1.0);
        return (lower, 1.0 - lower);
    }
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - shape;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut value = d;
    for step in 1..1_000_000 {
        let i = f64::from(step);
        let a = -i * (i - shape);
        b += 2.0;
        d = 1.0 / nonzero(a * d + b);
        c = nonzero(b + a / c);
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < 4e-16 {
            break;
        }
    }
    let upper = (scale * value).min(1.0);
    (1.0 - upper, upper)
}

fn nonzero(value: f64) -> f64 {
    if value.abs() < 1e-300 { 1e-300 } else { value }
}

/// The x with P(X ≤ x) = p for X ~ Gamma(shape, 1).
pub fn quantile(shape: f64, p: f64) -> f64 {
    if shape.is_nan() || shape <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 {
        return 0.0;
    }
    if p == 1.0 {
        return f64::INFINITY;
    }
    // Solved in ln x: Wilson–Hilferty to start, or the leading term near 0.
    let z = normal::quantile(p);
    let cube = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt());
    let from_zero = (p.ln() + ln_gamma(shape + 1.0)) / shape;
    let mut at = if cube > 0.2 {
        (shape * cube * cube * cube).ln()
    } else {
        from_zero
    };
    let (mut low, mut high) = (-800.0_f64, 700.0_f64);
    for _ in 0..100 {
        let x = at.exp();
        let (lower, upper) = tails(shape, x);
        let excess = if p < 0.5 { lower - p } else { (1.0 - p) - upper };
        if excess > 0.0 {
            high = at;
        } else {
            low = at;
        }
        let newton = excess / slope(shape, x);
        let mut step = newton / (1.0 - (0.5 * newton * (shape - x)).clamp(-0.9, 0.9));
        // Converged is asked first: at the root a step of rounding size would look as if it left the bracket.
        if step.abs() * shape.sqrt().max(1.0) < 1e-6 || step.abs() < 1e-15 * at.abs() {
            at -= step;
            break;
        }
        if !step.is_finite() || at - step <= low || at - step >= high {
            step = at - 0.5 * (low + high);
        }
        at -= step;
    }
    at.exp()
}

/// P(χ² with `degrees` of freedom > value).
pub fn chi_squared_upper(degrees: f64, value: f64) -> f64 {
    tails(0.5 * degrees, 0.5 * value).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy.special.gammainc, gammaincc, gammaincinv.
    #[test]
    fn tails_and_quantiles_as_scipy_gives_them() {
        for (shape, x, lower, upper) in SCIPY_TAILS {
            let found = tails(shape, x);
            assert!(
                (found.0 - lower).abs() <= 2e-12 * lower,
                "{shape} {x}: {} against {lower}",
                found.0
            );
            assert!(
                (found.1 - upper).abs() <= 2e-12 * upper + 1e-16,
                "{shape} {x}: {} against {upper}",
                found.1
            );
        }
        for (shape, p, x) in SCIPY_QUANTILES {
            assert!(
                (quantile(shape, p) / x - 1.0).abs() < 1e-11,
                "{shape} {p}: {} against {x}",
                quantile(shape, p)
            );
        }
        assert!((chi_squared_upper(1.0, 3.841458820694124) - 0.05).abs() < 1e-12);
    }

    const SCIPY_TAILS: [(f64, f64, f64, f64); 7] = [
        (0.3, 0.01, 0.27924099635901484, 0.7207590036409852),
        (0.5, 4.0, 0.9953222650189527, 0.004677734981047276),
        (3.5, 2.0, 0.22022259152428406, 0.779777408475716),
        (20.5, 40.0, 0.9997436372936986, 0.0002563627063014135),
        (1000.0, 900.0, 0.0005499022657117818, 0.9994500977342882),
        (1000000.0, 1003000.0, 0.9986382593537825, 0.0013617406462175913),
        (1000000.0, 1000000.0, 0.5001329807608725, 0.4998670192391274),
    ];
    const SCIPY_QUANTILES: [(f64, f64, f64); 7] = [
        (0.5, 0.05, 0.001966070000009761),
        (0.5, 0.95, 1.920729410347062),
        (3.5, 1e-06, 0.03926180049518497),
        (20.5, 0.975, 30.28028586742186),
        (1000.5, 0.05, 949.0468457640759),
        (1000000.0, 0.95, 1001645.42194519),
        (0.01, 0.5, 4.465535018910562e-31),
    ];
}
