//! CRC-32 of a file, taken by several threads where it is large: it stands before the first answer of a process.

use std::{fs::File, os::unix::fs::FileExt, path::Path, thread};

use crate::error::{PathContext, Result};

/// A thread is worth its start from so many bytes on.
const PART_BYTES_MIN: u64 = 4 << 20;
const BUFFER_BYTES: usize = 1 << 18;

/// CRC-32 of a file.
pub fn checksum(path: &Path) -> Result<u32> {
    checksum_of(&File::open(path).at("open", path)?, path)
}

/// The same of a file that is open, whatever its name is by now.
pub fn checksum_of(file: &File, path: &Path) -> Result<u32> {
    let bytes = file.metadata().at("read", path)?.len();
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let parts = (bytes / PART_BYTES_MIN).clamp(1, threads);
    let length = bytes.div_ceil(parts);
    let part = |number: u64| part(file, number * length, bytes.min((number + 1) * length));
    let hashed: std::io::Result<Vec<_>> = if parts == 1 {
        part(0).map(|hasher| vec![hasher])
    } else {
        thread::scope(|scope| {
            let part = &part;
            let workers: Vec<_> = (0..parts).map(|number| scope.spawn(move || part(number))).collect();
            let done = workers.into_iter().map(|worker| worker.join());
            done.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    };
    let mut whole = crc32fast::Hasher::new();
    hashed.at("read", path)?.iter().for_each(|part| whole.combine(part));
    Ok(whole.finalize())
}

fn part(file: &File, mut at: u64, end: u64) -> std::io::Result<crc32fast::Hasher> {
    let mut hasher = crc32fast::Hasher::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    while at < end {
        let length = buffer.len().min((end - at) as usize);
        file.read_exact_at(&mut buffer[..length], at)?;
        hasher.update(&buffer[..length]);
        at += length as u64;
    }
    Ok(hasher)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_to_the_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        for bytes in [0, 1, BUFFER_BYTES, 3 * PART_BYTES_MIN as usize + 17] {
            let content: Vec<u8> = (0..bytes).map(|n| ((n * n) >> 3) as u8).collect();
            std::fs::write(&path, &content).unwrap();
            assert_eq!(checksum(&path).unwrap(), crc32fast::hash(&content), "{bytes}");
        }
    }
}
