//! The proportional hazards mixture cure model (Kuk & Chen 1992; Sy & Taylor 2000; R's smcure, Cai et al. 2012): who
//! will at all, and among those, who sooner.
//!
//! P(will) is logistic in one set of features, the waiting time of those who will is Cox in another, its shape left
//! free. EM: somebody who has not yet is one who will with chance w = πS/(1 − π + πS); the logistic sees w as
//! outcome, Cox as weight, the baseline is Breslow's with the same weights and 0 beyond the last event. The last is
//! what identifies the cured: without a plateau behind the last event the split between "never" and "late" is an
//! accident of the follow-up.

use super::cox::Cox;
use crate::fitted::FitError;
use crate::rates::{Logistic, Table};
use crate::survival::Duration;

const ROUNDS_MAX: usize = 500;
const SETTLED: f64 = 1e-10;

/// A fitted model.
#[derive(Clone, Debug, PartialEq)]
pub struct CoxCure {
    /// ln odds of "will".
    pub incidence: Logistic,
    /// Effects on the log hazard of those who will.
    pub latency: Vec<f64>,
    /// The baseline's cumulative hazard just after each event time.
    baseline: Vec<(f64, f64)>,
}

/// Who, for how long, and what is known of them: features of "will at all" and of "how soon".
#[derive(Clone, Copy, Debug)]
pub struct CureRows<'a> {
    /// How long each was watched and whether it happened.
    pub durations: &'a [Duration],
    /// Features of whether it ever happens, a row each.
    pub incidence: &'a [Vec<f64>],
    /// Features of when, a row each.
    pub latency: &'a [Vec<f64>],
}

/// Effects on the log hazard, and the baseline's cumulative hazard just after each event time.
type Latency = (Vec<f64>, Vec<(f64, f64)>);

impl CureRows<'_> {
    fn check(&self) -> Result<(), FitError> {
        let people = self.durations.len();
        if self.incidence.len() != people || self.latency.len() != people {
            return Err(FitError::NotIdentified("every row needs both kinds of features"));
        }
        match self
            .durations
            .iter()
            .position(|row| row.defect().is_some() || row.weight <= 0.0)
        {
            Some(row) => Err(FitError::BadRow {
                row,
                reason: "a time or a weight is missing or not a number",
            }),
            None => Ok(()),
        }
    }

    /// The logistic step: everybody twice, as one who will and as one who won't.
    fn who_will(&self, chances: &[f64]) -> Result<Logistic, FitError> {
        let twice = |one: f64, other: f64| [one, other];
        let table = Table {
            features: self.incidence.iter().flat_map(|x| [x.clone(), x.clone()]).collect(),
            outcomes: self.durations.iter().flat_map(|_| [true, false]).collect(),
            weights: (self.durations.iter().zip(chances))
                .flat_map(|(row, w)| twice(row.weight * w, row.weight * (1.0 - w)))
                .collect(),
        };
        Logistic::fit(&table, 0.0).map(|fit| fit.model)
    }

    /// The Cox step, and Breslow's baseline.
    fn how_soon(&self, chances: &[f64]) -> Result<Latency, FitError> {
        let kept = || (0..chances.len()).filter(|&row| chances[row] > 1e-12);
        let weighted = |row: usize| Duration {
            weight: self.durations[row].weight * chances[row],
            ..self.durations[row]
        };
        let durations: Vec<Duration> = kept().map(weighted).collect();
        let features: Vec<Vec<f64>> = kept().map(|row| self.latency[row].clone()).collect();
        let slopes = Cox::fit(&durations, &features)?.coefficients;
        let mut order: Vec<usize> = (0..durations.len()).collect();
        order.sort_by(|&i, &j| durations[j].time.total_cmp(&durations[i].time));
        let (mut at_risk, mut steps) = (0.0, Vec::new());
        for same in order.chunk_by(|&i, &j| durations[i].time == durations[j].time) {
            at_risk += same
                .iter()
                .map(|&row| durations[row].weight * dot(&slopes, &features[row]).exp())
                .sum::<f64>();
            let events: f64 = same
                .iter()
                .filter(|&&row| durations[row].event)
                .map(|&row| durations[row].weight)
                .sum();
            if events > 0.0 {
                steps.push((durations[same[0]].time, events / at_risk));
            }
        }
        steps.reverse();
        let mut sum = 0.0;
        for (_, hazard) in &mut steps {
            sum += *hazard;
            *hazard = sum;
        }
        Ok((slopes, steps))
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

impl CoxCure {
    /// Expectation–maximisation from "nobody is cured among those seen, everybody else is".
    pub fn fit(rows: CureRows<'_>) -> Result<Self, FitError> {
        rows.check()?;
        let happened = |row: &Duration| f64::from(u8::from(row.event));
        let mut chances: Vec<f64> = rows.durations.iter().map(happened).collect();
        let mut before: Vec<f64> = Vec::new();
        for _ in 0..ROUNDS_MAX {
            let incidence = rows.who_will(&chances)?;
            let (latency, baseline) = rows.how_soon(&chances)?;
            let model = Self {
                incidence,
                latency,
                baseline,
            };
            for (row, duration) in rows.durations.iter().enumerate() {
                if !duration.event {
                    let will = model.incidence.score(&rows.incidence[row]);
                    let waits = will * model.waiting(duration.time, &rows.latency[row]);
                    chances[row] = waits / (1.0 - will + waits);
                }
            }
            let now: Vec<f64> = std::iter::once(model.incidence.intercept)
                .chain(model.incidence.slopes.iter().copied())
                .chain(model.latency.iter().copied())
                .collect();
            let moved: f64 = now.iter().zip(&before).map(|(a, b)| (a - b) * (a - b)).sum();
            if before.len() == now.len() && moved < SETTLED {
                return Ok(model);
            }
            before = now;
        }
        Err(FitError::NotIdentified(
            "“never” and “late” can't be told apart: the curve has no plateau yet",
        ))
    }

    /// P(not yet by t) of somebody who will.
    pub fn waiting(&self, t: f64, latency: &[f64]) -> f64 {
        let Some((last, _)) = self.baseline.last() else {
            return 1.0;
        };
        if t > *last {
            return 0.0;
        }
        let place = self.baseline.partition_point(|(time, _)| *time <= t);
        let hazard = place.checked_sub(1).map_or(0.0, |index| self.baseline[index].1);
        (-hazard * dot(&self.latency, latency).exp()).exp()
    }

    /// P(not yet by t) of somebody, those included who never will.
    pub fn survival(&self, t: f64, incidence: &[f64], latency: &[f64]) -> f64 {
        let will = self.incidence.score(incidence);
        1.0 - will + will * self.waiting(t, latency)
    }
}
