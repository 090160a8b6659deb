//! Write keys: where each SDK puts them, and which are known. What the registry said is remembered for a moment, so that
//! neither a busy site nor a wrong key asks it for every request; a key made by another process works within that moment.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, Uri, header};
use longplay_intake::protocols::body::base64;
use longplay_store::{Store, StoreError};

/// How long a known key is believed without asking again.
const KNOWN_FOR: Duration = Duration::from_secs(30);
/// How long an unknown one stays unknown.
const UNKNOWN_FOR: Duration = Duration::from_secs(1);
/// Keys remembered; strangers can send any number of wrong ones.
const REMEMBERED_MAX: usize = 1_024;
/// No key of ours is longer.
const KEY_BYTES_MAX: usize = 128;
/// The names under which keys stand in addresses.
const PARAMETERS: [&str; 6] = ["writeKey", "write_key", "key", "api_key", "token", "token_auth"];

/// What stands there when somebody has no key.
const NOBODY: [&str; 2] = ["", "anonymous"];

#[derive(Default)]
pub struct Keys {
    remembered: Mutex<HashMap<String, (Option<String>, Instant)>>,
}

impl Keys {
    /// The name of a key, if it is one.
    pub fn name(&self, key: &str, store: &Store) -> Result<Option<String>, StoreError> {
        if key.is_empty() || key.len() > KEY_BYTES_MAX {
            return Ok(None);
        }
        if let Some(name) = self.remembered(key) {
            return Ok(name);
        }
        let name = store.key_name(key)?;
        let mut remembered = self.lock();
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(key.to_owned(), (name.clone(), Instant::now()));
        Ok(name)
    }

    fn remembered(&self, key: &str) -> Option<Option<String>> {
        let remembered = self.lock();
        let (name, at) = remembered.get(key)?;
        let believed = if name.is_some() { KNOWN_FOR } else { UNKNOWN_FOR };
        (at.elapsed() < believed).then(|| name.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Option<String>, Instant)>> {
        // Nothing is left half done in the map by a panic.
        self.remembered
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The key a request carries outside its body: Basic (as the user's name), Bearer, `X-Write-Key`, or the address.
pub fn carried(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // Jitsu's keys are `key:secret`, and its SDK insists on both.
    let write_key = header("x-write-key").map(|key| key.split(':').next().unwrap_or(key));
    write_key
        .map(str::to_owned)
        .or_else(|| header(header::AUTHORIZATION.as_str()).and_then(authorized))
        .or_else(|| in_query(uri.query()?))
        .map(|key| key.trim().to_owned())
        .filter(|key| !key.is_empty())
}

fn authorized(value: &str) -> Option<String> {
    let (scheme, credentials) = value.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(credentials.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(base64(credentials.trim().as_bytes())?).ok()?;
    let user = pair.split_once(':').map_or(pair.as_str(), |(user, _)| user);
    Some(user.to_owned())
}

fn in_query(query: &str) -> Option<String> {
    let pairs = || query.split('&').filter_map(|pair| pair.split_once('='));
    PARAMETERS
        .iter()
        .find_map(|name| pairs().find(|(own, value)| own == name && !NOBODY.contains(value)))
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn key(name: &'static str, value: &'static str, uri: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        if !name.is_empty() {
            headers.insert(name, HeaderValue::from_static(value));
        }
        carried(&headers, &uri.parse().unwrap())
    }

    #[test]
    fn every_place_an_sdk_puts_its_key_is_looked_at() {
        let wk = Some("wk_test".to_owned());
        assert_eq!(key("authorization", "Basic d2tfdGVzdDo=", "/"), wk);
        assert_eq!(key("authorization", "basic d2tfdGVzdA==", "/"), wk, "without the colon");
        assert_eq!(key("authorization", "Bearer wk_test", "/"), wk);
        assert_eq!(key("x-write-key", "wk_test", "/?writeKey=other"), wk);
        assert_eq!(key("x-write-key", "wk_test:secret", "/"), wk);
        assert_eq!(key("", "", "/v1/batch?writeKey=wk_test"), wk);
        assert_eq!(key("", "", "/e/?ip=1&token=wk_test"), wk);
        for (name, value, uri) in [
            ("", "", "/"),
            ("authorization", "Basic !!!", "/"),
            ("authorization", "Digest x", "/?writeKey="),
        ] {
            assert_eq!(key(name, value, uri), None);
        }
    }
}
