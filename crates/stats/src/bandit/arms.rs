//! The plan's regression: what topics, formats and channels bring per hour, partially pooled.
//!
//! Response of piece j: y_j ~ NegBin(mean = effort_j · e^η_j, shape κ), η_j = μ + Σ u over its levels, u ~ N(0, τ²)
//! by group. A topic seen once is drawn to the others as far as topics differ at all. The τ and κ maximise Laplace's
//! approximation of the marginal likelihood, with a weak prior (each is of order 1) that keeps them off 0 and ∞ when
//! pieces are few. Response in the past is no promise: dates and the platform's mood differ, and the newest pieces
//! have not matured.

use crate::Estimate;
use crate::fitted::{Bootstrap, FitError, interval_of_draws};
use crate::linear;
use crate::optimise::{self, Objective};
use crate::random::Draws;
use crate::rates::{Ranked, rank_first};
use crate::special::gamma::{ln_gamma, ln_rising};
use crate::special::{normal, student};

/// Fewer pieces say nothing.
const PIECES_LEAST: usize = 6;
const NEWTON_MAX: usize = 60;
/// Spread of the prior of ln τ (around ln ½) and of ln κ (around 1).
const PRIOR: [(f64, f64); 2] = [(-0.7, 0.8), (1.0, 1.2)];

/// A piece: its level in each group (topic, format, channel …), what it cost, what it brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Effort {
    /// Which level of each factor (topic, format, channel), numbered from 0.
    pub levels: Vec<usize>,
    /// Effort in hours; the exposure of the count.
    pub hours: f64,
    /// Regulars and buyers it brought within the horizon.
    pub brought: u64,
}

/// The fitted regression.
#[derive(Clone, Debug)]
pub struct Response {
    /// How much the levels of each group differ: the deviation of their effects on the log.
    pub spreads: Vec<f64>,
    /// κ; small means pieces of one arm differ much.
    pub shape: f64,
    /// μ, then the effect of every level of every group.
    effects: Vec<f64>,
    /// Lower Cholesky factor of their precision.
    precision: Vec<Vec<f64>>,
    /// Where each group's levels begin in `effects`.
    offsets: Vec<usize>,
    pieces: u64,
}

struct Pieces<'a> {
    rows: &'a [Effort],
    offsets: Vec<usize>,
    size: usize,
}

/// The mode of the effects at given spreads and shape.
struct Mode {
    effects: Vec<f64>,
    precision: Vec<Vec<f64>>,
    ln_marginal: f64,
}

impl Pieces<'_> {
    /// The places in `effects` a piece depends on.
    fn places<'b>(&'b self, row: &'b Effort) -> impl Iterator<Item = usize> + 'b {
        let levels = row
            .levels
            .iter()
            .zip(&self.offsets)
            .map(|(level, offset)| offset + level);
        std::iter::once(0).chain(levels)
    }

    fn ln_joint(&self, effects: &[f64], prior: &[f64], shape: f64) -> f64 {
        let data: f64 = self.rows.iter().map(|row| self.ln_chance(row, effects, shape)).sum();
        let pulled: f64 = effects
            .iter()
            .zip(prior)
            .map(|(u, p)| 0.5 * (p.max(1e-300).ln() - p * u * u))
            .sum();
        data + pulled
    }

    fn ln_chance(&self, row: &Effort, effects: &[f64], shape: f64) -> f64 {
        let mean = row.hours * self.places(row).map(|place| effects[place]).sum::<f64>().exp();
        let y = row.brought as f64;
        ln_rising(shape, y) - ln_gamma(y + 1.0)
            + shape * (shape / (shape + mean)).ln()
            + y * (mean / (shape + mean)).ln()
    }

    /// Newton's method; `prior` is the precision of each effect.
    fn mode(&self, spreads: &[f64], shape: f64) -> Option<Mode> {
        let mut prior = vec![1e-4; self.size];
        for (group, spread) in spreads.iter().enumerate() {
            let end = self.offsets.get(group + 1).copied().unwrap_or(self.size);
            prior[self.offsets[group]..end].fill(1.0 / (spread * spread));
        }
        let (brought, hours) = self
            .rows
            .iter()
            .fold((0.0, 0.0), |(y, e), row| (y + row.brought as f64, e + row.hours));
        let mut effects = vec![0.0; self.size];
        effects[0] = (brought.max(0.5) / hours).ln();
        let mut here = self.ln_joint(&effects, &prior, shape);
        let mut curvature = Vec::new();
        for _ in 0..NEWTON_MAX {
            let slope;
            (slope, curvature) = self.slopes(&effects, &prior, shape);
            let step = linear::solve(curvature.clone(), slope)?;
            let mut length = 1.0;
            let (next, there) = loop {
                let next: Vec<f64> = effects.iter().zip(&step).map(|(u, s)| u + length * s).collect();
                let there = self.ln_joint(&next, &prior, shape);
                if there >= here - 1e-10 * (1.0 + here.abs()) || length < 1e-6 {
                    break (next, there);
                }
                length *= 0.5;
            };
            let moved = step.iter().map(|s| (s * length).abs()).fold(0.0, f64::max);
            (effects, here) = (next, there);
            if moved < 1e-9 {
                break;
            }
        }
        let precision = linear::cholesky(&curvature)?;
        let ln_determinant: f64 = precision.iter().enumerate().map(|(i, row)| 2.0 * row[i].ln()).sum();
        Some(Mode {
            ln_marginal: here - 0.5 * ln_determinant,
            effects,
            precision,
        })
    }

    /// Slopes of the joint likelihood in the effects, and its (expected, so positive) curvature.
    fn slopes(&self, effects: &[f64], prior: &[f64], shape: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
        let mut slope: Vec<f64> = effects.iter().zip(prior).map(|(u, p)| -p * u).collect();
        let mut curvature = vec![vec![0.0; self.size]; self.size];
        (0..self.size).for_each(|i| curvature[i][i] = prior[i]);
        for row in self.rows {
            let mean = row.hours * self.places(row).map(|place| effects[place]).sum::<f64>().exp();
            let share = shape / (shape + mean);
            let gap = (row.brought as f64 - mean) * share;
            for i in self.places(row) {
                slope[i] += gap;
                for j in self.places(row) {
                    curvature[i][j] += mean * share;
                }
            }
        }
        (slope, curvature)
    }
}

/// −ln marginal likelihood times prior in (ln τ …, ln κ), up to three groups.
struct Marginal<'a>(&'a Pieces<'a>, usize);

impl Objective<4> for Marginal<'_> {
    fn value(&self, at: &[f64; 4]) -> f64 {
        let spreads: Vec<f64> = at[..self.1].iter().map(|v| v.exp()).collect();
        let weak = |v: f64, (middle, spread): (f64, f64)| -0.5 * ((v - middle) / spread).powi(2);
        let unused: f64 = at[self.1..3].iter().map(|v| weak(*v, PRIOR[0])).sum();
        let prior: f64 = at[..self.1].iter().map(|v| weak(*v, PRIOR[0])).sum::<f64>() + weak(at[3], PRIOR[1]);
        match self.0.mode(&spreads, at[3].exp()) {
            Some(mode) => -(mode.ln_marginal + prior + unused),
            None => f64::INFINITY,
        }
    }
}

impl Response {
    /// Fits the regression. `counts` is the number of levels of each group, three groups at most.
    pub fn fit(rows: &[Effort], counts: &[usize]) -> Result<Self, FitError> {
        check(rows, counts)?;
        let mut sorted = rows.to_vec();
        sorted.sort_by(|one, other| {
            let order = one.levels.cmp(&other.levels).then(one.brought.cmp(&other.brought));
            order.then(one.hours.total_cmp(&other.hours))
        });
        let mut offsets = vec![1];
        counts
            .iter()
            .for_each(|count| offsets.push(offsets[offsets.len() - 1] + count));
        let size = offsets.pop().unwrap_or(1);
        let pieces = Pieces {
            rows: &sorted,
            offsets,
            size,
        };
        let marginal = Marginal(&pieces, counts.len());
        let (tau, kappa) = (PRIOR[0].0, PRIOR[1].0);
        let found = optimise::minimise(&marginal, &[[tau, tau, tau, kappa], [-2.0, -2.0, -2.0, 2.0]])
            .ok_or(FitError::NoOptimum)?;
        let spreads: Vec<f64> = found.at[..counts.len()].iter().map(|v| v.exp()).collect();
        let shape = found.at[3].exp();
        let mode = pieces.mode(&spreads, shape).ok_or(FitError::NoOptimum)?;
        Ok(Self {
            spreads,
            shape,
            effects: mode.effects,
            precision: mode.precision,
            offsets: pieces.offsets,
            pieces: rows.len() as u64,
        })
    }

    /// ln of what an arm brings per hour.
    fn log_rate(&self, arm: &[usize], effects: &[f64]) -> f64 {
        let levels = arm.iter().zip(&self.offsets);
        effects[0]
            + levels
                .map(|(level, offset)| effects.get(offset + level).copied().unwrap_or(0.0))
                .sum::<f64>()
    }

    /// The effects in one draw of the posterior, wider by Student's t: the spreads were learnt from the same few pieces.
    fn draw(&self, draws: &mut Draws) -> Vec<f64> {
        let degrees = (self.pieces as f64 - 1.0 - self.spreads.len() as f64).max(2.0);
        let widen = student::two_sided(0.9, degrees) / normal::two_sided(0.9);
        let z: Vec<f64> = self.effects.iter().map(|_| widen * draws.normal()).collect();
        let step = linear::solve_transposed(&self.precision, &z);
        self.effects.iter().zip(step).map(|(u, s)| u + s).collect()
    }

    /// What an arm (a level of each group) brings per hour in the long run.
    pub fn rate(&self, arm: &[usize], level: f64, bootstrap: Bootstrap) -> Option<Estimate> {
        let mut found: Vec<f64> = (0..bootstrap.count)
            .map(|round| {
                self.log_rate(arm, &self.draw(&mut Draws::new(bootstrap.seed, round as u64)))
                    .exp()
            })
            .collect();
        found.sort_unstable_by(f64::total_cmp);
        let (low, high) = interval_of_draws(&found, level)?;
        let value = self.log_rate(arm, &self.effects).exp();
        (level > 0.0 && level < 1.0 && value.is_finite()).then_some(())?;
        Some(Estimate {
            value,
            low: low.min(value),
            high: high.max(value),
            n: self.pieces,
            level,
        })
    }

    /// What is lost per hour on average by choosing `chosen` where another arm is truly better.
    pub fn expected_regret(&self, arms: &[Vec<usize>], chosen: &[usize], bootstrap: Bootstrap) -> f64 {
        let lost = |round: usize| {
            let effects = self.draw(&mut Draws::new(bootstrap.seed, round as u64));
            let rate = |arm: &[usize]| self.log_rate(arm, &effects).exp();
            let best = arms.iter().map(|arm| rate(arm)).fold(0.0, f64::max);
            (best - rate(chosen)).max(0.0)
        };
        (0..bootstrap.count).map(lost).sum::<f64>() / bootstrap.count.max(1) as f64
    }

    /// Arms by what they bring, each with the chance of being truly first: Thompson's shares.
    pub fn rank(&self, arms: &[Vec<usize>], bootstrap: Bootstrap) -> Vec<Ranked> {
        let means: Vec<f64> = arms.iter().map(|arm| self.log_rate(arm, &self.effects).exp()).collect();
        // Arms share effects, so one draw of all effects serves a whole round.
        let effects = std::cell::RefCell::new(Vec::new());
        rank_first(&means, bootstrap, |index, draws| {
            if index == 0 {
                *effects.borrow_mut() = self.draw(draws);
            }
            self.log_rate(&arms[index], &effects.borrow())
        })
    }
}

fn check(rows: &[Effort], counts: &[usize]) -> Result<(), FitError> {
    if counts.is_empty() || counts.len() > 3 || counts.iter().sum::<usize>() > 300 {
        return Err(FitError::NotIdentified(
            "one to three groups with at most 300 levels together are understood",
        ));
    }
    for (row, piece) in rows.iter().enumerate() {
        let known =
            piece.levels.len() == counts.len() && piece.levels.iter().zip(counts).all(|(level, count)| level < count);
        if !(known && piece.hours > 0.0 && piece.hours.is_finite()) {
            return Err(FitError::BadRow {
                row,
                reason: "it needs a known level of every group and a positive number of hours",
            });
        }
    }
    if rows.len() < PIECES_LEAST {
        return Err(FitError::NotIdentified("too early: the plan needs six matured pieces"));
    }
    if rows.iter().all(|row| row.brought == 0) {
        return Err(FitError::NotIdentified("no piece has brought anybody yet"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(count: usize, seed: u64) -> Vec<Effort> {
        let topics = [0.8, 0.0, -0.8];
        let mut draws = Draws::new(seed, 0);
        (0..count)
            .map(|_| {
                let levels = vec![draws.bits() as usize % 3, draws.bits() as usize % 2];
                let hours = 1.0 + 5.0 * draws.uniform();
                let mean = hours * f64::exp(1.0 + topics[levels[0]]);
                let luck = draws.gamma(4.0) / 4.0;
                let brought = draws.poisson(mean * luck);
                Effort { levels, hours, brought }
            })
            .collect()
    }

    #[test]
    fn many_pieces_show_which_topic_brings_most() {
        let fit = Response::fit(&pieces(200, 1), &[3, 2]).unwrap();
        assert!(fit.spreads[0] > 0.4 && fit.spreads[1] < 0.4, "{:?}", fit.spreads);
        let arms: Vec<Vec<usize>> = (0..3)
            .flat_map(|topic| (0..2).map(move |format| vec![topic, format]))
            .collect();
        let ranked = fit.rank(&arms, Bootstrap::default());
        assert!(
            ranked[0].index < 2 && ranked[0].p_first + ranked[1].p_first > 0.99,
            "{ranked:?}"
        );
        let regret = |chosen: &[usize]| fit.expected_regret(&arms, chosen, Bootstrap::default());
        let gap = f64::exp(1.8) - f64::exp(0.2);
        assert!(regret(&arms[ranked[0].index]) < 0.5 && (regret(&[2, 0]) - gap).abs() < 1.5);
        let best = fit.rate(&[0, 0], 0.9, Bootstrap::default()).unwrap();
        assert!(best.low < f64::exp(1.8) && f64::exp(1.8) < best.high, "{best:?}");
    }

    #[test]
    fn few_pieces_are_drawn_together_and_order_changes_nothing() {
        let rows = pieces(8, 2);
        let fit = Response::fit(&rows, &[3, 2]).unwrap();
        let turned: Vec<Effort> = rows.iter().rev().cloned().collect();
        assert_eq!(Response::fit(&turned, &[3, 2]).unwrap().effects, fit.effects);
        let arm = fit.rate(&[0, 1], 0.9, Bootstrap::default()).unwrap();
        assert!(arm.high / arm.low > 2.0, "eight pieces can't be sure: {arm:?}");
    }

    #[test]
    fn hardly_pieces() {
        assert!(Response::fit(&pieces(5, 3), &[3, 2]).is_err());
        let nothing: Vec<Effort> = pieces(20, 3)
            .into_iter()
            .map(|row| Effort { brought: 0, ..row })
            .collect();
        assert!(Response::fit(&nothing, &[3, 2]).is_err());
        assert!(Response::fit(&pieces(20, 3), &[2, 2]).is_err());
        let same: Vec<Effort> = (0..20)
            .map(|_| Effort {
                levels: vec![0],
                hours: 2.0,
                brought: 7,
            })
            .collect();
        let fit = Response::fit(&same, &[1]).unwrap();
        let rate = fit.rate(&[0], 0.9, Bootstrap::default()).unwrap();
        assert!((rate.value - 3.5).abs() < 0.2 && rate.width().is_finite(), "{rate:?}");
        let huge: Vec<Effort> = (0..20)
            .map(|row| Effort {
                levels: vec![row % 2],
                hours: 1e-3,
                brought: 1_000_000,
            })
            .collect();
        assert!(
            Response::fit(&huge, &[2])
                .unwrap()
                .rate(&[0], 0.9, Bootstrap::default())
                .unwrap()
                .value
                .is_finite()
        );
    }
}
