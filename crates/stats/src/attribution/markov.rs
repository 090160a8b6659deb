//! The removal effect in a Markov chain of touches (Anderl, Becker, von Wangenheim & Schumann 2016), solved exactly.
//!
//! States are the last `order` touches; people move from start over states to conversion or to nothing. Removing
//! channel k sends every visit to it to nothing; its removal effect is the share of conversions lost, and credit is
//! shared in proportion. One factorisation and one solve per state: with N = (I − Q)⁻¹ and p = N·R, the first-order
//! effect is N₀ₖ pₖ / (Nₖₖ p₀). No simulation, no seed. The chain's own conversion rate p₀ equals the observed one,
//! always.

use super::journey::{Credits, Journeys};
use crate::fitted::FitError;
use crate::linear::{Factors, factorise};
use std::collections::BTreeMap;

/// A chain with more states than this is refused; use a lower order.
const STATES_MAX: usize = 1_500;

/// What the chain says.
#[derive(Clone, Debug, PartialEq)]
pub struct Markov {
    /// P(conversion) from the start.
    pub rate: f64,
    /// Share of conversions lost without the channel.
    pub removal: Vec<f64>,
    /// What each channel gets: conversions and value times its share of the removal effects.
    pub credits: Credits,
    /// P(first touch is the channel).
    pub starts: Vec<f64>,
    /// P(the next step that is not the same channel again is the conversion), by channel.
    pub converts: Vec<f64>,
}

struct Chain {
    /// Moves between states; state 0 is the start.
    moves: Vec<BTreeMap<usize, f64>>,
    converts: Vec<f64>,
    leaves: Vec<f64>,
    /// The newest touch of each state; the start has none.
    newest: Vec<Option<u32>>,
}

fn chain(journeys: &Journeys, order: usize) -> Result<Chain, FitError> {
    let mut index: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
    let mut chain = Chain {
        moves: vec![BTreeMap::new()],
        converts: vec![0.0],
        leaves: vec![0.0],
        newest: vec![None],
    };
    for journey in &journeys.rows {
        let people = journey.conversions + journey.nulls;
        let mut here = 0;
        for step in 0..journey.touches.len() {
            let recent = &journey.touches[(step + 1).saturating_sub(order)..=step];
            let next = match index.get(recent) {
                Some(&next) => next,
                None => {
                    let next = chain.moves.len();
                    if next > STATES_MAX {
                        return Err(FitError::NotIdentified(
                            "so many sequences at this order; use a lower order",
                        ));
                    }
                    index.insert(recent.to_vec(), next);
                    chain.moves.push(BTreeMap::new());
                    chain.converts.push(0.0);
                    chain.leaves.push(0.0);
                    chain.newest.push(Some(journey.touches[step]));
                    next
                }
            };
            *chain.moves[here].entry(next).or_default() += people;
            here = next;
        }
        chain.converts[here] += journey.conversions;
        chain.leaves[here] += journey.nulls;
    }
    Ok(chain)
}

impl Chain {
    fn total(&self, state: usize) -> f64 {
        self.moves[state].values().sum::<f64>() + self.converts[state] + self.leaves[state]
    }

    /// I − Q, without the moves out of states that `removed` names.
    fn matrix(&self, removed: impl Fn(usize) -> bool) -> Vec<Vec<f64>> {
        let n = self.moves.len();
        (0..n)
            .map(|state| {
                let mut row = vec![0.0; n];
                let total = self.total(state);
                if total > 0.0 && !removed(state) {
                    self.moves[state]
                        .iter()
                        .for_each(|(&next, weight)| row[next] -= weight / total);
                }
                row[state] += 1.0;
                row
            })
            .collect()
    }

    fn conversion(&self, state: usize) -> f64 {
        let total = self.total(state);
        if total > 0.0 { self.converts[state] / total } else { 0.0 }
    }
}

/// Removal effects and credits by a chain of the given order, 1 to 4.
pub fn markov(journeys: &Journeys, order: usize) -> Result<Markov, FitError> {
    if !(1..=4).contains(&order) {
        return Err(FitError::NotIdentified("the order of the chain must be 1 to 4"));
    }
    let chain = chain(journeys, order)?;
    if journeys.conversions() <= 0.0 {
        return Err(FitError::NotIdentified(
            "nobody converted, so there is no credit to share",
        ));
    }
    let singular = FitError::NotIdentified("the chain has a loop nobody leaves");
    let factors = factorise(chain.matrix(|_| false)).ok_or(singular)?;
    let ends: Vec<f64> = (0..chain.moves.len()).map(|state| chain.conversion(state)).collect();
    let p = factors.solve(&ends);
    let removal: Vec<f64> = if order == 1 {
        first_order(journeys, &chain, &factors, &p)
    } else {
        (0..journeys.channels as u32)
            .map(|channel| without(&chain, &ends, channel, p[0]))
            .collect()
    };
    let touches = |channel: u32, f: &dyn Fn(usize) -> f64| -> f64 {
        (0..chain.moves.len())
            .filter(|&state| chain.newest[state] == Some(channel))
            .map(f)
            .sum()
    };
    let people = chain.total(0);
    let starts = (0..journeys.channels as u32)
        .map(|channel| touches(channel, &|state| chain.moves[0].get(&state).copied().unwrap_or(0.0)) / people)
        .collect();
    let converts = (0..journeys.channels as u32)
        .map(|channel| {
            let again = |state: usize| -> f64 {
                let same = |next: &&usize| chain.newest[**next] == Some(channel);
                chain.moves[state]
                    .keys()
                    .filter(same)
                    .map(|next| chain.moves[state][next])
                    .sum()
            };
            let visits = touches(channel, &|state| chain.total(state) - again(state));
            if visits > 0.0 {
                touches(channel, &|state| chain.converts[state]) / visits
            } else {
                0.0
            }
        })
        .collect();
    let credits = Credits::by_shares(removal.clone(), journeys);
    Ok(Markov {
        rate: p[0],
        removal,
        credits,
        starts,
        converts,
    })
}

fn first_order(journeys: &Journeys, chain: &Chain, factors: &Factors, p: &[f64]) -> Vec<f64> {
    let mut removal = vec![0.0; journeys.channels];
    let mut unit = vec![0.0; chain.moves.len()];
    for state in 1..chain.moves.len() {
        unit[state] = 1.0;
        let column = factors.solve(&unit);
        unit[state] = 0.0;
        if let Some(channel) = chain.newest[state] {
            removal[channel as usize] = (column[0] * p[state] / (column[state] * p[0])).clamp(0.0, 1.0);
        }
    }
    removal
}

fn without(chain: &Chain, ends: &[f64], channel: u32, rate: f64) -> f64 {
    let removed = |state: usize| chain.newest[state] == Some(channel);
    let ends: Vec<f64> = ends
        .iter()
        .enumerate()
        .map(|(state, end)| if removed(state) { 0.0 } else { *end })
        .collect();
    let left = factorise(chain.matrix(removed)).map_or(rate, |factors| factors.solve(&ends)[0]);
    (1.0 - left / rate).clamp(0.0, 1.0)
}
