//! Share links: one view, for whoever has the link. Only the hash of what stands in it is kept, so neither a backup nor whoever
//! reads the registry can open one; and what it shows stands here and not in its address, so nobody can ask for more.

use longplay_domain::Time;
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::{hex, random};
use crate::{
    Store,
    error::{Context, Result, StoreError},
};

const NAME_CHARS_MAX: usize = 80;
const QUERY_BYTES_MAX: usize = 8_000;
/// Links at the same time, ended ones not counted.
const SHARES_MAX: i64 = 200;
const COLUMNS: &str = "number, name, page, query, password, made_by, made_at, ends_at";

/// What a link is to show, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewShare {
    pub name: String,
    /// The path of the page.
    pub page: String,
    /// What follows its question mark.
    pub query: String,
    /// The hash of its password, in the PHC form.
    pub password: Option<String>,
    pub made_by: String,
    /// From then on it opens nothing.
    pub ends_at: Option<Time>,
}

/// A link that was made; what stands in it is not known any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub number: i64,
    pub is: NewShare,
    pub made_at: Time,
}

impl Share {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            is: NewShare {
                name: row.get(1)?,
                page: row.get(2)?,
                query: row.get(3)?,
                password: row.get(4)?,
                made_by: row.get(5)?,
                ends_at: row.get::<_, Option<i64>>(7)?.map(Time::from_micros),
            },
            made_at: Time::from_micros(row.get(6)?),
        })
    }
}

impl Store {
    /// Makes a link and returns what stands in it, the only time it is known. Those that have ended go.
    pub fn create_share(&self, share: &NewShare, now: Time) -> Result<String> {
        let name = share.name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            let message = format!("the name of a link has 1 to {NAME_CHARS_MAX} characters");
            return Err(StoreError::Invalid(message));
        }
        if share.query.len() > QUERY_BYTES_MAX {
            let message = "this view is narrowed by too much to be shared; save a segment and share that";
            return Err(StoreError::Invalid(message.to_owned()));
        }
        if share.ends_at.is_some_and(|end| end <= now) {
            let message = "a link that ends in the past would open nothing; choose today or a later day";
            return Err(StoreError::Invalid(message.to_owned()));
        }
        let secret = hex(&random::<20>()?);
        let doing = "keep the link";
        let registry = self.registry();
        registry
            .execute("DELETE FROM share WHERE ends_at <= ?1", [now.micros()])
            .doing(doing)?;
        let made = registry
            .execute(
                "INSERT INTO share (hash, name, page, query, password, made_by, made_at, ends_at)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE (SELECT count(*) FROM share) < ?9",
                params![
                    hash(&secret),
                    name,
                    share.page,
                    share.query,
                    share.password,
                    share.made_by,
                    now.micros(),
                    share.ends_at.map(Time::micros),
                    SHARES_MAX
                ],
            )
            .doing(doing)?;
        if made == 0 {
            let message = format!("there are {SHARES_MAX} links already; end one first");
            return Err(StoreError::Invalid(message));
        }
        Ok(secret)
    }

    /// The link in which that stands; `None` when there is none, or none any more.
    pub fn share(&self, secret: &str, now: Time) -> Result<Option<Share>> {
        let select = format!("SELECT {COLUMNS} FROM share WHERE hash = ?1 AND (ends_at IS NULL OR ends_at > ?2)");
        self.registry()
            .prepare_cached(&select)
            .and_then(|mut select| {
                select
                    .query_row(params![hash(secret), now.micros()], Share::of)
                    .optional()
            })
            .doing("look for a link")
    }

    /// The links that open something.
    pub fn shares(&self, now: Time) -> Result<Vec<Share>> {
        let doing = "read the links";
        let select = format!("SELECT {COLUMNS} FROM share WHERE ends_at IS NULL OR ends_at > ?1 ORDER BY number");
        let registry = self.registry();
        let mut select = registry.prepare_cached(&select).doing(doing)?;
        let rows = select.query_map([now.micros()], Share::of);
        rows.and_then(Iterator::collect).doing(doing)
    }

    /// Ends a link; returns what it was called, if there was one of that number.
    pub fn end_share(&self, number: i64) -> Result<Option<String>> {
        self.registry()
            .prepare_cached("DELETE FROM share WHERE number = ?1 RETURNING name")
            .and_then(|mut delete| delete.query_row([number], |row| row.get(0)).optional())
            .doing("end the link")
    }
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
