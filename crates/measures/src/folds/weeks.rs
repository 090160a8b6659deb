//! Cells by channel, piece and day, kept some days at a time: dense enough to be quick, sparse enough for a hundred thousand
//! pieces that are hardly ever looked at.
//!
//! An addition touches three places: where the line's blocks are listed, which block, the cell. People come in no order of
//! their cells, so these are kept as small as can be: they decide how much of a cube stays in the caches.

use longplay_domain::Day;
use longplay_store::Code;

use super::{Lines, Origin};

/// Days of a block, as a shift: 8.
const BLOCK_SHIFT: u32 = 3;
const BLOCK_DAYS: usize = 1 << BLOCK_SHIFT;

/// What a cell counts.
pub trait Count: Copy + Default + PartialEq {
    fn add(&mut self, other: Self);

    /// Takes away what was added before.
    fn take_away(&mut self, other: Self);
}

impl Count for u32 {
    #[inline]
    fn add(&mut self, other: Self) {
        *self += other;
    }

    fn take_away(&mut self, other: Self) {
        *self -= other;
    }
}

impl Count for u64 {
    #[inline]
    fn add(&mut self, other: Self) {
        *self += other;
    }

    fn take_away(&mut self, other: Self) {
        *self -= other;
    }
}

/// Additions gathered before they are made. Each waits for memory; made close together, the processor waits for many at once.
const WAITING_MAX: usize = 256;

/// A sparse cube of `T`.
#[derive(Debug)]
pub struct Weeks<T> {
    lines: Lines,
    /// By line.
    rows: Vec<Row>,
    blocks: Vec<[T; BLOCK_DAYS]>,
    waiting: Vec<(Addition, T)>,
    places: Vec<u32>,
}

/// One addition that waits.
#[derive(Clone, Copy, Debug)]
struct Addition {
    channel: Code,
    piece: Code,
    day: i32,
}

/// No block yet.
const ABSENT: u32 = u32::MAX;

/// The blocks of one line, from the block `first` on.
#[derive(Debug, Default)]
struct Row {
    first: i32,
    blocks: Vec<u32>,
}

impl<T> Default for Weeks<T> {
    fn default() -> Self {
        Self {
            lines: Lines::default(),
            rows: Vec::new(),
            blocks: Vec::new(),
            waiting: Vec::new(),
            places: Vec::new(),
        }
    }
}

impl<T: Count> Weeks<T> {
    #[inline]
    pub fn add(&mut self, channel: Code, piece: Code, day: Day, count: T) {
        let addition = Addition {
            channel,
            piece,
            day: day.0,
        };
        self.waiting.push((addition, count));
        if self.waiting.len() == WAITING_MAX {
            self.settle();
        }
    }

    /// The same at once: for a cube so small that it stays near anyway.
    #[inline]
    pub fn add_now(&mut self, channel: Code, piece: Code, day: Day, count: T) {
        let line = self.line(channel, piece);
        let place = self.block(line, day.0 >> BLOCK_SHIFT);
        self.blocks[place as usize][day.0 as usize % BLOCK_DAYS].add(count);
    }

    /// Makes the additions that wait.
    fn settle(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        let mut waiting = std::mem::take(&mut self.waiting);
        places.clear();
        places.extend(waiting.iter().map(|(addition, _)| {
            let line = self.line(addition.channel, addition.piece);
            self.block(line, addition.day >> BLOCK_SHIFT)
        }));
        for ((addition, count), &place) in waiting.iter().zip(&places) {
            self.blocks[place as usize][addition.day as usize % BLOCK_DAYS].add(*count);
        }
        waiting.clear();
        (self.waiting, self.places) = (waiting, places);
    }

    #[inline]
    fn line(&mut self, channel: Code, piece: Code) -> usize {
        let line = self.lines.number(channel, piece);
        if line == self.rows.len() {
            self.rows.push(Row::default());
        }
        line
    }

    #[inline]
    fn block(&mut self, line: usize, number: i32) -> u32 {
        let row = &self.rows[line];
        let offset = number.wrapping_sub(row.first) as u32 as usize;
        match row.blocks.get(offset) {
            Some(&block) if block != ABSENT => block,
            _ => self.new_block(line, number),
        }
    }

    #[cold]
    fn new_block(&mut self, line: usize, number: i32) -> u32 {
        let block = u32::try_from(self.blocks.len()).expect("fewer than 4 billion blocks of days");
        self.blocks.push([T::default(); BLOCK_DAYS]);
        let row = &mut self.rows[line];
        if row.blocks.is_empty() {
            row.first = number;
        }
        if number < row.first {
            let more = row.first.abs_diff(number) as usize;
            row.blocks.splice(0..0, std::iter::repeat_n(ABSENT, more));
            row.first = number;
        }
        let offset = number.abs_diff(row.first) as usize;
        row.blocks.resize(row.blocks.len().max(offset + 1), ABSENT);
        row.blocks[offset] = block;
        block
    }

    /// Makes the additions that wait; only then do [`Weeks::cells`] tell everything.
    pub fn finish(&mut self) {
        self.settle();
    }

    /// Every cell that is not empty, in no particular order.
    pub fn cells(&self) -> Vec<(Origin, T)> {
        debug_assert!(self.waiting.is_empty(), "finish comes before reading");
        let mut cells = Vec::with_capacity(self.blocks.len());
        self.each_block(|(channel, piece), number, block| {
            let filled = block.iter().enumerate().filter(|(_, cell)| **cell != T::default());
            cells.extend(filled.map(|(index, cell)| {
                let origin = Origin {
                    piece,
                    channel,
                    day: Day((number << BLOCK_SHIFT) + index as i32),
                };
                (origin, *cell)
            }));
        });
        cells
    }

    fn each_block(&self, mut see: impl FnMut((Code, Code), i32, &[T; BLOCK_DAYS])) {
        for (&name, row) in self.lines.names().iter().zip(&self.rows) {
            for (number, &block) in (row.first..).zip(&row.blocks).filter(|(_, block)| **block != ABSENT) {
                see(name, number, &self.blocks[block as usize]);
            }
        }
    }

    /// Adds another cube's cells to this one's.
    pub fn merge(&mut self, mut other: Self) {
        other.settle();
        if self.rows.is_empty() && self.waiting.is_empty() {
            *self = other;
            return;
        }
        self.with_each(&other, T::add);
    }

    /// Takes away cells that were added before.
    pub fn take_away(&mut self, mut other: Self) {
        other.settle();
        self.settle();
        self.with_each(&other, T::take_away);
    }

    fn with_each(&mut self, other: &Self, change: impl Fn(&mut T, T)) {
        other.each_block(|(channel, piece), number, block| {
            let line = self.line(channel, piece);
            let place = self.block(line, number) as usize;
            let mine = self.blocks[place].iter_mut();
            mine.zip(block).for_each(|(mine, theirs)| change(mine, *theirs));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_under_their_own_day_and_add_up() {
        let mut one = Weeks::<u32>::default();
        let mut two = Weeks::<u32>::default();
        for day in -20..20 {
            one.add(3, u32::MAX, Day(day), 1);
            two.add(3, u32::MAX, Day(day), 2);
            (0..5).for_each(|_| two.add(4, 9, Day(day), 1));
        }
        let mut gone = Weeks::<u32>::default();
        gone.add(3, u32::MAX, Day(40), 7);
        gone.add(4, 9, Day(-20), 1);
        one.merge(two);
        one.add(3, u32::MAX, Day(40), 7);
        one.add(4, 9, Day(-20), 1);
        one.finish();
        one.take_away(gone);
        let cells = one.cells().into_iter();
        let mut cells: Vec<_> = cells
            .map(|(origin, count)| (origin.channel, origin.piece, origin.day.0, count))
            .collect();
        cells.sort_unstable();
        let expected = (-20..20)
            .map(|day| (3, u32::MAX, day, 3))
            .chain((-20..20).map(|day| (4, 9, day, 5)));
        assert_eq!(cells, expected.collect::<Vec<_>>());
    }
}
