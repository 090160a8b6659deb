//! Bodies of PostHog's SDKs, unpacked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use longplay_fuzz::{arrival, check};
use longplay_intake::protocols::posthog;

fuzz_target!(|bytes: &[u8]| check(|| posthog::parse(bytes, &arrival())));
