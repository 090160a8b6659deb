//! What arrived as a file: plain, gzip or zip. Opens the parts of it as streams, with limits against archives that unpack
//! to more than anyone sends, and with checksums, so that a cut or damaged archive is never taken for a whole one.
//!
//! A zip's entries are read through our own small reader over the range the directory names, because a part must be
//! readable on its own, many times, without holding the archive borrowed.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use flate2::{Crc, read::DeflateDecoder, read::MultiGzDecoder};
use zip::{CompressionMethod, ZipArchive};

use crate::{
    IntakeError,
    limits::{ENTRIES_MAX, UNPACKED_BYTES_FREE, UNPACKED_BYTES_MAX, UNPACKED_RATIO_MAX},
};

pub(crate) struct Container {
    pub path: PathBuf,
    pub bytes: u64,
    kind: Kind,
}

enum Kind {
    Plain,
    Gzip,
    Zip(Vec<Entry>),
}

struct Entry {
    name: String,
    start: u64,
    packed: u64,
    unpacked: u64,
    crc: u32,
    deflated: bool,
}

impl Container {
    pub fn open(path: &Path) -> Result<Self, IntakeError> {
        let failed = |error| IntakeError::of_io(path, error);
        let metadata = std::fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            return Err(IntakeError::Directory { path: path.to_owned() });
        }
        if !metadata.is_file() {
            let why = "this is no ordinary file; save it to one first, since it is read twice".to_owned();
            return Err(IntakeError::NotRecognised {
                path: path.to_owned(),
                why,
            });
        }
        let mut file = File::open(path).map_err(failed)?;
        let bytes = metadata.len();
        if bytes == 0 {
            return Err(IntakeError::Empty { path: path.to_owned() });
        }
        let mut magic = Vec::with_capacity(4);
        (&mut file).take(4).read_to_end(&mut magic).map_err(failed)?;
        let kind = match magic.as_slice() {
            [0x1f, 0x8b, ..] => Kind::Gzip,
            b"PK\x03\x04" | b"PK\x05\x06" | b"PK\x07\x08" => Kind::Zip(entries(path, file, bytes)?),
            _ => Kind::Plain,
        };
        Ok(Self {
            path: path.to_owned(),
            bytes,
            kind,
        })
    }

    pub const fn is_archive(&self) -> bool {
        matches!(self.kind, Kind::Zip(_))
    }

    pub const fn is_plain(&self) -> bool {
        matches!(self.kind, Kind::Plain)
    }

    /// The names of the files inside; one nameless part unless this is an archive.
    pub fn parts(&self) -> Vec<Option<String>> {
        match &self.kind {
            Kind::Plain | Kind::Gzip => vec![None],
            Kind::Zip(entries) => entries.iter().map(|entry| Some(entry.name.clone())).collect(),
        }
    }

    /// The bytes of one part, unpacked and checked on the way.
    pub fn reader(&self, part: usize) -> Result<Box<dyn Read>, IntakeError> {
        let mut file = File::open(&self.path).map_err(|error| IntakeError::of_io(&self.path, error))?;
        match &self.kind {
            Kind::Plain => Ok(Box::new(file)),
            Kind::Gzip => Ok(Box::new(Unpacked {
                inner: MultiGzDecoder::new(BufReader::with_capacity(64 * 1024, file)),
                packed: self.bytes,
                unpacked: 0,
            })),
            Kind::Zip(entries) => {
                let Some(entry) = entries.get(part) else {
                    return Ok(Box::new(io::empty()));
                };
                file.seek(SeekFrom::Start(entry.start))
                    .map_err(|error| IntakeError::of_io(&self.path, error))?;
                let packed = BufReader::new(file.take(entry.packed));
                let inner: Box<dyn Read> = if entry.deflated {
                    Box::new(DeflateDecoder::new(packed))
                } else {
                    Box::new(packed)
                };
                Ok(Box::new(Checked {
                    inner,
                    crc: Crc::new(),
                    expected_crc: entry.crc,
                    left: entry.unpacked,
                }))
            }
        }
    }

    /// Tells damage from a limit and from a failing disk.
    pub fn failed(&self, place: Option<String>, error: io::Error) -> IntakeError {
        let path = self.path.clone();
        if error.get_ref().is_some_and(|inner| inner.is::<TooLarge>()) {
            return IntakeError::TooLarge {
                path,
                why: error.to_string(),
            };
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => IntakeError::Damaged {
                path,
                place,
                why: "it ends in the middle, so it was cut off".to_owned(),
            },
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => IntakeError::Damaged {
                path,
                place,
                why: error.to_string(),
            },
            _ => IntakeError::of_io(&path, error),
        }
    }
}

/// The directory of a zip, checked against the limits before a single byte is unpacked.
fn entries(path: &Path, file: File, bytes: u64) -> Result<Vec<Entry>, IntakeError> {
    let damaged = |place: Option<String>, why: String| IntakeError::Damaged {
        path: path.to_owned(),
        place,
        why,
    };
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| {
        damaged(
            None,
            format!("the zip's directory can't be read, so it was probably cut off ({error})"),
        )
    })?;
    if archive.len() > ENTRIES_MAX {
        let why = format!("the zip holds {} files; at most {ENTRIES_MAX} are read", archive.len());
        return Err(IntakeError::TooLarge {
            path: path.to_owned(),
            why,
        });
    }
    let mut entries = Vec::with_capacity(archive.len());
    let mut unpacked_total: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive
            .by_index_raw(index)
            .map_err(|error| damaged(Some(format!("file {} of the zip", index + 1)), error.to_string()))?;
        let name = entry
            .name()
            .map_or_else(|_| format!("file {}", index + 1), |name| name.into_owned());
        if entry.is_dir() || is_clutter(&name) {
            continue;
        }
        if entry.encrypted() {
            let why = "the zip is encrypted; unpack it with its password and import the files in it, or zip them again without one";
            return Err(IntakeError::NotRecognised {
                path: path.to_owned(),
                why: why.to_owned(),
            });
        }
        let deflated = match entry.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            other => {
                let why = format!("{name} is packed with {other:?}; unpack the zip and import the files in it");
                return Err(IntakeError::NotRecognised {
                    path: path.to_owned(),
                    why,
                });
            }
        };
        let start = entry.data_start().filter(|start| {
            start
                .checked_add(entry.compressed_size())
                .is_some_and(|end| end <= bytes)
        });
        let Some(start) = start else {
            return Err(damaged(Some(name), "it reaches past the end of the zip".to_owned()));
        };
        unpacked_total = unpacked_total.saturating_add(entry.size());
        let (packed, unpacked, crc) = (entry.compressed_size(), entry.size(), entry.crc32());
        entries.push(Entry {
            name,
            start,
            packed,
            unpacked,
            crc,
            deflated,
        });
    }
    within_limits(bytes, unpacked_total).map_err(|TooLarge(why)| IntakeError::TooLarge {
        path: path.to_owned(),
        why,
    })?;
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// What operating systems add on their own.
fn is_clutter(name: &str) -> bool {
    name.starts_with("__MACOSX/")
        || name
            .rsplit('/')
            .next()
            .is_some_and(|base| base.starts_with('.') || base == "Thumbs.db")
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct TooLarge(String);

fn within_limits(packed: u64, unpacked: u64) -> Result<(), TooLarge> {
    if unpacked > UNPACKED_BYTES_MAX {
        return Err(TooLarge(format!(
            "it would unpack to more than {} GiB",
            UNPACKED_BYTES_MAX >> 30
        )));
    }
    if unpacked > UNPACKED_BYTES_FREE && unpacked / packed.max(1) > UNPACKED_RATIO_MAX {
        return Err(TooLarge(format!(
            "{packed} bytes would unpack to {unpacked} or more, over {UNPACKED_RATIO_MAX} times as many; no real export does. If \
             you trust it, unpack it yourself"
        )));
    }
    Ok(())
}

/// Counts what a gzip unpacks to, since it doesn't say beforehand.
struct Unpacked<R> {
    inner: R,
    packed: u64,
    unpacked: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.unpacked += read as u64;
        within_limits(self.packed, self.unpacked).map_err(io::Error::other)?;
        Ok(read)
    }
}

/// Holds a zip entry to the size and checksum its directory states.
struct Checked {
    inner: Box<dyn Read>,
    crc: Crc,
    expected_crc: u32,
    left: u64,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let wrong = |why| Err(io::Error::new(io::ErrorKind::InvalidData, why));
        let read = self.inner.read(buffer)?;
        self.crc.update(&buffer[..read]);
        let Some(left) = self.left.checked_sub(read as u64) else {
            return wrong("it unpacks to more than the zip says");
        };
        self.left = left;
        if read == 0 {
            if self.left > 0 {
                return wrong("it unpacks to less than the zip says");
            }
            if self.crc.sum() != self.expected_crc {
                return wrong("its checksum is wrong");
            }
        }
        Ok(read)
    }
}
