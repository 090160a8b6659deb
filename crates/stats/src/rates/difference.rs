//! The difference between two groups of a real experiment: the *tested* grade.
//!
//! Difference of means with Welch's standard error (each group its own variance) and a normal interval; for shares the
//! values are 0 and 1. Needs both groups large enough for a normal interval (some thousand people, some dozen events).

use crate::Estimate;
use crate::special::normal;

/// A group's values, condensed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// How many values.
    pub n: u64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub sum_of_squares: f64,
}

impl Sample {
    /// `count` of `n` did it.
    pub fn of_share(count: u64, n: u64) -> Self {
        Self {
            n,
            sum: count as f64,
            sum_of_squares: count as f64,
        }
    }

    /// Their mean; 0 of none.
    pub fn mean(&self) -> f64 {
        self.sum / self.n.max(1) as f64
    }

    /// Variance of the mean, with n − 1.
    fn variance_of_mean(&self) -> f64 {
        let n = self.n as f64;
        ((self.sum_of_squares - self.sum * self.sum / n) / (n - 1.0)).max(0.0) / n
    }
}

/// treated − control, and its standard error. `None` below two people in a group or for a level outside (0, 1).
pub fn difference_of_means(treated: Sample, control: Sample, level: f64) -> Option<(Estimate, f64)> {
    if treated.n < 2 || control.n < 2 || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let value = treated.mean() - control.mean();
    let error = (treated.variance_of_mean() + control.variance_of_mean()).sqrt();
    let width = normal::two_sided(level) * error;
    (value.is_finite() && width.is_finite()).then(|| {
        (
            Estimate {
                value,
                low: value - width,
                high: value + width,
                n: treated.n + control.n,
                level,
            },
            error,
        )
    })
}

/// The mean itself, with a normal interval. `None` below two values or for a level outside (0, 1). Money is skewed: from a few
/// hundred values on.
pub fn mean(sample: Sample, level: f64) -> Option<Estimate> {
    if sample.n < 2 || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let value = sample.mean();
    let width = normal::two_sided(level) * sample.variance_of_mean().sqrt();
    (value.is_finite() && width.is_finite()).then_some(Estimate {
        value,
        low: value - width,
        high: value + width,
        n: sample.n,
        level,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_one_to_nine() {
        let sample = Sample {
            n: 9,
            sum: 45.0,
            sum_of_squares: 285.0,
        };
        // Variance 7.5, so a standard error of √(7.5/9) = 0.912871, and 1.644854 of them at 90 %.
        let found = mean(sample, 0.9).unwrap();
        assert!(
            (found.value - 5.0).abs() < 1e-12 && (found.high - 6.501_539).abs() < 1e-6,
            "{found:?}"
        );
        assert!(mean(Sample::of_share(1, 1), 0.9).is_none());
    }
}
