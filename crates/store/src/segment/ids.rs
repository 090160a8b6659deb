//! Which event ids a segment holds: their 64-bit fingerprints, sorted, in a file beside it (`ids/<segment>.ids`).
//!
//! The file answers "has this id been admitted before?" for whole batches at once, without reading the segment and without
//! keeping anything in memory. It can be rebuilt from the segment at any time. Two ids share a fingerprint with a chance of
//! 3 in a million among ten million ids; the second would then count as a duplicate.

use std::{
    fs::File,
    io::{BufWriter, Write},
    os::unix::fs::FileExt,
    path::Path,
};

use crate::error::{PathContext, Result};

const WINDOW_ENTRIES: usize = 8_192;
const ENTRY_BYTES: usize = 8;

/// Writes `fingerprints` (sorted here) durably to `path`.
pub fn write(path: &Path, fingerprints: &mut [u64]) -> Result<()> {
    fingerprints.sort_unstable();
    let file = File::create(path).at("create the id index", path)?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    for fingerprint in fingerprints.iter() {
        out.write_all(&fingerprint.to_le_bytes())
            .at("write the id index", path)?;
    }
    let file = out
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .at("write the id index", path)?;
    file.sync_all().at("flush the id index", path)
}

/// An opened id index.
#[derive(Debug)]
pub struct IdIndex {
    file: File,
    entries: u64,
}

impl IdIndex {
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).at("open the id index", path)?;
        let bytes = file.metadata().at("read the id index", path)?.len();
        Ok(Self {
            file,
            entries: bytes / ENTRY_BYTES as u64,
        })
    }

    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Calls `found` with the index of every element of `sorted` (ascending) that the segment holds.
    pub fn find(&self, sorted: &[u64], path: &Path, mut found: impl FnMut(usize)) -> Result<()> {
        let mut window = Window {
            first: 0,
            entries: Vec::new(),
            bytes: Vec::new(),
        };
        for (index, &wanted) in sorted.iter().enumerate() {
            if window.entries.last().is_none_or(|&last| last < wanted) {
                self.seek(wanted, &mut window).at("read the id index", path)?;
            }
            if window.entries.binary_search(&wanted).is_ok() {
                found(index);
            }
        }
        Ok(())
    }

    /// Moves the window forward to where `wanted` would stand. Fingerprints are uniform, so the place can be reckoned;
    /// dense batches simply read on.
    fn seek(&self, wanted: u64, window: &mut Window) -> std::io::Result<()> {
        let after = window.first + window.entries.len() as u64;
        let guess = ((u128::from(wanted) * u128::from(self.entries)) >> 64) as u64;
        let mut start = guess.saturating_sub(WINDOW_ENTRIES as u64 / 2).max(after);
        loop {
            self.load(start, window)?;
            match (window.entries.first(), window.entries.last()) {
                (Some(&first), _) if first > wanted && start > after => {
                    start = start.saturating_sub(WINDOW_ENTRIES as u64).max(after);
                }
                (_, Some(&last)) if last < wanted => start += window.entries.len() as u64,
                _ => return Ok(()),
            }
        }
    }

    fn load(&self, first: u64, window: &mut Window) -> std::io::Result<()> {
        let count = self.entries.saturating_sub(first).min(WINDOW_ENTRIES as u64) as usize;
        window.bytes.resize(count * ENTRY_BYTES, 0);
        self.file.read_exact_at(&mut window.bytes, first * ENTRY_BYTES as u64)?;
        window.first = first;
        window.entries.clear();
        let entries = window.bytes.chunks_exact(ENTRY_BYTES);
        window
            .entries
            .extend(entries.map(|b| u64::from_le_bytes(b.try_into().expect("chunks of eight"))));
        Ok(())
    }
}

struct Window {
    first: u64,
    entries: Vec<u64>,
    bytes: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(stored: &[u64], asked: &[u64]) -> Vec<u64> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.ids");
        write(&path, &mut stored.to_vec()).unwrap();
        let mut sorted = asked.to_vec();
        sorted.sort_unstable();
        let mut hits = Vec::new();
        IdIndex::open(&path)
            .unwrap()
            .find(&sorted, &path, |index| hits.push(sorted[index]))
            .unwrap();
        hits
    }

    #[test]
    fn every_stored_id_is_found_and_no_other() {
        let mix = |n: u64| {
            n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(31)
                .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        };
        let stored: Vec<u64> = (1..100_000).map(mix).collect();
        let asked: Vec<u64> = (99_000..101_000).map(mix).collect();
        assert_eq!(holds(&stored, &asked).len(), 1_000);
        let sparse: Vec<u64> = vec![mix(5), mix(200_000), 0, u64::MAX];
        assert_eq!(holds(&stored, &sparse), vec![mix(5)]);
    }

    #[test]
    fn clumped_and_empty_indexes_work() {
        assert!(holds(&[], &[1, 2]).is_empty());
        let clump: Vec<u64> = (0..50_000).collect();
        assert_eq!(holds(&clump, &[0, 25_000, 49_999, 50_000]), vec![0, 25_000, 49_999]);
        let top: Vec<u64> = (0..50_000).map(|n| u64::MAX - n).collect();
        assert_eq!(
            holds(&top, &[5, u64::MAX - 49_999, u64::MAX]),
            vec![u64::MAX - 49_999, u64::MAX]
        );
    }
}
