//! Gauss's ₂F₁ for 0 ≤ z < 1, and a quadrature for integrals against e^−u.
//!
//! Only the ranges the customer-base models visit, after their Euler transforms: positive c, z below 1. The general
//! series has ratio z in the limit and a cap on its length; F(1, b; c; z) has Gauss's continued fraction, which
//! converges for every z below 1 and stays between 1 and 1/(1−z).

/// ₂F₁(a, b; c; z) for c > 0 and 0 ≤ z < 1, by its series.
pub fn gauss(a: f64, b: f64, c: f64, z: f64) -> f64 {
    if !(0.0..1.0).contains(&z) || c.is_nan() || c <= 0.0 {
        return f64::NAN;
    }
    let (mut term, mut sum) = (1.0, 1.0);
    let mut n = 0.0;
    // Past this index the ratio of terms is monotone, and the rest is at most the last term over 1 − z.
    let settled = a.abs().max(b.abs()) + c;
    while n < 2e6 {
        term *= (a + n) / (c + n) * ((b + n) / (n + 1.0)) * z;
        sum += term;
        n += 1.0;
        if term == 0.0 || (n > settled && term.abs() < 1e-17 * (1.0 - z) * sum.abs()) {
            break;
        }
        if n > 16.0 && term.abs() < 1e-22 * sum.abs() {
            break;
        }
    }
    sum
}

/// ₂F₁(1, b; c; z) for 0 < b < c and 0 ≤ z < 1, by Gauss's continued fraction (DLMF 15.7.5).
pub fn with_one(b: f64, c: f64, z: f64) -> f64 {
    if !(0.0..1.0).contains(&z) {
        return f64::NAN;
    }
    const TINY: f64 = 1e-300;
    let safe = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut d = 0.0;
    let mut c_part = 1.0;
    let mut value = 1.0;
    for step in 0..10_000 {
        let k = f64::from(step / 2);
        let factor = if step == 0 {
            -b / c
        } else if step % 2 == 0 {
            -(b + k) * (c - 1.0 + k) / ((c + 2.0 * k - 1.0) * (c + 2.0 * k))
        } else {
            let k = k + 1.0;
            -k * (c - b - 1.0 + k) / ((c + 2.0 * k - 2.0) * (c + 2.0 * k - 1.0))
        };
        d = 1.0 / safe(1.0 + factor * z * d);
        c_part = safe(1.0 + factor * z / c_part);
        let change = c_part * d;
        value *= change;
        if (change - 1.0).abs() < 2e-16 {
            break;
        }
    }
    1.0 / value
}

/// ∫₀^∞ e^−u f(u) du for a smooth f that grows at most like a power, by the double-exponential rule.
pub fn against_decay(f: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1.0 / 24.0;
    let point = |index: i32| {
        let tau = STEP * f64::from(index);
        let u = (tau - (-tau).exp()).exp();
        let weight = (1.0 + (-tau).exp()) * u * (-u).exp();
        if weight == 0.0 { 0.0 } else { weight * f(u) }
    };
    STEP * (-96..=110).map(point).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_forms() {
        let z = 0.73_f64;
        // F(1, 1; 2; z) = −ln(1−z)/z; F(a, b; b; z) = (1−z)^−a.
        assert!((gauss(1.0, 1.0, 2.0, z) / (-(1.0 - z).ln() / z) - 1.0).abs() < 1e-14);
        assert!((with_one(1.0, 2.0, z) / (-(1.0 - z).ln() / z) - 1.0).abs() < 1e-14);
        assert!((gauss(0.3, 2.5, 2.5, 0.99) / 0.01_f64.powf(-0.3) - 1.0).abs() < 1e-12);
        assert_eq!(gauss(1.0, 2.0, 3.0, 0.0), 1.0);
        assert!(gauss(1.0, 2.0, 3.0, 1.0).is_nan());
    }

    #[test]
    fn series_and_fraction_agree() {
        for (b, c, z) in [
            (0.6, 2.2, 0.1),
            (3.5, 9.0, 0.9),
            (40.0, 66.0, 0.98),
            (0.01, 1.2, 0.999),
            (7.0, 8.0, 0.6),
        ] {
            let (series, fraction) = (gauss(1.0, b, c, z), with_one(b, c, z));
            assert!(
                (series / fraction - 1.0).abs() < 1e-11,
                "{b} {c} {z}: {series} {fraction}"
            );
        }
    }

    #[test]
    fn integrals_against_decay() {
        assert!((against_decay(|_| 1.0) - 1.0).abs() < 1e-13);
        assert!((against_decay(|u| u * u * u) - 6.0).abs() < 1e-11);
        assert!((against_decay(|u| u.sqrt()) - 0.886_226_925_452_758).abs() < 1e-12);
    }
}
