//! API tokens: they open people's data to programs, so they are a kind of their own that no write key is. Only their hash is
//! kept.

use longplay_domain::Time;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::{KeyInfo, hex, random};
use crate::{
    Store,
    error::{Context, Result, StoreError},
};

const PREFIX: &str = "lpt_";
const NAME_CHARS_MAX: usize = 80;

impl Store {
    /// Makes a token and returns it, the only time it is shown.
    pub fn create_token(&self, name: &str, now: Time) -> Result<String> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            let message = format!("a token's name has 1 to {NAME_CHARS_MAX} characters");
            return Err(StoreError::Invalid(message));
        }
        let token = format!("{PREFIX}{}", hex(&random::<20>()?));
        let made = self
            .registry()
            .execute(
                "INSERT OR IGNORE INTO api_token VALUES (?1, ?2, ?3, ?4)",
                params![hash(&token), name, &token[..PREFIX.len() + 6], now.micros()],
            )
            .doing("keep the token")?;
        if made == 0 {
            let message = format!("there is a token called “{name}” already; revoke it, or call this one otherwise");
            return Err(StoreError::Invalid(message));
        }
        Ok(token)
    }

    /// The name of the token a program brought; `None` when there is no such token.
    pub fn token_name(&self, token: &str) -> Result<Option<String>> {
        self.registry()
            .prepare_cached("SELECT name FROM api_token WHERE hash = ?1")
            .and_then(|mut select| select.query_row([hash(token)], |row| row.get(0)).optional())
            .doing("look for a token")
    }

    /// What may be told of the tokens there are.
    pub fn tokens(&self) -> Result<Vec<KeyInfo>> {
        let registry = self.registry();
        let mut select = registry
            .prepare_cached("SELECT name, prefix, created_at FROM api_token ORDER BY created_at, name")
            .doing("read the tokens")?;
        let rows = select.query_map([], |row| {
            Ok(KeyInfo {
                name: row.get(0)?,
                prefix: row.get(1)?,
                created_at: Time::from_micros(row.get(2)?),
            })
        });
        rows.and_then(Iterator::collect).doing("read the tokens")
    }

    /// Ends a token; returns whether there was one of that name.
    pub fn revoke_token(&self, name: &str) -> Result<bool> {
        let gone = self
            .registry()
            .execute("DELETE FROM api_token WHERE name = ?1", [name.trim()])
            .doing("revoke the token")?;
        Ok(gone > 0)
    }
}

fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}
