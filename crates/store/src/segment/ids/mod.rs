//! Which event ids a segment holds: their 64-bit fingerprints in a file beside it (`ids/<segment>.ids`).
//!
//! The file answers "has this id been admitted before?" exactly, without reading the segment. What is asked for most, ids
//! that are new, a filter of a byte an id settles in memory; it is made when an index is first asked. The file can be
//! rebuilt from the segment at any time. Two ids share a fingerprint with a chance of 3 in a million among ten million ids;
//! the second would then count as a duplicate.
//!
//! Layout, little-endian: magic, number of ids, block bits, rice bits, six zeros; the [`blocks`]; the length of each block
//! in 4 bytes; CRC-32 of all before.

mod blocks;
mod filter;
mod union;

use std::{
    fs::File,
    io::{BufWriter, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use arrow::array::AsArray;
use longplay_domain::PersonKey;

pub use self::union::{Union, Walk};
use self::{blocks::Layout, filter::Filter};
use super::{
    read::{Form, Segment},
    schema::Column,
    write::sync_directory,
};
use crate::{
    error::{PathContext, Result, StoreError},
    registry,
    rows::EVERYBODY,
};

/// The first bytes of an index; the last one is the version of its layout.
const MAGIC: [u8; 8] = *b"LPL-IDS\x02";
const HEADER_BYTES: u64 = 24;
const CRC_BYTES: u64 = 4;
/// Blocks that are read at once when most of them will be wanted.
const DENSE_BLOCKS: usize = 128;

/// Where the index of a segment lies under the data directory.
pub fn path(directory: &Path, segment: &str) -> PathBuf {
    directory.join("ids").join(format!("{segment}.ids"))
}

/// Writes `entries` fingerprints, which come ascending, durably to `path`.
pub fn write(path: &Path, entries: u64, sorted: impl IntoIterator<Item = Result<u64>>) -> Result<()> {
    let layout = Layout::of(entries);
    let file = File::create(path).at("create the id index", path)?;
    let mut out = Out {
        file: BufWriter::with_capacity(1 << 20, file),
        crc: crc32fast::Hasher::new(),
        path,
    };
    out.put(&header(entries, layout))?;
    let mut lengths: Vec<u8> = Vec::with_capacity(layout.blocks() * 4);
    let mut sorted = sorted.into_iter().peekable();
    let (mut own, mut bytes) = (Vec::new(), Vec::new());
    let mut written = 0;
    for block in 0..layout.blocks() {
        own.clear();
        while let Some(fingerprint) = sorted.next_if(|next| {
            !next
                .as_ref()
                .is_ok_and(|&fingerprint| layout.block_of(fingerprint) != block)
        }) {
            own.push(fingerprint?);
        }
        bytes.clear();
        layout.encode(block, &own, &mut bytes);
        written += own.len() as u64;
        lengths.extend((bytes.len() as u32).to_le_bytes());
        out.put(&bytes)?;
    }
    if written != entries || sorted.next().is_some() {
        let message = format!("would hold other ids than the {entries} of its segment");
        return Err(StoreError::Damaged {
            path: path.to_owned(),
            message,
        });
    }
    out.put(&lengths)?;
    out.finish()
}

/// Makes the index of a segment anew from its rows.
pub fn rebuild(directory: &Path, segment: &Segment, key: &PersonKey) -> Result<()> {
    let mut fingerprints = Vec::with_capacity(segment.info.rows as usize);
    let mut reader = segment.read(&[Column::Id], &EVERYBODY, Form::Plain)?;
    while let Some(batch) = reader.next_batch()? {
        let ids = batch.column(0).as_string::<i32>();
        fingerprints.extend(ids.iter().flatten().map(|id| key.fingerprint(id.as_bytes())));
    }
    fingerprints.sort_unstable();
    replace(
        &path(directory, &segment.info.name),
        fingerprints.len() as u64,
        fingerprints,
    )
}

/// Whether a file is an index of the first layout, which had no head: nothing but fingerprints of 8 bytes each, ascending.
pub fn is_of_first_layout(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let bytes = file.metadata().map_or(1, |metadata| metadata.len());
    let mut head = [0; 16];
    let has_head = bytes >= 16 && file.read_exact_at(&mut head, 0).is_ok();
    let first = |at: usize| {
        head[at..at + 8]
            .iter()
            .rev()
            .fold(0_u64, |number, &byte| number << 8 | u64::from(byte))
    };
    bytes % 8 == 0 && head[..7] != MAGIC[..7] && (bytes <= 8 || has_head && first(0) < first(8))
}

/// Writes an index of the first layout anew.
pub fn renew(path: &Path) -> Result<()> {
    let bytes = std::fs::read(path).at("read the id index", path)?;
    let entries = bytes.chunks_exact(8);
    let sorted: Vec<u64> = entries
        .map(|bytes| u64::from_le_bytes(bytes.try_into().expect("chunks of eight")))
        .collect();
    if !sorted.is_sorted() {
        return Err(StoreError::Damaged {
            path: path.to_owned(),
            message: "is no id index; `longplay check --repair` makes it anew".to_owned(),
        });
    }
    replace(path, sorted.len() as u64, sorted)
}

/// Writes an index in the place of another, at once.
fn replace(path: &Path, entries: u64, sorted: Vec<u64>) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).at("create the directory", folder)?;
    }
    let suffix = registry::hex(&registry::random::<4>()?);
    let fresh = path.with_extension(format!("ids.{suffix}"));
    let written = write(&fresh, entries, sorted.into_iter().map(Ok))
        .and_then(|()| std::fs::rename(&fresh, path).at("replace the id index", path));
    if written.is_err() {
        // Whatever kept it from being written may keep it from being removed; it is never read.
        let _ = std::fs::remove_file(&fresh);
    }
    written?;
    path.parent().map_or(Ok(()), sync_directory)
}

fn header(entries: u64, layout: Layout) -> [u8; HEADER_BYTES as usize] {
    let mut header = [0; HEADER_BYTES as usize];
    header[..8].copy_from_slice(&MAGIC);
    header[8..16].copy_from_slice(&entries.to_le_bytes());
    header[16] = layout.block_bits as u8;
    header[17] = layout.rice_bits as u8;
    header
}

struct Out<'a> {
    file: BufWriter<File>,
    crc: crc32fast::Hasher,
    path: &'a Path,
}

impl Out<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.crc.update(bytes);
        self.file.write_all(bytes).at("write the id index", self.path)
    }

    fn finish(mut self) -> Result<()> {
        let crc = self.crc.finalize();
        self.file
            .write_all(&crc.to_le_bytes())
            .at("write the id index", self.path)?;
        let file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error);
        let file = file.at("write the id index", self.path)?;
        file.sync_all().at("flush the id index", self.path)
    }
}

/// An opened id index.
#[derive(Debug)]
pub struct IdIndex {
    path: PathBuf,
    file: File,
    bytes: u64,
    entries: u64,
    layout: Layout,
    memory: OnceLock<Memory>,
}

/// What an index keeps in memory once it has been asked.
#[derive(Debug)]
struct Memory {
    filter: Filter,
    /// Where each block starts in the file, and where the last one ends.
    starts: Vec<u64>,
}

impl IdIndex {
    /// Opens the index; reads its header only.
    pub fn open(path: &Path) -> Result<Self> {
        let file = match File::open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::Damaged {
                    path: path.to_owned(),
                    message: "is missing; `longplay check --repair` makes it anew from its segment".to_owned(),
                });
            }
            opened => opened.at("open the id index", path)?,
        };
        let bytes = file.metadata().at("read the id index", path)?.len();
        let mut header = [0; HEADER_BYTES as usize];
        let damaged = |message: &str| StoreError::Damaged {
            path: path.to_owned(),
            message: message.to_owned(),
        };
        if bytes < HEADER_BYTES {
            return Err(damaged("is too short to be an id index"));
        }
        file.read_exact_at(&mut header, 0).at("read the id index", path)?;
        let (magic, rest) = header.split_at(8);
        let entries = rest[..8]
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u64::from(byte));
        let layout = Layout::of(entries);
        if magic != MAGIC || header != self::header(entries, layout) {
            return Err(damaged("is no id index of this version"));
        }
        if bytes < HEADER_BYTES + CRC_BYTES + 4 * layout.blocks() as u64 {
            return Err(damaged("ends early"));
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            bytes,
            entries,
            layout,
            memory: OnceLock::new(),
        })
    }

    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Reads the whole index once, so that the first to ask needn't wait for it.
    pub fn warm(&self) -> Result<()> {
        self.memory().map(drop)
    }

    /// Calls `found` with the index of every element of `sorted` (ascending) that the segment holds.
    pub fn find(&self, sorted: &[u64], mut found: impl FnMut(usize)) -> Result<()> {
        let memory = self.memory()?;
        let likely: Vec<usize> = (0..sorted.len())
            .filter(|&index| memory.filter.may_hold(sorted[index]))
            .collect();
        let is_dense = likely.len() >= self.layout.blocks() / 8;
        let mut reading = Reading::new(self, &memory.starts, if is_dense { DENSE_BLOCKS } else { 1 });
        for index in likely {
            let entries = reading.block(self.layout.block_of(sorted[index]))?;
            if entries.binary_search(&sorted[index]).is_ok() {
                found(index);
            }
        }
        Ok(())
    }

    fn memory(&self) -> Result<&Memory> {
        if self.memory.get().is_none() {
            let memory = self.read()?;
            // Two may have read it at once; they read the same.
            let _ = self.memory.set(memory);
        }
        Ok(self.memory.get().expect("it was just set"))
    }

    /// Reads and verifies the file.
    fn read(&self) -> Result<Memory> {
        self.verify()?;
        let starts = self.starts(&self.lengths()?)?;
        let mut filter = Filter::sized(self.entries);
        let mut entries = 0;
        let mut reading = Reading::new(self, &starts, DENSE_BLOCKS);
        for block in 0..self.layout.blocks() {
            let own = reading.block(block)?;
            entries += own.len() as u64;
            own.iter().for_each(|&fingerprint| filter.insert(fingerprint));
        }
        if entries != self.entries {
            return Err(self.damaged());
        }
        Ok(Memory { filter, starts })
    }

    /// Compares the file with its checksum.
    pub fn verify(&self) -> Result<()> {
        let mut crc = crc32fast::Hasher::new();
        let mut buffer = vec![0; 1 << 18];
        let mut at = 0;
        let end = self.bytes - CRC_BYTES;
        while at < end {
            let length = buffer.len().min((end - at) as usize);
            self.read_at(&mut buffer[..length], at)?;
            crc.update(&buffer[..length]);
            at += length as u64;
        }
        let mut written = [0; CRC_BYTES as usize];
        self.read_at(&mut written, end)?;
        if crc.finalize() == u32::from_le_bytes(written) {
            Ok(())
        } else {
            Err(self.damaged())
        }
    }

    fn lengths(&self) -> Result<Vec<u8>> {
        let mut lengths = vec![0; self.layout.blocks() * 4];
        self.read_at(&mut lengths, self.bytes - CRC_BYTES - self.layout.blocks() as u64 * 4)?;
        Ok(lengths)
    }

    fn starts(&self, lengths: &[u8]) -> Result<Vec<u64>> {
        let lengths = lengths
            .chunks_exact(4)
            .map(|bytes| u64::from(u32::from_le_bytes(bytes.try_into().expect("chunks of four"))));
        let mut end = HEADER_BYTES;
        let starts: Vec<u64> = std::iter::once(HEADER_BYTES)
            .chain(lengths.map(|length| {
                end += length;
                end
            }))
            .collect();
        if end == self.bytes - CRC_BYTES - self.layout.blocks() as u64 * 4 {
            Ok(starts)
        } else {
            Err(self.damaged())
        }
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> Result<()> {
        self.file.read_exact_at(buffer, at).at("read the id index", &self.path)
    }

    fn damaged(&self) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            message: "is not what was written; `longplay check --repair` makes it anew from its segment".to_owned(),
        }
    }
}

/// Reads blocks, whose numbers may only grow, `span` of them at a time.
struct Reading<'a> {
    index: &'a IdIndex,
    starts: &'a [u64],
    span: usize,
    held: std::ops::Range<usize>,
    bytes: Vec<u8>,
    block: Option<usize>,
    entries: Vec<u64>,
}

impl<'a> Reading<'a> {
    const fn new(index: &'a IdIndex, starts: &'a [u64], span: usize) -> Self {
        Self {
            index,
            starts,
            span,
            held: 0..0,
            bytes: Vec::new(),
            block: None,
            entries: Vec::new(),
        }
    }

    fn block(&mut self, block: usize) -> Result<&[u64]> {
        if self.block == Some(block) {
            return Ok(&self.entries);
        }
        if !self.held.contains(&block) {
            self.held = block..(block + self.span).min(self.index.layout.blocks());
            let (start, end) = (self.starts[self.held.start], self.starts[self.held.end]);
            self.bytes.resize((end - start) as usize, 0);
            self.index.read_at(&mut self.bytes, start)?;
        }
        let place = |block: usize| (self.starts[block] - self.starts[self.held.start]) as usize;
        let bytes = &self.bytes[place(block)..place(block + 1)];
        let decoded = self.index.layout.decode(block, bytes, &mut self.entries);
        decoded.ok_or_else(|| self.index.damaged())?;
        self.block = Some(block);
        Ok(&self.entries)
    }
}

#[cfg(test)]
mod tests;
