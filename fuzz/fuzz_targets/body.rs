//! Bodies as they come over the wire: whatever they unpack to stays within the limit. The first byte chooses the header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use longplay_fuzz::{arrival, check};
use longplay_intake::protocols::{body, segment};

const BYTES_MAX: usize = 64 << 10;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let encoding = ["", "gzip", "deflate", "br"][usize::from(first % 4)];
    let Ok(plain) = body::unpacked(bytes, encoding, BYTES_MAX) else { return };
    assert!(plain.len() <= BYTES_MAX);
    check(|| segment::parse(&plain, None, &arrival()));
});
