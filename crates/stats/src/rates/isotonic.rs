//! Isotonic calibration (Ayer et al. 1955; Zadrozny & Elkan 2002): scores → chances, by the best rising staircase.
//!
//! Pool adjacent violators on held-out scores. It assumes only that a higher score means a higher chance; for fewer
//! than a few hundred held-out people it follows noise, and Platt's two parameters ([`super::Calibration`]) are the
//! better choice.

use crate::fitted::FitError;

/// A rising staircase from scores to chances, straight lines between the middles of its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Isotonic {
    /// (mean score of a step, its chance), both rising.
    steps: Vec<(f64, f64)>,
}

struct Step {
    weight: f64,
    score: f64,
    outcome: f64,
}

impl Isotonic {
    /// Learns from held-out scores and what happened; weights may be empty.
    pub fn fit(scores: &[f64], outcomes: &[bool], weights: &[f64]) -> Result<Self, FitError> {
        let fits = scores.len() == outcomes.len() && (weights.is_empty() || weights.len() == scores.len());
        if !fits {
            return Err(FitError::NotIdentified(
                "scores, outcomes and weights must be equally many",
            ));
        }
        let weight = |row: usize| weights.get(row).copied().unwrap_or(1.0);
        if let Some(row) =
            (0..scores.len()).find(|&row| !(scores[row].is_finite() && weight(row) >= 0.0 && weight(row).is_finite()))
        {
            return Err(FitError::BadRow {
                row,
                reason: "the score or the weight is not a number",
            });
        }
        let mut order: Vec<usize> = (0..scores.len()).filter(|&row| weight(row) > 0.0).collect();
        order.sort_by(|&i, &j| scores[i].total_cmp(&scores[j]).then(outcomes[i].cmp(&outcomes[j])));
        let mut steps: Vec<Step> = Vec::new();
        for tied in order.chunk_by(|&i, &j| scores[i] == scores[j]) {
            let whole: f64 = tied.iter().map(|&row| weight(row)).sum();
            let yes: f64 = tied.iter().filter(|&&row| outcomes[row]).map(|&row| weight(row)).sum();
            let mut step = Step {
                weight: whole,
                score: scores[tied[0]],
                outcome: yes / whole,
            };
            while let Some(before) = steps.pop_if(|before| before.outcome >= step.outcome) {
                let whole = before.weight + step.weight;
                let mean = |one: f64, other: f64| (before.weight * one + step.weight * other) / whole;
                step = Step {
                    score: mean(before.score, step.score),
                    outcome: mean(before.outcome, step.outcome),
                    weight: whole,
                };
            }
            steps.push(step);
        }
        if steps.is_empty() {
            return Err(FitError::NoEvidence);
        }
        Ok(Self {
            steps: steps.iter().map(|step| (step.score, step.outcome)).collect(),
        })
    }

    /// The chance that belongs to a score; beyond the scores learnt from, that of the nearest.
    pub fn chance(&self, score: f64) -> f64 {
        let after = self.steps.partition_point(|(middle, _)| *middle <= score);
        let (Some(before), Some(next)) = (
            after.checked_sub(1).map(|index| self.steps[index]),
            self.steps.get(after),
        ) else {
            return if after == 0 {
                self.steps[0].1
            } else {
                self.steps[self.steps.len() - 1].1
            };
        };
        before.1 + (next.1 - before.1) * (score - before.0) / (next.0 - before.0)
    }

    /// The chances of the steps, rising.
    pub fn chances(&self) -> impl Iterator<Item = f64> {
        self.steps.iter().map(|(_, chance)| *chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Draws;

    /// Checked by hand: 0 1 | 0 0 → .33 over the middle three, then 1.
    #[test]
    fn violators_are_pooled() {
        let found = Isotonic::fit(&[0.1, 0.2, 0.3, 0.4, 0.9], &[false, true, false, false, true], &[]).unwrap();
        let chances: Vec<f64> = found.chances().collect();
        assert_eq!(chances.len(), 3);
        assert!(chances[0] == 0.0 && (chances[1] - 1.0 / 3.0).abs() < 1e-15 && chances[2] == 1.0);
        assert!((found.chance(0.3) - 1.0 / 3.0).abs() < 1e-15 && (found.chance(0.6) - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!((found.chance(-5.0), found.chance(5.0)), (0.0, 1.0));
    }

    #[test]
    fn a_bent_score_becomes_a_chance_whatever_the_order_of_rows() {
        let mut draws = Draws::new(2, 3);
        let rows: Vec<(f64, bool)> = (0..20_000)
            .map(|_| {
                let score = draws.uniform();
                (score, draws.uniform() < score * score)
            })
            .collect();
        let fit = |rows: &[(f64, bool)]| {
            let (scores, outcomes): (Vec<f64>, Vec<bool>) = rows.iter().copied().unzip();
            Isotonic::fit(&scores, &outcomes, &[]).unwrap()
        };
        let found = fit(&rows);
        for score in [0.2, 0.5, 0.8] {
            assert!(
                (found.chance(score) - score * score).abs() < 0.04,
                "{score}: {}",
                found.chance(score)
            );
        }
        let turned: Vec<_> = rows.iter().rev().copied().collect();
        assert_eq!(fit(&turned), found);
        assert_eq!(Isotonic::fit(&[], &[], &[]), Err(FitError::NoEvidence));
        assert!(Isotonic::fit(&[f64::NAN], &[true], &[]).is_err());
    }
}
