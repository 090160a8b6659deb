//! From bytes to text, in the order of trial of the formats' rules: byte-order mark, UTF-8, UTF-16 by its pattern of NULs,
//! Windows-1252.
//!
//! UTF-16 is decoded as a stream. Windows-1252 is decided row by row: a row that is no UTF-8 is read as Windows-1252 and
//! the reader says so, which keeps the good rows of a file in which a spreadsheet spoilt one.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use encoding_rs::{Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What the first bytes say about the encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sniffed {
    wide: Option<&'static Encoding>,
    mark_bytes: usize,
}

pub(crate) fn sniff(head: &[u8]) -> Sniffed {
    match head {
        [0xef, 0xbb, 0xbf, ..] => Sniffed {
            wide: None,
            mark_bytes: 3,
        },
        [0xff, 0xfe, ..] => Sniffed {
            wide: Some(UTF_16LE),
            mark_bytes: 2,
        },
        [0xfe, 0xff, ..] => Sniffed {
            wide: Some(UTF_16BE),
            mark_bytes: 2,
        },
        _ => Sniffed {
            wide: wide_by_pattern(head),
            mark_bytes: 0,
        },
    }
}

/// Text in UTF-16 that is mostly ASCII has a NUL in every other byte, and only there.
fn wide_by_pattern(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.chunks_exact(2).take(512);
    let (mut count, mut first, mut second) = (0, 0, 0);
    for pair in pairs {
        count += 1;
        first += usize::from(pair[0] == 0);
        second += usize::from(pair[1] == 0);
    }
    if count < 4 {
        return None;
    }
    if first == 0 && second * 10 >= count * 6 {
        Some(UTF_16LE)
    } else if second == 0 && first * 10 >= count * 6 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The head of a file as text, for recognising it.
pub(crate) fn decode_head(head: &[u8]) -> String {
    let sniffed = sniff(head);
    let body = &head[sniffed.mark_bytes.min(head.len())..];
    match sniffed.wide {
        Some(encoding) => encoding.decode_without_bom_handling(body).0.into_owned(),
        None => match std::str::from_utf8(body) {
            Ok(text) => text.to_owned(),
            // The head may end inside a character.
            Err(error) if error.error_len().is_none() => {
                String::from_utf8_lossy(&body[..error.valid_up_to()]).into_owned()
            }
            Err(_) => WINDOWS_1252.decode_without_bom_handling(body).0.into_owned(),
        },
    }
}

/// A stream of UTF-8 (or of bytes that are not yet known to be), without its mark.
pub(crate) fn open_text(input: Box<dyn Read>, sniffed: Sniffed) -> io::Result<Box<dyn Read>> {
    let mut input = input;
    let mut mark = [0; 3];
    input.read_exact(&mut mark[..sniffed.mark_bytes])?;
    Ok(match sniffed.wide {
        None => input,
        Some(encoding) => Box::new(Narrowed {
            input,
            decoder: encoding.new_decoder_without_bom_handling(),
            wide: vec![0; 16 * 1_024],
            narrow: vec![0; 64 * 1_024],
            start: 0,
            end: 0,
            is_finished: false,
        }),
    })
}

/// Text of a row or cell, and whether it had to be read as Windows-1252.
pub(crate) fn decode_line(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, true),
    }
}

/// UTF-16 to UTF-8 on the way.
struct Narrowed {
    input: Box<dyn Read>,
    decoder: Decoder,
    wide: Vec<u8>,
    narrow: Vec<u8>,
    start: usize,
    end: usize,
    is_finished: bool,
}

impl Read for Narrowed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.start == self.end && !self.is_finished {
            let read = self.input.read(&mut self.wide)?;
            self.is_finished = read == 0;
            // 16 KiB of UTF-16 are at most 24 KiB of UTF-8, so the output always suffices.
            let (_, consumed, written, was_damaged) =
                self.decoder
                    .decode_to_utf8(&self.wide[..read], &mut self.narrow, self.is_finished);
            debug_assert_eq!(consumed, read);
            if was_damaged {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "it is UTF-16 with broken characters",
                ));
            }
            (self.start, self.end) = (0, written);
        }
        let count = buffer.len().min(self.end - self.start);
        buffer[..count].copy_from_slice(&self.narrow[self.start..self.start + count]);
        self.start += count;
        Ok(count)
    }
}
