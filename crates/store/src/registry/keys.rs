//! Write keys: they can only write, and only their hash is kept.

use longplay_domain::Time;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::{hex, random};
use crate::{
    Store,
    error::{Context, Result, StoreError},
};

const PREFIX: &str = "lp_";
const NAME_CHARS_MAX: usize = 80;

/// What may be told of a key after it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    pub name: String,
    /// Its first characters, by which the owner recognises it.
    pub prefix: String,
    pub created_at: Time,
}

impl Store {
    /// Makes a write key and returns it, the only time it is shown.
    pub fn create_key(&self, name: &str, now: Time) -> Result<String> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
            return Err(StoreError::Invalid(format!(
                "a key's name has 1 to {NAME_CHARS_MAX} characters"
            )));
        }
        let key = format!("{PREFIX}{}", hex(&random::<20>()?));
        let hash = hex(&Sha256::digest(key.as_bytes()));
        self.registry()
            .execute(
                "INSERT INTO write_key (hash, name, prefix, created_at) VALUES (?1, ?2, ?3, ?4)",
                params![hash, name, &key[..PREFIX.len() + 6], now.micros()],
            )
            .doing("keep the write key")?;
        Ok(key)
    }

    /// The name of the key a program brought; `None` when there is no such key.
    pub fn key_name(&self, key: &str) -> Result<Option<String>> {
        let hash = hex(&Sha256::digest(key.as_bytes()));
        self.registry()
            .prepare_cached("SELECT name FROM write_key WHERE hash = ?1")
            .and_then(|mut select| select.query_row([hash], |row| row.get(0)).optional())
            .doing("look for a write key")
    }

    pub fn keys(&self) -> Result<Vec<KeyInfo>> {
        let registry = self.registry();
        let mut select = registry
            .prepare_cached("SELECT name, prefix, created_at FROM write_key ORDER BY created_at, name")
            .doing("read the write keys")?;
        let rows = select.query_map([], |row| {
            Ok(KeyInfo {
                name: row.get(0)?,
                prefix: row.get(1)?,
                created_at: Time::from_micros(row.get(2)?),
            })
        });
        rows.and_then(Iterator::collect).doing("read the write keys")
    }

    /// Ends every write key that begins so, as [`KeyInfo::prefix`] does; returns how many there were. A running server may
    /// believe it for half a minute longer.
    pub fn revoke_key(&self, prefix: &str) -> Result<usize> {
        self.registry()
            .execute("DELETE FROM write_key WHERE prefix = ?1", [prefix])
            .doing("revoke the write key")
    }
}
