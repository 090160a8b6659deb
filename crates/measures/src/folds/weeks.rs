//! Cells by channel, piece and day, kept some days at a time: dense enough to be quick, sparse enough for a hundred thousand
//! pieces that are hardly ever looked at.
//!
//! An addition touches three places: where the piece's blocks are listed, which block, the cell. People come in no order of
//! their cells, so these are kept as small as can be: they decide how much of a cube stays in the caches.

use longplay_domain::Day;
use longplay_store::{Code, NONE};

use super::{Map, Origin};

/// Days of a block, as a shift: 8.
const BLOCK_SHIFT: u32 = 3;
const BLOCK_DAYS: usize = 1 << BLOCK_SHIFT;

/// What a cell counts.
pub trait Count: Copy + Default + PartialEq {
    fn add(&mut self, other: Self);
}

impl Count for u32 {
    #[inline]
    fn add(&mut self, other: Self) {
        *self += other;
    }
}

/// Additions gathered before they are made. Each waits for memory; made close together, the processor waits for many at once.
const WAITING_MAX: usize = 256;

/// A sparse cube of `T`.
#[derive(Debug)]
pub struct Weeks<T> {
    /// Lines of pieces in their usual channel, by the piece's code.
    usual: Vec<Usual>,
    /// All other lines.
    others: Map<(Code, Code), u32>,
    lines: Vec<Line>,
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

/// The channel in which a piece was first seen, and its line there.
#[derive(Clone, Copy, Debug)]
struct Usual {
    channel: Code,
    line: u32,
}

/// No block yet, or no line.
const ABSENT: u32 = u32::MAX;
/// Pieces with larger codes are looked up by hashing, so that a single large code takes no memory.
const USUAL_MAX: usize = 1 << 20;

/// The blocks of one piece in one channel, from the block `first` on.
#[derive(Debug)]
struct Line {
    channel: Code,
    piece: Code,
    first: i32,
    blocks: Vec<u32>,
}

impl<T> Default for Weeks<T> {
    fn default() -> Self {
        Self {
            usual: Vec::new(),
            others: Map::default(),
            lines: Vec::new(),
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
    fn line(&mut self, channel: Code, piece: Code) -> u32 {
        match self.usual.get(piece as usize) {
            Some(usual) if usual.channel == channel && usual.line != ABSENT => usual.line,
            _ => self.unusual_line(channel, piece),
        }
    }

    #[cold]
    fn new_line(&mut self, channel: Code, piece: Code) -> u32 {
        self.lines.push(Line {
            channel,
            piece,
            first: 0,
            blocks: Vec::new(),
        });
        u32::try_from(self.lines.len() - 1).expect("fewer than 4 billion pieces")
    }

    fn unusual_line(&mut self, channel: Code, piece: Code) -> u32 {
        let index = piece as usize;
        let has_usual = self.usual.get(index).is_some_and(|usual| usual.line != ABSENT);
        if !has_usual && index < USUAL_MAX {
            let line = self.new_line(channel, piece);
            let absent = Usual {
                channel: NONE,
                line: ABSENT,
            };
            self.usual.resize(self.usual.len().max(index + 1), absent);
            self.usual[index] = Usual { channel, line };
            return line;
        }
        if let Some(&line) = self.others.get(&(channel, piece)) {
            return line;
        }
        let line = self.new_line(channel, piece);
        self.others.insert((channel, piece), line);
        line
    }

    #[inline]
    fn block(&mut self, line: u32, number: i32) -> u32 {
        let index = line as usize;
        let line = &self.lines[index];
        let offset = number.wrapping_sub(line.first) as u32 as usize;
        match line.blocks.get(offset) {
            Some(&block) if block != ABSENT => block,
            _ => self.new_block(index, number),
        }
    }

    #[cold]
    fn new_block(&mut self, line: usize, number: i32) -> u32 {
        let block = u32::try_from(self.blocks.len()).expect("fewer than 4 billion blocks of days");
        self.blocks.push([T::default(); BLOCK_DAYS]);
        let line = &mut self.lines[line];
        if line.blocks.is_empty() {
            line.first = number;
        }
        if number < line.first {
            let more = line.first.abs_diff(number) as usize;
            line.blocks.splice(0..0, std::iter::repeat_n(ABSENT, more));
            line.first = number;
        }
        let offset = number.abs_diff(line.first) as usize;
        line.blocks.resize(line.blocks.len().max(offset + 1), ABSENT);
        line.blocks[offset] = block;
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
        self.each_block(|line, number, block| {
            let filled = block.iter().enumerate().filter(|(_, cell)| **cell != T::default());
            cells.extend(filled.map(|(index, cell)| {
                let origin = Origin {
                    piece: line.piece,
                    channel: line.channel,
                    day: Day((number << BLOCK_SHIFT) + index as i32),
                };
                (origin, *cell)
            }));
        });
        cells
    }

    fn each_block(&self, mut see: impl FnMut(&Line, i32, &[T; BLOCK_DAYS])) {
        for line in &self.lines {
            for (number, &block) in (line.first..).zip(&line.blocks).filter(|(_, block)| **block != ABSENT) {
                see(line, number, &self.blocks[block as usize]);
            }
        }
    }

    /// Adds another cube's cells to this one's.
    pub fn merge(&mut self, mut other: Self) {
        other.settle();
        if self.lines.is_empty() && self.waiting.is_empty() {
            *self = other;
            return;
        }
        other.each_block(|theirs, number, block| {
            let line = self.line(theirs.channel, theirs.piece);
            let place = self.block(line, number) as usize;
            let mine = self.blocks[place].iter_mut();
            mine.zip(block).for_each(|(mine, theirs)| mine.add(*theirs));
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
        one.merge(two);
        one.finish();
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
