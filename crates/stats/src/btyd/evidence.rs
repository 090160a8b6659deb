//! What a customer-base model knows of a person: how often, when last, since when; and many equal people as one row.
//!
//! Fits see condensed rows: equal evidence is merged and the rows are put in one fixed order, so a million people cost
//! what their distinct histories cost and no order of the input changes a digit.

use crate::fitted::{FitError, Fitted, Parameters};
use crate::optimise::Starts;

/// How many people the first steps of a fit look at.
const SAMPLES: [usize; 3] = [250, 10_000, 100_000];
/// From so many people on, the curvature per person is known to half a percent, and everybody's is taken from theirs.
const CURVATURE_KNOWN_FROM: f64 = 99_000.0;

/// A fit from the optimum of a smaller one of the same kind, of which it has `times` as many people.
fn near<M: Parameters<N>, const N: usize>(
    found: &Fitted<M, N>,
    times: f64,
    fit: impl FnOnce(Starts<'_, N>) -> Result<Fitted<M, N>, FitError>,
) -> Result<Fitted<M, N>, FitError> {
    fit(Starts {
        points: &[found.model.to_array()],
        spread: found.spread(times),
        is_known: found.n as f64 >= CURVATURE_KNOWN_FROM,
    })
}

/// A person, or `weight` people with the same history. Times in one unit, from the first event; same-day events merged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Repeat events after the first.
    pub x: f64,
    /// When the last one was; 0 when x is 0.
    pub t_x: f64,
    /// How long we have watched, T.
    pub age: f64,
    /// Σ ln(gap between events). Only [`super::MbgCnbd`] reads it.
    pub log_gaps: f64,
    /// How many people have this evidence.
    pub weight: f64,
}

impl Evidence {
    /// One person without a record of gaps.
    pub fn new(x: f64, t_x: f64, age: f64) -> Self {
        Self {
            x,
            t_x,
            age,
            log_gaps: 0.0,
            weight: 1.0,
        }
    }

    /// Why no history can look like this; `None` when it can.
    pub fn defect(&self) -> Option<&'static str> {
        let Self {
            x,
            t_x,
            age,
            log_gaps,
            weight,
        } = *self;
        if ![x, t_x, age, log_gaps, weight].iter().all(|value| value.is_finite()) {
            return Some("a value is not a finite number");
        }
        if x < 0.0 || t_x < 0.0 || age < 0.0 || weight < 0.0 {
            return Some("a value is negative");
        }
        if t_x > age {
            return Some("the last event (t_x) lies after the end of observation (T)");
        }
        if (x > 0.0) != (t_x > 0.0) {
            return Some("x and t_x must both be 0 or both be positive");
        }
        None
    }

    fn key(&self) -> [f64; 4] {
        [self.x, self.t_x, self.age, self.log_gaps]
    }
}

/// Checked rows, merged and in a fixed order.
#[derive(Clone, Debug, PartialEq)]
pub struct Condensed {
    pub(crate) rows: Vec<Evidence>,
    /// Σ weights.
    pub(crate) people: f64,
    /// Σ weight · x.
    pub(crate) events: f64,
    /// What one unit of the rows is in the owner's unit; rows are held so that the longest age is 10 to 100.
    pub(crate) unit: f64,
}

impl Condensed {
    /// Checks and merges the rows. People first seen at the very end (T = 0) carry no information and are left out.
    pub fn new(rows: &[Evidence]) -> Result<Self, FitError> {
        for (row, evidence) in rows.iter().enumerate() {
            if let Some(reason) = evidence.defect() {
                return Err(FitError::BadRow { row, reason });
            }
        }
        let mut kept: Vec<Evidence> = rows
            .iter()
            .copied()
            .filter(|row| row.weight > 0.0 && row.age > 0.0)
            .collect();
        kept.sort_unstable_by(|one, other| {
            let pairs = one.key().into_iter().zip(other.key());
            pairs
                .map(|(a, b)| a.total_cmp(&b))
                .find(|order| order.is_ne())
                .unwrap_or(one.weight.total_cmp(&other.weight))
        });
        kept.dedup_by(|next, first| {
            let same = next.key() == first.key();
            if same {
                first.weight += next.weight;
            }
            same
        });
        let longest = kept.iter().map(|row| row.age).fold(0.0, f64::max);
        if kept.is_empty() {
            return Err(FitError::NoEvidence);
        }
        let unit = if (10.0..=100.0).contains(&longest) {
            1.0
        } else {
            longest / 50.0
        };
        for row in &mut kept {
            row.t_x /= unit;
            row.age /= unit;
            row.log_gaps -= row.x * unit.ln();
        }
        let people = kept.iter().map(|row| row.weight).sum();
        let events = kept.iter().map(|row| row.weight * row.x).sum();
        Ok(Self {
            rows: kept,
            people,
            events,
            unit,
        })
    }

    /// How many different histories there are.
    pub fn distinct(&self) -> usize {
        self.rows.len()
    }

    /// The rows in the owner's unit again.
    pub fn rows(&self) -> impl Iterator<Item = Evidence> {
        let unit = self.unit;
        self.rows.iter().map(move |row| Evidence {
            t_x: row.t_x * unit,
            age: row.age * unit,
            log_gaps: row.log_gaps + row.x * unit.ln(),
            ..*row
        })
    }

    /// So many of the people, every so many-th in the fixed order, to find where the optimum lies before everybody is
    /// asked. `None` when there are few more rows anyway.
    fn thinned(&self, count: usize) -> Option<Self> {
        if self.rows.len() <= 2 * count {
            return None;
        }
        let step = self.people / count as f64;
        let (mut passed, mut next) = (0.0, 0.5 * step);
        let mut rows: Vec<Evidence> = Vec::with_capacity(count);
        for row in &self.rows {
            passed += row.weight;
            let mut weight = 0.0;
            while next < passed {
                weight += 1.0;
                next += step;
            }
            if weight > 0.0 {
                rows.push(Evidence { weight, ..*row });
            }
        }
        let events = rows.iter().map(|row| row.weight * row.x).sum();
        let people = rows.iter().map(|row| row.weight).sum();
        (events > 0.0).then_some(Self {
            rows,
            people,
            events,
            unit: self.unit,
        })
    }

    /// Fits from several starts to a sample first, from its optimum to a larger one, and from there to everybody; from all
    /// starts to everybody when the sample is too poor to bound its parameters.
    pub(super) fn fit_in_steps<M: Parameters<N>, const N: usize>(
        &self,
        starts: &[[f64; N]],
        fit: impl Fn(&Self, Starts<'_, N>) -> Result<Fitted<M, N>, FitError>,
    ) -> Result<Fitted<M, N>, FitError> {
        let mut found: Option<(Fitted<M, N>, f64)> = None;
        for sample in SAMPLES.into_iter().filter_map(|count| self.thinned(count)) {
            let next = match &found {
                Some((before, people)) => near(before, sample.people / people, |near| fit(&sample, near)),
                None => fit(&sample, starts.into()),
            };
            found = next
                .ok()
                .filter(|next| next.warning.is_none())
                .map(|next| (next, sample.people));
        }
        match found {
            Some((before, people)) => near(&before, self.people / people, |near| fit(self, near)),
            None => fit(self, starts.into()),
        }
    }

    pub(crate) fn mean_age(&self) -> f64 {
        self.rows.iter().map(|row| row.weight * row.age).sum::<f64>() / self.people
    }

    /// What the change of unit adds to a log-likelihood: every event time is a density.
    pub(crate) fn likelihood_shift(&self) -> f64 {
        -self.events * self.unit.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_people_become_one_row_whatever_their_order() {
        let rows = [
            Evidence::new(2.0, 10.0, 30.0),
            Evidence::new(0.0, 0.0, 30.0),
            Evidence::new(2.0, 10.0, 30.0),
        ];
        let found = Condensed::new(&rows).unwrap();
        assert_eq!((found.distinct(), found.people, found.events), (2, 3.0, 4.0));
        let turned: Vec<_> = rows.iter().rev().copied().collect();
        assert_eq!(Condensed::new(&turned).unwrap(), found);
    }

    #[test]
    fn impossible_rows_are_named() {
        let bad = |evidence| Condensed::new(&[Evidence::new(0.0, 0.0, 3.0), evidence]).unwrap_err();
        assert!(matches!(
            bad(Evidence::new(1.0, 4.0, 3.0)),
            FitError::BadRow { row: 1, .. }
        ));
        assert!(matches!(
            bad(Evidence::new(1.0, 0.0, 3.0)),
            FitError::BadRow { row: 1, .. }
        ));
        assert!(matches!(
            bad(Evidence::new(f64::NAN, 0.0, 3.0)),
            FitError::BadRow { row: 1, .. }
        ));
        assert_eq!(
            Condensed::new(&[Evidence::new(0.0, 0.0, 0.0)]).unwrap_err(),
            FitError::NoEvidence
        );
    }
}
