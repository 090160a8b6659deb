//! Queries (the first line) and bodies of Matomo's trackers, unpacked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use longplay_fuzz::{arrival, check};
use longplay_intake::protocols::matomo;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let query = std::str::from_utf8(&bytes[..end]).unwrap_or_default();
    check(|| matomo::parse(query, &bytes[end..], &arrival()));
});
