//! A value with its interval: the only form in which a rate, an expectation or an index leaves this crate.
//!
//! A number without its uncertainty invites a decision it can't carry, so the two travel together, with how many
//! observations stand behind them and the level the interval claims.

use serde::Serialize;

/// A value, its interval at `level`, and the number of observations behind it.
///
/// Whoever builds one keeps `low <= value <= high`; nothing in it is NaN.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The most likely or mean value, as the method says.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How many people, days or pieces it rests on.
    pub n: u64,
    /// What share of such intervals holds the truth, e.g. 0.9.
    pub level: f64,
}

impl Estimate {
    /// The same estimate in another unit: a share as "per 1,000", weeks as days. A negative factor would turn the
    /// interval round, so its size is used.
    pub fn scaled(self, factor: f64) -> Self {
        let by = factor.abs();
        Self {
            value: self.value * by,
            low: self.low * by,
            high: self.high * by,
            ..self
        }
    }

    /// How wide the interval is.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_becomes_per_thousand() {
        let share = Estimate {
            value: 0.25,
            low: 0.2,
            high: 0.3,
            n: 400,
            level: 0.9,
        };
        let per_thousand = share.scaled(1000.0);
        assert_eq!(
            (per_thousand.value, per_thousand.low, per_thousand.high),
            (250.0, 200.0, 300.0)
        );
        assert_eq!((per_thousand.n, per_thousand.level), (400, 0.9));
        assert!((per_thousand.width() - 100.0).abs() < 1e-12);
    }
}
