//! Shares of a conversion grouped by their size, so that an interval can be drawn over people without anybody's journey.

use std::sync::LazyLock;

use super::paths::{Share, WHOLE};

/// Sizes of shares, four to each halving.
const SIZES: usize = 60;

/// Of each size but the last, the least share that has it: the larger the size, the smaller the share.
static LEAST: LazyLock<[u64; SIZES]> = LazyLock::new(|| std::array::from_fn(least));

fn size_of(sum: u64) -> usize {
    (-4.0 * (sum as f64 / WHOLE).log2()).round().clamp(0.0, SIZES as f64) as usize
}

/// Found by halving, so that looking it up says the same as working it out.
fn least(size: usize) -> u64 {
    let (mut below, mut least) = (0, WHOLE as u64);
    while least - below > 1 {
        let middle = below.midpoint(least);
        if size_of(middle) <= size {
            least = middle;
        } else {
            below = middle;
        }
    }
    least
}

/// As [`size_of`]: within a halving only its own four bounds are looked at, and all of them, so that nothing is guessed.
#[inline]
fn looked_up(least: &[u64; SIZES], sum: u64) -> usize {
    if sum >= WHOLE as u64 {
        return 0;
    }
    let halvings = 31 - sum.max(1).ilog2() as usize;
    let from = (4 * halvings).min(SIZES - 4);
    from + least[from..from + 4].iter().filter(|&&least| sum < least).count()
}

/// The shares of one label by one method.
#[derive(Clone, Debug, Default)]
pub struct Sizes(Vec<Share>);

impl Sizes {
    /// One person's share, in 2³²nds.
    #[inline]
    pub fn add(&mut self, sum: u64) {
        self.put(looked_up(&LEAST, sum), Share { people: 1, sum });
    }

    /// So many people who each gave all.
    pub fn add_whole(&mut self, people: u32) {
        let sum = u64::from(people) * WHOLE as u64;
        self.put(0, Share { people, sum });
    }

    #[inline]
    fn put(&mut self, size: usize, share: Share) {
        if self.0.len() <= size {
            self.0.resize(size + 1, Share::default());
        }
        let mine = &mut self.0[size];
        mine.people += share.people;
        mine.sum += share.sum;
    }

    pub fn merge(&mut self, other: Self) {
        for (size, share) in other.0.into_iter().enumerate() {
            self.put(size, share);
        }
    }

    /// Takes away people who were added before.
    pub fn take_away(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            mine.people -= theirs.people;
            mine.sum -= theirs.sum;
        }
    }

    /// Groups that have anybody.
    pub fn iter(&self) -> impl Iterator<Item = Share> {
        self.0.iter().copied().filter(|share| share.people > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_looked_up_is_the_size_worked_out() {
        let mut sum = 1_u64;
        while sum <= WHOLE as u64 {
            for near in [sum - 1, sum, sum + 1] {
                let found = looked_up(&LEAST, near);
                if (1..=WHOLE as u64).contains(&near) {
                    assert_eq!(found, size_of(near), "{near}");
                }
            }
            sum = (sum as f64 * 1.01) as u64 + 1;
        }
        assert_eq!(looked_up(&LEAST, 0), SIZES);
        for &least in LEAST.iter().filter(|&&least| least > 1) {
            assert_ne!(size_of(least - 1), size_of(least), "{least}");
        }
    }
}
