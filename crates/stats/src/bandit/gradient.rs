//! The knowledge gradient (Frazier, Powell & Dayanik 2008): how much one more try of each arm is expected to improve
//! the best choice. For when one piece costs much.
//!
//! ν_i = σ̃_i f(−|μ_i − max_{j≠i} μ_j| / σ̃_i), f(z) = zΦ(z) + φ(z), σ̃_i² = σ_i⁴/(σ_i² + σ_ε²); independent normal
//! beliefs.

use crate::special::normal;

/// Arms are (mean, variance) of the belief; `noise` is the variance of one observation. `None` below two arms or when a
/// number makes no sense.
pub fn knowledge_gradient(arms: &[(f64, f64)], noise: f64) -> Option<Vec<f64>> {
    let sensible = |&(mean, variance): &(f64, f64)| mean.is_finite() && variance >= 0.0 && variance.is_finite();
    if arms.len() < 2 || !arms.iter().all(sensible) || noise.is_nan() || noise <= 0.0 {
        return None;
    }
    let gain = |index: usize| {
        let (mean, variance) = arms[index];
        let rivals = arms.iter().enumerate().filter(|(other, _)| *other != index);
        let best = rivals.map(|(_, (mean, _))| *mean).fold(f64::NEG_INFINITY, f64::max);
        let change = variance / (variance + noise).sqrt();
        if change <= 0.0 {
            return 0.0;
        }
        let z = -(mean - best).abs() / change;
        (change * (z * normal::cdf(z) + normal::density(z))).max(0.0)
    };
    Some((0..arms.len()).map(gain).collect())
}
