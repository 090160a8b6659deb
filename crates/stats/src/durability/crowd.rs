//! An audience ready to be drawn again: one weight a person, or a block of people where there are many.
//!
//! The Bayesian bootstrap gives each person a weight of its own. Five hundred rounds of that over a million people cost
//! minutes and say nothing that 512 blocks of people dealt at random don't: a block's weight scatters what its people add up
//! to just as their own weights would, and what all people add up to does not lean either way. So up to [`APART_MOST`] people
//! are weighted one by one, more are dealt into blocks once. The deal is fixed by the seed.

use super::concentration::{Concentration, concentration};
use super::index::{Audience, Factors, PersonPiece};
use crate::{fitted::Bootstrap, random::Draws};

/// Up to so many people each have a weight of their own.
const APART_MOST: u64 = 2_048;
/// Blocks of more people than that.
const BLOCKS: usize = 512;
/// The stream of the deal, which no round uses.
const DEAL: u64 = u64::MAX - 1;

/// Rounds drawn at the same time.
const AT_ONCE: usize = 8;

/// What a block of people did with one piece.
struct Cell {
    block: u32,
    piece: u32,
    sums: Sums,
}

/// Cells that wait to be joined with those before, at most.
const LOOSE_MAX: usize = 1 << 17;

/// Cells being added up, by block and piece. There are far more additions than cells.
#[derive(Default)]
struct Cells {
    loose: Vec<Cell>,
    settled: Vec<Cell>,
}

impl Cells {
    fn add(&mut self, block: usize, piece: usize, (sums, times): (Sums, u32)) {
        let mut cell = Cell {
            block: block as u32,
            piece: piece as u32,
            sums: Sums::default(),
        };
        cell.sums.add(sums, f64::from(times));
        self.loose.push(cell);
        if self.loose.len() == LOOSE_MAX {
            self.settle();
        }
    }

    /// A stable sort: what was added first is added up first.
    fn settle(&mut self) {
        self.settled.append(&mut self.loose);
        self.settled.sort_by_key(|cell| (cell.block, cell.piece));
        self.settled.dedup_by(|later, kept| {
            let is_same = (later.block, later.piece) == (kept.block, kept.piece);
            if is_same {
                kept.sums.add(later.sums, 1.0);
            }
            is_same
        });
    }

    fn settled(mut self) -> Vec<Cell> {
        self.settle();
        self.settled
    }
}

/// What some people did with one piece.
#[derive(Clone, Copy, Default)]
struct Sums {
    brought_back: f64,
    days: f64,
    returning_days: f64,
}

impl Sums {
    fn of(row: &PersonPiece, audience: &Audience) -> Self {
        let returning = f64::from(u8::from(audience.returning[row.person]));
        Self {
            brought_back: row.brought_back,
            days: row.recent_days,
            returning_days: returning * row.recent_days,
        }
    }

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
        let mut by_person: Vec<u32> = (0..).take(audience.rows.len()).collect();
        by_person.sort_by_key(|&row| audience.rows[row as usize].person);
        let person_of = |row: &u32| audience.rows[*row as usize].person;
        let mut rows = by_person.chunk_by(|one, other| person_of(one) == person_of(other));
        let mut cells = Cells::default();
        let mut hand = Hand::default();
        for person in (0..audience.returning.len()).filter(|&person| is_seen[person]) {
            let rows = rows.next().unwrap_or_default();
            let weight = audience.weight(person);
            let mut give = |block: usize, people: u32| {
                for row in rows.iter().map(|&row| &audience.rows[row as usize]) {
                    cells.add(block, row.piece, (Sums::of(row, audience), people));
                }
            };
            if apart {
                (next..next + weight as usize).for_each(|block| give(block, 1));
                next += weight as usize;
            } else {
                hand.deal(weight, &mut deal, give);
            }
        }
        let cells = cells.settled();
        Self {
            cells,
            blocks: if apart { next } else { BLOCKS },
            old: &audience.old,
        }
    }

    /// Rounds of the bootstrap over people, each with the rest of its draws. Several are drawn on one way through the cells.
    pub fn each_round(&self, bootstrap: Bootstrap, mut see: impl FnMut(&Weighted<'_>, &mut Draws)) {
        let mut weights = vec![[0.0; AT_ONCE]; self.blocks];
        for first in (0..bootstrap.count).step_by(AT_ONCE) {
            let count = AT_ONCE.min(bootstrap.count - first);
            let mut draws: [Draws; AT_ONCE] =
                std::array::from_fn(|round| Draws::new(bootstrap.seed, (first + round) as u64));
            for (round, draws) in draws.iter_mut().enumerate().take(count) {
                weights.iter_mut().for_each(|block| block[round] = draws.exponential());
            }
            let mut pieces = vec![[[0.0; AT_ONCE]; 3]; self.old.len()];
            for cell in &self.cells {
                let (weights, [back, days, returning]) =
                    (&weights[cell.block as usize], &mut pieces[cell.piece as usize]);
                for round in 0..AT_ONCE {
                    back[round] += weights[round] * cell.sums.brought_back;
                    days[round] += weights[round] * cell.sums.days;
                    returning[round] += weights[round] * cell.sums.returning_days;
                }
            }
            for (round, draws) in draws.iter_mut().enumerate().take(count) {
                let of_piece = |[back, days, returning]: &[[f64; AT_ONCE]; 3]| Sums {
                    brought_back: back[round],
                    days: days[round],
                    returning_days: returning[round],
                };
                let pieces = pieces.iter().map(of_piece).collect();
                see(&Weighted { pieces, old: self.old }, draws);
            }
        }
    }
}

/// Deals people out to blocks.
struct Hand {
    counts: [u32; BLOCKS],
    touched: Vec<usize>,
}

impl Default for Hand {
    fn default() -> Self {
        Self {
            counts: [0; BLOCKS],
            touched: Vec::new(),
        }
    }
}

impl Hand {
    /// Gives each block that gets any of so many people alike its number of them, in order of blocks.
    fn deal(&mut self, people: u64, deal: &mut Draws, mut give: impl FnMut(usize, u32)) {
        for _ in 0..people {
            let block = deal.bits() as usize % BLOCKS;
            if self.counts[block] == 0 {
                self.touched.push(block);
            }
            self.counts[block] += 1;
        }
        self.touched.sort_unstable();
        for block in self.touched.drain(..) {
            give(block, std::mem::take(&mut self.counts[block]));
        }
    }
}

impl<'a> Weighted<'a> {
    /// The audience as it is.
    pub fn as_is(audience: &'a Audience) -> Self {
        let mut pieces = vec![Sums::default(); audience.old.len()];
        for row in &audience.rows {
            pieces[row.piece].add(Sums::of(row, audience), audience.weight(row.person) as f64);
        }
        Self {
            pieces,
            old: &audience.old,
        }
    }

    /// How many pieces there are.
    pub fn count(&self) -> usize {
        self.pieces.len()
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
