//! A sample of journeys that doesn't depend on who is seen first: those whose keys rank lowest.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::HashSet;
use longplay_domain::PersonId;
use longplay_store::Code;

/// So many journeys are kept; where there are no more, the sample is everybody.
pub const KEPT_MAX: usize = 8_192;
/// So many are held, of whom the last are in reserve: when one of the others goes, who comes next is at hand.
const HELD_MAX: usize = KEPT_MAX + KEPT_MAX / 8;

/// Where a person stands in the order in which journeys are kept. Keys lie in ranges, one a thread, so they are mixed first.
#[inline]
pub fn rank(person: PersonId) -> u64 {
    let mut mixed = (person.0 as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

/// Journeys of a sample of people, and how many people there are.
///
/// Twice as many as are kept in the end may wait, so that the highest ranks are looked for once in a while.
#[derive(Debug, Default)]
pub struct Sample {
    kept: Vec<Kept>,
    /// Their states, one journey behind the other.
    states: Vec<Code>,
    /// Once there were enough: nobody who ranks higher is kept.
    highest: Option<u64>,
    people: u64,
}

/// Whose journey lies where.
#[derive(Clone, Copy, Debug)]
struct Kept {
    rank: u64,
    from: u32,
    to: u32,
}

impl Kept {
    fn states(self, all: &[Code]) -> &[Code] {
        &all[self.from as usize..self.to as usize]
    }
}

impl Sample {
    /// Counts somebody; whether their journey is to be kept.
    #[inline]
    pub fn counts(&mut self, rank: u64) -> bool {
        self.people += 1;
        self.highest.is_none_or(|highest| rank <= highest)
    }

    pub fn keep(&mut self, rank: u64, journey: &[Code]) {
        let from = self.states.len() as u32;
        self.states.extend_from_slice(journey);
        let to = self.states.len() as u32;
        self.kept.push(Kept { rank, from, to });
        if self.kept.len() == 2 * HELD_MAX {
            self.let_go();
        }
    }

    /// Lets go of those who rank too high; only then is what is kept the sample.
    pub fn finish(&mut self) {
        self.let_go();
        self.kept.sort_unstable_by_key(|kept| kept.rank);
    }

    fn let_go(&mut self) {
        if self.kept.len() <= HELD_MAX {
            return;
        }
        let (_, last, _) = self.kept.select_nth_unstable_by_key(HELD_MAX - 1, |kept| kept.rank);
        self.highest = Some(last.rank);
        self.kept.truncate(HELD_MAX);
        self.condense();
    }

    /// Lets go of the states of nobody.
    fn condense(&mut self) {
        let all = std::mem::take(&mut self.states);
        for kept in &mut self.kept {
            let from = self.states.len() as u32;
            self.states.extend_from_slice(kept.states(&all));
            (kept.from, kept.to) = (from, self.states.len() as u32);
        }
    }

    /// Takes away people who were counted before. Whoever is kept of them and was kept here goes: that is whoever of them was.
    pub fn take_away(&mut self, other: &Self) {
        self.people -= other.people;
        let gone: HashSet<u64, RandomState> = other.kept.iter().map(|kept| kept.rank).collect();
        self.kept.retain(|kept| !gone.contains(&kept.rank));
        self.condense();
    }

    /// Whether nobody is missing.
    pub fn is_whole(&self) -> bool {
        self.kept.len() as u64 >= self.people.min(KEPT_MAX as u64)
    }

    fn sample(&self) -> &[Kept] {
        &self.kept[..self.kept.len().min(KEPT_MAX)]
    }

    pub fn merge(&mut self, other: Self) {
        self.people += other.people;
        self.highest = self.highest.into_iter().chain(other.highest).min();
        for kept in other.kept {
            if self.highest.is_none_or(|highest| kept.rank <= highest) {
                self.keep(kept.rank, kept.states(&other.states));
            }
        }
    }

    /// How many people have a journey, kept or not.
    pub const fn people(&self) -> u64 {
        self.people
    }

    /// How many people each of the kept stands for.
    pub fn stands_for(&self) -> f64 {
        self.people as f64 / self.sample().len().max(1) as f64
    }

    /// The kept journeys with their touches numbered by `number`, neighbours of one number merged, equal ones counted.
    pub fn condensed(&self, number: impl Fn(Code) -> u32) -> BTreeMap<Vec<u32>, u64> {
        let mut condensed = BTreeMap::new();
        for kept in self.sample() {
            let mut numbers: Vec<u32> = kept.states(&self.states).iter().map(|&code| number(code)).collect();
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
    fn the_sample_of_who_is_left_is_theirs_until_the_reserve_is_used_up() {
        let of = |people: std::ops::Range<i64>, states: Code| {
            let mut sample = Sample::default();
            for person in people {
                let rank = rank(PersonId(person));
                if sample.counts(rank) {
                    sample.keep(rank, &[states + (person % 97) as Code]);
                }
            }
            sample.finish();
            sample
        };
        let mut changed = of(0..20_000, 0);
        changed.take_away(&of(0..1_000, 0));
        changed.merge(of(0..1_000, 500));
        changed.merge(of(20_000..20_300, 0));
        changed.finish();
        let mut wanted = of(1_000..20_300, 0);
        wanted.merge(of(0..1_000, 500));
        wanted.finish();
        assert!(changed.is_whole());
        assert_eq!(changed.stands_for(), wanted.stands_for());
        assert_eq!(changed.condensed(|code| code), wanted.condensed(|code| code));
        changed.take_away(&of(1_000..6_000, 0));
        changed.finish();
        assert!(!changed.is_whole());
    }

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
            let mut whole = Sample::default();
            parts.into_iter().rev().for_each(|part| whole.merge(part));
            whole.finish();
            whole
        };
        let (one, many) = (deal(1), deal(13));
        assert_eq!((one.people(), one.sample().len()), (20_000, KEPT_MAX));
        assert_eq!(one.condensed(|code| code), many.condensed(|code| code));
        assert!((one.stands_for() - 20_000.0 / 8_192.0).abs() < 1e-12);
    }
}
