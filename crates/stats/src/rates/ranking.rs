//! Which is really first: ranking by posterior draws, never by raw rates.

use crate::fitted::Bootstrap;
use crate::random::Draws;

/// An item's place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Index into what was ranked.
    pub index: usize,
    /// Posterior mean of its rate.
    pub mean: f64,
    /// P(it is truly first).
    pub p_first: f64,
}

/// Ranks items by posterior mean; P(first) is how often each is largest in joint draws.
pub fn rank_first(means: &[f64], bootstrap: Bootstrap, draw: impl Fn(usize, &mut Draws) -> f64) -> Vec<Ranked> {
    let mut wins = vec![0u32; means.len()];
    for round in 0..bootstrap.count {
        let mut draws = Draws::new(bootstrap.seed, round as u64);
        let mut best = (f64::NEG_INFINITY, None);
        for index in 0..means.len() {
            let value = draw(index, &mut draws);
            if value > best.0 {
                best = (value, Some(index));
            }
        }
        if let Some(index) = best.1 {
            wins[index] += 1;
        }
    }
    let share = |wins: u32| f64::from(wins) / bootstrap.count.max(1) as f64;
    let mut ranked: Vec<Ranked> = (0..means.len())
        .map(|index| Ranked {
            index,
            mean: means[index],
            p_first: share(wins[index]),
        })
        .collect();
    ranked.sort_by(|one, other| other.mean.total_cmp(&one.mean));
    ranked
}
