//! Reading an archive back: into a place of its own, every checksum compared, the whole directory checked, and only then moved to
//! where it was wanted. Whatever goes wrong leaves nothing behind.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use longplay_domain::Time;
use sha2::{Digest, Sha256};
use tar::{Archive, EntryType};

use super::{FOLDERS, HEAD, Head, Kept, LIST, List, Listed, Progress, VERSION, is_ours};
use crate::{
    check,
    error::{PathContext, Result, StoreError},
    registry::{self, hex},
    segment::write::sync_directory,
    upgrade::upgrade,
};

/// The lists at the head and at the end are never larger.
const JSON_BYTES_MAX: u64 = 64 << 20;

/// Restores a backup into a directory that doesn't exist or is empty.
pub fn restore(source: &Path, directory: &Path, now: Time, progress: Progress<'_>) -> Result<Kept> {
    let file = File::open(source).at("open", source)?;
    let bytes = file.metadata().at("read", source)?.len();
    let was_there = is_free(directory)?;
    let suffix = hex(&registry::random::<4>()?);
    let staging = if was_there {
        directory.join(format!("restoring-{suffix}"))
    } else {
        let mut name = directory.file_name().unwrap_or_default().to_owned();
        name.push(format!(".restoring-{suffix}"));
        directory.with_file_name(name)
    };
    let restored = unpack(&file, (source, bytes), &staging, progress)
        .and_then(|kept| verify(&staging, source, now).map(|()| kept))
        .and_then(|kept| settle(&staging, directory, was_there).map(|()| kept));
    if restored.is_err() {
        // What couldn't be created needn't be removed.
        let _ = fs::remove_dir_all(&staging);
    }
    let kept = restored?;
    // What browsers held when it was backed up may have been ended since.
    registry::end_all_sessions(&upgrade(directory, now)?)?;
    Ok(kept)
}

/// Whether the directory exists, which must then be empty.
fn is_free(directory: &Path) -> Result<bool> {
    match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).at("list the directory", directory),
        Ok(mut entries) => match entries.next() {
            None => Ok(true),
            Some(_) => Err(StoreError::Invalid(format!(
                "{} is not empty; restore into a directory that doesn't exist yet, named with --data, and put it in the other's place",
                directory.display()
            ))),
        },
    }
}

fn unpack(file: &File, (source, bytes): (&Path, u64), staging: &Path, progress: Progress<'_>) -> Result<Kept> {
    let foreign = || StoreError::Invalid(format!("{} is no backup of Longplay", source.display()));
    let cut = |error: io::Error| unreadable(source, &error);
    for folder in ["", "segments", "ids", "refusals"] {
        let path = staging.join(folder);
        fs::create_dir_all(&path).at("create the directory", &path)?;
    }
    let mut archive = Archive::new(io::BufReader::with_capacity(1 << 20, file));
    let mut entries = archive.entries().map_err(cut)?;
    let mut first = entries.next().ok_or_else(foreign)?.map_err(|_| foreign())?;
    if first.path_bytes().as_ref() != HEAD.as_bytes() {
        return Err(foreign());
    }
    let head: Head = json(&mut first).map_err(cut)?;
    if head.backup > VERSION {
        return Err(StoreError::Newer {
            path: source.to_owned(),
            found: i64::from(head.backup),
            known: i64::from(VERSION),
        });
    }
    let mut found: BTreeMap<String, Listed> = BTreeMap::new();
    let mut list = None;
    for entry in entries {
        let mut entry = entry.map_err(cut)?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        progress(entry.raw_file_position().min(bytes), bytes);
        if path == LIST && list.is_none() {
            list = Some(json::<List>(&mut entry).map_err(cut)?);
            continue;
        }
        let is_new = list.is_none() && !found.contains_key(&path);
        if entry.header().entry_type() != EntryType::Regular || !is_ours(&path) || !is_new {
            return Err(StoreError::Invalid(format!(
                "{}: “{path}” can't be part of a backup; nothing was restored",
                source.display()
            )));
        }
        let listed = take_out(&mut entry, path, staging, source)?;
        found.insert(listed.path.clone(), listed);
    }
    compare(&found, list, source)
}

fn json<T: serde::de::DeserializeOwned>(entry: &mut impl Read) -> io::Result<T> {
    let mut text = Vec::new();
    entry.take(JSON_BYTES_MAX).read_to_end(&mut text)?;
    serde_json::from_slice(&text).map_err(io::Error::other)
}

fn unreadable(source: &Path, error: &io::Error) -> StoreError {
    StoreError::Invalid(format!(
        "{}: the backup is cut off or damaged, nothing was restored ({error})",
        source.display()
    ))
}

/// Writes one file of the archive, telling its own troubles from those of the disk.
fn take_out(entry: &mut impl Read, path: String, staging: &Path, source: &Path) -> Result<Listed> {
    let target = staging.join(&path);
    let mut out = File::create_new(&target).at("create", &target)?;
    let mut sha256 = Sha256::new();
    let mut bytes = 0;
    let mut buffer = vec![0; 1 << 18];
    loop {
        let length = entry.read(&mut buffer).map_err(|error| unreadable(source, &error))?;
        if length == 0 {
            break;
        }
        sha256.update(&buffer[..length]);
        out.write_all(&buffer[..length]).at("write", &target)?;
        bytes += length as u64;
    }
    out.sync_all().at("flush", &target)?;
    let sha256 = hex(&sha256.finalize());
    Ok(Listed { path, bytes, sha256 })
}

fn compare(found: &BTreeMap<String, Listed>, list: Option<List>, source: &Path) -> Result<Kept> {
    let damaged = |what: String| StoreError::Invalid(format!("{}: {what}; nothing was restored", source.display()));
    let Some(list) = list else {
        return Err(damaged(
            "the backup ends before its list of files, so it is cut off".to_owned(),
        ));
    };
    for listed in &list.files {
        if found.get(&listed.path) != Some(listed) {
            return Err(damaged(format!(
                "“{}” is missing or not what was backed up",
                listed.path
            )));
        }
    }
    if list.files.len() != found.len() || !super::DATABASES.iter().all(|name| found.contains_key(*name)) {
        return Err(damaged("it holds other files than its list says".to_owned()));
    }
    Ok(Kept {
        files: found.len() as u64,
        bytes: found.values().map(|file| file.bytes).sum(),
        ..Kept::default()
    })
}

/// What was restored must be as sound as what was backed up.
fn verify(staging: &Path, source: &Path, now: Time) -> Result<()> {
    let report = check(staging, now)?;
    match report.findings.first() {
        None => Ok(()),
        Some(finding) => Err(StoreError::Invalid(format!(
            "{}: what is in it is not sound ({}: {}); nothing was restored",
            source.display(),
            finding.invariant.code,
            finding.message
        ))),
    }
}

/// Puts the restored directory where it was wanted. The database that makes it one comes last.
fn settle(staging: &Path, directory: &Path, was_there: bool) -> Result<()> {
    let leftovers = ["-wal", "-shm"]
        .into_iter()
        .flat_map(|suffix| super::DATABASES.map(|name| format!("{name}{suffix}")));
    // The last connection has closed and taken its log in; nothing is in these.
    leftovers.for_each(|name| drop(fs::remove_file(staging.join(name))));
    for folder in FOLDERS {
        sync_directory(&staging.join(folder))?;
    }
    sync_directory(staging)?;
    if was_there {
        for name in [
            "segments",
            "ids",
            "refusals",
            "maintenance.lock",
            "journal.db",
            "longplay.db",
        ] {
            let (from, to): (PathBuf, PathBuf) = (staging.join(name), directory.join(name));
            if from.exists() {
                fs::rename(&from, &to).at("move", &from)?;
            }
        }
        fs::remove_dir(staging).at("remove", staging)?;
        return sync_directory(directory);
    }
    fs::rename(staging, directory).at("move", staging)?;
    let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty());
    sync_directory(parent.unwrap_or(Path::new(".")))
}
