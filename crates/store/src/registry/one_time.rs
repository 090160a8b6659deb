//! One-time codes of accounts: the secret that an app makes them of, which step was used last, and the recovery codes that stand
//! in for a lost app. Neither a step nor a recovery code is ever taken twice.

use rusqlite::{OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use super::hex;
use crate::{
    Store,
    error::{Context, Result},
};

impl Store {
    /// The secret of an account's one-time codes, where it uses them.
    pub fn totp_secret(&self, account: i64) -> Result<Option<String>> {
        self.registry()
            .query_row("SELECT totp FROM account WHERE id = ?1", [account], |row| row.get(0))
            .optional()
            .map(Option::flatten)
            .doing("read the secret of one-time codes")
    }

    /// Makes an account ask for one-time codes from now on; `step` is the one that proved that the app has the secret.
    pub fn set_totp(&self, account: i64, secret: &str, step: i64, recovery: &[String]) -> Result<()> {
        let doing = "switch one-time codes on";
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)?;
        transaction
            .execute(
                "UPDATE account SET totp = ?1, totp_step = ?2 WHERE id = ?3",
                params![secret, step, account],
            )
            .doing(doing)?;
        transaction
            .execute("DELETE FROM recovery_code WHERE account = ?1", [account])
            .doing(doing)?;
        for code in recovery {
            transaction
                .execute(
                    "INSERT OR IGNORE INTO recovery_code VALUES (?1, ?2)",
                    params![account, hash(code)],
                )
                .doing(doing)?;
        }
        transaction.commit().doing(doing)
    }

    /// Makes an account ask for none.
    pub fn clear_totp(&self, account: i64) -> Result<()> {
        let doing = "switch one-time codes off";
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)?;
        transaction
            .execute("UPDATE account SET totp = NULL WHERE id = ?1", [account])
            .and_then(|_| transaction.execute("DELETE FROM recovery_code WHERE account = ?1", [account]))
            .doing(doing)?;
        transaction.commit().doing(doing)
    }

    /// Uses up a step; `false` when it or a later one was used already.
    pub fn use_totp_step(&self, account: i64, step: i64) -> Result<bool> {
        let used = self
            .registry()
            .execute(
                "UPDATE account SET totp_step = ?1 WHERE id = ?2 AND totp_step < ?1",
                params![step, account],
            )
            .doing("use a one-time code")?;
        Ok(used > 0)
    }

    /// Uses up a recovery code; `false` when it is none of the account's.
    pub fn use_recovery_code(&self, account: i64, code: &str) -> Result<bool> {
        let used = self
            .registry()
            .execute(
                "DELETE FROM recovery_code WHERE account = ?1 AND hash = ?2",
                params![account, hash(code)],
            )
            .doing("use a recovery code")?;
        Ok(used > 0)
    }

    /// How many recovery codes an account has left.
    pub fn recovery_codes_left(&self, account: i64) -> Result<u64> {
        self.registry()
            .query_row(
                "SELECT count(*) FROM recovery_code WHERE account = ?1",
                [account],
                |row| row.get(0),
            )
            .doing("count the recovery codes")
    }
}

/// However it was typed: codes have no spaces, hyphens or capitals that count.
fn hash(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    hex(&Sha256::digest(plain.to_ascii_lowercase().as_bytes()))
}
