//! What the owner notes on a day, so that charts show it: a radio interview, a price that changed. One setting a note.
//!
//! A note's setting is called `note:2026-05-09:` and the id of the piece it is about, or nothing where it concerns everything; its
//! value is the words.

use longplay_domain::Day;
use rusqlite::Connection;
use serde::Serialize;

use super::{notes, settings};
use crate::{
    Store,
    error::{Context, Result, StoreError},
};

const DOING: &str = "read the notes on days";
const NOTE: &str = "note:";
const DAY_LETTERS: usize = 10;
const LETTERS_MAX: usize = 200;
/// All together.
const NOTES_MAX: usize = 2_000;

/// Something the owner noted on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayNote {
    pub day: Day,
    /// The piece it is about; without one it concerns everything.
    pub piece: Option<String>,
    pub text: String,
}

fn name(day: Day, piece: Option<&str>) -> String {
    format!("{NOTE}{day}:{}", piece.unwrap_or_default())
}

fn read(connection: &Connection) -> Result<Vec<DayNote>> {
    let mut select = connection
        .prepare_cached("SELECT substr(name, 6), value FROM setting WHERE name GLOB 'note:*' ORDER BY name")
        .doing(DOING)?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let rows: Vec<(String, String)> = rows.and_then(Iterator::collect).doing(DOING)?;
    let note = |(name, text): (String, String)| {
        let (day, piece) = (name.get(..DAY_LETTERS)?, name.get(DAY_LETTERS + 1..)?);
        Some(DayNote {
            day: Day::parse(day)?,
            piece: (!piece.is_empty()).then(|| piece.to_owned()),
            text,
        })
    };
    Ok(rows.into_iter().filter_map(note).collect())
}

impl Store {
    /// Every note, in order of the day.
    pub fn day_notes(&self) -> Result<Vec<DayNote>> {
        read(&self.registry())
    }

    /// Keeps a note; one about the same and on the same day is replaced.
    pub fn put_day_note(&self, note: &DayNote) -> Result<()> {
        let text = notes::worded(&note.text, LETTERS_MAX, "a note on a day")?;
        let registry = self.registry();
        if read(&registry)?.len() >= NOTES_MAX {
            return Err(StoreError::Invalid(format!(
                "there are at most {NOTES_MAX} notes on days"
            )));
        }
        settings::set(&registry, &name(note.day, note.piece.as_deref()), Some(&text)).map(drop)
    }

    /// Takes a note back; whether there was one.
    pub fn remove_day_note(&self, day: Day, piece: Option<&str>) -> Result<bool> {
        settings::set(&self.registry(), &name(day, piece), None)
    }
}

#[cfg(test)]
mod tests {
    use longplay_domain::Time;

    use super::*;

    #[test]
    fn a_note_is_kept_replaced_and_taken_back() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), Time::from_micros(0)).unwrap();
        let note = |day: &str, piece: Option<&str>, text: &str| DayNote {
            day: Day::parse(day).unwrap(),
            piece: piece.map(str::to_owned),
            text: text.to_owned(),
        };
        let later = note("2026-05-09", Some("a:b"), "on the radio");
        let earlier = note("2026-02-01", None, "prices went up");
        store
            .put_day_note(&note("2026-05-09", Some("a:b"), "something else"))
            .unwrap();
        store.put_day_note(&later).unwrap();
        store.put_day_note(&earlier).unwrap();
        assert_eq!(store.day_notes().unwrap(), [earlier.clone(), later.clone()]);
        assert!(store.remove_day_note(later.day, Some("a:b")).unwrap());
        assert!(!store.remove_day_note(later.day, Some("a:b")).unwrap());
        assert_eq!(store.day_notes().unwrap(), [earlier]);
        let long = "x".repeat(LETTERS_MAX + 1);
        for text in ["", "  ", long.as_str()] {
            assert!(store.put_day_note(&note("2026-05-09", None, text)).is_err(), "{text}");
        }
    }
}
