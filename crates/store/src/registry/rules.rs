//! Rules that say which people: the ideal audience, and segments of people saved under a name. Kept as settings, in the form
//! in which a rule writes itself.

use longplay_domain::{Goal, Rule};
use rusqlite::Connection;

use super::settings;
use crate::{
    Store,
    error::{Context, Result, StoreError},
};

const IDEAL: &str = "ideal";
/// Settings of this kind hold a saved segment.
const SEGMENT: &str = "segment:";

fn read(what: &str, text: &str) -> Result<Rule> {
    text.parse().map_err(|error| {
        let message = format!("{what} in longplay.db can't be read ({error}); set it again");
        StoreError::Invalid(message)
    })
}

/// The rule of whom the owner wants.
fn ideal(connection: &Connection) -> Result<Option<Rule>> {
    let text = settings::get(connection, IDEAL)?;
    text.map(|text| read("the ideal audience", &text)).transpose()
}

/// Saved segments, by name.
fn segments(connection: &Connection) -> Result<Vec<(String, Rule)>> {
    let doing = "read the saved segments";
    let mut select = connection
        .prepare_cached("SELECT substr(name, 9), value FROM setting WHERE name GLOB 'segment:*' ORDER BY name")
        .doing(doing)?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let rows: Vec<(String, String)> = rows.and_then(Iterator::collect).doing(doing)?;
    let rules = rows.into_iter().map(|(name, text)| {
        let rule = read(&format!("the segment {name}"), &text)?;
        Ok((name, rule))
    });
    rules.collect()
}

/// Whether every rule can be read.
pub(crate) fn verify(connection: &Connection) -> Result<()> {
    ideal(connection)?;
    segments(connection)?;
    Ok(())
}

impl Store {
    /// Whom the owner wants, if they said so.
    pub fn ideal(&self) -> Result<Option<Rule>> {
        ideal(&self.registry())
    }

    /// Says whom the owner wants; returns whether anything was said before.
    pub fn set_ideal(&self, rule: Option<&Rule>) -> Result<bool> {
        settings::set(&self.registry(), IDEAL, rule.map(Rule::to_string).as_deref())
    }

    /// Every saved segment of people with its rule, by name.
    pub fn saved_segments(&self) -> Result<Vec<(String, Rule)>> {
        segments(&self.registry())
    }

    /// The rule of the saved segment of that name.
    pub fn saved_segment(&self, name: &str) -> Result<Option<Rule>> {
        let text = settings::get(&self.registry(), &format!("{SEGMENT}{name}"))?;
        text.map(|text| read(&format!("the segment {name}"), &text)).transpose()
    }

    /// Saves a segment, or with `None` removes it; returns whether there was one of that name.
    pub fn save_segment(&self, name: &str, rule: Option<&Rule>) -> Result<bool> {
        if !Goal::is_name(name) {
            let message = format!("“{name}” can't name a segment: use lower-case letters, digits and _, at most 40");
            return Err(StoreError::Invalid(message));
        }
        let text = rule.map(Rule::to_string);
        settings::set(&self.registry(), &format!("{SEGMENT}{name}"), text.as_deref())
    }
}
