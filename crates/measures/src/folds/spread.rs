//! How people differ: how many did so much, however much that is. Most did little, so that is counted without sorting.

use super::Runs;

/// Less than this is counted in an array.
const LITTLE: usize = 256;

/// How many people there are for each amount.
#[derive(Debug, Default)]
pub struct Spread {
    little: Vec<u32>,
    /// All others; after [`Spread::finish`] everybody.
    all: Runs<u64>,
}

impl Spread {
    #[inline]
    pub fn add(&mut self, amount: u64) {
        if amount < LITTLE as u64 {
            self.add_little(amount as usize, 1);
        } else {
            self.all.add(amount);
        }
    }

    /// So many people did one thing each.
    pub fn add_ones(&mut self, people: u64) {
        self.add_little(1, u32::try_from(people).unwrap_or(u32::MAX));
    }

    #[inline]
    fn add_little(&mut self, amount: usize, people: u32) {
        if self.little.is_empty() {
            self.little.resize(LITTLE, 0);
        }
        self.little[amount] = self.little[amount].saturating_add(people);
    }

    pub fn merge(&mut self, mut other: Self) {
        other.finish();
        self.all.merge(other.all);
    }

    /// Takes away people who were added before; both are finished.
    pub fn take_away(&mut self, other: &Self) {
        self.all.take_away(&other.all);
    }

    /// Brings all together; only then does [`Spread::counts`] tell everything.
    pub fn finish(&mut self) {
        let little = std::mem::take(&mut self.little);
        let counts = (0..).zip(little).filter(|&(_, people)| people > 0);
        self.all.add_counts(counts);
        self.all.finish();
    }

    /// Every amount with how many people did so much, ascending.
    pub fn counts(&self) -> &[(u64, u32)] {
        self.all.counts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_and_much_stand_in_one_order() {
        let (mut one, mut other) = (Spread::default(), Spread::default());
        [7, 300, 0, 7, 255].iter().for_each(|&amount| one.add(amount));
        [300, 256, 7].iter().for_each(|&amount| other.add(amount));
        other.add_ones(4);
        one.merge(other);
        one.finish();
        let wanted = [(0, 1), (1, 4), (7, 3), (255, 1), (256, 1), (300, 2)];
        assert_eq!(one.counts(), wanted);
    }
}
