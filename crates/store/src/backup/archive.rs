//! Writing the archive.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use longplay_domain::Time;
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use super::{
    HEAD, Head, Kept, LIST, List, Listed, Progress, VERSION, made_at,
    moment::{Moment, Part},
};
use crate::{
    error::{PathContext, Result, StoreError},
    registry::hex,
    segment::write::sync_directory,
};

/// Writes a backup of the data directory to `target`, which appears whole or not at all.
pub fn backup(directory: &Path, target: &Path, now: Time, progress: Progress<'_>) -> Result<Kept> {
    let partial = beside(target, "partial");
    let room = beside(target, "partial.databases");
    let written = Moment::of(directory, &room, now).and_then(|moment| {
        let file = File::create(&partial).at("create", &partial)?;
        let kept = write(moment, &file, (&partial, now), progress)?;
        file.sync_all().at("flush", &partial)?;
        std::fs::rename(&partial, target).at("replace", target)?;
        sync_directory(folder_of(target))?;
        Ok(kept)
    });
    if written.is_err() {
        // It may not even exist; a part of a backup is none, so it goes.
        let _ = std::fs::remove_file(&partial);
    }
    written
}

fn beside(target: &Path, suffix: &str) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    target.with_file_name(name)
}

fn folder_of(target: &Path) -> &Path {
    target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn write(moment: Moment, file: &File, (path, now): (&Path, Time), progress: Progress<'_>) -> Result<Kept> {
    let mut archive = Builder::new(io::BufWriter::with_capacity(1 << 20, file));
    let head = Head {
        backup: VERSION,
        made_by: concat!("longplay ", env!("CARGO_PKG_VERSION")).to_owned(),
        made_at: made_at(now),
    };
    append_json(&mut archive, HEAD, &head, now).at("write", path)?;
    let mut files = Vec::with_capacity(moment.parts.len());
    let mut done = 0;
    let all = moment.kept.bytes;
    for part in &moment.parts {
        let mut told = |bytes| {
            done += bytes;
            progress(done, all);
        };
        files.push(append(&mut archive, part, now, &mut told).at("write", path)??);
    }
    append_json(&mut archive, LIST, &List { files }, now).at("write", path)?;
    let mut out = archive.into_inner().at("write", path)?;
    out.flush().at("write", path)?;
    Ok(moment.kept)
}

fn header(bytes: u64, now: Time) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_size(bytes);
    header.set_mtime(now.micros().max(0).unsigned_abs() / 1_000_000);
    header
}

fn append_json(
    archive: &mut Builder<impl Write>,
    name: &str,
    value: &impl serde::Serialize,
    now: Time,
) -> io::Result<()> {
    let bytes = serde_json::to_vec_pretty(value).map_err(io::Error::other)?;
    archive.append_data(&mut header(bytes.len() as u64, now), name, bytes.as_slice())
}

/// Appends a file and says what went in; refuses one that is not what its catalog says.
fn append(
    archive: &mut Builder<impl Write>,
    part: &Part,
    now: Time,
    told: &mut dyn FnMut(u64),
) -> io::Result<Result<Listed>> {
    let mut hashed = Hashed {
        file: &part.file,
        left: part.bytes,
        sha256: Sha256::new(),
        crc32: crc32fast::Hasher::new(),
        told,
    };
    archive.append_data(&mut header(part.bytes, now), &part.path, &mut hashed)?;
    let (left, crc32) = (hashed.left, hashed.crc32.finalize());
    if left > 0 || part.crc32.is_some_and(|published| published != crc32) {
        return Ok(Err(StoreError::Damaged {
            path: PathBuf::from(&part.path),
            message: "is not what was written, so a backup of it would be worth nothing".to_owned(),
        }));
    }
    Ok(Ok(Listed {
        path: part.path.clone(),
        bytes: part.bytes,
        sha256: hex(&hashed.sha256.finalize()),
    }))
}

/// A file as it was long when it was opened, hashed on its way.
struct Hashed<'a> {
    file: &'a File,
    left: u64,
    sha256: Sha256,
    crc32: crc32fast::Hasher,
    told: &'a mut dyn FnMut(u64),
}

impl Read for Hashed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let bytes = self.file.read(&mut buffer[..length])?;
        self.sha256.update(&buffer[..bytes]);
        self.crc32.update(&buffer[..bytes]);
        self.left -= bytes as u64;
        (self.told)(bytes as u64);
        Ok(bytes)
    }
}
