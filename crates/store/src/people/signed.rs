//! Links by which a person reaches what is held on them without a login. A link is the person's key, when it ends, and a keyed
//! hash of both under the workspace's secret: it names nobody, and nobody else can make one.

use longplay_domain::{PersonKey, Time};

use crate::Store;

const HEX_DIGITS: usize = 16;
const MICROS_PER_DAY: i64 = 86_400_000_000;

impl Store {
    /// A link to the person of a key, good for so many days.
    pub fn sign_link(&self, key: i64, days: u32, now: Time) -> String {
        let until = now.micros().saturating_add(i64::from(days) * MICROS_PER_DAY);
        sign(&self.key(), key, until)
    }

    /// The key of a link that is ours and has not ended.
    pub fn signed_key(&self, link: &str, now: Time) -> Option<i64> {
        let number = |part: usize| {
            let digits = link.get(part * HEX_DIGITS..(part + 1) * HEX_DIGITS)?;
            u64::from_str_radix(digits, 16).ok().map(|number| number as i64)
        };
        let (key, until) = (number(0)?, number(1)?);
        let is_ours = is_same(sign(&self.key(), key, until).as_bytes(), link.as_bytes());
        (is_ours && now.micros() < until).then_some(key)
    }
}

fn sign(secret: &PersonKey, key: i64, until: i64) -> String {
    let signed = format!("{key:016x}{until:016x}");
    // Two halves of 64 bits; no other use of the secret begins with these words.
    let half = |which: &str| secret.fingerprint(format!("link of a person {which} {signed}").as_bytes());
    format!("{signed}{:016x}{:016x}", half("high"), half("low"))
}

/// Compares in a time that doesn't tell how far the two agree.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_until_it_ends_and_only_as_it_was_made() {
        let dir = tempfile::tempdir().expect("a directory");
        let now = Time::from_micros(1_800_000_000_000_000);
        let store = Store::open(dir.path(), now).expect("a store");
        let link = store.sign_link(-42, 30, now);
        let days = |days: i64| Time::from_micros(now.micros() + days * MICROS_PER_DAY);
        assert_eq!(store.signed_key(&link, days(29)), Some(-42));
        assert_eq!(store.signed_key(&link, days(30)), None);
        for place in [0, 15, 20, 40, 63] {
            let mut forged = link.clone().into_bytes();
            forged[place] = if forged[place] == b'1' { b'2' } else { b'1' };
            let forged = String::from_utf8(forged).expect("digits");
            assert_eq!(store.signed_key(&forged, now), None, "{place}");
        }
        for odd in ["", "é", &link[..63], &format!("{link}0"), &"é".repeat(32)] {
            assert_eq!(store.signed_key(odd, now), None);
        }
    }
}
