//! Hawkes processes (Biometrika 58:83, 1971): acts that bring about further acts.
//!
//! λ_i(t) = μ_i + Σ_j A_ij Σ_{t_j < t} β e^{−β(t − t_j)}; the branching factor n* is the largest eigenvalue of A: how
//! many acts each act brings about directly, 1/(1 − n*) in all. Below 1 everything dies out. Forecasts of early
//! cascades from such models are not fit for owners; what is useful is n* of a settled series.

use crate::fitted::{FitError, Fitted, Parameters, minimise_objective};
use crate::optimise::Objective;
use serde::Serialize;

/// A Hawkes process over several kinds of acts, one decay.
#[derive(Clone, Debug, PartialEq)]
pub struct Hawkes {
    /// μ, one per kind.
    pub background: Vec<f64>,
    /// A, row i: what every kind adds to kind i.
    pub influence: Vec<Vec<f64>>,
    /// β, per unit of time.
    pub decay: f64,
}

impl Hawkes {
    /// ln L of event times per kind, each sorted, seen from 0 to `until`. −∞ where a rate is not positive.
    pub fn log_likelihood(&self, times: &[Vec<f64>], until: f64) -> f64 {
        let kinds = self.background.len();
        let mut events: Vec<(f64, usize)> = Vec::new();
        for (kind, times) in times.iter().enumerate().take(kinds) {
            events.extend(times.iter().map(|&time| (time, kind)));
        }
        events.sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        // Memory of each kind: Σ e^{−β(t − t_j)} over its earlier events.
        let mut memory = vec![0.0; kinds];
        let mut fresh = vec![0.0; kinds];
        let (mut last, mut sum) = (0.0, 0.0);
        for (time, kind) in events {
            if time > last {
                let fade = (-self.decay * (time - last)).exp();
                for (memory, fresh) in memory.iter_mut().zip(&mut fresh) {
                    *memory = (*memory + *fresh) * fade;
                    *fresh = 0.0;
                }
                last = time;
            }
            let excited: f64 = self.influence[kind].iter().zip(&memory).map(|(a, m)| a * m).sum();
            let rate = self.background[kind] + self.decay * excited;
            sum += if rate > 0.0 { rate.ln() } else { f64::NEG_INFINITY };
            // Events of one instant don't excite each other.
            fresh[kind] += 1.0;
            for j in 0..kinds {
                sum -= self.influence[j][kind] * -(-self.decay * (until - time)).exp_m1();
            }
        }
        sum - until * self.background.iter().sum::<f64>()
    }

    /// The branching factor: the largest eigenvalue of A, by power iteration.
    pub fn branching(&self) -> f64 {
        let kinds = self.influence.len();
        let mut v = vec![1.0; kinds];
        let mut value = 0.0;
        for _ in 0..500 {
            // One half of the identity keeps the iteration from swinging between two kinds that excite only each other.
            let next: Vec<f64> = (0..kinds)
                .map(|i| 0.5 * v[i] + self.influence[i].iter().zip(&v).map(|(a, v)| a * v).sum::<f64>())
                .collect();
            let size = next.iter().map(|x| x.abs()).fold(0.0, f64::max);
            if size <= 0.0 || !size.is_finite() {
                return if size.is_finite() { 0.0 } else { f64::INFINITY };
            }
            value = size - 0.5;
            v = next.iter().map(|x| x / size).collect();
        }
        value.max(0.0)
    }
}

/// One kind of act that excites itself: background, branching factor and decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SelfExciting {
    /// Rate of acts from outside, per unit of time.
    pub background: f64,
    /// How many further acts each brings about directly: n*.
    pub branching: f64,
    /// Per unit of time: what an act brings about waits 1/decay on average.
    pub decay: f64,
}

impl Parameters<3> for SelfExciting {
    const NAMES: [&'static str; 3] = ["background", "branching", "decay"];
    fn from_array([background, branching, decay]: [f64; 3]) -> Self {
        Self {
            background,
            branching,
            decay,
        }
    }
    fn to_array(&self) -> [f64; 3] {
        [self.background, self.branching, self.decay]
    }
}

struct Minus(Vec<Vec<f64>>, f64);

impl Objective<3> for Minus {
    fn value(&self, at: &[f64; 3]) -> f64 {
        let [background, branching, decay] = at.map(f64::exp);
        -Hawkes {
            background: vec![background],
            influence: vec![vec![branching]],
            decay,
        }
        .log_likelihood(&self.0, self.1)
    }
}

impl SelfExciting {
    /// Maximum likelihood on event times from 0 to `until`; at least 30 events.
    pub fn fit(times: &[f64], until: f64) -> Result<Fitted<Self, 3>, FitError> {
        if let Some(row) = times.iter().position(|time| !(*time >= 0.0 && *time <= until)) {
            return Err(FitError::BadRow {
                row,
                reason: "the time lies outside the time watched",
            });
        }
        if times.len() < 30 || !(until > 0.0 && until.is_finite()) {
            return Err(FitError::NotIdentified(
                "fewer than 30 events don't show whether they bring about each other",
            ));
        }
        let mut times: Vec<f64> = times.to_vec();
        times.sort_unstable_by(f64::total_cmp);
        // In units of the mean gap.
        let count = times.len() as f64;
        let unit = until / count;
        times.iter_mut().for_each(|time| *time /= unit);
        let starts = [[0.5, 0.5, 1.0], [0.8, 0.2, 0.1], [0.2, 0.8, 5.0]];
        let fitted: Fitted<Self, 3> = minimise_objective(&Minus(vec![times], count), &starts, count)?;
        Ok(fitted.rescaled([1.0 / unit, 1.0, 1.0 / unit], -count * unit.ln()))
    }

    /// Acts that one act brings about in all, itself included; `None` when they never end.
    pub fn offspring(&self) -> Option<f64> {
        (self.branching < 1.0).then(|| 1.0 / (1.0 - self.branching))
    }
}

/// What one unit of outside promotion brings in all, step by step, under HIP (Rizoiu et al., WWW 2017): a branching process
/// in discrete days with a power-law memory, ξ(t) = δ(t) + Σ_τ ξ(t−τ) C (τ+c)^−(1+θ), C = K(α−1)/(α−β−1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PowerLawMemory {
    /// C.
    pub strength: f64,
    /// c, the days before the memory begins to fade.
    pub cutoff: f64,
    /// θ.
    pub fading: f64,
}

impl PowerLawMemory {
    /// C from the quality K, the exponent α of the audience's sizes and β.
    pub fn strength_of(quality: f64, alpha: f64, beta: f64) -> f64 {
        quality * (alpha - 1.0) / (alpha - beta - 1.0)
    }

    fn memory(&self, days: usize) -> Vec<f64> {
        (1..=days)
            .map(|day| self.strength * (day as f64 + self.cutoff).powf(-(1.0 + self.fading)))
            .collect()
    }

    /// The response of each step; costs O(steps²).
    pub fn response(&self, steps: usize) -> Vec<f64> {
        let memory = self.memory(steps);
        let mut found = vec![0.0; steps];
        if let Some(first) = found.first_mut() {
            *first = 1.0;
        }
        for step in 1..steps {
            found[step] = (0..step).map(|before| found[before] * memory[step - before - 1]).sum();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// models.md §3: HIP, video bUORBT9iFKc.
    #[test]
    fn hip_response_of_one_video() {
        let strength = PowerLawMemory::strength_of(6.777116, 2.016, 0.1);
        assert!((strength - 7.516976).abs() < 1e-6, "{strength}");
        let memory = PowerLawMemory {
            strength,
            cutoff: 10.557258,
            fading: 1.16621,
        };
        // The tail beyond a million days as an integral.
        let tail = strength * (1e6_f64 + 0.5 + memory.cutoff).powf(-memory.fading) / memory.fading;
        let branching = memory.memory(1_000_000).iter().sum::<f64>() + tail;
        assert!((branching - 0.390644).abs() < 1e-6, "{branching}");
        let response = memory.response(10_001);
        let whole: f64 = response.iter().sum();
        assert!((whole - 1.640700).abs() < 1e-6, "{whole}");
        assert!((whole * 129.117840 - 211.8436).abs() < 1e-3);
        let mut sum = 0.0;
        let reached = response.iter().position(|step| {
            sum += step;
            sum >= 0.95 * whole
        });
        assert!(reached.is_some_and(|step| (101..=102).contains(&step)), "{reached:?}");
    }
    use crate::random::Draws;

    /// models.md §3, tick's hawkes_models_gtest.
    #[test]
    fn tick_two_kinds_log_likelihood() {
        let model = Hawkes {
            background: vec![1.0, 3.0],
            influence: vec![vec![2.0, 3.0], vec![4.0, 1.0]],
            decay: 2.0,
        };
        let times = [
            vec![0.31, 0.93, 1.29, 2.32, 4.25],
            vec![0.12, 1.19, 2.12, 2.41, 3.35, 4.21],
        ];
        let found = model.log_likelihood(&times, 4.25);
        assert!((found + 40.8779607).abs() < 1e-7, "{found}");
        assert!(
            (model.branching() - 5.0).abs() < 1e-9,
            "eigenvalues of [[2,3],[4,1]] are 5 and −2"
        );
    }

    /// Immigrants and their children, drawn; the fit finds the branching factor again.
    #[test]
    fn finds_the_branching_factor_it_was_drawn_with() {
        let mut draws = Draws::new(21, 0);
        let until = 4_000.0;
        let (background, branching, decay) = (0.3, 0.5, 2.0);
        let mut times: Vec<f64> = Vec::new();
        let mut clock = draws.exponential() / background;
        while clock < until {
            times.push(clock);
            clock += draws.exponential() / background;
        }
        let mut next = 0;
        while next < times.len() {
            for _ in 0..draws.poisson(branching) {
                let child = times[next] + draws.exponential() / decay;
                if child < until {
                    times.push(child);
                }
            }
            next += 1;
        }
        let fit = SelfExciting::fit(&times, until).unwrap();
        assert!((fit.model.branching - branching).abs() < 0.08, "{:?}", fit.model);
        assert!((fit.model.background - background).abs() < 0.06, "{:?}", fit.model);
        assert!((fit.model.offspring().unwrap() - 2.0).abs() < 0.4);
        assert!(SelfExciting::fit(&times[..10], until).is_err());
    }
}
