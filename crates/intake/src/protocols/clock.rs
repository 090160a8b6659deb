//! When something happened, by a clock that may be wrong. A sender that also says when it sent shows how far its clock is
//! off; a difference that a slow network explains is left alone, so that a body replayed within it gives the same times.

use longplay_domain::{Time, When, Zone};

/// A smaller difference between sending and receiving is the network's, not the clock's: 2 minutes.
const NETWORK_MICROS_MAX: i64 = 2 * 60 * 1_000_000;

/// The time of an event. `happened` and `sent` are by the sender's clock; what is no time stays as it was written, for the
/// gate to refuse.
pub(super) fn corrected(happened: Option<&str>, sent: Option<&str>, received: Time) -> When {
    let Some(happened) = happened.filter(|text| !text.trim().is_empty()) else {
        return When::At(received);
    };
    // SDKs write offsets; a local time without one is read as UTC, which is what those that forget it mean.
    let Some(time) = Time::parse(happened, &Zone::utc()) else {
        return When::Text(happened.to_owned());
    };
    let ahead = sent
        .and_then(|sent| Time::parse(sent, &Zone::utc()))
        .and_then(|sent| sent.micros().checked_sub(received.micros()))
        .filter(|ahead| ahead.checked_abs().is_none_or(|size| size > NETWORK_MICROS_MAX));
    let micros = ahead.and_then(|ahead| time.micros().checked_sub(ahead));
    When::At(micros.map_or(time, Time::from_micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_put_right_and_a_slow_network_is_not() {
        let at = |text: &str| Time::parse(text, &Zone::utc()).unwrap();
        let received = at("2026-03-01T12:00:00Z");
        let time = |happened, sent| match corrected(happened, sent, received) {
            When::At(time) => time.to_string(),
            other => format!("{other:?}"),
        };
        let ten_before = Some("2026-03-01T12:59:50Z");
        assert_eq!(time(ten_before, Some("2026-03-01T13:00:00Z")), "2026-03-01T11:59:50Z");
        assert_eq!(
            time(Some("2026-03-01T11:59:00Z"), Some("2026-03-01T11:59:01Z")),
            "2026-03-01T11:59:00Z"
        );
        assert_eq!(time(Some("2026-02-01T00:00:00Z"), None), "2026-02-01T00:00:00Z");
        assert_eq!(time(None, Some("2026-03-01T13:00:00Z")), "2026-03-01T12:00:00Z");
        assert_eq!(
            time(Some("2026-03-01T11:00:00.5+00:00"), Some("never")),
            "2026-03-01T11:00:00.5Z"
        );
        assert_eq!(corrected(Some("soon"), None, received), When::Text("soon".to_owned()));
    }
}
