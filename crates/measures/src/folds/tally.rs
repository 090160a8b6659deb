//! How many people share an origin and a small number, such as a delay in days: where most cells hold nobody, and most of the
//! others a handful.
//!
//! Each line gathers its keys and counts them by sorting, so that an addition writes to the end of a list and waits for no
//! memory. The order of people, and how they were dealt to threads, does not matter.

use longplay_domain::Day;

use super::{Lines, Origin, Runs};

/// People by origin and number.
#[derive(Debug, Default)]
pub struct Tally {
    lines: Lines,
    /// By line: day and number, 32 bits each.
    runs: Vec<Runs<u64>>,
    /// The lines in order of piece and channel.
    order: Vec<u32>,
}

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

impl Tally {
    #[inline]
    pub fn add(&mut self, origin: Origin, number: u32) {
        let line = self.lines.number(origin.channel, origin.piece);
        if line == self.runs.len() {
            self.runs.push(Runs::default());
        }
        self.runs[line].add(packed(origin.day, number));
    }

    pub fn merge(&mut self, other: Self) {
        if self.runs.is_empty() {
            *self = other;
            return;
        }
        for (&(channel, piece), theirs) in other.lines.names().iter().zip(other.runs) {
            let line = self.lines.number(channel, piece);
            if line == self.runs.len() {
                self.runs.push(theirs);
            } else {
                self.runs[line].merge(theirs);
            }
        }
    }

    /// Counts what still waits; only then does [`Tally::cells`] tell everything.
    pub fn finish(&mut self) {
        self.runs.iter_mut().for_each(Runs::finish);
        self.order = (0..self.runs.len() as u32).collect();
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
            self.runs[line as usize].counts().iter().map(move |&(key, people)| {
                let (day, number) = unpacked(key);
                (Origin { piece, channel, day }, number, people)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let wanted = (0..4).flat_map(|index| [(origins[index], 1, 1), (origins[index], 900, 5 - index as u32)]);
        assert_eq!(whole.cells().collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    }
}
