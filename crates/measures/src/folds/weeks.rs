//! Cells by channel, piece and day, kept a week at a time: dense enough to be quick, sparse enough for a hundred thousand
//! pieces that are hardly ever looked at.

use longplay_domain::Day;
use longplay_store::Code;

use super::{Map, Origin};

const WEEK_DAYS: usize = 7;

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

/// Additions gathered before they are made. People come in no order of their cells, so each addition waits for memory; made
/// close together, the processor waits for many at once.
const WAITING_MAX: usize = 256;

/// A sparse cube of `T`.
#[derive(Debug)]
pub struct Weeks<T> {
    index: Map<Key, u32>,
    weeks: Vec<[T; WEEK_DAYS]>,
    waiting: Vec<(Key, u32, T)>,
    places: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    origin: u64,
    week: i32,
}

impl<T> Default for Weeks<T> {
    fn default() -> Self {
        Self {
            index: Map::default(),
            weeks: Vec::new(),
            waiting: Vec::new(),
            places: Vec::new(),
        }
    }
}

impl<T: Count> Weeks<T> {
    #[inline]
    pub fn add(&mut self, channel: Code, piece: Code, day: Day, count: T) {
        // Weeks of the cube are counted from 1970-01-01; they only have to be seven days long.
        let key = Key {
            origin: u64::from(channel) << 32 | u64::from(piece),
            week: day.0.div_euclid(WEEK_DAYS as i32),
        };
        self.waiting
            .push((key, day.0.rem_euclid(WEEK_DAYS as i32) as u32, count));
        if self.waiting.len() == WAITING_MAX {
            self.settle();
        }
    }

    /// Makes the additions that wait.
    fn settle(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        places.clear();
        let mut waiting = std::mem::take(&mut self.waiting);
        places.extend(waiting.iter().map(|(key, ..)| self.place(*key)));
        for ((_, day, count), &place) in waiting.iter().zip(&places) {
            self.weeks[place as usize][*day as usize].add(*count);
        }
        waiting.clear();
        (self.waiting, self.places) = (waiting, places);
    }

    #[inline]
    fn place(&mut self, key: Key) -> u32 {
        *self.index.entry(key).or_insert_with(|| {
            self.weeks.push([T::default(); WEEK_DAYS]);
            u32::try_from(self.weeks.len() - 1).expect("fewer than 4 billion weeks of pieces")
        })
    }

    /// Every cell that is not empty, in no particular order.
    pub fn into_cells(mut self) -> Vec<(Origin, T)> {
        self.settle();
        let mut cells = Vec::with_capacity(self.weeks.len());
        for (key, &place) in &self.index {
            for (index, cell) in self.weeks[place as usize]
                .iter()
                .enumerate()
                .filter(|(_, cell)| **cell != T::default())
            {
                let day = Day(key.week * WEEK_DAYS as i32 + index as i32);
                cells.push((
                    Origin {
                        piece: key.origin as Code,
                        channel: (key.origin >> 32) as Code,
                        day,
                    },
                    *cell,
                ));
            }
        }
        cells
    }

    /// Adds another cube's cells to this one's.
    pub fn merge(&mut self, mut other: Self) {
        other.settle();
        if self.weeks.is_empty() && self.waiting.is_empty() {
            *self = other;
            return;
        }
        for (key, place) in other.index {
            let mine = self.place(key);
            let mine = &mut self.weeks[mine as usize];
            mine.iter_mut()
                .zip(other.weeks[place as usize])
                .for_each(|(mine, theirs)| mine.add(theirs));
        }
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
        let cells = one.into_cells().into_iter();
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
