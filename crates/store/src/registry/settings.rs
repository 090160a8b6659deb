//! Settings of the workspace: its zone, its secret, whether it is a demonstration.

use longplay_domain::{Act, Acts, PersonKey, RegularRule, Zone};
use rusqlite::{Connection, OptionalExtension};

use super::{hex, random};
use crate::{
    Store,
    error::{Context, Result, StoreError},
};

const DOING: &str = "read the settings";
const NAME_CHARS_MAX: usize = 60;

pub(super) fn create(connection: &Connection) -> Result<()> {
    let secret = hex(&random::<16>()?);
    put(connection, "secret", &secret)
}

/// The secret under which handles are hashed; made once, never shown.
pub(crate) fn secret(connection: &Connection) -> Result<PersonKey> {
    let text = get(connection, "secret")?.unwrap_or_default();
    let mut bytes = [0; 16];
    let well_formed = text.len() == 32 && text.is_ascii();
    for (index, byte) in bytes.iter_mut().enumerate().filter(|_| well_formed) {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| unreadable())?;
    }
    if well_formed {
        Ok(PersonKey::new(bytes))
    } else {
        Err(unreadable())
    }
}

fn unreadable() -> StoreError {
    StoreError::Invalid("the workspace's secret in longplay.db can't be read; restore a backup".to_owned())
}

pub(super) fn get(connection: &Connection, name: &str) -> Result<Option<String>> {
    connection
        .prepare_cached("SELECT value FROM setting WHERE name = ?1")
        .and_then(|mut select| select.query_row([name], |row| row.get(0)).optional())
        .doing(DOING)
}

pub(super) fn put(connection: &Connection, name: &str, value: &str) -> Result<()> {
    connection
        .execute("INSERT OR REPLACE INTO setting VALUES (?1, ?2)", [name, value])
        .doing("write the settings")
        .map(drop)
}

/// Writes a setting, or with `None` takes it away; returns whether there was one.
pub(super) fn set(connection: &Connection, name: &str, value: Option<&str>) -> Result<bool> {
    let was_there = get(connection, name)?.is_some();
    match value {
        Some(value) => put(connection, name, value)?,
        None => connection
            .execute("DELETE FROM setting WHERE name = ?1", [name])
            .doing("write the settings")
            .map(drop)?,
    }
    Ok(was_there)
}

pub(crate) fn zone(connection: &Connection) -> Result<Zone> {
    let name = get(connection, "zone")?.unwrap_or_else(|| "UTC".to_owned());
    Zone::named(&name)
        .ok_or_else(|| StoreError::Invalid(format!("“{name}” in the settings is no time zone; set it with --zone")))
}

/// After how many days events go; `None` keeps them.
pub(crate) fn keep_days(connection: &Connection) -> Result<Option<u32>> {
    let Some(text) = get(connection, "retention_days")? else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| {
        StoreError::Invalid(format!(
            "“{text}” in the settings is no number of days; run `longplay retention`"
        ))
    })
}

pub(crate) fn set_keep_days(connection: &Connection, days: Option<u32>) -> Result<()> {
    let days = days.map(|days| days.to_string());
    set(connection, "retention_days", days.as_deref()).map(drop)
}

/// Settings of this kind say what a name means.
const ACT: &str = "act:";

/// What names mean by the owner's own word.
pub(crate) fn acts(connection: &Connection) -> Result<Acts> {
    let mut select = connection
        .prepare_cached("SELECT substr(name, 5), value FROM setting WHERE name GLOB 'act:*'")
        .doing(DOING)?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let rows: Vec<(String, String)> = rows.and_then(Iterator::collect).doing(DOING)?;
    let known = rows
        .into_iter()
        .filter_map(|(name, act)| Some((name, Act::named(&act)?)));
    Ok(known.collect())
}

/// Says what a name means, or takes that back.
pub(crate) fn set_act(connection: &Connection, event: &str, act: Option<Act>) -> Result<()> {
    let name = format!("{ACT}{}", Acts::key(event));
    set(connection, &name, act.map(Act::name)).map(drop)
}

impl Store {
    /// The zone whose calendar days count; UTC until one is set.
    pub fn zone(&self) -> Result<Zone> {
        zone(&self.registry())
    }

    /// Whether a zone was ever set.
    pub fn has_zone(&self) -> Result<bool> {
        Ok(get(&self.registry(), "zone")?.is_some())
    }

    pub fn set_zone(&self, zone: &Zone) -> Result<()> {
        put(&self.registry(), "zone", zone.name())
    }

    /// What the owner calls the workspace; empty until they do.
    pub fn workspace_name(&self) -> Result<String> {
        Ok(get(&self.registry(), "name")?.unwrap_or_default())
    }

    pub fn set_workspace_name(&self, name: &str) -> Result<()> {
        let name = name.trim();
        if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            let message = format!("a workspace's name has at most {NAME_CHARS_MAX} characters");
            return Err(StoreError::Invalid(message));
        }
        set(&self.registry(), "name", Some(name).filter(|name| !name.is_empty())).map(drop)
    }

    /// Who counts as a regular.
    pub fn regular_rule(&self) -> Result<RegularRule> {
        let Some(name) = get(&self.registry(), "regular")? else {
            return Ok(RegularRule::default());
        };
        RegularRule::named(&name).ok_or_else(|| {
            StoreError::Invalid(format!(
                "“{name}” in the settings says nothing about regulars; run `longplay regular set`"
            ))
        })
    }

    pub fn set_regular_rule(&self, rule: RegularRule) -> Result<()> {
        put(&self.registry(), "regular", rule.name())
    }

    /// Whether everything in here is made up.
    pub fn is_demo(&self) -> Result<bool> {
        Ok(get(&self.registry(), "demo")?.is_some())
    }

    pub fn mark_demo(&self) -> Result<()> {
        put(&self.registry(), "demo", "yes")
    }
}
