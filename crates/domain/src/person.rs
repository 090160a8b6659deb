//! Who is who: handles as the outside sends them, and the 64-bit key by which a person is known inside.

use std::{fmt, hash::Hasher};

use siphasher::sip::SipHasher13;

/// A person's key: SipHash-1-3 of their handle under the workspace's secret, so uniform over all of `i64` and not to be
/// guessed from an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub i64);

/// The workspace's secret under which handles are hashed.
#[derive(Clone, Copy)]
pub struct PersonKey([u8; 16]);

impl PersonKey {
    pub const fn new(secret: [u8; 16]) -> Self {
        Self(secret)
    }

    pub fn person(&self, handle: &Handle) -> PersonId {
        let mut hasher = SipHasher13::new_with_key(&self.0);
        hasher.write(handle.text.as_bytes());
        PersonId(hasher.finish() as i64)
    }

    /// A 64-bit fingerprint of any text under the same secret, e.g. of an event's id.
    pub fn fingerprint(&self, text: &[u8]) -> u64 {
        let mut hasher = SipHasher13::new_with_key(&self.0);
        hasher.write_u8(0xff); // no handle starts with this byte, so persons and fingerprints never share an input
        hasher.write(text);
        hasher.finish()
    }
}

/// The secret is never printed.
impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(…)")
    }
}

/// One name we know a person by: `kind:value`, normalised so that the same name is always the same text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Handle {
    text: String,
}

/// Kinds of handles that may be written as `kind:value`; anything else before a colon is part of a `custom:` value.
const KINDS: [&str; 19] = [
    "email",
    "email_md5",
    "email_sha256",
    "phone",
    "anonymous",
    "user",
    "custom",
    "mastodon",
    "did",
    "youtube",
    "shopify",
    "stripe",
    "matomo",
    "mailchimp",
    "substack",
    "posthog",
    "ga4",
    "web",
    "device",
];

/// Kinds that name a browser or a device rather than a somebody.
const ANONYMOUS: [&str; 5] = ["anonymous", "device", "ga4", "matomo", "web"];

/// Mailboxes that several people read.
const ROLES: [&str; 10] = [
    "admin", "billing", "contact", "hello", "help", "info", "mail", "office", "sales", "support",
];

impl Handle {
    /// Reads `kind:value`; a bare text is `custom:text`. E-mail addresses are trimmed and lower-cased (formats §8.1).
    /// Returns `None` for a blank text or a kind without a value.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once(':') {
            Some((kind, value)) if KINDS.contains(&kind.to_ascii_lowercase().as_str()) => {
                Self::new(&kind.to_ascii_lowercase(), value)
            }
            _ => Self::new("custom", text),
        }
    }

    /// A handle of a kind; `None` when the value is blank.
    pub fn new(kind: &str, value: &str) -> Option<Self> {
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        let text = if matches!(kind, "email" | "email_md5" | "email_sha256") {
            format!("{kind}:{}", value.to_lowercase())
        } else {
            format!("{kind}:{value}")
        };
        Some(Self { text })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn kind(&self) -> &str {
        self.text.split_once(':').map_or("custom", |(kind, _)| kind)
    }

    /// What stands behind the kind.
    pub fn value(&self) -> &str {
        self.text.split_once(':').map_or(&self.text, |(_, value)| value)
    }

    /// Whether it names a browser or a device, which may pass from hand to hand.
    pub fn is_anonymous(&self) -> bool {
        ANONYMOUS.contains(&self.kind())
    }

    /// Whether the owner can write to somebody by it: to an address, or to an account that somebody made with them or elsewhere.
    /// A browser's id, a hash, and a name that only a machine can have made reach nobody.
    pub fn is_reachable(&self) -> bool {
        match self.kind() {
            "email_md5" | "email_sha256" => false,
            "custom" | "posthog" => !is_machine_made(self.value()),
            _ => !self.is_anonymous(),
        }
    }

    /// Whether several people may stand behind it: an anonymous handle, or the mailbox of a role (formats §8.1).
    pub fn is_shared(&self) -> bool {
        let mailbox = self
            .text
            .strip_prefix("email:")
            .and_then(|address| address.split_once('@'));
        self.is_anonymous() || mailbox.is_some_and(|(name, _)| ROLES.contains(&name))
    }
}

/// A number, a UUID, a long run of hexadecimal digits: nobody calls themselves that.
fn is_machine_made(value: &str) -> bool {
    const HEX_DIGITS_MIN: usize = 12;
    let is_of = |holds: fn(&u8) -> bool| value.bytes().all(|byte| holds(&byte) || byte == b'-');
    is_of(u8::is_ascii_digit) || value.len() >= HEX_DIGITS_MIN && is_of(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_its_kind_and_its_value() {
        let text = |raw| Handle::parse(raw).map(|handle| handle.text);
        assert_eq!(
            text(" Email: Ada@Example.COM "),
            Some("email:ada@example.com".to_owned())
        );
        assert_eq!(text("42"), Some("custom:42".to_owned()));
        assert_eq!(text("custom:42"), Some("custom:42".to_owned()));
        assert_eq!(text("urn:uuid:1"), Some("custom:urn:uuid:1".to_owned()));
        assert_eq!(text("user:Ada"), Some("user:Ada".to_owned()));
        assert_eq!(text("email:"), None);
        assert_eq!(text("  "), None);
    }

    #[test]
    fn one_can_write_to_an_address_or_an_account_and_to_no_browser() {
        let reaches = |text| Handle::parse(text).unwrap().is_reachable();
        for text in [
            "email:ada@example.com",
            "mastodon:@ada@x.io",
            "user:42",
            "shopify:7",
            "custom:ada",
            "ada-7f31",
        ] {
            assert!(reaches(text), "{text}");
        }
        let nobody = [
            "anonymous:ada",
            "web:1",
            "device:a",
            "email_md5:9e107d9d372bb682",
            "42",
            "custom:2026-11",
        ];
        for text in nobody
            .into_iter()
            .chain(["posthog:0c2d1a77-ada1-4b1f-9d55-6a1b2c3d4e5f"])
        {
            assert!(!reaches(text), "{text}");
        }
    }

    #[test]
    fn the_key_decides_the_person() {
        let ada = Handle::parse("email:ada@example.com").unwrap();
        let one = PersonKey::new([1; 16]);
        assert_eq!(one.person(&ada), one.person(&ada));
        assert_ne!(one.person(&ada), PersonKey::new([2; 16]).person(&ada));
    }
}
