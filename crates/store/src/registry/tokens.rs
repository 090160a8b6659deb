//! API tokens: they open people's data to programs, so they are a kind of their own that no write key is. Only their hash is
//! kept.

use longplay_domain::Time;
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::{hex, random};
use crate::{
    Store,
    error::{Context, Result, StoreError},
};

const PREFIX: &str = "lpt_";
const NAME_CHARS_MAX: usize = 80;
const COLUMNS: &str = "name, prefix, created_at, scopes";

/// What a token opens; none includes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The answers: everything that names nobody.
    Read,
    /// What is held on people.
    People,
    /// Forgetting people.
    Erase,
    /// Changing what the answers are about.
    Write,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::Read, Self::People, Self::Erase, Self::Write];
    /// What a token opens for which nothing was said, as all did before scopes.
    pub const USUAL: [Self; 3] = [Self::Read, Self::People, Self::Erase];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::People => "people",
            Self::Erase => "erase",
            Self::Write => "write",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// What may be told of a token after it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    pub name: String,
    /// Its first characters, by which the owner recognises it.
    pub prefix: String,
    pub created_at: Time,
    pub scopes: Vec<Scope>,
}

impl TokenInfo {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let scopes: String = row.get(3)?;
        Ok(Self {
            name: row.get(0)?,
            prefix: row.get(1)?,
            created_at: Time::from_micros(row.get(2)?),
            // A scope that this release doesn't know opens nothing here.
            scopes: scopes.split(',').filter_map(Scope::named).collect(),
        })
    }
}

impl Store {
    /// Makes a token of the usual scopes and returns it, the only time it is shown.
    pub fn create_token(&self, name: &str, now: Time) -> Result<String> {
        self.create_token_for(name, &Scope::USUAL, now)
    }

    /// The same with these scopes alone.
    pub fn create_token_for(&self, name: &str, scopes: &[Scope], now: Time) -> Result<String> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            let message = format!("a token's name has 1 to {NAME_CHARS_MAX} characters");
            return Err(StoreError::Invalid(message));
        }
        if scopes.is_empty() {
            return Err(StoreError::Invalid(
                "a token without a scope would open nothing".to_owned(),
            ));
        }
        let token = format!("{PREFIX}{}", hex(&random::<20>()?));
        let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
        let made = self
            .registry()
            .execute(
                "INSERT OR IGNORE INTO api_token VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    hash(&token),
                    name,
                    &token[..PREFIX.len() + 6],
                    now.micros(),
                    scopes.join(",")
                ],
            )
            .doing("keep the token")?;
        if made == 0 {
            let message = format!("there is a token called “{name}” already; revoke it, or call this one otherwise");
            return Err(StoreError::Invalid(message));
        }
        Ok(token)
    }

    /// The token a program brought; `None` when there is no such token.
    pub fn token(&self, token: &str) -> Result<Option<TokenInfo>> {
        self.registry()
            .prepare_cached(&format!("SELECT {COLUMNS} FROM api_token WHERE hash = ?1"))
            .and_then(|mut select| select.query_row([hash(token)], TokenInfo::of).optional())
            .doing("look for a token")
    }

    /// What may be told of the tokens there are.
    pub fn tokens(&self) -> Result<Vec<TokenInfo>> {
        let registry = self.registry();
        let mut select = registry
            .prepare_cached(&format!("SELECT {COLUMNS} FROM api_token ORDER BY created_at, name"))
            .doing("read the tokens")?;
        let rows = select.query_map([], TokenInfo::of);
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
