//! A segment's file, held open for as long as somebody reads it: a question that has begun goes on to its end when the file's
//! name goes meanwhile, as it does at once when somebody is forgotten. Reads say where, so threads share one file.

use std::{
    fs::File,
    io::{BufReader, Read},
    os::unix::fs::FileExt,
    sync::Arc,
};

use bytes::Bytes;
use parquet::{
    errors::Result,
    file::reader::{ChunkReader, Length},
};

/// The file and how long it is; segments never change.
#[derive(Clone, Debug)]
pub struct Held {
    file: Arc<File>,
    bytes: u64,
}

impl Held {
    pub fn new(file: File) -> std::io::Result<Self> {
        let bytes = file.metadata()?.len();
        Ok(Self {
            file: Arc::new(file),
            bytes,
        })
    }
}

impl Held {
    pub fn file(&self) -> &File {
        &self.file
    }
}

impl Length for Held {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Held {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::new(From {
            file: Arc::clone(&self.file),
            at: start,
        }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let mut buffer = vec![0; length];
        self.file.read_exact_at(&mut buffer, start)?;
        Ok(buffer.into())
    }
}

/// Reads on from a place.
pub struct From {
    file: Arc<File>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.file.read_at(buffer, self.at)?;
        self.at += bytes as u64;
        Ok(bytes)
    }
}
