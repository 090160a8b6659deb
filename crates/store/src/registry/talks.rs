//! What the owner noted of talking to people: done, snoozed, never, a contact; who was on a day's list, who was held out of
//! it; and how many a day they can talk to. Notes are kept under the key they were made for and told for the person that key
//! belongs to now; an erasure takes them.

use longplay_domain::{PersonId, Time};
use rusqlite::{Connection, Row, params};

use super::settings;
use crate::{
    Store,
    error::{Context, Result, StoreError},
};

/// What was noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TalkKind {
    /// The reminder was dealt with.
    Done,
    /// Not before a time.
    Snooze,
    Never,
    /// There was a contact, in whatever channel.
    Contact,
    /// They were on a day's list.
    Shown,
    /// They would have been, and were held out at random.
    Held,
    /// The owner's words about them; says nothing of talking.
    Note,
    /// A word the owner sorts people by; the same.
    Tag,
}

impl TalkKind {
    const ALL: [Self; 8] = [
        Self::Done,
        Self::Snooze,
        Self::Never,
        Self::Contact,
        Self::Shown,
        Self::Held,
        Self::Note,
        Self::Tag,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Snooze => "snooze",
            Self::Never => "never",
            Self::Contact => "contact",
            Self::Shown => "shown",
            Self::Held => "held",
            Self::Note => "note",
            Self::Tag => "tag",
        }
    }
}

/// One note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TalkNote {
    pub person: PersonId,
    pub kind: TalkKind,
    pub at: Time,
    pub until: Option<Time>,
    pub channel: Option<String>,
    pub why: Option<String>,
}

impl TalkNote {
    pub const fn new(person: PersonId, kind: TalkKind, at: Time) -> Self {
        Self {
            person,
            kind,
            at,
            until: None,
            channel: None,
            why: None,
        }
    }
}

const CAPACITY: &str = "talk_capacity";
const HOLDOUT: &str = "talk_holdout";
/// People a day until the owner says otherwise.
const CAPACITY_DEFAULT: u32 = 5;
const CAPACITY_MAX: u32 = 1_000;
/// More than half held out would be no list.
const HOLDOUT_MAX: f64 = 0.5;
const DOING: &str = "read whom you talked to";

impl Store {
    /// Every note of talking, oldest first.
    pub fn talk_notes(&self) -> Result<Vec<TalkNote>> {
        let mut notes = read(&self.registry())?;
        if !notes.is_empty() {
            let who = self.who()?;
            notes
                .iter_mut()
                .for_each(|note| note.person = PersonId(who.person(note.person.0)));
        }
        Ok(notes)
    }

    /// Notes all of these at once.
    pub fn note_talks(&self, notes: &[TalkNote]) -> Result<()> {
        let doing = "note a talk";
        let mut registry = self.registry();
        let transaction = registry.transaction().doing(doing)?;
        for note in notes {
            transaction
                .execute(
                    "INSERT INTO talk (person, kind, at, until, channel, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        note.person.0,
                        note.kind.name(),
                        note.at.micros(),
                        note.until.map(Time::micros),
                        note.channel,
                        note.why
                    ],
                )
                .doing(doing)?;
        }
        transaction.commit().doing(doing)
    }

    /// How many people a day the owner can talk to.
    pub fn talk_capacity(&self) -> Result<u32> {
        let said = settings::get(&self.registry(), CAPACITY)?;
        Ok(said.and_then(|text| text.parse().ok()).unwrap_or(CAPACITY_DEFAULT))
    }

    pub fn set_talk_capacity(&self, people: u32) -> Result<()> {
        if !(1..=CAPACITY_MAX).contains(&people) {
            return Err(StoreError::Invalid(format!(
                "you can talk to 1 to {CAPACITY_MAX} people a day, not {people}"
            )));
        }
        settings::put(&self.registry(), CAPACITY, &people.to_string())
    }

    /// Which share of people is held out of the list at random, to learn whether talking helps.
    pub fn talk_holdout(&self) -> Result<f64> {
        let said = settings::get(&self.registry(), HOLDOUT)?;
        Ok(said.and_then(|text| text.parse().ok()).unwrap_or(0.0))
    }

    pub fn set_talk_holdout(&self, share: f64) -> Result<()> {
        if !(0.0..=HOLDOUT_MAX).contains(&share) {
            return Err(StoreError::Invalid(format!(
                "between none and half of the people can be held out (0 to {HOLDOUT_MAX}), not {share}"
            )));
        }
        settings::put(&self.registry(), HOLDOUT, &share.to_string())
    }
}

fn read(connection: &Connection) -> Result<Vec<TalkNote>> {
    let mut select = connection
        .prepare_cached(
            "SELECT person, kind, at, until, channel, why FROM talk WHERE kind NOT IN ('note', 'tag') ORDER BY number",
        )
        .doing(DOING)?;
    let rows = select.query_map([], note);
    let notes = rows.and_then(|rows| rows.filter_map(rusqlite::Result::transpose).collect());
    notes.doing(DOING)
}

/// A row of person, kind, at, until, channel, why; `None` where its kind is one of a later release.
pub(super) fn note(row: &Row<'_>) -> rusqlite::Result<Option<TalkNote>> {
    let kind: String = row.get(1)?;
    let until: Option<i64> = row.get(3)?;
    let Some(kind) = TalkKind::ALL.into_iter().find(|known| known.name() == kind) else {
        return Ok(None);
    };
    Ok(Some(TalkNote {
        person: PersonId(row.get(0)?),
        kind,
        at: Time::from_micros(row.get(2)?),
        until: until.map(Time::from_micros),
        channel: row.get(4)?,
        why: row.get(5)?,
    }))
}

/// Takes away what was noted of those who are to be forgotten.
pub(crate) fn forget_talks(connection: &Connection) -> Result<()> {
    connection
        .execute("DELETE FROM talk WHERE person IN (SELECT key FROM erasing)", [])
        .doing("forget whom you talked to")
        .map(drop)
}
