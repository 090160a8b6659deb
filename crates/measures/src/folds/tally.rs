//! How many people share an origin and a small number, such as a delay in days: where most cells hold nobody, and most of the
//! others a handful.
//!
//! Each line gathers its keys and counts them by sorting, so that an addition writes to the end of a list. The order of people, and how they were dealt to threads, does not matter.

use longplay_domain::Day;

use super::{Lines, Origin, Runs};

/// People by origin and number.
#[derive(Debug, Default)]
pub struct Tally {
    lines: Lines,
    /// By line.
    cells: Vec<Cells>,
    waiting: Vec<(Origin, u32)>,
    /// The lines in order of piece and channel.
    order: Vec<u32>,
}

/// Additions gathered before they are made: made close together, the processor waits for the ends of many lists at once.
const WAITING_MAX: usize = 256;

/// Days as they sort, the earliest first.
const fn sortable(day: i32) -> u32 {
    (day as u32) ^ (1 << 31)
}

const fn packed(day: Day, number: u32) -> u64 {
    (sortable(day.0) as u64) << 32 | number as u64
}

const fn unpacked(packed: u64) -> (Day, u32) {
    (Day(sortable((packed >> 32) as u32 as i32) as i32), packed as u32)
}

/// Days and numbers of one line: 16 bits each where both have room, for the narrower a key, the sooner it is sorted.
#[derive(Debug, Default)]
struct Cells {
    narrow: Runs<u32>,
    wide: Runs<u64>,
}

impl Cells {
    #[inline]
    fn add(&mut self, day: Day, number: u32) {
        match (u16::try_from(day.0), u16::try_from(number)) {
            (Ok(day), Ok(number)) => self.narrow.add(u32::from(day) << 16 | u32::from(number)),
            _ => self.wide.add(packed(day, number)),
        }
    }

    fn merge(&mut self, other: Self) {
        self.narrow.merge(other.narrow);
        self.wide.merge(other.wide);
    }

    fn take_away(&mut self, other: &Self) {
        self.narrow.take_away(&other.narrow);
        self.wide.take_away(&other.wide);
    }

    fn finish(&mut self) {
        self.narrow.finish();
        self.wide.finish();
    }

    /// In order of day and number; no cell is both narrow and wide.
    fn counts(&self) -> impl Iterator<Item = (Day, u32, u32)> {
        let narrow = self.narrow.counts().iter();
        let mut narrow = narrow
            .map(|&(key, people)| (Day((key >> 16) as i32), key & 0xffff, people))
            .peekable();
        let wide = self.wide.counts().iter();
        let mut wide = wide
            .map(|&(key, people)| {
                let (day, number) = unpacked(key);
                (day, number, people)
            })
            .peekable();
        std::iter::from_fn(move || match (narrow.peek(), wide.peek()) {
            (Some(one), Some(other)) if other < one => wide.next(),
            (Some(_), _) => narrow.next(),
            (None, _) => wide.next(),
        })
    }
}

impl Tally {
    #[inline]
    pub fn add(&mut self, origin: Origin, number: u32) {
        self.waiting.push((origin, number));
        if self.waiting.len() == WAITING_MAX {
            self.settle();
        }
    }

    /// Makes the additions that wait.
    fn settle(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        for (origin, number) in waiting.drain(..) {
            let line = self.lines.number(origin.channel, origin.piece);
            if line == self.cells.len() {
                self.cells.push(Cells::default());
            }
            self.cells[line].add(origin.day, number);
        }
        self.waiting = waiting;
    }

    pub fn merge(&mut self, mut other: Self) {
        other.settle();
        if self.cells.is_empty() && self.waiting.is_empty() {
            *self = other;
            return;
        }
        for (&(channel, piece), theirs) in other.lines.names().iter().zip(other.cells) {
            let line = self.lines.number(channel, piece);
            if line == self.cells.len() {
                self.cells.push(theirs);
            } else {
                self.cells[line].merge(theirs);
            }
        }
    }

    /// Takes away people who were added before; both are finished.
    pub fn take_away(&mut self, other: &Self) {
        for (&(channel, piece), theirs) in other.lines.names().iter().zip(&other.cells) {
            let line = self.lines.number(channel, piece);
            // Whoever is taken away was added, so the line is known; a new one would be empty.
            if let Some(mine) = self.cells.get_mut(line) {
                mine.take_away(theirs);
            }
        }
    }

    /// Counts what still waits; only then does [`Tally::cells`] tell everything.
    pub fn finish(&mut self) {
        self.settle();
        self.cells.iter_mut().for_each(Cells::finish);
        self.order = (0..self.cells.len() as u32).collect();
        let names = self.lines.names();
        self.order.sort_unstable_by_key(|&line| {
            let (channel, piece) = names[line as usize];
            (piece, channel)
        });
    }

    /// How many people there are of each origin and number, in order of piece, channel, day and number.
    pub fn cells(&self) -> impl Iterator<Item = (Origin, u32, u32)> {
        self.order.iter().flat_map(|&line| {
            let (channel, piece) = self.lines.names()[line as usize];
            let counts = self.cells[line as usize].counts();
            counts.map(move |(day, number, people)| (Origin { piece, channel, day }, number, people))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_stand_in_order_between_small_ones() {
        let mut tally = Tally::default();
        let origin = |day| Origin {
            piece: 1,
            channel: 1,
            day: Day(day),
        };
        let all = [
            (-1, 3),
            (7, 9),
            (7, 65_535),
            (7, 65_536),
            (8, 0),
            (65_535, 2),
            (65_536, 1),
        ];
        all.iter()
            .rev()
            .for_each(|&(day, number)| tally.add(origin(day), number));
        tally.finish();
        let cells = tally
            .cells()
            .map(|(origin, number, people)| (origin.day.0, number, people));
        assert_eq!(cells.collect::<Vec<_>>(), all.map(|(day, number)| (day, number, 1)));
    }

    #[test]
    fn cells_come_back_in_order_and_add_up() {
        let origin = |piece, channel, day| Origin {
            piece,
            channel,
            day: Day(day),
        };
        let origins = [
            origin(2, 9, -5),
            origin(2, 9, 4),
            origin(2, 9, 70_000),
            origin(7, u32::MAX, i32::MIN),
            origin(u32::MAX, 0, i32::MAX),
        ];
        let (mut one, mut other, mut whole) = (Tally::default(), Tally::default(), Tally::default());
        for (turn, &origin) in origins.iter().rev().enumerate() {
            (0..=turn).for_each(|_| one.add(origin, 900));
            other.add(origin, 1);
            other.add(origin, 900);
        }
        whole.merge(other);
        whole.merge(one);
        whole.finish();
        let wanted = (0..5).flat_map(|index| [(origins[index], 1, 1), (origins[index], 900, 6 - index as u32)]);
        assert_eq!(whole.cells().collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    }
}
