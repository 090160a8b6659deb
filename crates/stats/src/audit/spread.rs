//! Lens one from condensed rows: how people differ, when a million of them are a few thousand different values.
//!
//! The same quantities as [`super::share_of_top`] and Gini's coefficient, of values that each stand for many people, with
//! intervals from the person bootstrap (Poisson weights on the rows).

use crate::Estimate;
use crate::fitted::{Bootstrap, interval_of_draws};
use crate::random::Draws;

/// Different values up to which the bootstrap draws each by itself; beyond, neighbours are drawn together.
const DRAWN_MAX: usize = 2_000;

/// Values of people, the smallest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    rows: Vec<(f64, f64)>,
    people: u64,
}

impl Spread {
    /// Of (value, people). `None` when nothing is positive or a value is negative or not a number.
    pub fn new(rows: &[(f64, u64)]) -> Option<Self> {
        if rows.iter().any(|(value, _)| !(*value >= 0.0 && value.is_finite())) {
            return None;
        }
        let mut sorted: Vec<(f64, f64)> = rows
            .iter()
            .filter(|(_, people)| *people > 0)
            .map(|&(value, people)| (value, people as f64))
            .collect();
        sorted.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        let people = rows.iter().map(|(_, people)| people).sum();
        sorted
            .iter()
            .any(|(value, _)| *value > 0.0)
            .then_some(Self { rows: sorted, people })
    }

    /// Every value with how many people it is that of, the smallest first.
    pub fn rows(&self) -> &[(f64, f64)] {
        &self.rows
    }

    /// How many people.
    pub const fn people(&self) -> u64 {
        self.people
    }

    /// The sum of all values.
    pub fn total(&self) -> f64 {
        self.rows.iter().map(|(value, people)| value * people).sum()
    }

    /// The share of the total that the largest `fraction` of the people hold (that many people, rounded up).
    pub fn share_of_top(&self, fraction: f64) -> f64 {
        top(&self.rows, (fraction * self.people as f64 - 1e-9).ceil().max(0.0))
    }

    /// Gini's coefficient: 0 when all are equal.
    pub fn gini(&self) -> f64 {
        gini(&self.rows)
    }

    /// [`Spread::share_of_top`] with its interval.
    pub fn share_of_top_estimate(&self, fraction: f64, level: f64, draws: Bootstrap) -> Option<Estimate> {
        let drawn = |rows: &[(f64, f64)]| top(rows, fraction * rows.iter().map(|(_, people)| people).sum::<f64>());
        self.estimate(self.share_of_top(fraction), (level, draws), drawn)
    }

    /// [`Spread::gini`] with its interval.
    pub fn gini_estimate(&self, level: f64, draws: Bootstrap) -> Option<Estimate> {
        self.estimate(self.gini(), (level, draws), gini)
    }

    fn estimate(
        &self,
        value: f64,
        (level, draws): (f64, Bootstrap),
        quantity: impl Fn(&[(f64, f64)]) -> f64,
    ) -> Option<Estimate> {
        let groups = self.grouped();
        let mut rows = groups.clone();
        let mut one = |index: usize| {
            let mut draws = Draws::new(draws.seed, index as u64);
            for (row, group) in rows.iter_mut().zip(&groups) {
                row.1 = draws.poisson(group.1) as f64;
            }
            quantity(&rows)
        };
        let mut found: Vec<f64> = (0..draws.count)
            .map(&mut one)
            .filter(|drawn| drawn.is_finite())
            .collect();
        found.sort_unstable_by(f64::total_cmp);
        let (low, high) = interval_of_draws(&found, level)?;
        Some(Estimate {
            value,
            low: low.min(value),
            high: high.max(value),
            n: self.people,
            level,
        })
    }

    /// Neighbouring values as one, their mean, so that there are few.
    fn grouped(&self) -> Vec<(f64, f64)> {
        if self.rows.len() <= DRAWN_MAX {
            return self.rows.clone();
        }
        let size = self.rows.len().div_ceil(DRAWN_MAX);
        let mean = |rows: &[(f64, f64)]| {
            let people: f64 = rows.iter().map(|(_, people)| people).sum();
            (
                rows.iter().map(|(value, people)| value * people).sum::<f64>() / people,
                people,
            )
        };
        self.rows.chunks(size).map(mean).collect()
    }
}

/// The share that the largest so many hold.
fn top(rows: &[(f64, f64)], count: f64) -> f64 {
    let total: f64 = rows.iter().map(|(value, people)| value * people).sum();
    let (mut left, mut held) = (count, 0.0);
    for (value, people) in rows.iter().rev() {
        let taken = people.min(left);
        held += value * taken;
        left -= taken;
        if left <= 0.0 {
            break;
        }
    }
    held / total
}

fn gini(rows: &[(f64, f64)]) -> f64 {
    let (mut before, mut ranked, mut total) = (0.0, 0.0, 0.0);
    for (value, people) in rows {
        // The ranks before + 1 … before + people add up to people · (before + (people + 1)/2).
        ranked += value * people * (before + (people + 1.0) / 2.0);
        total += value * people;
        before += people;
    }
    (2.0 * ranked / (before * total) - (before + 1.0) / before).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::share_of_top;
    use crate::durability::concentration;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn condensed_rows_say_what_the_people_one_by_one_say(rows in proptest::collection::vec((0u32..50, 1u64..6), 1..40), share in 0.0_f64..1.0) {
            let rows: Vec<(f64, u64)> = rows.into_iter().map(|(value, people)| (f64::from(value), people)).collect();
            let each: Vec<f64> =
                rows.iter().flat_map(|&(value, people)| std::iter::repeat_n(value, people as usize)).collect();
            let (Some(spread), Some(wanted)) = (Spread::new(&rows), concentration(&each)) else {
                prop_assert!(Spread::new(&rows).is_none() && concentration(&each).is_none());
                return Ok(());
            };
            prop_assert!((spread.gini() - wanted.gini).abs() < 1e-9);
            prop_assert!((spread.share_of_top(share) - share_of_top(&each, share).unwrap()).abs() < 1e-9);
            prop_assert_eq!(spread.people(), each.len() as u64);
        }
    }

    #[test]
    fn intervals_hold_their_value_and_narrow_with_people() {
        let rows = |times: u64| -> Vec<(f64, u64)> { (1..60).map(|value| (f64::from(value * value), times)).collect() };
        let width = |times| {
            let spread = Spread::new(&rows(times)).unwrap();
            let draws = Bootstrap { count: 200, seed: 1 };
            let (gini, top) = (
                spread.gini_estimate(0.9, draws).unwrap(),
                spread.share_of_top_estimate(0.1, 0.9, draws).unwrap(),
            );
            assert!(gini.low < gini.value && gini.value < gini.high && top.low < top.value && top.value < top.high);
            gini.width()
        };
        assert!(width(100) < 0.3 * width(2), "{} {}", width(100), width(2));
        assert!(
            Spread::new(&[(0.0, 4)]).is_none() && Spread::new(&[]).is_none() && Spread::new(&[(f64::NAN, 1)]).is_none()
        );
    }
}
