//! The audit log: who did what, when, from where. It names accounts, tokens and settings, never a handle, a password or a secret,
//! so forgetting somebody need not look into it. Entries go after a time, and there are never more than so many.

use longplay_domain::Time;
use rusqlite::{TransactionBehavior, params};

use crate::{
    Store,
    error::{Context, Result},
};

/// For how many days an entry is kept.
pub const LOG_KEEP_DAYS: i64 = 365;
/// Strangers can make entries by failing to log in, so there is a most.
const ENTRIES_MAX: i64 = 50_000;
const TEXT_CHARS_MAX: usize = 200;
const DAY: i64 = 24 * 3_600_000_000;

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    pub at: Time,
    /// The account's name, the token's, or who else it was.
    pub who: String,
    /// A stable code, such as `login` or `token_created`.
    pub what: String,
    pub about: Option<String>,
    pub address: Option<String>,
}

impl Store {
    /// Adds an entry, and lets go of those whose time is over.
    pub fn log(&self, entry: &LogEntry) -> Result<()> {
        let doing = "write the audit log";
        let short = |text: &str| text.chars().take(TEXT_CHARS_MAX).collect::<String>();
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)?;
        transaction
            .execute(
                "INSERT INTO audit_log (at, who, what, about, address) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    entry.at.micros(),
                    short(&entry.who),
                    entry.what,
                    entry.about.as_deref().map(short),
                    entry.address
                ],
            )
            .doing(doing)?;
        transaction
            .execute(
                "DELETE FROM audit_log WHERE at < ?1 OR number <= (SELECT max(number) FROM audit_log) - ?2",
                params![entry.at.micros() - LOG_KEEP_DAYS * DAY, ENTRIES_MAX],
            )
            .doing(doing)?;
        transaction.commit().doing(doing)
    }

    /// The latest entries, newest first.
    pub fn audit_log(&self, most: u32) -> Result<Vec<LogEntry>> {
        let doing = "read the audit log";
        let registry = self.registry();
        let mut select = registry
            .prepare_cached("SELECT at, who, what, about, address FROM audit_log ORDER BY number DESC LIMIT ?1")
            .doing(doing)?;
        let rows = select.query_map([most], |row| {
            Ok(LogEntry {
                at: Time::from_micros(row.get(0)?),
                who: row.get(1)?,
                what: row.get(2)?,
                about: row.get(3)?,
                address: row.get(4)?,
            })
        });
        rows.and_then(Iterator::collect).doing(doing)
    }
}
