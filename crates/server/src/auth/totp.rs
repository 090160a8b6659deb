//! One-time codes as every app makes them (RFC 6238: SHA-1, six digits, thirty seconds), with a step to either side for clocks that
//! differ.

use longplay_domain::Time;
use totp_rs::{Builder, Secret, Totp};

/// The step that a code belongs to, if it is one of now.
pub fn step(secret: &str, code: &str, now: Time) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.micros() / 1_000_000).ok()?;
    let step = totp(secret)?.check(&digits, seconds)?;
    i64::try_from(step).ok()
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).build().ok()
}

/// The code of a moment, as an app would show it.
#[cfg(test)]
pub fn code(secret: &str, now: Time) -> String {
    let seconds = u64::try_from(now.micros() / 1_000_000).unwrap();
    totp(secret).unwrap().generate(seconds).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Base32 of the key in RFC 6238's appendix B.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> Time {
        Time::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // The last six of the eight digits in the table there.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(step(KEY, code, at(seconds)), Some(seconds / 30), "{code}");
            assert_eq!(self::code(KEY, at(seconds)), code);
        }
        assert_eq!(step(KEY, "287 082", at(59)), Some(1), "as apps show it");
        assert_eq!(step(KEY, "287082", at(89)), Some(1), "a step ago");
        assert_eq!(step(KEY, "287082", at(120)), None, "two");
        for wrong in ["", "28708", "2870821", "287083", "abcdef", "²87082"] {
            assert_eq!(step(KEY, wrong, at(59)), None, "{wrong}");
        }
    }
}
