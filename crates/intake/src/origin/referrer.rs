//! The address somebody came from: who stands behind its host, and whether it counts at all.

use std::{collections::HashMap, sync::LazyLock};

use super::address::{Address, without_www};

const HOSTS: &str = include_str!("hosts.tsv");
/// Pages people pass through while they pay or sign in; where they came from is what was known before.
const PASSED_THROUGH: [&str; 10] = [
    "accounts.google.com",
    "appleid.apple.com",
    "checkout.stripe.com",
    "hooks.stripe.com",
    "klarna.com",
    "pay.google.com",
    "paypal.com",
    "shop.app",
    "stripe.com",
    "login.microsoftonline.com",
];
/// Longest referrer that is kept, in bytes.
const URL_BYTES_MAX: usize = 1_024;

/// Name in lower case and medium.
type Known = (String, &'static str);

struct Hosts {
    exact: HashMap<&'static str, Known>,
    /// Hosts of any ending, by their first label.
    any_ending: HashMap<&'static str, Known>,
}

// Constant data in a form that can be searched; it depends on nothing and never changes.
static KNOWN: LazyLock<Hosts> = LazyLock::new(|| {
    let mut hosts = Hosts {
        exact: HashMap::new(),
        any_ending: HashMap::new(),
    };
    for line in HOSTS.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(kind), Some(name), Some(host)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        let medium = match kind {
            "search" => "organic",
            "social" => "social",
            "assistant" => "ai",
            _ => "email",
        };
        let known = (name.to_lowercase(), medium);
        match host.strip_suffix(".{}") {
            Some(label) => hosts.any_ending.insert(label, known),
            None => hosts.exact.insert(host, known),
        };
    }
    hosts
});

/// A referrer that counts.
pub(super) struct Referrer {
    pub source: String,
    pub medium: &'static str,
    pub url: String,
}

impl Referrer {
    /// `None` when the text is no address, or one of the site itself, or one that people only pass through.
    pub fn of(text: &str, own_host: &str) -> Option<Self> {
        let address = Address::parse(text).filter(|address| !address.host.is_empty())?;
        let host = address.host.to_ascii_lowercase();
        let own = without_www(own_host).to_ascii_lowercase();
        let bare = without_www(&host);
        if is_within(bare, &own) || is_within(&own, bare) {
            return None;
        }
        if PASSED_THROUGH.iter().any(|host| is_within(bare, host)) {
            return None;
        }
        let (source, medium) = known(bare).unwrap_or_else(|| (bare.to_owned(), "referral"));
        let end = text.trim().find(['?', '#']).unwrap_or(text.trim().len());
        let url = &text.trim()[..end];
        let url = &url[..url.floor_char_boundary(URL_BYTES_MAX)];
        let clean = !url.contains(['@', '\0']);
        Some(Self {
            source,
            medium,
            url: if clean { url.to_owned() } else { host.clone() },
        })
    }
}

/// Whether `host` is `other` or one of its subdomains.
fn is_within(host: &str, other: &str) -> bool {
    !other.is_empty()
        && host
            .strip_suffix(other)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The longest ending of the host that the table knows.
fn known(host: &str) -> Option<Known> {
    let mut rest = host;
    loop {
        if let Some(known) = KNOWN.exact.get(rest) {
            return Some(known.clone());
        }
        let (label, ending) = rest.split_once('.')?;
        if looks_like_ending(ending)
            && let Some(known) = KNOWN.any_ending.get(label)
        {
            return Some(known.clone());
        }
        rest = ending;
    }
}

/// `com`, `de`, `co.uk`, `com.br`: what may stand for `{}`.
fn looks_like_ending(ending: &str) -> bool {
    match ending.split_once('.') {
        None => (2..=6).contains(&ending.len()),
        Some((second, country)) => second.len() <= 3 && country.len() == 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_known_by_their_longest_ending() {
        let of = |url: &str| Referrer::of(url, "shop.example").map(|from| (from.source, from.medium));
        let said = |source: &str, medium| Some((source.to_owned(), medium));
        assert_eq!(of("https://www.google.co.uk/"), said("google", "organic"));
        assert_eq!(of("https://mail.google.com/mail/"), said("gmail", "email"));
        assert_eq!(of("https://t.co/abc"), said("x", "social"));
        assert_eq!(of("https://lm.facebook.com/l.php?u=1"), said("facebook", "social"));
        assert_eq!(of("https://chatgpt.com/"), said("chatgpt", "ai"));
        assert_eq!(of("android-app://com.google.android.gm/"), said("gmail", "email"));
        assert_eq!(of("https://google.evil.com/"), said("google.evil.com", "referral"));
        assert_eq!(
            of("https://blog.example.org/post"),
            said("blog.example.org", "referral")
        );
        assert_eq!(of("https://notshop.example/"), said("notshop.example", "referral"));
    }
}
