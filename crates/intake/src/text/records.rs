//! Rows of a delimited table (RFC 4180, leniently), none longer than the limit in memory.
//!
//! A row whose quote is never closed would swallow the rest of the file. It is refused alone, and reading goes on at the
//! very next line, so one stray quote costs one row.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{
    decode_line,
    window::{Window, newlines},
};
use crate::limits::{COLUMNS_MAX, ROW_BYTES_MAX};

pub(crate) struct Records {
    window: Window,
    core: Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
}

/// One row, cells as text.
#[derive(Default)]
pub(crate) struct Record {
    text: String,
    ends: Vec<usize>,
    /// The line on which the row starts.
    pub line: u64,
    /// Its bytes were no UTF-8 and were read as Windows-1252.
    pub was_latin: bool,
}

/// What came next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Row,
    TooLong { line: u64 },
    TooManyCells { line: u64 },
    QuoteNeverClosed { line: u64 },
    End,
}

impl Record {
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell, trimmed; blank when the row is too short to have it.
    pub fn get(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        self.text.get(start..end).unwrap_or("").trim()
    }

    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    fn set(&mut self, line: u64, output: &[u8], ends: &[usize]) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        self.was_latin = false;
        match std::str::from_utf8(output) {
            Ok(text) if ends.iter().all(|&end| text.is_char_boundary(end)) => {
                self.text.push_str(text);
                self.ends.extend_from_slice(ends);
            }
            _ => {
                self.was_latin = true;
                let mut start = 0;
                for &end in ends {
                    self.text.push_str(&decode_line(&output[start..end]).0);
                    self.ends.push(self.text.len());
                    start = end;
                }
            }
        }
    }
}

impl Records {
    pub fn new(input: Box<dyn Read>, delimiter: u8) -> Self {
        let core = ReaderBuilder::new().delimiter(delimiter).build();
        Self {
            window: Window::new(input),
            core,
            output: vec![0; 1_024],
            ends: vec![0; 64],
        }
    }

    pub const fn line(&self) -> u64 {
        self.window.line
    }

    /// Reads the next row that isn't an empty line into `record`.
    pub fn next(&mut self, record: &mut Record) -> io::Result<Next> {
        if !self.skip_line_ends()? {
            return Ok(Next::End);
        }
        let line = self.window.line;
        self.core.reset();
        let (mut seen, mut written, mut cells) = (0, 0, 0);
        loop {
            let input = &self.window.bytes()[seen..];
            let at_end = input.is_empty();
            let (result, read, wrote, ended) =
                self.core
                    .read_record(input, &mut self.output[written..], &mut self.ends[cells..]);
            seen += read;
            written += wrote;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty if seen > ROW_BYTES_MAX => {
                    self.resume_behind_first_line()?;
                    return Ok(Next::TooLong { line });
                }
                // At the end of the stream the next round passes nothing, which tells the parser so.
                ReadRecordResult::InputEmpty => _ = self.window.fill()?,
                ReadRecordResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if cells >= COLUMNS_MAX => {
                    self.resume_behind_first_line()?;
                    return Ok(Next::TooManyCells { line });
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record if at_end && self.has_open_quote(seen) => {
                    self.resume_behind_first_line()?;
                    return Ok(Next::QuoteNeverClosed { line });
                }
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(Next::End),
            }
        }
        self.window.consume(seen);
        record.set(line, &self.output[..written], &self.ends[..cells]);
        Ok(Next::Row)
    }

    /// `false` at the end of the stream.
    fn skip_line_ends(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.window.bytes();
            let blank = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let more = blank < bytes.len();
            self.window.consume(blank);
            if more {
                return Ok(true);
            }
            if !self.window.fill()? {
                return Ok(false);
            }
        }
    }

    /// A row that ran to the end of the file over several lines with an odd number of quotes.
    fn has_open_quote(&self, seen: usize) -> bool {
        let row = &self.window.bytes()[..seen];
        let row = row.strip_suffix(b"\n").unwrap_or(row);
        newlines(row) > 0 && row.iter().filter(|&&byte| byte == b'"').count() % 2 == 1
    }

    fn resume_behind_first_line(&mut self) -> io::Result<()> {
        self.core.reset();
        self.window.skip_line()
    }
}
