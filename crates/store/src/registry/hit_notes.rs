//! What the owner says of unusual days, one setting a note.

use longplay_domain::{Day, HitMark, HitNote};
use rusqlite::Connection;

use super::settings;
use crate::{
    Store,
    error::{Context, Result},
};

const DOING: &str = "read the notes on hits";
/// A note's setting is called `hit:2026-05-09:` and what it is about; its value is the mark and, after a blank, why.
const HIT: &str = "hit:";
const DAY_LETTERS: usize = 10;

fn name(about: &str, day: Day) -> String {
    format!("{HIT}{day}:{about}")
}

fn read(connection: &Connection) -> Result<Vec<HitNote>> {
    let mut select = connection
        .prepare_cached("SELECT substr(name, 5), value FROM setting WHERE name GLOB 'hit:*' ORDER BY name")
        .doing(DOING)?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let rows: Vec<(String, String)> = rows.and_then(Iterator::collect).doing(DOING)?;
    let note = |(name, value): (String, String)| {
        let (day, about) = (name.get(..DAY_LETTERS)?, name.get(DAY_LETTERS + 1..)?);
        let (mark, why) = value.split_once(' ').unwrap_or((&value, ""));
        Some(HitNote {
            about: about.to_owned(),
            day: Day::parse(day)?,
            mark: HitMark::named(mark)?,
            why: (!why.is_empty()).then(|| why.to_owned()),
        })
    };
    Ok(rows.into_iter().filter_map(note).collect())
}

impl Store {
    /// Every note, in order of the day.
    pub fn hit_notes(&self) -> Result<Vec<HitNote>> {
        read(&self.registry())
    }

    /// Keeps a note; one about the same and on the same day is replaced.
    pub fn put_hit_note(&self, note: &HitNote) -> Result<()> {
        let value = match &note.why {
            Some(why) => format!("{} {why}", note.mark.name()),
            None => note.mark.name().to_owned(),
        };
        settings::set(&self.registry(), &name(&note.about, note.day), Some(&value)).map(drop)
    }

    /// Takes a note back; whether there was one.
    pub fn remove_hit_note(&self, about: &str, day: Day) -> Result<bool> {
        settings::set(&self.registry(), &name(about, day), None)
    }
}
