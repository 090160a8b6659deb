//! Kaplan–Meier and Nelson–Aalen (JASA 53:457, 1958; Ann. Stat. 6:701, 1978).
//!
//! S(t) = Π (1 − d/n) over event times; Greenwood's variance of ln S; intervals on log(−log S), which stay inside 0
//! and 1. Where the variance says nothing (no event yet, or everybody gone) the interval is Jeffreys' for that many
//! people. Assumes that those no longer watched are like those still watched at the same age.

use super::Duration;
use super::duration::condensed;
use crate::fitted::FitError;
use crate::special::{gamma::digamma, normal};
use crate::{Estimate, rates};

/// The curve just after an event time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub time: f64,
    /// Watched and still waiting just before.
    pub at_risk: f64,
    /// How many had their event then, by weight.
    pub events: f64,
    /// S just after.
    pub survival: f64,
    /// Nelson–Aalen's cumulative hazard, events of one time taken one after another (Fleming & Harrington 1984).
    pub hazard: f64,
    /// Greenwood's variance of ln S.
    pub variance: f64,
}

/// A survival curve.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier {
    steps: Vec<Step>,
    people: f64,
    longest: f64,
}

impl KaplanMeier {
    /// The curve of these rows. Needs a positive weight; negative times and NaN are refused.
    pub fn new(rows: &[Duration]) -> Result<Self, FitError> {
        let rows = condensed(rows)?;
        let people: f64 = rows.iter().map(|row| row.weight).sum();
        let longest = rows.last().map_or(0.0, |row| row.time);
        let mut steps = Vec::new();
        let (mut at_risk, mut survival, mut hazard, mut variance) = (people, 1.0, 0.0, 0.0);
        for same in rows.chunk_by(|one, other| one.time == other.time) {
            let leaving: f64 = same.iter().map(|row| row.weight).sum();
            let events: f64 = same.iter().filter(|row| row.event).map(|row| row.weight).sum();
            if events > 0.0 {
                let left = (at_risk - events).max(0.0);
                survival *= left / at_risk;
                // Σ 1/(n−i) over the events of a tie, also for weights that are not whole.
                hazard += digamma(at_risk + 1.0) - digamma(left + 1.0);
                variance += events / (at_risk * left);
                steps.push(Step {
                    time: same[0].time,
                    at_risk,
                    events,
                    survival,
                    hazard,
                    variance,
                });
            }
            at_risk = (at_risk - leaving).max(0.0);
        }
        Ok(Self { steps, people, longest })
    }

    /// The curve, one step per event time.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The longest anybody was watched; beyond it nothing is known.
    pub fn longest(&self) -> f64 {
        self.longest
    }

    fn before(&self, t: f64) -> Option<&Step> {
        self.steps[..self.steps.partition_point(|step| step.time <= t)].last()
    }

    /// S(t) with its interval. `None` beyond the longest watched, unless everybody had the event.
    pub fn survival(&self, t: f64, level: f64) -> Option<Estimate> {
        let step = self.before(t);
        let gone = step.is_some_and(|step| step.survival <= 0.0);
        if t.is_nan() || (t > self.longest && !gone) || !(level > 0.0 && level < 1.0) {
            return None;
        }
        let n = self.people.round() as u64;
        let value = step.map_or(1.0, |step| step.survival);
        let (low, high) = match step {
            Some(step) if value > 0.0 => {
                let width = normal::two_sided(level) * step.variance.sqrt() / value.ln();
                (value.powf((-width).exp()), value.powf(width.exp()))
            }
            None => (1.0 - rates::jeffreys(0, n.max(1), level)?.high, 1.0),
            // Everybody left at the last step: as sure as the people who were left then allow.
            Some(step) => (
                0.0,
                rates::jeffreys(0, step.at_risk.round().max(1.0) as u64, level)?.high,
            ),
        };
        Some(Estimate {
            value,
            low: low.min(high).min(value),
            high: high.max(low).max(value),
            n,
            level,
        })
    }

    /// 1 − S(t): the share in which it has happened by t.
    pub fn happened(&self, t: f64, level: f64) -> Option<Estimate> {
        let s = self.survival(t, level)?;
        Some(Estimate {
            value: 1.0 - s.value,
            low: 1.0 - s.high,
            high: 1.0 - s.low,
            ..s
        })
    }

    /// Nelson–Aalen's cumulative hazard at t.
    pub fn cumulative_hazard(&self, t: f64) -> f64 {
        self.before(t).map_or(0.0, |step| step.hazard)
    }

    /// The first time by which half had it; `None`: not reached.
    pub fn median(&self) -> Option<f64> {
        self.steps
            .iter()
            .find(|step| step.survival <= 0.5 + 1e-12)
            .map(|step| step.time)
    }

    /// Where the interval of S holds one half (Brookmeyer & Crowley, Biometrics 38:29, 1982): from the first time at which its
    /// lower end has come down to it to the first at which its upper end has; `None` where that is not reached.
    pub fn median_interval(&self, level: f64) -> (Option<f64>, Option<f64>) {
        let first = |end: fn(&Estimate) -> f64| {
            let reaches = |step: &&Step| {
                self.survival(step.time, level)
                    .is_some_and(|survival| end(&survival) <= 0.5 + 1e-12)
            };
            self.steps.iter().find(reaches).map(|step| step.time)
        };
        (first(|survival| survival.low), first(|survival| survival.high))
    }

    /// ∫ S from 0 to `until`: the mean waiting time within that horizon. `None` beyond the longest watched.
    pub fn restricted_mean(&self, until: f64) -> Option<f64> {
        let gone = self.steps.last().is_some_and(|step| step.survival <= 0.0);
        if !(until >= 0.0 && (until <= self.longest || gone)) {
            return None;
        }
        let (mut sum, mut from, mut level) = (0.0, 0.0, 1.0);
        for step in self.steps.iter().take_while(|step| step.time < until) {
            sum += level * (step.time - from);
            (from, level) = (step.time, step.survival);
        }
        Some(sum + level * (until - from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn without_censoring_it_is_the_share_still_waiting(times in proptest::collection::vec(1u32..30, 1..80), t in 0u32..31) {
            let rows: Vec<Duration> = times.iter().map(|&time| Duration::new(f64::from(time), true)).collect();
            let curve = KaplanMeier::new(&rows).unwrap();
            let waiting = times.iter().filter(|&&time| time > t).count() as f64 / times.len() as f64;
            let found = curve.survival(f64::from(t), 0.9).unwrap();
            prop_assert!((found.value - waiting).abs() < 1e-12);
            prop_assert!(0.0 <= found.low && found.low <= found.value && found.value <= found.high && found.high <= 1.0);
        }

        #[test]
        fn any_rows_give_an_ordered_curve(rows in proptest::collection::vec((0.0_f64..50.0, any::<bool>(), 0.0_f64..3.0), 0..60)) {
            let rows: Vec<Duration> =
                rows.into_iter().map(|(time, event, weight)| Duration { time, event, weight }).collect();
            let Ok(curve) = KaplanMeier::new(&rows) else { return Ok(()) };
            let mut turned = rows.clone();
            turned.reverse();
            let again = KaplanMeier::new(&turned).unwrap();
            prop_assert!(curve.steps().iter().zip(again.steps()).all(|(one, other)| (one.survival - other.survival).abs() < 1e-12));
            for t in [0.0, 10.0, 30.0, 49.0] {
                if let Some(found) = curve.survival(t, 0.9) {
                    prop_assert!(0.0 <= found.low && found.low <= found.value && found.value <= found.high && found.high <= 1.0);
                }
            }
        }
    }

    #[test]
    fn the_interval_of_the_median_is_where_that_of_the_curve_holds_one_half() {
        let rows: Vec<Duration> = (1..=40).map(|day| Duration::new(f64::from(day), true)).collect();
        let curve = KaplanMeier::new(&rows).unwrap();
        let (low, high) = curve.median_interval(0.9);
        let (low, high) = (low.unwrap(), high.unwrap());
        assert!(
            low < 20.0 && 20.0 < high && curve.median() == Some(20.0),
            "{low} to {high}"
        );
        // So many of 40 are below by chance: 14 to 26 of Binomial(40, ½) hold 96 %, 15 to 25 hold 92 %.
        assert!(
            (13.0..=16.0).contains(&low) && (24.0..=27.0).contains(&high),
            "{low} to {high}"
        );
        let few = KaplanMeier::new(&[Duration::new(3.0, true), Duration::new(9.0, false)]).unwrap();
        assert_eq!(few.median_interval(0.9).1, None, "one of two proves no upper end");
    }

    #[test]
    fn nothing_is_said_beyond_the_longest_watched() {
        let curve = KaplanMeier::new(&[Duration::new(5.0, true), Duration::new(9.0, false)]).unwrap();
        assert!(curve.survival(9.0, 0.9).is_some() && curve.survival(9.1, 0.9).is_none());
        assert!(curve.restricted_mean(10.0).is_none());
        assert_eq!(curve.median(), Some(5.0));
        assert!(KaplanMeier::new(&[]).is_err());
        let nobody = KaplanMeier::new(&[Duration::new(4.0, false); 10]).unwrap();
        let sure = nobody.survival(3.0, 0.9).unwrap();
        assert!(
            sure.value == 1.0 && sure.low < 0.9 && sure.high == 1.0,
            "ten people prove little: {sure:?}"
        );
    }
}
