//! Lines that should hold JSON objects: blank ones are passed over, overlong ones refused.

use std::io;

use super::{
    decode_line,
    lines::{Line, Lines},
    table::LATIN,
};
use crate::{
    IntakeError,
    limits::ROW_BYTES_MAX,
    output::{Output, RefusedRow, Stop},
};

pub(crate) struct Objects<'a> {
    lines: Lines,
    failed: Box<dyn Fn(u64, io::Error) -> IntakeError + 'a>,
    text: String,
    is_latin_noted: bool,
}

impl<'a> Objects<'a> {
    /// `failed` says what an error of the stream at a line means.
    pub fn new(lines: Lines, failed: impl Fn(u64, io::Error) -> IntakeError + 'a) -> Self {
        Self {
            lines,
            failed: Box::new(failed),
            text: String::new(),
            is_latin_noted: false,
        }
    }

    /// The next line that isn't blank, and its number.
    pub fn next(&mut self, output: &mut Output<'_>) -> Result<Option<(u64, &str)>, Stop> {
        loop {
            let reached = self.lines.line();
            match self.lines.next().map_err(|error| (self.failed)(reached, error))? {
                Line::End => return Ok(None),
                Line::TooLong { line } => {
                    let message = format!("the line is longer than {ROW_BYTES_MAX} bytes");
                    output.refuse(line, RefusedRow::new("row_too_long", None, message))?;
                }
                Line::Text { bytes, .. } if bytes.trim_ascii().is_empty() => {}
                Line::Text { line, bytes } => {
                    let (text, was_latin) = decode_line(bytes);
                    self.text.clear();
                    self.text.push_str(&text);
                    if was_latin && !self.is_latin_noted {
                        self.is_latin_noted = true;
                        output.note(line, "latin1", LATIN)?;
                    }
                    return Ok(Some((line, &self.text)));
                }
            }
        }
    }
}
