//! Lists of refused rows quote what could not be read, and so may name somebody. Rows that do go, a list with none left goes
//! too. A list is replaced whole, so a crash leaves the one or the other.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use longplay_domain::{
    Handle,
    forgotten::{is_telling, names, without},
};

use crate::error::{PathContext, Result, StoreError};

/// The message is the last cell of a row, and the one that quotes.
const MESSAGE: usize = 5;
/// A refusal quotes no more characters than this, and then says so.
const QUOTED_CHARS: usize = 60;
const BEING_WRITTEN: &str = ".part";

/// Takes the rows that name any of the handles out of every list; returns how many.
pub fn remove(directory: &Path, handles: &[Handle]) -> Result<u64> {
    let folder = directory.join("refusals");
    if handles.is_empty() || !folder.is_dir() {
        return Ok(0);
    }
    let values: Vec<&str> = handles.iter().map(Handle::value).collect();
    let mut rows = 0;
    for entry in fs::read_dir(&folder).at("list the directory", &folder)? {
        let path = entry.at("list the directory", &folder)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.ends_with(BEING_WRITTEN) {
            // What a crash in the middle of this left behind.
            fs::remove_file(&path).at("remove the list of refused rows", &path)?;
        } else if name.ends_with(".csv") {
            rows += clean(&path, &values)?;
            rename(&path, name, &values)?;
        }
    }
    Ok(rows)
}

fn clean(path: &Path, values: &[&str]) -> Result<u64> {
    let bytes = fs::read(path).at("read the list of refused rows", path)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let header = reader.byte_headers().map_err(|error| unreadable(path, &error))?;
    writer
        .write_byte_record(header)
        .map_err(|error| unreadable(path, &error))?;
    let (mut kept, mut gone) = (0_u64, 0);
    for record in reader.byte_records() {
        let record = record.map_err(|error| unreadable(path, &error))?;
        if is_named(&record, values) {
            gone += 1;
            continue;
        }
        kept += 1;
        writer
            .write_byte_record(&record)
            .map_err(|error| unreadable(path, &error))?;
    }
    if gone == 0 {
        return Ok(0);
    }
    if kept == 0 {
        fs::remove_file(path).at("remove the list of refused rows", path)?;
        return Ok(gone);
    }
    let list = writer.into_inner().expect("writing to memory doesn't fail");
    let new = PathBuf::from(format!("{}{BEING_WRITTEN}", path.display()));
    fs::File::create(&new)
        .and_then(|mut file| file.write_all(&list).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, path))
        .at("rewrite the list of refused rows", path)?;
    Ok(gone)
}

fn is_named(record: &csv::ByteRecord, values: &[&str]) -> bool {
    record.iter().enumerate().any(|(cell, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        values
            .iter()
            // Elsewhere than in the message, a short name may be a folder's or a column's.
            .filter(|value| cell == MESSAGE || is_telling(value))
            .any(|value| names(&text, value) || is_cut(&text, value))
    })
}

/// Whether the text quotes the beginning of a long value.
fn is_cut(text: &str, value: &str) -> bool {
    let cut = value.char_indices().nth(QUOTED_CHARS);
    cut.is_some_and(|(end, _)| names(text, &value[..end]))
}

/// A list is called after the file it is of, and that may be called after somebody.
fn rename(path: &Path, name: &str, values: &[&str]) -> Result<()> {
    match without(name, values.iter().copied()) {
        Some(other) if path.is_file() => fs::rename(path, path.with_file_name(other)).at("rename", path),
        _ => Ok(()),
    }
}

fn unreadable(path: &Path, error: &csv::Error) -> StoreError {
    StoreError::Damaged {
        path: path.to_owned(),
        message: format!("the list of refused rows can't be read ({error}); delete it"),
    }
}
