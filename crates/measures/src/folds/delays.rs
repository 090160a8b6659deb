//! How many people of each origin did something so many days after their first: return, convert.
//!
//! What a survival curve of any scope needs, together with how many people there are: whoever is not in here has not done it.
//! A person counts once.

use longplay_domain::Day;

use super::{Origin, Runs};

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
    /// Piece, channel, day and delay, 32 bits each.
    packed: Runs<u128>,
}

/// Days as they sort, the earliest first.
const fn sortable(day: i32) -> u32 {
    (day as u32) ^ (1 << 31)
}

fn packed(origin: Origin, days: i32) -> u128 {
    u128::from(origin.piece) << 96
        | u128::from(origin.channel) << 64
        | u128::from(sortable(origin.day.0)) << 32
        | u128::from(days.max(0) as u32)
}

fn unpacked(packed: u128) -> (Origin, i32) {
    let origin = Origin {
        piece: (packed >> 96) as u32,
        channel: (packed >> 64) as u32,
        day: Day(sortable((packed >> 32) as u32 as i32) as i32),
    };
    (origin, packed as u32 as i32)
}

impl Delays {
    #[inline]
    pub fn add(&mut self, origin: Origin, days: i32) {
        self.packed.add(packed(origin, days));
    }

    pub fn merge(&mut self, other: Self) {
        self.packed.merge(other.packed);
    }

    /// Counts what still waits; only then does [`Delays::cells`] tell everything.
    pub fn finish(&mut self) {
        self.packed.finish();
    }

    /// In order of piece, channel, day and delay, so that those of one origin stand together.
    pub fn cells(&self) -> impl Iterator<Item = Delay> {
        self.packed.counts().iter().map(|&(cell, people)| {
            let (origin, days) = unpacked(cell);
            Delay {
                origin,
                days,
                people: u64::from(people),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_keeps_everything_and_the_order_of_days() {
        let origin = |day| Origin {
            piece: u32::MAX,
            channel: 7,
            day: Day(day),
        };
        for day in [i32::MIN, -1, 0, 19_000, i32::MAX] {
            assert_eq!(unpacked(packed(origin(day), 3)), (origin(day), 3));
        }
        assert!(packed(origin(-5), 900) < packed(origin(4), 1));
    }
}
