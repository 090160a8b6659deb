//! Means known with unequal precision, each drawn towards the others as far as its own imprecision allows.
//!
//! Items' true means are normal around a common one (DerSimonian & Laird, Controlled Clinical Trials 7:177, 1986, for the
//! spread between items by moments); what is kept of an item's own mean is τ²/(τ² + se²). That the common mean has to be
//! learnt, too, is in the interval; that τ² has to is not, so with a handful of items it is too narrow.

use crate::Estimate;
use crate::special::normal;

/// A mean and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean of what was observed.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// How many observations it rests on.
    pub n: u64,
}

/// Standard errors below this are rounding.
const ERROR_MIN: f64 = 1e-9;

impl Mean {
    /// Normal interval at a level. `None` for a level outside (0, 1) or numbers that are none.
    pub fn estimate(&self, level: f64) -> Option<Estimate> {
        let half = normal::quantile(0.5 + 0.5 * level) * self.error;
        (level > 0.0 && level < 1.0 && self.value.is_finite() && half.is_finite()).then_some(Estimate {
            value: self.value,
            low: self.value - half,
            high: self.value + half,
            n: self.n,
            level,
        })
    }
}

/// Every mean drawn towards the others, in the order given. Fewer than three stay as they are: two say nothing of how far means
/// lie apart.
pub fn shrink_means(means: &[Mean]) -> Vec<Mean> {
    if means.len() < 3 {
        return means.to_vec();
    }
    let squares: Vec<f64> = means.iter().map(|mean| mean.error.max(ERROR_MIN).powi(2)).collect();
    let pooled = |tau: f64| {
        let (mut sum, mut whole) = (0.0, 0.0);
        for (mean, square) in means.iter().zip(&squares) {
            sum += mean.value / (square + tau);
            whole += 1.0 / (square + tau);
        }
        (sum / whole, 1.0 / whole)
    };
    let (fixed, variance) = pooled(0.0);
    let whole = 1.0 / variance;
    let spread: f64 = means
        .iter()
        .zip(&squares)
        .map(|(mean, square)| (mean.value - fixed).powi(2) / square)
        .sum();
    let doubled: f64 = squares.iter().map(|square| square.powi(-2)).sum();
    let tau = ((spread - (means.len() - 1) as f64) / (whole - doubled / whole)).max(0.0);
    let (common, common_variance) = pooled(tau);
    let shrunk = |(mean, square): (&Mean, &f64)| {
        let given_up = square / (square + tau);
        Mean {
            value: mean.value + given_up * (common - mean.value),
            error: ((1.0 - given_up) * square + given_up * given_up * common_variance).sqrt(),
            n: mean.n,
        }
    };
    means.iter().zip(&squares).map(shrunk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(values: &[(f64, f64)]) -> Vec<Mean> {
        let mean = |&(value, error)| Mean { value, error, n: 10 };
        values.iter().map(mean).collect()
    }

    /// Rubin's eight schools (Bayesian Data Analysis, table 5.2): by moments the spread between schools is 0, so all get the
    /// common effect of 7.69 with its error of 4.07.
    #[test]
    fn eight_schools_are_one() {
        let schools = [
            (28.0, 15.0),
            (8.0, 10.0),
            (-3.0, 16.0),
            (7.0, 11.0),
            (-1.0, 9.0),
            (1.0, 11.0),
            (18.0, 10.0),
            (12.0, 18.0),
        ];
        for school in shrink_means(&means(&schools)) {
            assert!(
                (school.value - 7.686).abs() < 0.001 && (school.error - 4.072).abs() < 0.001,
                "{school:?}"
            );
        }
    }

    #[test]
    fn the_less_precise_gives_up_more() {
        let given = means(&[(0.1, 0.01), (0.5, 0.01), (0.9, 0.2), (0.2, 0.0)]);
        let shrunk = shrink_means(&given);
        assert!(
            (shrunk[1].value - 0.5).abs() < 0.01 && shrunk[2].value < 0.85,
            "{shrunk:?}"
        );
        assert!(shrunk[2].error < 0.2 && (shrunk[3].value - 0.2).abs() < 1e-9);
        assert_eq!(shrink_means(&given[..2]), given[..2]);
    }

    #[test]
    fn an_interval_has_its_level() {
        let estimate = Mean {
            value: 1.0,
            error: 2.0,
            n: 5,
        }
        .estimate(0.95)
        .unwrap();
        assert!((estimate.high - 4.919_93).abs() < 1e-4 && (estimate.low + 2.919_93).abs() < 1e-4);
        assert!(
            Mean {
                value: 1.0,
                error: 2.0,
                n: 5
            }
            .estimate(1.0)
            .is_none()
        );
    }
}
