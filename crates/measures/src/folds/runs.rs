//! Counting by sorting: how many people share each packed key, where there are too many different keys for a hash map to stay
//! in the caches.
//!
//! Keys wait until there are many, are then sorted digit by digit, several times faster than by comparing, and merged into
//! the run of those counted before. Whatever the order and wherever it was cut, the counts are the same.

/// Keys not yet counted that are kept: so many at most, and as many as have been counted, but at least a few.
const LOOSE_MAX: usize = 1 << 18;
const LOOSE_MIN: usize = 1 << 12;

/// Sorted keys, each with how often it came.
#[derive(Debug)]
pub struct Runs<K> {
    loose: Vec<K>,
    counts: Vec<(K, u32)>,
}

impl<K> Default for Runs<K> {
    fn default() -> Self {
        Self {
            loose: Vec::new(),
            counts: Vec::new(),
        }
    }
}

impl<K: radsort::Key + Ord + Copy> Runs<K> {
    #[inline]
    pub fn add(&mut self, key: K) {
        self.loose.push(key);
        if self.loose.len() >= self.counts.len().clamp(LOOSE_MIN, LOOSE_MAX) {
            self.condense();
        }
    }

    /// Keys counted already, ascending.
    pub fn add_counts(&mut self, counts: impl Iterator<Item = (K, u32)>) {
        self.counts = merged(std::mem::take(&mut self.counts), counts);
    }

    pub fn merge(&mut self, mut other: Self) {
        self.condense();
        other.condense();
        if self.counts.is_empty() {
            self.counts = other.counts;
            return;
        }
        self.counts = merged(std::mem::take(&mut self.counts), other.counts.into_iter());
    }

    /// Takes away keys that came before; both are finished.
    pub fn take_away(&mut self, other: &Self) {
        let mut gone = other.counts().iter().peekable();
        self.counts.retain_mut(|(key, count)| {
            if let Some((_, theirs)) = gone.next_if(|(theirs, _)| theirs == key) {
                *count -= theirs;
            }
            *count > 0
        });
    }

    /// Counts what still waits; only then does [`Runs::counts`] tell everything.
    pub fn finish(&mut self) {
        self.condense();
        self.loose = Vec::new();
    }

    /// Every key with its count, ascending.
    pub fn counts(&self) -> &[(K, u32)] {
        debug_assert!(self.loose.is_empty(), "finish comes before reading");
        &self.counts
    }

    fn condense(&mut self) {
        if self.loose.is_empty() {
            return;
        }
        radsort::sort(&mut self.loose);
        let runs = self.loose.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32));
        self.counts = merged(std::mem::take(&mut self.counts), runs);
        self.loose.clear();
    }
}

/// Two sorted lists of counts as one.
fn merged<K: Ord + Copy>(mine: Vec<(K, u32)>, theirs: impl Iterator<Item = (K, u32)>) -> Vec<(K, u32)> {
    let mut all = Vec::with_capacity(mine.len());
    let (mut mine, mut theirs) = (mine.into_iter().peekable(), theirs.peekable());
    loop {
        let next = match (mine.peek(), theirs.peek()) {
            (Some((a, _)), Some((b, _))) if a <= b => mine.next(),
            (Some(_), None) => mine.next(),
            _ => theirs.next(),
        };
        let Some((key, count)) = next else { return all };
        match all.last_mut() {
            Some((last, sum)) if *last == key => *sum += count,
            _ => all.push((key, count)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_are_those_of_all_keys_however_they_were_parted(keys in proptest::collection::vec(0u64..40, 0..300), cut in 0usize..300) {
            let cut = cut.min(keys.len());
            let (mut one, mut other) = (Runs::default(), Runs::default());
            keys[..cut].iter().for_each(|&key| one.add(key));
            keys[cut..].iter().for_each(|&key| if key % 2 == 0 { other.add(key) } else { other.add_counts(std::iter::once((key, 1))) });
            one.merge(other);
            one.finish();
            let mut wanted = std::collections::BTreeMap::new();
            keys.iter().for_each(|&key| *wanted.entry(key).or_insert(0u32) += 1);
            prop_assert_eq!(one.counts(), wanted.into_iter().collect::<Vec<_>>());
            let (mut gone, mut left) = (Runs::default(), Runs::default());
            keys[..cut].iter().for_each(|&key| gone.add(key));
            keys[cut..].iter().for_each(|&key| left.add(key));
            gone.finish();
            left.finish();
            one.take_away(&gone);
            prop_assert_eq!(one.counts(), left.counts());
        }
    }
}
