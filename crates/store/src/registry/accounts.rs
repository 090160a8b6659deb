//! Accounts: who may look and who may change. The password is kept as whoever hashed it wrote it; this file never sees one.
//!
//! Whatever changes what somebody may do ends their sessions in the same transaction. While there are accounts, one of them is
//! an owner's.

use longplay_domain::Time;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use crate::{
    Store,
    error::{Context, Result, StoreError},
};

const NAME_CHARS_MAX: usize = 60;
const ACCOUNTS_MAX: i64 = 1_000;
const COLUMNS: &str = "id, name, role, created_at, totp IS NOT NULL, password";

/// What an account may do; a later one may do all that an earlier one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads the answers.
    Viewer,
    /// Also sees people, and changes what the answers are about.
    Editor,
    /// Also says who else may come in.
    Owner,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Owner];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    pub name: String,
    pub role: Role,
    pub created_at: Time,
    /// Whether it takes a one-time code too.
    pub has_totp: bool,
    /// The hash of its password, in the PHC form.
    pub password: String,
}

impl Account {
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let role: String = row.get(2)?;
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            // A role that no release knows may do the least.
            role: Role::named(&role).unwrap_or(Role::Viewer),
            created_at: Time::from_micros(row.get(3)?),
            has_totp: row.get(4)?,
            password: row.get(5)?,
        })
    }
}

impl Store {
    /// Whether anybody has an account; before that a workspace is open to whoever sits at its machine.
    pub fn has_accounts(&self) -> Result<bool> {
        self.registry()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM account)")
            .and_then(|mut select| select.query_row([], |row| row.get(0)))
            .doing("look for accounts")
    }

    /// Every account, by name.
    pub fn accounts(&self) -> Result<Vec<Account>> {
        let registry = self.registry();
        let mut select = registry
            .prepare_cached(&format!("SELECT {COLUMNS} FROM account ORDER BY name"))
            .doing("read the accounts")?;
        let rows = select.query_map([], Account::of);
        rows.and_then(Iterator::collect).doing("read the accounts")
    }

    /// The account of that name, however it is capitalised.
    pub fn account(&self, name: &str) -> Result<Option<Account>> {
        self.registry()
            .prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE name = ?1"))
            .and_then(|mut select| select.query_row([name.trim()], Account::of).optional())
            .doing("look for an account")
    }

    /// Makes an account; `password` is a hash. The first one must be an owner's.
    pub fn create_account(&self, name: &str, role: Role, password: &str, now: Time) -> Result<Account> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            let message = format!("an account's name has 1 to {NAME_CHARS_MAX} characters");
            return Err(StoreError::Invalid(message));
        }
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing("make an account")?;
        let count: i64 = transaction
            .query_row("SELECT count(*) FROM account", [], |row| row.get(0))
            .doing("make an account")?;
        if count == 0 && role != Role::Owner {
            let message = "the first account must be an owner's, for somebody has to be able to make others";
            return Err(StoreError::Invalid(message.to_owned()));
        }
        if count >= ACCOUNTS_MAX {
            let message = format!("there are {ACCOUNTS_MAX} accounts, which is the most; remove one first");
            return Err(StoreError::Invalid(message));
        }
        let made = transaction
            .execute(
                "INSERT OR IGNORE INTO account (name, role, password, created_at) VALUES (?1, ?2, ?3, ?4)",
                params![name, role.name(), password, now.micros()],
            )
            .doing("make an account")?;
        if made == 0 {
            let message = format!("there is an account called “{name}” already; choose another name");
            return Err(StoreError::Invalid(message));
        }
        transaction.commit().doing("make an account")?;
        drop(registry);
        self.account(name)?.ok_or_else(|| unknown(name))
    }

    /// Gives an account another password, and ends all its sessions.
    pub fn set_password(&self, name: &str, password: &str) -> Result<()> {
        self.change(name, |transaction, id| {
            transaction
                .execute("UPDATE account SET password = ?1 WHERE id = ?2", params![password, id])
                .doing("change a password")
                .map(drop)
        })
    }

    /// Gives an account another role, and ends all its sessions.
    pub fn set_role(&self, name: &str, role: Role) -> Result<()> {
        self.change(name, |transaction, id| {
            transaction
                .execute("UPDATE account SET role = ?1 WHERE id = ?2", params![role.name(), id])
                .doing("change a role")
                .map(drop)
        })
    }

    /// Removes an account with its sessions.
    pub fn remove_account(&self, name: &str) -> Result<()> {
        self.change(name, |transaction, id| {
            transaction
                .execute("DELETE FROM recovery_code WHERE account = ?1", [id])
                .and_then(|_| transaction.execute("DELETE FROM account WHERE id = ?1", [id]))
                .doing("remove an account")
                .map(drop)
        })
    }

    /// Changes an account, ends its sessions, and leaves everything as it was where no owner would be left.
    fn change(&self, name: &str, change: impl FnOnce(&Connection, i64) -> Result<()>) -> Result<()> {
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing("change an account")?;
        let id: Option<i64> = transaction
            .query_row("SELECT id FROM account WHERE name = ?1", [name.trim()], |row| {
                row.get(0)
            })
            .optional()
            .doing("look for an account")?;
        let id = id.ok_or_else(|| unknown(name.trim()))?;
        change(&transaction, id)?;
        let owners: i64 = transaction
            .query_row("SELECT count(*) FROM account WHERE role = 'owner'", [], |row| {
                row.get(0)
            })
            .doing("count the owners")?;
        if owners == 0 {
            let message = format!("“{}” is the only owner; make somebody else an owner first", name.trim());
            return Err(StoreError::Invalid(message));
        }
        transaction
            .execute("DELETE FROM session WHERE account = ?1", [id])
            .doing("end the sessions")?;
        transaction.commit().doing("change an account")
    }
}

pub(super) fn unknown(name: &str) -> StoreError {
    StoreError::Invalid(format!("there is no account called “{name}”"))
}
