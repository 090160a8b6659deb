//! A sliding window over a stream: holds what belongs to the row being read and no more, and counts lines.

use std::io::{self, Read};

const CHUNK_BYTES: usize = 64 * 1024;

pub(super) struct Window {
    input: Box<dyn Read>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// 1-based line at which the window starts.
    pub line: u64,
}

impl Window {
    pub fn new(input: Box<dyn Read>) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            line: 1,
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Reads more behind what is there; `false` at the end of the stream.
    pub fn fill(&mut self) -> io::Result<bool> {
        if self.buffer.len() - self.end < CHUNK_BYTES {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            if self.buffer.len() - self.end < CHUNK_BYTES {
                self.buffer.resize(self.end + 2 * CHUNK_BYTES, 0);
            }
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Lets go of the first `count` bytes.
    pub fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.line += newlines(&self.buffer[self.start..self.start + count]);
        self.start += count;
    }

    /// Lets go of everything through the next line end, however far away it is.
    pub fn skip_line(&mut self) -> io::Result<()> {
        loop {
            if let Some(end) = self.bytes().iter().position(|&byte| byte == b'\n') {
                self.consume(end + 1);
                return Ok(());
            }
            self.consume(self.end - self.start);
            if !self.fill()? {
                return Ok(());
            }
        }
    }
}

pub(super) fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}
