//! Kleinberg's bursts (Data Mining and Knowledge Discovery 7:373, 2003): a cross-check on the detector.
//!
//! A hidden state says how intense things are; going up costs γ ln n per level, down is free, and Viterbi's algorithm
//! finds the cheapest sequence of states. On event times, state j has rate s^j times the mean rate; on proportions r
//! of d per period, two states with p₀ = Σr/Σd and p₁ = 2p₀. The whole sequence is looked at, so an answer for a day
//! can change as days are added: for looking back, not for alerts.

use crate::special::gamma::ln_gamma;

/// A stretch at or above a level. Level 0 is the base and is not listed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burst {
    /// How intense: 1 is the first above the usual.
    pub level: usize,
    /// Time of its first event.
    pub start: f64,
    /// Time of its last.
    pub end: f64,
}

/// A stretch of raised proportions; indices of periods, inclusive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RaisedPeriods {
    /// Its first day, an index.
    pub start: usize,
    /// Its last day, included.
    pub end: usize,
    /// How much cheaper the raised state explains it.
    pub weight: f64,
}

/// More levels than this say nothing.
const LEVELS_MOST: usize = 25;

/// The cheapest sequence of states, and its cost. `cost(step, state)` is the cost of emitting a step in a state.
fn cheapest(steps: usize, states: usize, climb: f64, cost: impl Fn(usize, usize) -> f64) -> (Vec<usize>, f64) {
    let mut total = vec![f64::INFINITY; states];
    total[0] = 0.0;
    let mut came: Vec<Vec<usize>> = Vec::with_capacity(steps);
    for step in 0..steps {
        let mut next = vec![f64::INFINITY; states];
        let mut from = vec![0; states];
        for (state, (slot, origin)) in next.iter_mut().zip(&mut from).enumerate() {
            for (before, so_far) in total.iter().enumerate() {
                let found = so_far + climb * state.saturating_sub(before) as f64;
                if found < *slot {
                    (*slot, *origin) = (found, before);
                }
            }
            *slot += cost(step, state);
        }
        total = next;
        came.push(from);
    }
    let (mut state, least) =
        total.iter().enumerate().fold(
            (0, f64::INFINITY),
            |best, (state, &cost)| if cost < best.1 { (state, cost) } else { best },
        );
    let mut path = vec![0; steps];
    for step in (0..steps).rev() {
        path[step] = state;
        state = came[step][state];
    }
    (path, least)
}

/// Runs of steps whose state is at least `level`, as inclusive ranges.
fn runs(path: &[usize], level: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (step, _) in path.iter().enumerate().filter(|(_, state)| **state >= level) {
        match found.last_mut() {
            Some(run) if run.1 + 1 == step => run.1 = step,
            _ => found.push((step, step)),
        }
    }
    found
}

/// Bursts in event times, with rate ratio `ratio` (2) between levels and climbing cost `gamma` (1). Events at the same
/// instant count once. Empty below three events or for a ratio that is not above 1.
pub fn event_bursts(times: &[f64], ratio: f64, gamma: f64) -> Vec<Burst> {
    let mut times: Vec<f64> = times.iter().copied().filter(|time| time.is_finite()).collect();
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    if times.len() < 3 || ratio.is_nan() || ratio <= 1.0 || gamma.is_nan() || gamma < 0.0 {
        return Vec::new();
    }
    let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let n = gaps.len() as f64;
    let whole = times[times.len() - 1] - times[0];
    let shortest = gaps.iter().copied().fold(f64::INFINITY, f64::min);
    let states = ((1.0 + (whole / shortest).ln() / ratio.ln()).ceil() as usize).clamp(2, LEVELS_MOST);
    let rate = |state: usize| ratio.powi(state as i32) * n / whole;
    let (path, _) = cheapest(gaps.len(), states, gamma * n.ln(), |step, state| {
        rate(state) * gaps[step] - rate(state).ln()
    });
    (1..states)
        .flat_map(|level| runs(&path, level).into_iter().map(move |run| (level, run)))
        .map(|(level, (first, last))| Burst {
            level,
            start: times[first],
            end: times[last + 1],
        })
        .collect()
}

/// Raised periods of counts `r` out of `d`, and the cost of the whole explanation. `None` when nothing or everything
/// happened, or a count exceeds its total.
pub fn raised_periods(counts: &[(u64, u64)], gamma: f64) -> Option<(Vec<RaisedPeriods>, f64)> {
    let (r, d) = counts
        .iter()
        .fold((0, 0), |(r, d), (count, total)| (r + count, d + total));
    if counts.iter().any(|(count, total)| count > total) || r == 0 || r == d || gamma.is_nan() || gamma < 0.0 {
        return None;
    }
    let base = r as f64 / d as f64;
    let chance = |state: usize| if state == 0 { base } else { (2.0 * base).min(0.9999) };
    let cost = |step: usize, state: usize| {
        let (count, total) = (counts[step].0 as f64, counts[step].1 as f64);
        let choose = ln_gamma(total + 1.0) - ln_gamma(count + 1.0) - ln_gamma(total - count + 1.0);
        -(choose + count * chance(state).ln() + (total - count) * (1.0 - chance(state)).ln())
    };
    let (path, total) = cheapest(counts.len(), 2, gamma * (counts.len() as f64).ln(), cost);
    let raised = runs(&path, 1)
        .into_iter()
        .map(|(start, end)| RaisedPeriods {
            start,
            end,
            weight: (start..=end).map(|step| cost(step, 0) - cost(step, 1)).sum(),
        })
        .collect();
    Some((raised, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// models.md §3, as the R package `bursts` gives it.
    #[test]
    fn kleinberg_event_times() {
        let step = |from: u32, to: u32, by: usize| (from..=to).step_by(by).map(f64::from).collect::<Vec<_>>();
        let times = [
            step(0, 400, 100),
            step(410, 450, 5),
            step(451, 469, 2),
            step(480, 600, 5),
            vec![700.0],
            step(710, 800, 5),
            vec![900.0, 1000.0],
        ]
        .concat();
        assert_eq!(times.len(), 71);
        let burst = |level, start, end| Burst { level, start, end };
        let found = event_bursts(&times, 2.0, 1.0);
        // The package counts the base as level 1.
        assert_eq!(
            found,
            [burst(1, 410.0, 600.0), burst(1, 710.0, 800.0), burst(2, 450.0, 469.0)]
        );
        assert_eq!(event_bursts(&times, 2.0, 3.0), [burst(1, 410.0, 600.0)]);
        assert!(event_bursts(&[1.0, 2.0], 2.0, 1.0).is_empty());
    }

    #[test]
    fn kleinberg_daily_proportions() {
        let counts = [3, 2, 4, 3, 2, 3, 9, 12, 10, 8, 3, 2, 3, 1, 4, 2, 7, 3, 2, 3].map(|r| (r, 100));
        let (raised, total) = raised_periods(&counts, 1.0).unwrap();
        assert_eq!(raised.len(), 1);
        assert_eq!((raised[0].start + 1, raised[0].end + 1), (7, 10));
        assert!((raised[0].weight - 10.4366).abs() < 5e-5, "{raised:?}");
        assert!((total - 43.037485).abs() < 1e-6, "{total}");
        assert!(raised_periods(&[(0, 5)], 1.0).is_none());
    }
}
