//! Journal replay. After a first byte of 0, a batch's body as it might lie on a damaged disk: it is read or it isn't, and what
//! was read reads back the same. After any other, a Segment body, whose events must come back from the journal as they were.
#![no_main]

use libfuzzer_sys::fuzz_target;
use longplay_fuzz::{admitted, arrival};
use longplay_intake::protocols::segment;
use longplay_store::{decode_batch, encode_batch};

fuzz_target!(|bytes: &[u8]| {
    let Some((&kind, rest)) = bytes.split_first() else { return };
    let events = if kind == 0 {
        let Some(events) = decode_batch(rest) else { return };
        // An event takes more than a dozen bytes: nothing small asks for much memory.
        assert!(events.len() <= rest.len() / 12);
        events
    } else {
        let Ok(batch) = segment::parse(rest, Some("track"), &arrival()) else { return };
        admitted(batch)
    };
    let body = encode_batch(&events).expect("what was admitted can be kept");
    assert_eq!(decode_batch(&body), Some(events));
    assert_eq!(decode_batch(&body[..body.len() - 1]), None, "a body that is cut off is none");
});
