//! The removal effect in a Markov chain of touches (Anderl, Becker, von Wangenheim & Schumann 2016), solved exactly.
//!
//! States are the last `order` touches; people move from start over states to conversion or to nothing. Removing
//! channel k sends every visit to it to nothing; its removal effect is the share of conversions lost, and credit is
//! shared in proportion. One factorisation and one solve per state: with N = (I − Q)⁻¹ and p = N·R, the first-order
//! effect is N₀ₖ pₖ / (Nₖₖ p₀). No simulation, no seed. The chain's own conversion rate p₀ equals the observed one,
//! always.

use super::journey::{Credits, Journey, Journeys};
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

/// Through which states journeys go. It doesn't change when their people are drawn again.
pub struct Routes {
    order: usize,
    /// The states of each journey, one behind the other; 0 is the start and is left out.
    steps: Vec<u32>,
    /// Where each journey's steps end.
    ends: Vec<usize>,
    /// The newest touch of each state; the start has none.
    newest: Vec<Option<u32>>,
}

impl Routes {
    /// The routes in a chain of the given order, 1 to 4.
    pub fn new(journeys: &Journeys, order: usize) -> Result<Self, FitError> {
        if !(1..=4).contains(&order) {
            return Err(FitError::NotIdentified("the order of the chain must be 1 to 4"));
        }
        let mut index: BTreeMap<&[u32], u32> = BTreeMap::new();
        let mut routes = Self {
            order,
            steps: Vec::new(),
            ends: Vec::with_capacity(journeys.rows.len()),
            newest: vec![None],
        };
        for Journey { touches, .. } in &journeys.rows {
            for step in 0..touches.len() {
                let recent = &touches[(step + 1).saturating_sub(order)..=step];
                let next = *index.entry(recent).or_insert_with(|| {
                    routes.newest.push(Some(touches[step]));
                    routes.newest.len() as u32 - 1
                });
                if next as usize > STATES_MAX {
                    return Err(FitError::NotIdentified(
                        "so many sequences at this order; use a lower order",
                    ));
                }
                routes.steps.push(next);
            }
            routes.ends.push(routes.steps.len());
        }
        Ok(routes)
    }

    fn chain(&self, journeys: &Journeys) -> Chain<'_> {
        let states = self.newest.len();
        let mut chain = Chain {
            moves: vec![vec![0.0; states]; states],
            converts: vec![0.0; states],
            leaves: vec![0.0; states],
            newest: &self.newest,
        };
        let mut start = 0;
        for (journey, &end) in journeys.rows.iter().zip(&self.ends) {
            let people = journey.conversions + journey.nulls;
            let mut here = 0;
            for &next in &self.steps[start..end] {
                chain.moves[here][next as usize] += people;
                here = next as usize;
            }
            chain.converts[here] += journey.conversions;
            chain.leaves[here] += journey.nulls;
            start = end;
        }
        chain
    }
}

struct Chain<'a> {
    /// Moves between states; state 0 is the start.
    moves: Vec<Vec<f64>>,
    converts: Vec<f64>,
    leaves: Vec<f64>,
    /// The newest touch of each state; the start has none.
    newest: &'a [Option<u32>],
}

impl Chain<'_> {
    fn total(&self, state: usize) -> f64 {
        self.moves[state].iter().sum::<f64>() + self.converts[state] + self.leaves[state]
    }

    /// I − Q, without the moves out of states that `removed` names.
    fn matrix(&self, removed: impl Fn(usize) -> bool) -> Vec<Vec<f64>> {
        let n = self.moves.len();
        (0..n)
            .map(|state| {
                let mut row = vec![0.0; n];
                let total = self.total(state);
                if total > 0.0 && !removed(state) {
                    let moves = row.iter_mut().zip(&self.moves[state]);
                    moves.for_each(|(entry, weight)| *entry -= weight / total);
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
    markov_on(&Routes::new(journeys, order)?, journeys)
}

/// The same on the routes of the very same journeys, whose people may have been drawn again since.
pub fn markov_on(routes: &Routes, journeys: &Journeys) -> Result<Markov, FitError> {
    let chain = routes.chain(journeys);
    if journeys.conversions() <= 0.0 {
        return Err(FitError::NotIdentified(
            "nobody converted, so there is no credit to share",
        ));
    }
    let singular = FitError::NotIdentified("the chain has a loop nobody leaves");
    let factors = factorise(chain.matrix(|_| false)).ok_or(singular)?;
    let ends: Vec<f64> = (0..chain.moves.len()).map(|state| chain.conversion(state)).collect();
    let p = factors.solve(&ends);
    let removal: Vec<f64> = if routes.order == 1 {
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
        .map(|channel| touches(channel, &|state| chain.moves[0][state]) / people)
        .collect();
    let converts = (0..journeys.channels as u32)
        .map(|channel| {
            let again = |state: usize| -> f64 {
                let next = chain.moves[state].iter().zip(chain.newest);
                next.filter(|(_, newest)| **newest == Some(channel))
                    .map(|(people, _)| people)
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

fn first_order(journeys: &Journeys, chain: &Chain<'_>, factors: &Factors, p: &[f64]) -> Vec<f64> {
    let mut removal = vec![0.0; journeys.channels];
    let inverse = factors.inverse();
    for state in 1..chain.moves.len() {
        if let Some(channel) = chain.newest[state] {
            let (from_start, at_home) = (inverse[0][state], inverse[state][state]);
            removal[channel as usize] = (from_start * p[state] / (at_home * p[0])).clamp(0.0, 1.0);
        }
    }
    removal
}

fn without(chain: &Chain<'_>, ends: &[f64], channel: u32, rate: f64) -> f64 {
    let removed = |state: usize| chain.newest[state] == Some(channel);
    let ends: Vec<f64> = ends
        .iter()
        .enumerate()
        .map(|(state, end)| if removed(state) { 0.0 } else { *end })
        .collect();
    let left = factorise(chain.matrix(removed)).map_or(rate, |factors| factors.solve(&ends)[0]);
    (1.0 - left / rate).clamp(0.0, 1.0)
}
