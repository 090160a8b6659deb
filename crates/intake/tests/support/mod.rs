//! What every test of this crate needs: files on the spot, and everything a file says sorted by kind.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use longplay_domain::{Claim, Piece, Sample, Zone};
use longplay_intake::{Format, IntakeError, Item, Note, Options, ReadError, RefusedRow, Source};

/// Everything a file says.
#[derive(Debug, Default)]
pub struct Said {
    pub format: &'static str,
    pub claims: Vec<(u64, Claim)>,
    pub pieces: Vec<Piece>,
    pub samples: Vec<Sample>,
    pub refused: Vec<(u64, RefusedRow)>,
    pub notes: Vec<Note>,
}

impl Said {
    pub fn counts(&self) -> (usize, usize, usize, usize) {
        (
            self.claims.len(),
            self.pieces.len(),
            self.samples.len(),
            self.refused.len(),
        )
    }

    pub fn note_codes(&self) -> Vec<&'static str> {
        self.notes.iter().map(|note| note.code).collect()
    }

    pub fn refusals(&self) -> Vec<(u64, &'static str, Option<&str>)> {
        self.refused
            .iter()
            .map(|(row, refused)| (*row, refused.code, refused.column.as_deref()))
            .collect()
    }

    pub fn claim(&self, index: usize) -> &Claim {
        &self.claims[index].1
    }
}

pub fn options() -> Options {
    Options::new(Zone::utc())
}

pub fn asked(format: &str) -> Options {
    Options {
        format: Some(Format::named(format).expect("a format's name")),
        ..options()
    }
}

pub fn read_with(path: &Path, options: &Options) -> Result<Said, IntakeError> {
    let source = Source::open(path, options)?;
    let mut said = Said {
        format: source.format().name(),
        ..Said::default()
    };
    let result = source.read(&mut |located| {
        match located.item {
            Item::Claim(claim) => said.claims.push((located.row, claim)),
            Item::Piece(piece) => said.pieces.push(piece),
            Item::Sample(sample) => said.samples.push(sample),
            Item::Refused(refused) => said.refused.push((located.row, refused)),
            Item::Note(note) => said.notes.push(note),
        }
        Ok::<(), std::convert::Infallible>(())
    });
    match result {
        Ok(()) => Ok(said),
        Err(ReadError::Intake(error)) => Err(error),
        Err(ReadError::Sink(never)) => match never {},
    }
}

pub fn read(path: &Path) -> Result<Said, IntakeError> {
    read_with(path, &options())
}

/// A folder whose files vanish with it.
pub struct Folder(pub tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).expect("a file in it");
        path
    }

    pub fn zip(&self, name: &str, files: &[(&str, &[u8])]) -> PathBuf {
        self.write(name, zipped(files))
    }
}

pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("an entry");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("a zip").into_inner()
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).expect("bytes");
    writer.finish().expect("a gzip")
}

/// What a text says when it is a file of that name.
pub fn said(name: &str, bytes: impl AsRef<[u8]>) -> Said {
    let folder = Folder::new();
    read(&folder.write(name, bytes)).expect("a readable file")
}

/// The samples of this crate.
pub fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name)
}

/// The real exports, which lie beside the repository where they may be had; most can't be published.
pub fn shared(name: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|above| above.join("shared/samples"))
        .find(|path| path.is_dir());
    if found.is_none() {
        eprintln!("SKIPPED: no shared/samples beside the repository, so {name} was not read");
    }
    found.map(|folder| folder.join(name))
}
