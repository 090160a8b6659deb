//! Ridge logistic regression: who is likely to, learnt from those who did.
//!
//! Columns are standardised (population deviation), the intercept is free, the penalty is ½λ‖b‖² on the standardised
//! slopes; Newton's method, which converges in a handful of steps. Only features known at first contact belong in it;
//! anything that happens later leaks the outcome and looks brilliant. Scores are calibrated on held-out folds (Platt)
//! and judged by log loss against the base rate, AUC and a ten-bin calibration error. People not yet converted are
//! unlabelled, not negative: weight a "no" by how much of its final number it would have shown
//! (`survival::WeibullCure::maturity`), or divide scores by the mean score of held-out converters (Elkan & Noto
//! 2008), [`Logistic::labelled_share`].

use crate::fitted::{FitError, sorted_quantile};
use crate::linear;
use serde::Serialize;

/// Rows of features with outcomes and weights.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// One row of features per person, all equally long.
    pub features: Vec<Vec<f64>>,
    /// Whether each reached the goal.
    pub outcomes: Vec<bool>,
    /// Empty: everybody counts once.
    pub weights: Vec<f64>,
}

/// Intercept and slopes, on the scale of the features as given.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Logistic {
    /// Log-odds of somebody whose features are all 0.
    pub intercept: f64,
    /// Change of the log-odds per unit of each feature.
    pub slopes: Vec<f64>,
}

/// A fitted regression.
#[derive(Clone, Debug, PartialEq)]
pub struct LogisticFit {
    /// In the units of the features.
    pub model: Logistic,
    /// The same on standardised columns, where slopes can be compared.
    pub standardised: Logistic,
    /// ln L without the penalty.
    pub log_likelihood: f64,
    /// With the intercept alone.
    pub log_likelihood_null: f64,
}

fn logistic(v: f64) -> f64 {
    if v >= 0.0 {
        1.0 / (1.0 + (-v).exp())
    } else {
        v.exp() / (1.0 + v.exp())
    }
}

/// ln P(outcome) when the log odds are v.
fn ln_chance(v: f64, outcome: bool) -> f64 {
    let u = if outcome { v } else { -v };
    if u < -35.0 { u } else { -(-u).exp().ln_1p() }
}

impl Table {
    fn weight(&self, row: usize) -> f64 {
        self.weights.get(row).copied().unwrap_or(1.0)
    }

    fn check(&self) -> Result<usize, FitError> {
        let columns = self.features.first().ok_or(FitError::NoEvidence)?.len();
        if self.outcomes.len() != self.features.len()
            || !(self.weights.is_empty() || self.weights.len() == self.features.len())
        {
            return Err(FitError::NotIdentified(
                "features, outcomes and weights must be equally many",
            ));
        }
        for (row, features) in self.features.iter().enumerate() {
            if features.len() != columns || features.iter().any(|value| !value.is_finite()) {
                return Err(FitError::BadRow {
                    row,
                    reason: "a feature is missing or not a finite number",
                });
            }
            if !(self.weight(row) >= 0.0 && self.weight(row).is_finite()) {
                return Err(FitError::BadRow {
                    row,
                    reason: "the weight is negative or not a number",
                });
            }
        }
        Ok(columns)
    }

    fn total(&self, f: impl Fn(usize) -> f64) -> f64 {
        (0..self.features.len()).map(|row| self.weight(row) * f(row)).sum()
    }

    fn part(&self, keep: impl Fn(usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.features.len()).filter(|&row| keep(row)).collect();
        Self {
            features: rows.iter().map(|&row| self.features[row].clone()).collect(),
            outcomes: rows.iter().map(|&row| self.outcomes[row]).collect(),
            weights: rows.iter().map(|&row| self.weight(row)).collect(),
        }
    }
}

impl Logistic {
    /// Maximum penalised likelihood. `penalty` 0 is plain logistic regression.
    pub fn fit(table: &Table, penalty: f64) -> Result<LogisticFit, FitError> {
        let columns = table.check()?;
        let people = table.total(|_| 1.0);
        let yes = table.total(|row| f64::from(u8::from(table.outcomes[row])));
        if !(yes > 0.0 && yes < people) || penalty.is_nan() || penalty < 0.0 {
            return Err(FitError::NotIdentified(
                "it needs both people who did and people who did not",
            ));
        }
        let means: Vec<f64> = (0..columns)
            .map(|column| table.total(|row| table.features[row][column]) / people)
            .collect();
        let spreads: Vec<f64> = (0..columns)
            .map(|column| (table.total(|row| (table.features[row][column] - means[column]).powi(2)) / people).sqrt())
            .collect();
        let scaled: Vec<Vec<f64>> = table
            .features
            .iter()
            .map(|features| {
                let value = |c: usize| {
                    if spreads[c] > 0.0 {
                        (features[c] - means[c]) / spreads[c]
                    } else {
                        0.0
                    }
                };
                (0..columns).map(value).collect()
            })
            .collect();
        let mut at = vec![0.0; columns + 1];
        at[0] = (yes / (people - yes)).ln();
        let at = newton(table, &scaled, penalty, at)?;
        let slopes: Vec<f64> = (0..columns)
            .map(|c| if spreads[c] > 0.0 { at[c + 1] / spreads[c] } else { 0.0 })
            .collect();
        let intercept = at[0] - slopes.iter().zip(&means).map(|(slope, mean)| slope * mean).sum::<f64>();
        let share = yes / people;
        let model = Self { intercept, slopes };
        let log_likelihood = table.total(|row| ln_chance(model.log_odds(&table.features[row]), table.outcomes[row]));
        Ok(LogisticFit {
            model,
            standardised: Self {
                intercept: at[0],
                slopes: at[1..].to_vec(),
            },
            log_likelihood,
            log_likelihood_null: yes * share.ln() + (people - yes) * (1.0 - share).ln(),
        })
    }

    /// Intercept plus slopes times features; missing features count as 0.
    pub fn log_odds(&self, features: &[f64]) -> f64 {
        self.intercept
            + self
                .slopes
                .iter()
                .zip(features)
                .map(|(slope, value)| slope * value)
                .sum::<f64>()
    }

    /// P(yes).
    pub fn score(&self, features: &[f64]) -> f64 {
        logistic(self.log_odds(features))
    }

    /// Elkan & Noto's c: the mean score of labelled people in held-out data. P(y) = score / c, at most 1.
    pub fn labelled_share(&self, held_out: &Table) -> Option<f64> {
        let labelled = |row: usize| f64::from(u8::from(held_out.outcomes[row]));
        let people = held_out.total(labelled);
        (people > 0.0)
            .then(|| held_out.total(|row| labelled(row) * self.score(&held_out.features[row])) / people)
            .filter(|share| *share > 0.0)
    }
}

/// Newton's method with step halving; the penalised likelihood is concave, so it ends at its one maximum.
fn newton(table: &Table, scaled: &[Vec<f64>], penalty: f64, start: Vec<f64>) -> Result<Vec<f64>, FitError> {
    let size = start.len();
    let odds = |at: &[f64], row: usize| at[0] + scaled[row].iter().zip(&at[1..]).map(|(x, b)| x * b).sum::<f64>();
    let value = |at: &[f64]| {
        table.total(|row| ln_chance(odds(at, row), table.outcomes[row]))
            - 0.5 * penalty * at[1..].iter().map(|b| b * b).sum::<f64>()
    };
    let mut at = start;
    let mut here = value(&at);
    for _ in 0..100 {
        let mut slope = vec![0.0; size];
        let mut curvature = vec![vec![0.0; size]; size];
        for (row, features) in scaled.iter().enumerate() {
            let p = logistic(odds(&at, row));
            let (gap, spread) = (
                table.weight(row) * (f64::from(u8::from(table.outcomes[row])) - p),
                table.weight(row) * p * (1.0 - p),
            );
            let feature = |index: usize| if index == 0 { 1.0 } else { features[index - 1] };
            for i in 0..size {
                slope[i] += gap * feature(i);
                for (j, entry) in curvature[i].iter_mut().enumerate() {
                    *entry += spread * feature(i) * feature(j);
                }
            }
        }
        for i in 0..size {
            if i > 0 {
                slope[i] -= penalty * at[i];
                // A hair of ridge keeps a constant or doubled column from stopping the search; it moves no digit shown.
                curvature[i][i] += penalty + 1e-9;
            }
        }
        let step = linear::solve(curvature, slope).ok_or(FitError::NotIdentified(
            "the columns say the same thing; drop one or add a penalty",
        ))?;
        let mut length = 1.0;
        let next = loop {
            let next: Vec<f64> = at.iter().zip(&step).map(|(a, s)| a + length * s).collect();
            let there = value(&next);
            if there >= here - 1e-12 * here.abs() {
                here = there;
                break Some(next);
            }
            length *= 0.5;
            if length < 1e-10 {
                break None;
            }
        };
        let Some(next) = next else { break };
        at = next;
        if step.iter().map(|s| (s * length).abs()).fold(0.0, f64::max) < 1e-10 {
            break;
        }
    }
    // Separable data without a penalty have no maximum: slopes run away.
    if at.iter().all(|b| b.is_finite() && b.abs() < 1e3) {
        Ok(at)
    } else {
        Err(FitError::NotIdentified(
            "the features separate who did from who did not; add a penalty",
        ))
    }
}

/// Platt's calibration: log odds → a + b · log odds, learnt on held-out scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Added to the log-odds.
    pub shift: f64,
    /// Multiplied with them first: below 1 the score was too sure of itself.
    pub stretch: f64,
}

impl Calibration {
    /// The calibrated chance at these log-odds.
    pub fn score(&self, log_odds: f64) -> f64 {
        logistic(self.shift + self.stretch * log_odds)
    }
}

/// How good scores are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// Mean −ln P of what happened; compare with `log_loss_base`, knowing the base rate only.
    pub log_loss: f64,
    /// What knowing the base rate alone would lose.
    pub log_loss_base: f64,
    /// Area under the curve: the chance that a yes scores above a no.
    pub auc: f64,
    /// Mean squared distance of score and outcome.
    pub brier: f64,
    /// Mean distance of score and truth over ten bins of about equally many people, by score.
    pub calibration_error: f64,
}

/// P(a yes scores above a no), ties counting half. `None` without both.
pub fn area_under_curve(scores: &[f64], outcomes: &[bool]) -> Option<f64> {
    area(&Scored::of(scores, outcomes, &[]))
}

/// One row to be judged.
#[derive(Clone, Copy)]
struct Scored {
    score: f64,
    outcome: bool,
    weight: f64,
}

impl Scored {
    /// Rows by score; rows of the same score in an order that does not hang on theirs.
    fn of(scores: &[f64], outcomes: &[bool], weights: &[f64]) -> Vec<Self> {
        let row = |(index, (&score, &outcome)): (usize, (&f64, &bool))| Self {
            score,
            outcome,
            weight: weights.get(index).copied().unwrap_or(1.0),
        };
        let mut rows: Vec<Self> = scores.iter().zip(outcomes).enumerate().map(row).collect();
        rows.sort_unstable_by(|one, other| {
            let by_score = one.score.total_cmp(&other.score).then(one.outcome.cmp(&other.outcome));
            by_score.then(one.weight.total_cmp(&other.weight))
        });
        rows
    }

    fn reached(&self) -> f64 {
        f64::from(u8::from(self.outcome))
    }
}

fn area(rows: &[Scored]) -> Option<f64> {
    let (mut below, mut sum, mut yes) = (0.0, 0.0, 0.0);
    for tied in rows.chunk_by(|one, other| one.score == other.score) {
        let hits: f64 = tied.iter().map(|row| row.weight * row.reached()).sum();
        let misses = tied.iter().map(|row| row.weight).sum::<f64>() - hits;
        sum += hits * (below + 0.5 * misses);
        below += misses;
        yes += hits;
    }
    (yes > 0.0 && below > 0.0).then(|| sum / (yes * below))
}

/// Mean distance of score and truth over ten bins between the deciles of the scores; equal scores stay together, so the
/// order of the rows does not matter.
fn calibration_error(rows: &[Scored]) -> Option<f64> {
    let sorted: Vec<f64> = rows.iter().map(|row| row.score).collect();
    let (mut sum, mut from) = (0.0, 0);
    for decile in 1..=10 {
        let until = sorted_quantile(&sorted, f64::from(decile) / 10.0)?;
        let to = sorted.partition_point(|score| *score <= until);
        let gap = |row: &Scored| row.weight * (row.score - row.reached());
        sum += rows[from..to.max(from)].iter().map(gap).sum::<f64>().abs();
        from = to.max(from);
    }
    Some(sum / rows.iter().map(|row| row.weight).sum::<f64>())
}

/// Judges scores against what happened. `None` without both outcomes.
pub fn judge(scores: &[f64], outcomes: &[bool]) -> Option<Quality> {
    judge_weighted(scores, outcomes, &[])
}

/// The same where a row counts for more or less than one. No weights: every row counts once.
pub fn judge_weighted(scores: &[f64], outcomes: &[bool], weights: &[f64]) -> Option<Quality> {
    let rows = Scored::of(scores, outcomes, weights);
    let auc = area(&rows)?;
    let people: f64 = rows.iter().map(|row| row.weight).sum();
    let mean = |of: &dyn Fn(&Scored) -> f64| rows.iter().map(|row| row.weight * of(row)).sum::<f64>() / people;
    let base = mean(&Scored::reached);
    let loss = |p: f64, outcome: bool| -(if outcome { p } else { 1.0 - p }).max(1e-300).ln();
    Some(Quality {
        log_loss: mean(&|row| loss(row.score, row.outcome)),
        log_loss_base: loss(base, true) * base + loss(base, false) * (1.0 - base),
        auc,
        brier: mean(&|row| (row.score - row.reached()).powi(2)),
        calibration_error: calibration_error(&rows)?,
    })
}

/// Chooses the penalty by held-out log loss over given folds (one number per row, e.g. by person and time), and calibrates
/// on the held-out scores. Gives the penalty, the fit on everything, the calibration and the held-out quality.
pub fn cross_validated(
    table: &Table,
    folds: &[usize],
    penalties: &[f64],
) -> Result<(f64, LogisticFit, Calibration, Quality), FitError> {
    table.check()?;
    if folds.len() != table.features.len() || penalties.is_empty() {
        return Err(FitError::NotIdentified(
            "every row needs a fold, and there must be a penalty to try",
        ));
    }
    let mut names = folds.to_vec();
    names.sort_unstable();
    names.dedup();
    let mut best: Option<(f64, f64, Vec<f64>)> = None;
    for &penalty in penalties {
        let mut odds = vec![0.0; folds.len()];
        for &name in &names {
            let fit = Logistic::fit(&table.part(|row| folds[row] != name), penalty)?;
            for row in (0..folds.len()).filter(|&row| folds[row] == name) {
                odds[row] = fit.model.log_odds(&table.features[row]);
            }
        }
        let loss = -table.total(|row| ln_chance(odds[row], table.outcomes[row]));
        if best.as_ref().is_none_or(|(_, least, _)| loss < *least) {
            best = Some((penalty, loss, odds));
        }
    }
    let (penalty, _, odds) = best.ok_or(FitError::NoOptimum)?;
    let held_out = Table {
        features: odds.iter().map(|&v| vec![v]).collect(),
        outcomes: table.outcomes.clone(),
        weights: table.weights.clone(),
    };
    let platt = Logistic::fit(&held_out, 0.0)?.model;
    let calibration = Calibration {
        shift: platt.intercept,
        stretch: platt.slopes[0],
    };
    let scores: Vec<f64> = odds.iter().map(|&v| calibration.score(v)).collect();
    let quality = judge_weighted(&scores, &table.outcomes, &table.weights).ok_or(FitError::NoOptimum)?;
    Ok((penalty, Logistic::fit(table, penalty)?, calibration, quality))
}
