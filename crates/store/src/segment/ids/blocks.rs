//! Sorted fingerprints in few bytes: a block holds those that share their upper bits, each as its distance from the one
//! before, Rice coded. A uniform hash leaves 64 − log₂ n bits of news in each of n, and a bit and a half of overhead.

/// How the fingerprints of one index are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Upper bits that say which block a fingerprint is in.
    pub block_bits: u32,
    /// Lower bits of a distance that are written as they are.
    pub rice_bits: u32,
}

/// Fingerprints a block holds at least, on average.
const BLOCK_ENTRIES: u64 = 96;
/// More blocks than this no index has.
const BLOCK_BITS_MAX: u32 = 40;

impl Layout {
    /// The layout for so many fingerprints.
    pub fn of(entries: u64) -> Self {
        let block_bits = (entries / BLOCK_ENTRIES)
            .checked_ilog2()
            .unwrap_or(0)
            .min(BLOCK_BITS_MAX);
        let distance = u64::MAX / entries.max(1);
        // The best parameter for distances that are exponentially spread is log₂ of 0.96 of their mean.
        let rice_bits = (distance - distance / 25).max(1).ilog2();
        Self { block_bits, rice_bits }
    }

    pub const fn blocks(self) -> usize {
        1 << self.block_bits
    }

    #[inline]
    pub fn block_of(self, fingerprint: u64) -> usize {
        fingerprint.checked_shr(64 - self.block_bits).unwrap_or(0) as usize
    }

    /// The least fingerprint a block can hold.
    const fn start(self, block: usize) -> u64 {
        if self.block_bits == 0 {
            0
        } else {
            (block as u64) << (64 - self.block_bits)
        }
    }

    /// Appends a block to `out`.
    pub fn encode(self, block: usize, sorted: &[u64], out: &mut Vec<u8>) {
        let mut count = sorted.len() as u64;
        while count >= 0x80 {
            out.push(count as u8 | 0x80);
            count >>= 7;
        }
        out.push(count as u8);
        let mut bits = Bits {
            out,
            held: 0,
            filled: 0,
        };
        let mut last = self.start(block);
        for &fingerprint in sorted {
            let distance = fingerprint - last;
            let high = distance.checked_shr(self.rice_bits).unwrap_or(0);
            for _ in 0..high {
                bits.put(1, 1);
            }
            bits.put(0, 1);
            let low = distance & low_mask(self.rice_bits);
            bits.put(low & 0xffff_ffff, self.rice_bits.min(32));
            bits.put(low >> 32, self.rice_bits.saturating_sub(32));
            last = fingerprint;
        }
        bits.finish();
    }

    /// Reads a block into `sorted`. `None` when the bytes are none.
    pub fn decode(self, block: usize, bytes: &[u8], sorted: &mut Vec<u64>) -> Option<()> {
        sorted.clear();
        let mut count = 0_u64;
        let mut length = 0;
        loop {
            let byte = *bytes.get(length)?;
            count |= u64::from(byte & 0x7f).checked_shl(7 * length as u32)?;
            length += 1;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let bits = &bytes[length..];
        // Each takes a bit at least, so that a damaged count can't ask for more memory than there are bits.
        let count = usize::try_from(count).ok().filter(|&count| count <= bits.len() * 8)?;
        sorted.reserve(count);
        let mut at = 0;
        let mut last = self.start(block);
        for _ in 0..count {
            let mut high = 0;
            loop {
                let ones = (window(bits, at)? as u32).trailing_ones();
                high += u64::from(ones);
                at += ones as usize;
                if ones < 32 {
                    break;
                }
            }
            at += 1;
            let mut low = window(bits, at)? & low_mask(self.rice_bits.min(32));
            at += self.rice_bits.min(32) as usize;
            if self.rice_bits > 32 {
                low |= (window(bits, at)? & low_mask(self.rice_bits - 32)) << 32;
                at += self.rice_bits as usize - 32;
            }
            last = last.checked_add(high.checked_shl(self.rice_bits)?.checked_add(low)?)?;
            sorted.push(last);
        }
        (at <= bits.len() * 8).then_some(())
    }
}

const fn low_mask(bits: u32) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

/// At least 32 bits from bit `at` on; zeros behind the end, `None` far behind it.
#[inline]
fn window(bytes: &[u8], at: usize) -> Option<u64> {
    let rest = bytes.get(at / 8..)?;
    let word = match rest.first_chunk::<8>() {
        Some(word) => u64::from_le_bytes(*word),
        None => rest.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    Some(word >> (at % 8))
}

/// Bits on their way into bytes, the lowest first.
struct Bits<'a> {
    out: &'a mut Vec<u8>,
    held: u64,
    filled: u32,
}

impl Bits<'_> {
    /// At most 32 bits at a time.
    fn put(&mut self, value: u64, bits: u32) {
        self.held |= value << self.filled;
        self.filled += bits;
        while self.filled >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.filled -= 8;
        }
    }

    fn finish(self) {
        if self.filled > 0 {
            self.out.push(self.held as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_block_reads_back(mut values in proptest::collection::vec(any::<u64>(), 0..300), shift in 0_u32..64, entries in 1_u64..1 << 40) {
            // Clumped as well as uniform, under the layout of any number of others.
            values.iter_mut().for_each(|value| *value >>= shift);
            values.sort_unstable();
            let layout = Layout::of(entries);
            let mut by_block: std::collections::BTreeMap<usize, Vec<u64>> = std::collections::BTreeMap::new();
            values.iter().for_each(|&value| by_block.entry(layout.block_of(value)).or_default().push(value));
            for (block, own) in by_block {
                let (mut bytes, mut read) = (Vec::new(), Vec::new());
                layout.encode(block, &own, &mut bytes);
                prop_assert_eq!(layout.decode(block, &bytes, &mut read), Some(()));
                prop_assert_eq!(read, own);
            }
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), entries in 1_u64..1 << 40, block in 0_usize..1000) {
            let layout = Layout::of(entries);
            let _ = layout.decode(block % layout.blocks(), &bytes, &mut Vec::new());
        }
    }
}
