//! A sample of journeys that doesn't depend on who is seen first: those whose keys rank lowest.

use std::collections::{BTreeMap, BinaryHeap};

use longplay_domain::PersonId;
use longplay_store::Code;

/// So many journeys are kept; where there are no more, the sample is everybody.
pub const KEPT_MAX: usize = 8_192;

/// Where a person stands in the order in which journeys are kept. Keys lie in ranges, one a thread, so they are mixed first.
#[inline]
pub fn rank(person: PersonId) -> u64 {
    let mut mixed = (person.0 as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

/// Journeys of a sample of people, and how many people there are.
#[derive(Debug, Default)]
pub struct Sample {
    kept: BinaryHeap<(u64, Box<[Code]>)>,
    people: u64,
}

impl Sample {
    /// Counts somebody; whether their journey is to be kept.
    #[inline]
    pub fn counts(&mut self, rank: u64) -> bool {
        self.people += 1;
        self.takes(rank)
    }

    fn takes(&self, rank: u64) -> bool {
        self.kept.len() < KEPT_MAX || self.kept.peek().is_some_and(|(highest, _)| rank < *highest)
    }

    pub fn keep(&mut self, rank: u64, journey: &[Code]) {
        self.kept.push((rank, journey.into()));
        if self.kept.len() > KEPT_MAX {
            self.kept.pop();
        }
    }

    pub fn merge(&mut self, other: Self) {
        self.people += other.people;
        for (rank, journey) in other.kept {
            if self.takes(rank) {
                self.keep(rank, &journey);
            }
        }
    }

    /// How many people have a journey, kept or not.
    pub const fn people(&self) -> u64 {
        self.people
    }

    /// How many people each of the kept stands for.
    pub fn stands_for(&self) -> f64 {
        self.people as f64 / self.kept.len().max(1) as f64
    }

    /// The kept journeys with their touches numbered by `number`, neighbours of one number merged, equal ones counted.
    pub fn condensed(&self, number: impl Fn(Code) -> u32) -> BTreeMap<Vec<u32>, u64> {
        let mut condensed = BTreeMap::new();
        for (_, journey) in &self.kept {
            let mut numbers: Vec<u32> = journey.iter().map(|&code| number(code)).collect();
            numbers.dedup();
            *condensed.entry(numbers).or_default() += 1;
        }
        condensed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_the_same_however_people_are_dealt() {
        let deal = |threads: u64| {
            let mut parts: Vec<Sample> = (0..threads).map(|_| Sample::default()).collect();
            for person in 0..20_000_i64 {
                let part = &mut parts[(person as u64 * 7 % threads) as usize];
                let rank = rank(PersonId(person));
                if part.counts(rank) {
                    part.keep(rank, &[(person % 97) as Code]);
                }
            }
            parts.into_iter().rev().fold(Sample::default(), |mut whole, part| {
                whole.merge(part);
                whole
            })
        };
        let (one, many) = (deal(1), deal(13));
        assert_eq!((one.people(), one.kept.len()), (20_000, KEPT_MAX));
        assert_eq!(one.condensed(|code| code), many.condensed(|code| code));
        assert!((one.stands_for() - 20_000.0 / 8_192.0).abs() < 1e-12);
    }
}
