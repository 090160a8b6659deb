//! Sessions: who is logged in, in which browser. A browser holds 256 random bits, the registry only their hash; a session ends
//! by itself when nobody used it for a while, and after a time in any case.

use longplay_domain::Time;
use rusqlite::{Connection, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use super::{accounts::Account, hex, random};
use crate::{
    Store,
    error::{Context, Result},
};

const HOUR: i64 = 3_600_000_000;
/// A session nobody used for this long has ended.
pub const IDLE_MAX_HOURS: i64 = 7 * 24;
/// No session lasts longer.
pub const SESSION_MAX_HOURS: i64 = 30 * 24;
/// Sessions of one account at the same time; the one unused for longest makes room.
const SESSIONS_MAX: i64 = 50;
/// Use within a minute of the last noted one is not noted again: looking at a page needn't be a write.
const NOTED_EVERY: i64 = 60_000_000;
const AGENT_CHARS_MAX: usize = 200;

/// Where a session begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whence {
    pub address: Option<String>,
    pub agent: Option<String>,
}

/// A session that is still good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// By which it is known on pages; opens nothing.
    pub id: String,
    pub account: Account,
    pub started_at: Time,
    pub seen_at: Time,
    pub whence: Whence,
}

impl Store {
    /// Begins a session, and returns what the browser is to hold.
    pub fn start_session(&self, account: i64, whence: &Whence, now: Time) -> Result<String> {
        let secret = hex(&random::<32>()?);
        let agent: Option<String> = whence.agent.as_ref().map(|agent| {
            agent
                .chars()
                .filter(|c| !c.is_control())
                .take(AGENT_CHARS_MAX)
                .collect()
        });
        let doing = "begin a session";
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)?;
        transaction
            .execute(
                "DELETE FROM session WHERE seen_at < ?1 OR started_at < ?2",
                params![
                    now.micros() - IDLE_MAX_HOURS * HOUR,
                    now.micros() - SESSION_MAX_HOURS * HOUR
                ],
            )
            .doing(doing)?;
        transaction
            .execute(
                "DELETE FROM session WHERE account = ?1 AND hash NOT IN (
                   SELECT hash FROM session WHERE account = ?1 ORDER BY seen_at DESC, hash LIMIT ?2)",
                params![account, SESSIONS_MAX - 1],
            )
            .doing(doing)?;
        transaction
            .execute(
                "INSERT INTO session VALUES (?1, ?2, ?3, ?3, ?4, ?5)",
                params![hash(&secret), account, now.micros(), whence.address, agent],
            )
            .doing(doing)?;
        transaction.commit().doing(doing)?;
        Ok(secret)
    }

    /// The session of what a browser holds, if it is still good.
    pub fn session(&self, secret: &str, now: Time) -> Result<Option<Session>> {
        let hash = hash(secret);
        let found = self.sessions_where("session.hash = ?1", &hash, now)?.pop();
        if let Some(session) = &found
            && now.micros() - session.seen_at.micros() >= NOTED_EVERY
        {
            self.registry()
                .execute(
                    "UPDATE session SET seen_at = ?1 WHERE hash = ?2",
                    params![now.micros(), hash],
                )
                .doing("note a session")?;
        }
        Ok(found)
    }

    /// The sessions of an account that are still good, the latest used first.
    pub fn sessions(&self, account: i64, now: Time) -> Result<Vec<Session>> {
        self.sessions_where("session.account = ?1", &account.to_string(), now)
    }

    fn sessions_where(&self, which: &str, value: &str, now: Time) -> Result<Vec<Session>> {
        let doing = "look for a session";
        let registry = self.registry();
        let mut select = registry
            .prepare_cached(&format!(
                "SELECT account.id, name, role, created_at, totp IS NOT NULL, password,
                        substr(session.hash, 1, 16), started_at, seen_at, address, agent
                 FROM session JOIN account ON account.id = session.account
                 WHERE {which} AND seen_at >= ?2 AND started_at >= ?3 ORDER BY seen_at DESC, session.hash"
            ))
            .doing(doing)?;
        let (idle, old) = (IDLE_MAX_HOURS * HOUR, SESSION_MAX_HOURS * HOUR);
        let rows = select.query_map(params![value, now.micros() - idle, now.micros() - old], |row| {
            Ok(Session {
                account: Account::of(row)?,
                id: row.get(6)?,
                started_at: Time::from_micros(row.get(7)?),
                seen_at: Time::from_micros(row.get(8)?),
                whence: Whence {
                    address: row.get(9)?,
                    agent: row.get(10)?,
                },
            })
        });
        rows.and_then(Iterator::collect).doing(doing)
    }

    /// Ends the session of what a browser holds.
    pub fn end_session(&self, secret: &str) -> Result<()> {
        self.registry()
            .execute("DELETE FROM session WHERE hash = ?1", [hash(secret)])
            .doing("end a session")
            .map(drop)
    }

    /// Ends one session of an account by its id, or all of them; returns how many there were.
    pub fn end_sessions(&self, account: i64, id: Option<&str>) -> Result<usize> {
        self.registry()
            .execute(
                "DELETE FROM session WHERE account = ?1 AND (?2 IS NULL OR substr(hash, 1, 16) = ?2)",
                params![account, id],
            )
            .doing("end the sessions")
    }
}

/// Ends every session there is.
pub(crate) fn end_all_sessions(connection: &Connection) -> Result<()> {
    connection
        .execute("DELETE FROM session", [])
        .doing("end the sessions")
        .map(drop)
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
