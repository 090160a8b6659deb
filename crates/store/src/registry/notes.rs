//! What the owner wrote down about one person: notes, tags, and everything noted of talking to them. One table with the talks
//! (`talk`), so that a backup holds it, an export tells it and an erasure takes it without another place to think of.
//!
//! A note is a row of kind `note`, a tag one of kind `tag`; its words stand in `why`. Both are told for whoever their key belongs
//! to now, so that people made one share them, and keep their own when that is undone.

use longplay_domain::{PersonId, Time};
use rusqlite::{Connection, params_from_iter};

use super::{TalkKind, TalkNote, talks};
use crate::{
    Store,
    error::{Context, Result, StoreError},
};

const NOTE_LETTERS_MAX: usize = 10_000;
const TAG_LETTERS_MAX: usize = 60;
/// Tags of one person.
const TAGS_MAX: usize = 50;
/// Rows told of one person, the newest.
const ROWS_MAX: usize = 10_000;
const DOING: &str = "write down a note";

/// One thing written down, with the number by which it can be taken away again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonNote {
    pub number: i64,
    pub note: TalkNote,
}

impl Store {
    /// Everything written down about the person of a key, oldest first.
    pub fn notes_on(&self, person: i64) -> Result<Vec<PersonNote>> {
        let keys = self.keys_behind(person)?;
        read(&self.registry(), &keys)
    }

    /// Writes a note.
    pub fn add_note(&self, person: i64, text: &str, now: Time) -> Result<()> {
        let text = worded(text, NOTE_LETTERS_MAX, "a note")?;
        self.note_talks(&[TalkNote {
            why: Some(text),
            ..TalkNote::new(PersonId(person), TalkKind::Note, now)
        }])
    }

    /// Puts a tag on somebody; twice is once.
    pub fn add_tag(&self, person: i64, tag: &str, now: Time) -> Result<()> {
        let tag = worded(tag, TAG_LETTERS_MAX, "a tag")?;
        let known = self.notes_on(person)?;
        let tags: Vec<&str> = known.iter().filter_map(PersonNote::tag).collect();
        if tags.contains(&tag.as_str()) {
            return Ok(());
        }
        if tags.len() >= TAGS_MAX {
            return Err(StoreError::Invalid(format!("a person has at most {TAGS_MAX} tags")));
        }
        self.note_talks(&[TalkNote {
            why: Some(tag),
            ..TalkNote::new(PersonId(person), TalkKind::Tag, now)
        }])
    }

    /// Takes something away again that was written down about this person. Returns whether it was there.
    pub fn remove_note(&self, person: i64, number: i64) -> Result<bool> {
        let keys = self.keys_behind(person)?;
        let list = keys.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let removed = self
            .registry()
            .execute(
                &format!("DELETE FROM talk WHERE number = ?1 AND person IN ({list})"),
                [number],
            )
            .doing(DOING)?;
        Ok(removed > 0)
    }

    /// Every tag there is, in order.
    pub fn tags(&self) -> Result<Vec<String>> {
        let registry = self.registry();
        let mut select = registry
            .prepare_cached(
                "SELECT DISTINCT why FROM talk WHERE kind = 'tag' AND why IS NOT NULL ORDER BY why LIMIT 1000",
            )
            .doing(DOING)?;
        let tags = select.query_map([], |row| row.get(0));
        tags.and_then(Iterator::collect).doing(DOING)
    }

    /// Whoever has the tag.
    pub fn tagged(&self, tag: &str) -> Result<Vec<PersonId>> {
        let who = self.who()?;
        let registry = self.registry();
        let mut select = registry
            .prepare_cached("SELECT person FROM talk WHERE kind = 'tag' AND why = ?1")
            .doing(DOING)?;
        let keys: Vec<i64> = select
            .query_map([tag], |row| row.get(0))
            .and_then(Iterator::collect)
            .doing(DOING)?;
        Ok(keys.into_iter().map(|key| PersonId(who.person(key))).collect())
    }

    fn keys_behind(&self, person: i64) -> Result<Vec<i64>> {
        let who = self.who()?;
        Ok(who.keys_of(who.person(person)))
    }
}

impl PersonNote {
    /// The tag that it is, if it is one.
    pub fn tag(&self) -> Option<&str> {
        self.note.why.as_deref().filter(|_| self.note.kind == TalkKind::Tag)
    }
}

pub(super) fn worded(text: &str, letters_max: usize, what: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(StoreError::Invalid(format!("{what} needs words"))),
        letters if letters > letters_max => Err(StoreError::Invalid(format!(
            "{what} has at most {letters_max} letters, this has {letters}"
        ))),
        _ => Ok(text.to_owned()),
    }
}

fn read(connection: &Connection, keys: &[i64]) -> Result<Vec<PersonNote>> {
    let list = keys.iter().map(|_| "?").collect::<Vec<_>>().join(",");
    let sql = format!(
        "SELECT person, kind, at, until, channel, why, number FROM
         (SELECT * FROM talk WHERE person IN ({list}) ORDER BY number DESC LIMIT {ROWS_MAX}) ORDER BY at, number"
    );
    let mut select = connection.prepare(&sql).doing(DOING)?;
    let rows = select.query_map(params_from_iter(keys), |row| {
        let note = talks::note(row)?;
        Ok(note.map(|note| row.get(6).map(|number| PersonNote { number, note })))
    });
    let rows: Vec<Option<rusqlite::Result<PersonNote>>> = rows.and_then(Iterator::collect).doing(DOING)?;
    rows.into_iter().flatten().collect::<rusqlite::Result<_>>().doing(DOING)
}
