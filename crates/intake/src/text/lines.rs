//! Lines of a stream, none longer than the limit in memory.

use std::io::{self, Read};

use super::window::Window;
use crate::limits::ROW_BYTES_MAX;

pub(crate) struct Lines {
    window: Window,
    /// How much of the window the line handed out last takes.
    taken: usize,
}

/// What came next.
pub(crate) enum Line<'a> {
    Text { line: u64, bytes: &'a [u8] },
    TooLong { line: u64 },
    End,
}

impl Lines {
    pub fn new(input: Box<dyn Read>) -> Self {
        Self {
            window: Window::new(input),
            taken: 0,
        }
    }

    /// The next line, without its end.
    pub fn next(&mut self) -> io::Result<Line<'_>> {
        self.window.consume(self.taken);
        self.taken = 0;
        let line = self.window.line;
        let mut seen = 0;
        let length = loop {
            let bytes = self.window.bytes();
            if let Some(at) = bytes[seen..].iter().position(|&byte| byte == b'\n') {
                self.taken = seen + at + 1;
                break seen + at;
            }
            seen = bytes.len();
            if seen > ROW_BYTES_MAX {
                self.window.skip_line()?;
                return Ok(Line::TooLong { line });
            }
            if !self.window.fill()? {
                if seen == 0 {
                    return Ok(Line::End);
                }
                self.taken = seen;
                break seen;
            }
        };
        if length > ROW_BYTES_MAX {
            return Ok(Line::TooLong { line });
        }
        let bytes = &self.window.bytes()[..length];
        Ok(Line::Text {
            line,
            bytes: bytes.strip_suffix(b"\r").unwrap_or(bytes),
        })
    }

    /// The line reached so far, for telling where damage was met.
    pub const fn line(&self) -> u64 {
        self.window.line
    }
}
