//! Cox's proportional hazards (JRSS B 34:187, 1972): what makes the event come sooner, whatever the shape of the wait.
//!
//! Partial likelihood with Efron's handling of ties, Newton's method. Effects multiply the hazard, the same at every
//! age; where curves cross, that is not so and the answer is an average of nothing.

use crate::fitted::FitError;
use crate::linear;
use crate::special::normal;
use crate::{Estimate, survival::Duration};

/// Effects on the log hazard.
#[derive(Clone, Debug, PartialEq)]
pub struct Cox {
    /// Log hazard ratios per unit of each feature.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub errors: Vec<f64>,
    /// The partial log-likelihood (Efron's ties).
    pub log_likelihood: f64,
    /// With all coefficients 0.
    pub log_likelihood_null: f64,
    n: u64,
}

/// Value, slopes and curvature of the partial likelihood.
struct Partial {
    value: f64,
    slope: Vec<f64>,
    curvature: Vec<Vec<f64>>,
}

/// Sums over people of e^(xᵀβ), times x and times xxᵀ.
#[derive(Clone)]
struct Risk {
    whole: f64,
    first: Vec<f64>,
    second: Vec<Vec<f64>>,
}

impl Risk {
    fn none(columns: usize) -> Self {
        Self {
            whole: 0.0,
            first: vec![0.0; columns],
            second: vec![vec![0.0; columns]; columns],
        }
    }

    fn add(&mut self, weight: f64, x: &[f64]) {
        self.whole += weight;
        for (i, &xi) in x.iter().enumerate() {
            self.first[i] += weight * xi;
            self.second[i]
                .iter_mut()
                .zip(x)
                .for_each(|(entry, xj)| *entry += weight * xi * xj);
        }
    }
}

/// Rows sorted by falling time; people enter the risk set as time goes back.
fn partial(rows: &[(Duration, &[f64])], beta: &[f64]) -> Partial {
    let columns = beta.len();
    let mut found = Partial {
        value: 0.0,
        slope: vec![0.0; columns],
        curvature: vec![vec![0.0; columns]; columns],
    };
    let mut risk = Risk::none(columns);
    for same in rows.chunk_by(|one, other| one.0.time == other.0.time) {
        let mut tied = Risk::none(columns);
        let (mut events, mut deaths) = (0u32, 0.0);
        for (row, x) in same {
            let score: f64 = x.iter().zip(beta).map(|(x, b)| x * b).sum();
            risk.add(row.weight * score.exp(), x);
            if row.event {
                tied.add(row.weight * score.exp(), x);
                found.value += row.weight * score;
                found
                    .slope
                    .iter_mut()
                    .zip(*x)
                    .for_each(|(slope, x)| *slope += row.weight * x);
                events += 1;
                deaths += row.weight;
            }
        }
        for place in 0..events {
            // Efron: among d tied events the l-th sees the risk set less l/d of the tied.
            let share = f64::from(place) / f64::from(events);
            let each = deaths / f64::from(events);
            let whole = risk.whole - share * tied.whole;
            found.value -= each * whole.ln();
            let mean: Vec<f64> = (0..columns)
                .map(|i| (risk.first[i] - share * tied.first[i]) / whole)
                .collect();
            for i in 0..columns {
                found.slope[i] -= each * mean[i];
                for j in 0..columns {
                    let second = (risk.second[i][j] - share * tied.second[i][j]) / whole;
                    found.curvature[i][j] += each * (second - mean[i] * mean[j]);
                }
            }
        }
    }
    found
}

/// How many features there are, if every row has them all.
fn check(durations: &[Duration], features: &[Vec<f64>]) -> Result<usize, FitError> {
    let columns = features.first().ok_or(FitError::NoEvidence)?.len();
    for (row, (duration, x)) in durations.iter().zip(features).enumerate() {
        let finite = x.iter().all(|value| value.is_finite()) && duration.time.is_finite();
        if x.len() != columns || !finite || !(duration.weight > 0.0 && duration.weight.is_finite()) {
            return Err(FitError::BadRow {
                row,
                reason: "a feature, time or weight is missing or not a number",
            });
        }
    }
    if durations.len() != features.len() || columns == 0 || !durations.iter().any(|row| row.event) {
        return Err(FitError::NotIdentified(
            "it needs features for every row, and at least one event",
        ));
    }
    Ok(columns)
}

impl Cox {
    /// Maximum partial likelihood; one row of features per duration. Features are centred and scaled inside.
    pub fn fit(durations: &[Duration], features: &[Vec<f64>]) -> Result<Self, FitError> {
        let columns = check(durations, features)?;
        let people = durations.len() as f64;
        let mean = |c: usize| features.iter().map(|x| x[c]).sum::<f64>() / people;
        let means: Vec<f64> = (0..columns).map(mean).collect();
        let spread = |c: usize| (features.iter().map(|x| (x[c] - means[c]).powi(2)).sum::<f64>() / people).sqrt();
        let spreads: Vec<f64> = (0..columns).map(spread).collect();
        let same = FitError::NotIdentified("a feature never changes, or features say the same; drop one");
        if spreads.contains(&0.0) {
            return Err(same);
        }
        let scaled: Vec<Vec<f64>> = features
            .iter()
            .map(|x| (0..columns).map(|c| (x[c] - means[c]) / spreads[c]).collect())
            .collect();
        let mut rows: Vec<(Duration, &[f64])> = durations
            .iter()
            .copied()
            .zip(scaled.iter().map(Vec::as_slice))
            .collect();
        rows.sort_by(|one, other| other.0.time.total_cmp(&one.0.time));
        let mut beta = vec![0.0; columns];
        let mut here = partial(&rows, &beta);
        let null = here.value;
        for _ in 0..50 {
            let step = linear::solve(here.curvature.clone(), here.slope.clone()).ok_or(same)?;
            let mut length = 1.0;
            let next = loop {
                let next: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + length * s).collect();
                let there = partial(&rows, &next);
                if there.value >= here.value - 1e-12 * here.value.abs() || length < 1e-6 {
                    break (next, there);
                }
                length *= 0.5;
            };
            (beta, here) = next;
            if step.iter().all(|s| (s * length).abs() < 1e-10) {
                break;
            }
        }
        if beta.iter().any(|b| !b.is_finite() || b.abs() > 50.0) {
            return Err(FitError::NotIdentified(
                "a feature separates early from late events completely",
            ));
        }
        let factors = linear::factorise(here.curvature).ok_or(same)?;
        let error = |c: usize| {
            let mut unit = vec![0.0; columns];
            unit[c] = 1.0;
            factors.solve(&unit)[c].max(0.0).sqrt() / spreads[c]
        };
        Ok(Self {
            errors: (0..columns).map(error).collect(),
            coefficients: beta.iter().zip(&spreads).map(|(b, spread)| b / spread).collect(),
            log_likelihood: here.value,
            log_likelihood_null: null,
            n: durations.len() as u64,
        })
    }

    /// How many times the hazard, per unit of a feature.
    pub fn hazard_ratio(&self, column: usize, level: f64) -> Option<Estimate> {
        let (b, error) = (*self.coefficients.get(column)?, *self.errors.get(column)?);
        let width = normal::two_sided(level) * error;
        let value = b.exp();
        (level > 0.0 && level < 1.0).then(|| Estimate {
            value,
            low: (b - width).exp(),
            high: (b + width).exp(),
            n: self.n,
            level,
        })
    }
}
