//! The difference of two shares, from few people on.
//!
//! Newcombe's hybrid score interval (Newcombe 1998, Statistics in Medicine 17:873, method 10): the two Wilson intervals are
//! joined by their distances from the shares, so it stays inside (−1, 1), holds when a count is 0 or n, and needs no large n.

use super::wilson;
use crate::Estimate;

/// `one` − `other`, each as (count, n). `None` when either is empty, a count exceeds its n, or the level lies outside (0, 1).
pub fn difference_of_shares(one: (u64, u64), other: (u64, u64), level: f64) -> Option<Estimate> {
    let (first, second) = (wilson(one.0, one.1, level)?, wilson(other.0, other.1, level)?);
    let share = |(count, n): (u64, u64)| count as f64 / n as f64;
    let (p, q) = (share(one), share(other));
    let value = p - q;
    let low = value - (p - first.low).hypot(second.high - q);
    let high = value + (first.high - p).hypot(q - second.low);
    Some(Estimate {
        value,
        low: low.max(-1.0).min(value),
        high: high.min(1.0).max(value),
        n: one.1 + other.1,
        level,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Draws;

    /// Newcombe 1998, table II, method 10, 95 %.
    #[test]
    fn newcombe_table_ii() {
        let published = [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0000),
            ((10, 10), (0, 10), 0.6075, 1.0000),
        ];
        for (one, other, low, high) in published {
            let estimate = difference_of_shares(one, other, 0.95).unwrap();
            assert!((estimate.low - low).abs() < 6e-5, "{one:?} {other:?}: {estimate:?}");
            assert!((estimate.high - high).abs() < 6e-5, "{one:?} {other:?}: {estimate:?}");
        }
    }

    #[test]
    fn ninety_percent_intervals_hold_the_truth_from_thirty_people_on() {
        let mut draws = Draws::new(20_261_123, 0);
        for (p, n, q, m) in [
            (0.3, 30, 0.12, 200),
            (0.02, 400, 0.01, 400),
            (0.5, 40, 0.5, 40),
            (0.05, 60, 0.3, 90),
        ] {
            const RUNS: u32 = 4_000;
            let mut held = 0;
            for _ in 0..RUNS {
                let mut count = |share: f64, n: u64| (0..n).filter(|_| draws.uniform() < share).count() as u64;
                let (a, b) = (count(p, n), count(q, m));
                let estimate = difference_of_shares((a, n), (b, m), 0.9).unwrap();
                held += u32::from(estimate.low <= p - q && p - q <= estimate.high);
            }
            let coverage = f64::from(held) / f64::from(RUNS);
            assert!(
                (0.88..=0.93).contains(&coverage),
                "{p} of {n} against {q} of {m}: {coverage}"
            );
        }
    }

    #[test]
    fn nobody_is_compared_with_nobody() {
        assert_eq!(difference_of_shares((0, 0), (1, 2), 0.9), None);
        assert_eq!(difference_of_shares((3, 2), (1, 2), 0.9), None);
        assert_eq!(difference_of_shares((1, 2), (1, 2), 1.0), None);
    }
}
