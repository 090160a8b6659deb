//! Bodies of Plausible's scripts, unpacked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use longplay_fuzz::{arrival, check};
use longplay_intake::protocols::plausible;

fuzz_target!(|bytes: &[u8]| check(|| plausible::parse(bytes, &arrival())));
