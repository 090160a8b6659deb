//! How long people stayed away before they came back: the days from D0 to the second presence day, by origin.
//!
//! What a survival curve of any scope needs, together with how many people there are: whoever is not in here has not come
//! back. A person counts once, with their first return.

use longplay_domain::Day;
use longplay_store::Columns;

use super::{Origin, Runs};
use crate::pass::{Fold, Life};

/// People of one origin who came back so many days after their first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub origin: Origin,
    /// At least 1.
    pub days: i32,
    pub people: u64,
}

/// All gaps.
#[derive(Debug, Default)]
pub struct Gaps {
    /// Piece, channel, day and gap, 32 bits each.
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

impl Gaps {
    /// In order of piece, channel, day and gap, so that those of one origin stand together.
    pub fn cells(&self) -> impl Iterator<Item = Gap> {
        self.packed.counts().iter().map(|&(cell, people)| {
            let (origin, days) = unpacked(cell);
            Gap {
                origin,
                days,
                people: u64::from(people),
            }
        })
    }
}

impl Fold for Gaps {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let (Some(arrival), Some(back)) = (life.arrival, life.presence.get(1)) else {
            return;
        };
        self.packed.add(packed(arrival.into(), back.since(arrival.day)));
    }

    fn merge(&mut self, other: Self) {
        self.packed.merge(other.packed);
    }

    fn finish(&mut self) {
        self.packed.finish();
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
