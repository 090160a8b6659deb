//! "Certainly not here" from memory: a Bloom filter of one byte an id whose six bits lie in one cache line, so that a new id,
//! as nearly all are, costs one look and no reading.

/// Bits per id.
const BITS_PER_ID: u64 = 8;
const LINE_BITS: u64 = 512;
/// Bits set for each id: six times nine bits of a hash say which of a line.
const PROBES: u32 = 6;
/// Makes of a fingerprint, whose upper bits name the line, bits that don't follow from those.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The filter of one index.
#[derive(Debug)]
pub struct Filter {
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
#[repr(align(64))]
struct Line([u64; 8]);

impl Filter {
    /// An empty filter for so many ids.
    pub fn sized(entries: u64) -> Self {
        let lines = (entries * BITS_PER_ID).div_ceil(LINE_BITS).max(1);
        Self {
            lines: vec![Line([0; 8]); lines as usize],
        }
    }

    pub fn insert(&mut self, fingerprint: u64) {
        let line = self.line(fingerprint);
        let line = &mut self.lines[line].0;
        probes(fingerprint).for_each(|(word, bit)| line[word] |= bit);
    }

    /// `false` is certain.
    #[inline]
    pub fn may_hold(&self, fingerprint: u64) -> bool {
        let line = &self.lines[self.line(fingerprint)].0;
        probes(fingerprint).all(|(word, bit)| line[word] & bit != 0)
    }

    #[inline]
    fn line(&self, fingerprint: u64) -> usize {
        ((u128::from(fingerprint) * self.lines.len() as u128) >> 64) as usize
    }
}

#[inline]
fn probes(fingerprint: u64) -> impl Iterator<Item = (usize, u64)> {
    let mixed = fingerprint.wrapping_mul(MIX);
    (0..PROBES).map(move |probe| {
        let place = mixed >> (10 + 9 * probe);
        ((place >> 6 & 7) as usize, 1 << (place & 63))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_there_and_little_else() {
        let mix = |n: u64| {
            n.wrapping_add(1)
                .wrapping_mul(0xbf58_476d_1ce4_e5b9)
                .rotate_left(27)
                .wrapping_mul(0x94d0_49bb_1331_11eb)
        };
        let mut filter = Filter::sized(200_000);
        (0..200_000).for_each(|n| filter.insert(mix(n)));
        assert!((0..200_000).all(|n| filter.may_hold(mix(n))));
        let wrong = (200_000..400_000).filter(|&n| filter.may_hold(mix(n))).count();
        assert!(wrong < 200_000 / 25, "{wrong} of 200000 have to be looked up in vain");
    }
}
