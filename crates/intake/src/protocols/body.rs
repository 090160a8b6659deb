//! From the bytes of a body to text: unpacked with a limit, whatever the headers claim, and with what is no text marked so
//! that only the items it stands in are lost.

use std::{borrow::Cow, io::Read};

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::BodyError;

/// Stands where bytes were no UTF-8: a code point that never occurs in text. Items that hold it are refused.
pub(super) const DAMAGE: char = '\u{fdd0}';

/// Unpacks by what the bytes are; the header is believed only where they don't tell. What unpacks to more than
/// `bytes_max` is refused without being unpacked further.
pub fn unpacked<'a>(bytes: &'a [u8], encoding: &str, bytes_max: usize) -> Result<Cow<'a, [u8]>, BodyError> {
    let encoding = encoding.trim().to_ascii_lowercase();
    let plain = match bytes {
        [0x1f, 0x8b, ..] => read(MultiGzDecoder::new(bytes), bytes_max)?,
        _ if starts_like_text(bytes) => return within(Cow::Borrowed(bytes), bytes_max),
        [0x78, second, ..] if (0x7800 | u16::from(*second)).is_multiple_of(31) => {
            read(ZlibDecoder::new(bytes), bytes_max)?
        }
        _ if encoding == "deflate" => read(DeflateDecoder::new(bytes), bytes_max)?,
        _ if matches!(encoding.as_str(), "br" | "zstd" | "compress" | "x-compress") => {
            return Err(BodyError::Encoding(encoding));
        }
        _ => return within(Cow::Borrowed(bytes), bytes_max),
    };
    Ok(Cow::Owned(plain))
}

/// JSON and forms begin with one of these, compressed data with none.
fn starts_like_text(bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace());
    first.is_none_or(|b| matches!(b, b'{' | b'[' | b'"' | b'%' | b'?') || b.is_ascii_alphanumeric())
        && !matches!(bytes, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..])
}

fn within(bytes: Cow<'_, [u8]>, bytes_max: usize) -> Result<Cow<'_, [u8]>, BodyError> {
    match bytes.len() {
        length if length > bytes_max => Err(BodyError::TooLarge {
            bytes: length,
            bytes_max,
        }),
        _ => Ok(bytes),
    }
}

fn read(decoder: impl Read, bytes_max: usize) -> Result<Vec<u8>, BodyError> {
    let mut plain = Vec::new();
    decoder
        .take(bytes_max as u64 + 1)
        .read_to_end(&mut plain)
        .map_err(|error| BodyError::Compression(error.to_string()))?;
    within(Cow::Owned(plain), bytes_max).map(Cow::into_owned)
}

/// Base64 in either alphabet, padded or not, as browsers put it into forms and headers.
pub fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let text: Vec<u8> = text.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    let alphabet = if text.iter().any(|b| matches!(b, b'-' | b'_')) {
        URL_SAFE
    } else {
        STANDARD
    };
    GeneralPurpose::new(&alphabet, lenient).decode(text).ok()
}

/// The bytes as text. Bytes that are no UTF-8 become [`DAMAGE`]; an escaped half of a character pair, which JavaScript
/// writes when it cuts a text in the middle of an emoji, becomes the sign for a lost character.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                if !chunk.invalid().is_empty() {
                    text.push(DAMAGE);
                }
            }
            Cow::Owned(text)
        }
    };
    match with_whole_pairs(&text) {
        Some(repaired) => Cow::Owned(repaired),
        None => text,
    }
}

/// The text with every lone `\ud8…` to `\udf…` replaced; `None` when there is none.
fn with_whole_pairs(text: &str) -> Option<String> {
    let mut repaired: Option<String> = None;
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = text[at..].find('\\') {
        let start = at + found;
        at = match surrogate(text, start) {
            None => (start + 2).min(text.len()),
            Some(Half::High) if surrogate(text, start + 6) == Some(Half::Low) => start + 12,
            Some(_) => {
                let out = repaired.get_or_insert_with(String::new);
                out.push_str(&text[copied..start]);
                out.push_str("\\ufffd");
                copied = start + 6;
                copied
            }
        };
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    repaired.map(|mut out| {
        out.push_str(&text[copied..]);
        out
    })
}

#[derive(PartialEq)]
enum Half {
    High,
    Low,
}

/// The half of a pair that is escaped at this place.
fn surrogate(text: &str, at: usize) -> Option<Half> {
    let escape = text.as_bytes().get(at..at + 6)?;
    let [b'\\', b'u', b'd' | b'D', second, third, fourth] = escape else {
        return None;
    };
    if !third.is_ascii_hexdigit() || !fourth.is_ascii_hexdigit() {
        return None;
    }
    match second.to_ascii_lowercase() {
        b'8' | b'9' | b'a' | b'b' => Some(Half::High),
        b'c'..=b'f' => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write};

    use super::*;

    const MAX: usize = 1_000_000;

    #[test]
    fn bodies_are_unpacked_by_what_they_are() {
        let plain = br#"{"batch":[]}"#;
        let mut gzip = write::GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(plain).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut zlib = write::ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(plain).unwrap();
        let zlib = zlib.finish().unwrap();
        let mut deflate = write::DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(plain).unwrap();
        let deflate = deflate.finish().unwrap();
        for (bytes, encoding) in [
            (&plain[..], ""),
            (plain, "gzip"),
            (&gzip, ""),
            (&gzip, "gzip"),
            (&zlib, "deflate"),
            (&zlib, ""),
            (&deflate, "deflate"),
        ] {
            assert_eq!(unpacked(bytes, encoding, MAX).unwrap().as_ref(), plain, "{encoding}");
        }
        assert!(matches!(unpacked(b"\x1b\x0b", "br", MAX), Err(BodyError::Encoding(_))));
        assert!(matches!(unpacked(&gzip[..15], "", MAX), Err(BodyError::Compression(_))));
    }

    #[test]
    fn a_bomb_is_refused_before_it_goes_off() {
        let mut gzip = write::GzEncoder::new(Vec::new(), Compression::best());
        for _ in 0..64 {
            gzip.write_all(&[b' '; 1 << 20]).unwrap();
        }
        let bomb = gzip.finish().unwrap();
        assert!(bomb.len() < 100_000);
        assert!(matches!(
            unpacked(&bomb, "gzip", MAX),
            Err(BodyError::TooLarge { bytes, .. }) if bytes == MAX + 1
        ));
    }

    #[test]
    fn damage_is_marked_and_half_pairs_are_lost_characters() {
        assert_eq!(text(b"\xef\xbb\xbf{\"a\":\"b\"}"), "{\"a\":\"b\"}");
        assert_eq!(text(b"a\xffb"), format!("a{DAMAGE}b"));
        let same = r#""\ud83d\ude00 \\ud83d é \u00e9 \d8\ü""#;
        assert_eq!(text(same.as_bytes()), same);
        assert_eq!(
            text(br#""\ud83d x \uDE00 \ud83d\ud83d\ude00""#),
            r#""\ufffd x \ufffd \ufffd\ud83d\ude00""#
        );
        assert_eq!(text(br"\ud83"), r"\ud83");
        assert_eq!(text("\\é\\ud800".as_bytes()), "\\é\\ufffd");
    }

    #[test]
    fn base64_is_read_in_both_alphabets() {
        for encoded in ["d2tfdGVzdDo=", "d2tfdGVzdDo", "d2tf dGVz\ndDo="] {
            assert_eq!(base64(encoded.as_bytes()).as_deref(), Some(&b"wk_test:"[..]));
        }
        assert_eq!(base64(b"-_8").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(base64(b"a$"), None);
    }
}
