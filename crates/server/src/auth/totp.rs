//! One-time codes as every app makes them (RFC 6238: SHA-1, six digits, thirty seconds), with a step to either side for clocks that
//! differ, and the recovery codes that stand in for a lost app.

use longplay_domain::Time;
use totp_rs::{Builder, Secret, Totp};

use crate::error::HttpError;

const SECRET_BYTES: usize = 20;
const RECOVERY_CODES: usize = 10;

/// A new secret, base32.
pub fn new_secret() -> Result<String, HttpError> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| HttpError::failed(error.to_string()))?;
    Ok(Secret::from(bytes.to_vec()).to_base32())
}

/// New recovery codes: 50 random bits each, in letters that can't be mistaken for others.
pub fn new_recovery_codes() -> Result<Vec<String>, HttpError> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 10 * RECOVERY_CODES];
    getrandom::fill(&mut bytes).map_err(|error| HttpError::failed(error.to_string()))?;
    let code = |bytes: &[u8]| {
        let letters: String = bytes
            .iter()
            .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
            .collect();
        format!("{}-{}", &letters[..5], &letters[5..])
    };
    Ok(bytes.chunks(10).map(code).collect())
}

/// The address that a phone's app reads from a picture or a link.
pub fn address(secret: &str, account: &str) -> String {
    let name: String = account
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("otpauth://totp/Longplay:{name}?secret={secret}&issuer=Longplay")
}

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

    #[test]
    fn secrets_and_recovery_codes_are_new_each_time() {
        let (one, two) = (new_secret().unwrap(), new_secret().unwrap());
        assert!(one.len() == 32 && one != two, "{one}");
        let codes = new_recovery_codes().unwrap();
        assert_eq!(codes.len(), RECOVERY_CODES);
        assert!(codes.iter().all(|code| code.len() == 11), "{codes:?}");
        assert!(codes[1..].iter().all(|code| *code != codes[0]), "{codes:?}");
        assert_eq!(
            address("ABC", "Ada L."),
            "otpauth://totp/Longplay:Ada%20L%2E?secret=ABC&issuer=Longplay"
        );
    }
}
