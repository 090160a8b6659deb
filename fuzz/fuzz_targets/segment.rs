//! Bodies of Segment's SDKs, unpacked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use longplay_fuzz::{arrival, check};
use longplay_intake::protocols::segment;

fuzz_target!(|bytes: &[u8]| check(|| segment::parse(bytes, Some("track"), &arrival())));
