//! Student's t: how many standard errors an interval needs when the error itself was learnt from few.

use super::beta;

/// The t within ± of which `level` of the distribution with `degrees` of freedom lies. Infinite for no degrees.
pub fn two_sided(level: f64, degrees: f64) -> f64 {
    if degrees.is_nan() || degrees <= 0.0 || !(level > 0.0 && level < 1.0) {
        return f64::INFINITY;
    }
    // P(|T| > t) is a regularised incomplete beta at ν/(ν+t²).
    let x = beta::quantile(0.5 * degrees, 0.5, 1.0 - level);
    (degrees * (1.0 / x - 1.0)).sqrt()
}

/// P(T < t).
pub fn cdf(t: f64, degrees: f64) -> f64 {
    let outside = beta::cdf(0.5 * degrees, 0.5, degrees / (degrees + t * t));
    if t > 0.0 { 1.0 - 0.5 * outside } else { 0.5 * outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Standard tables, e.g. NIST/SEMATECH e-Handbook 1.3.6.7.2.
    #[test]
    fn as_tabulated() {
        for (level, degrees, wanted) in [
            (0.9, 1.0, 6.314),
            (0.9, 9.0, 1.833),
            (0.95, 12.0, 2.179),
            (0.9, 100.0, 1.660),
        ] {
            assert!(
                (two_sided(level, degrees) - wanted).abs() < 5e-4,
                "{level} {degrees}: {}",
                two_sided(level, degrees)
            );
        }
        assert!((cdf(1.833_113, 9.0) - 0.95).abs() < 1e-7 && (cdf(-1.833_113, 9.0) - 0.05).abs() < 1e-7);
        assert!((cdf(0.0, 3.0) - 0.5).abs() < 1e-15);
        assert!((two_sided(0.9, 1e7) - 1.644_854).abs() < 1e-5);
        assert_eq!(two_sided(0.9, 0.0), f64::INFINITY);
    }
}
