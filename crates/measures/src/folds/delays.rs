//! How many people of each origin did something so many days after their first: return, convert.
//!
//! What a survival curve of any scope needs, together with how many people there are: whoever is not in here has not done it.
//! A person counts once.

use super::{Origin, Tally};

/// People of one origin who did it so many days after their first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay {
    pub origin: Origin,
    pub days: i32,
    pub people: u64,
}

/// All delays.
#[derive(Debug, Default)]
pub struct Delays {
    tally: Tally,
}

impl Delays {
    #[inline]
    pub fn add(&mut self, origin: Origin, days: i32) {
        self.tally.add(origin, days.max(0) as u32);
    }

    pub fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
    }

    pub fn take_away(&mut self, other: &Self) {
        self.tally.take_away(&other.tally);
    }

    /// Counts what still waits; only then does [`Delays::cells`] tell everything.
    pub fn finish(&mut self) {
        self.tally.finish();
    }

    /// In order of piece, channel, day and delay, so that those of one origin stand together.
    pub fn cells(&self) -> impl Iterator<Item = Delay> {
        self.tally.cells().map(|(origin, days, people)| Delay {
            origin,
            days: days as i32,
            people: u64::from(people),
        })
    }
}
