//! Shapley values of channels (Shapley 1953), exact and in linear time.
//!
//! With v(S) = conversions of journeys whose channels all lie in S, the Shapley value has a closed form: every
//! conversion is split equally over its distinct channels. No enumeration of coalitions is needed.

use super::journey::{Credits, Journeys};

/// Credits by Shapley value over sets of channels.
pub fn shapley(journeys: &Journeys) -> Credits {
    let mut credits = Credits::none(journeys.channels);
    let mut seen = Vec::new();
    for journey in &journeys.rows {
        seen.clear();
        seen.extend_from_slice(&journey.touches);
        seen.sort_unstable();
        seen.dedup();
        let share = 1.0 / seen.len() as f64;
        seen.iter().for_each(|&channel| credits.add(channel, share, journey));
    }
    credits
}

/// Shapley credits by position (Zhao, Mahboobi & Bagheri 2018): `[channel][k]` is what the channel is credited with as the
/// k-th touch, the positions from `positions` on taken together in the last one. A channel that was met several times shares
/// its credit over those touches, so the row sums are [`shapley`]'s.
pub fn shapley_by_position(journeys: &Journeys, positions: usize) -> Vec<Vec<f64>> {
    let last = positions.max(1) - 1;
    let mut credits = vec![vec![0.0; last + 1]; journeys.channels];
    for journey in &journeys.rows {
        let mut seen = journey.touches.clone();
        seen.sort_unstable();
        let distinct = seen.chunk_by(|one, other| one == other).count() as f64;
        for (place, &channel) in journey.touches.iter().enumerate() {
            let met = seen.partition_point(|&other| other <= channel) - seen.partition_point(|&other| other < channel);
            credits[channel as usize][place.min(last)] += journey.conversions / (distinct * met as f64);
        }
    }
    credits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::Journey;
    use crate::random::Draws;

    /// The definition: the mean marginal gain over all orders of joining, here over all coalitions of six channels.
    #[test]
    fn equals_the_sum_over_all_coalitions() {
        const CHANNELS: usize = 6;
        let mut draws = Draws::new(1, 1);
        let rows: Vec<Journey> = (0..40)
            .map(|_| Journey {
                touches: (0..1 + draws.bits() % 5)
                    .map(|_| (draws.bits() % CHANNELS as u64) as u32)
                    .collect(),
                ages: vec![],
                conversions: (draws.bits() % 4) as f64,
                value: 1.0,
                nulls: 1.0,
            })
            .collect();
        let worth = |set: u32| -> f64 {
            let inside = |journey: &&Journey| journey.touches.iter().all(|touch| set >> touch & 1 == 1);
            rows.iter().filter(inside).map(|journey| journey.conversions).sum()
        };
        let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
        let found = shapley(&Journeys::new(rows.clone(), CHANNELS).unwrap());
        for channel in 0..CHANNELS {
            let mut value = 0.0;
            for set in (0..1u32 << CHANNELS).filter(|set| set >> channel & 1 == 0) {
                let size = set.count_ones() as usize;
                let orders = factorial(size) * factorial(CHANNELS - size - 1) / factorial(CHANNELS);
                value += orders * (worth(set | 1 << channel) - worth(set));
            }
            assert!((found.conversions[channel] - value).abs() < 1e-10);
        }
    }
}
