//! An audience ready to be drawn again: one weight a person, or a block of people where there are many.
//!
//! The Bayesian bootstrap gives each person a weight of its own. Five hundred rounds of that over a million people cost
//! minutes and say nothing that 512 blocks of people dealt at random don't: a block's weight scatters what its people add up
//! to just as their own weights would, and what all people add up to does not lean either way. So up to [`APART_MOST`] people
//! are weighted one by one, more are dealt into blocks once. The deal is fixed by the seed.

use std::collections::HashMap;

use super::concentration::{Concentration, concentration};
use super::index::{Audience, Factors};
use crate::random::Draws;

/// Up to so many people each have a weight of their own.
const APART_MOST: u64 = 2_048;
/// Blocks of more people than that.
const BLOCKS: usize = 512;
/// The stream of the deal, which no round uses.
const DEAL: u64 = u64::MAX - 1;

/// What a block of people did with one piece.
struct Cell {
    block: usize,
    piece: usize,
    sums: Sums,
}

/// What some people did with one piece.
#[derive(Clone, Copy, Default)]
struct Sums {
    brought_back: f64,
    days: f64,
    returning_days: f64,
}

impl Sums {
    fn add(&mut self, other: Self, times: f64) {
        self.brought_back += times * other.brought_back;
        self.days += times * other.days;
        self.returning_days += times * other.returning_days;
    }
}

/// The people of an audience as blocks.
pub(super) struct Crowd<'a> {
    cells: Vec<Cell>,
    blocks: usize,
    old: &'a [bool],
}

/// Pieces with one set of weights on people.
pub(super) struct Weighted<'a> {
    pieces: Vec<Sums>,
    old: &'a [bool],
}

impl<'a> Crowd<'a> {
    pub fn of(audience: &'a Audience, seed: u64) -> Self {
        let mut is_seen = vec![false; audience.returning.len()];
        audience.rows.iter().for_each(|row| is_seen[row.person] = true);
        let apart = audience.people_with(&|_| true) <= APART_MOST;
        let mut deal = Draws::new(seed, DEAL);
        let mut next = 0;
        // By person: the blocks their likes went to, and how many to each.
        let places: Vec<Vec<(usize, f64)>> = (0..audience.returning.len())
            .map(|person| {
                let weight = if is_seen[person] { audience.weight(person) } else { 0 };
                if apart {
                    next += weight as usize;
                    (next - weight as usize..next).map(|block| (block, 1.0)).collect()
                } else {
                    dealt(weight, &mut deal)
                }
            })
            .collect();
        let mut sums: HashMap<(usize, usize), Sums> = HashMap::new();
        for row in &audience.rows {
            let returning = f64::from(u8::from(audience.returning[row.person]));
            let of_row = Sums {
                brought_back: row.brought_back,
                days: row.recent_days,
                returning_days: returning * row.recent_days,
            };
            for &(block, times) in &places[row.person] {
                sums.entry((block, row.piece)).or_default().add(of_row, times);
            }
        }
        let mut cells: Vec<Cell> = sums
            .into_iter()
            .map(|((block, piece), sums)| Cell { block, piece, sums })
            .collect();
        cells.sort_unstable_by_key(|cell| (cell.block, cell.piece));
        Self {
            cells,
            blocks: if apart { next } else { BLOCKS },
            old: &audience.old,
        }
    }

    /// One round of the bootstrap over people.
    pub fn drawn(&self, draws: &mut Draws) -> Weighted<'a> {
        let weights: Vec<f64> = (0..self.blocks).map(|_| draws.exponential()).collect();
        let mut pieces = vec![Sums::default(); self.old.len()];
        for cell in &self.cells {
            pieces[cell.piece].add(cell.sums, weights[cell.block]);
        }
        Weighted { pieces, old: self.old }
    }
}

/// How many of `weight` people fall to each block.
fn dealt(weight: u64, deal: &mut Draws) -> Vec<(usize, f64)> {
    let mut counts: HashMap<usize, f64> = HashMap::new();
    for _ in 0..weight {
        *counts.entry(deal.bits() as usize % BLOCKS).or_default() += 1.0;
    }
    let mut places: Vec<(usize, f64)> = counts.into_iter().collect();
    places.sort_unstable_by_key(|&(block, _)| block);
    places
}

impl<'a> Weighted<'a> {
    /// The audience as it is.
    pub fn as_is(audience: &'a Audience) -> Self {
        let mut pieces = vec![Sums::default(); audience.old.len()];
        for row in &audience.rows {
            let returning = f64::from(u8::from(audience.returning[row.person]));
            let of_row = Sums {
                brought_back: row.brought_back,
                days: row.recent_days,
                returning_days: returning * row.recent_days,
            };
            pieces[row.piece].add(of_row, audience.weight(row.person) as f64);
        }
        Self {
            pieces,
            old: &audience.old,
        }
    }

    /// How concentrated what pieces brought back is.
    pub fn concentration(&self) -> Option<Concentration> {
        concentration(&self.pieces.iter().map(|sums| sums.brought_back).collect::<Vec<_>>())
    }

    /// The factors with these weights on pieces.
    pub fn factors(&self, piece: impl Fn(usize) -> f64) -> Factors {
        let mut sums = Sums::default();
        let (mut most, mut old_days) = (0.0_f64, 0.0);
        for (index, of_piece) in self.pieces.iter().enumerate() {
            let weight = piece(index);
            sums.add(*of_piece, weight);
            most = most.max(weight * of_piece.brought_back);
            old_days += if self.old[index] {
                weight * of_piece.returning_days
            } else {
                0.0
            };
        }
        let share = |part: f64, whole: f64| {
            if whole > 0.0 {
                (part / whole).clamp(0.0, 1.0)
            } else {
                0.0
            }
        };
        let brought = sums.brought_back;
        Factors {
            breadth: if brought > 0.0 { 1.0 - share(most, brought) } else { 0.0 },
            back_catalogue: (self.old.contains(&true) && sums.returning_days > 0.0)
                .then(|| share(old_days, sums.returning_days)),
            returning: share(sums.returning_days, sums.days),
        }
    }
}
