//! What the owner noted of talking, as a pass needs it: one entry a person, as of the day asked; and who is held out.

use std::sync::{Arc, OnceLock};

use longplay_domain::{Day, Handle, PersonId, Time, Zone};
use longplay_store::{Store, StoreError, TalkKind, TalkNote};

use crate::{folds::Map, question::Question};

/// So many people's names are looked up in one go.
const LOOKED_UP_AT_ONCE: usize = 100;

/// The owner's word on talking, and by what names those on the list are known.
#[derive(Debug)]
pub struct Talking {
    pub notes: Arc<Map<PersonId, Notes>>,
    /// How many people a day.
    pub capacity: usize,
    /// Which share of people is held out of the list.
    pub holdout: f64,
    /// Handles of those who may come on the list; empty where nobody looked them up.
    names: OnceLock<Map<PersonId, Vec<String>>>,
}

impl Talking {
    /// As of the question's.
    pub fn of(question: &Question, store: &Store) -> Result<Self, StoreError> {
        Ok(Self {
            notes: Arc::new(by_person(&store.talk_notes()?, question.as_of, &question.zone)),
            capacity: store.talk_capacity()? as usize,
            holdout: store.talk_holdout()?,
            names: OnceLock::new(),
        })
    }

    /// Looks up by what names these people are known, once: in their order, until `enough` of them can be written to.
    pub fn name<'a>(
        &self,
        of_reasons: impl Iterator<Item = &'a [PersonId]>,
        enough: usize,
        store: &Store,
    ) -> Result<(), StoreError> {
        let mut names: Map<PersonId, Vec<String>> = Map::default();
        for people in of_reasons {
            let mut reachable = 0;
            for some in people.chunks(LOOKED_UP_AT_ONCE) {
                for (person, handles) in store.names_of(some)? {
                    reachable += usize::from(handles.iter().any(|handle| reaches(handle)));
                    names.insert(person, handles);
                }
                if reachable >= enough {
                    break;
                }
            }
        }
        self.names.get_or_init(|| names);
        Ok(())
    }

    /// The handle to call somebody by, if one is known that is more than a browser's: one by which they can be reached, if any.
    pub fn handle(&self, person: PersonId) -> Option<&str> {
        best_name(self.names.get()?.get(&person)?)
    }

    /// Whether a handle is known by which somebody can be written to.
    pub fn is_reachable(&self, person: PersonId) -> bool {
        let handles = self.names.get().and_then(|names| names.get(&person));
        handles.is_some_and(|handles| handles.iter().any(|handle| reaches(handle)))
    }

    /// Whether names were looked up at all.
    pub fn knows_names(&self) -> bool {
        self.names.get().is_some()
    }
}

fn reaches(handle: &str) -> bool {
    Handle::parse(handle).is_some_and(|handle| handle.is_reachable())
}

/// The handle to call somebody by: their address, else one that reaches them, else any but a browser's.
pub fn best_name(handles: &[String]) -> Option<&str> {
    let known = |handle: &&String| Handle::parse(handle).is_some_and(|handle| !handle.is_anonymous());
    let by_mail = handles.iter().find(|handle| handle.starts_with("email:"));
    let by_name = || handles.iter().find(|handle| reaches(handle));
    let best = by_mail.or_else(by_name).or_else(|| handles.iter().find(known));
    best.map(String::as_str)
}

/// On a list, or held out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arm {
    Shown = 0,
    Held = 1,
}

/// What was noted of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    never: bool,
    snoozed_until: Option<Day>,
    /// The last contact, or the last time a reminder was dealt with.
    contact: Option<(Time, Day)>,
    /// Where they were first listed, and on which day.
    pub listed: Option<(Arm, Day)>,
}

impl Notes {
    pub const NONE: Self = Self {
        never: false,
        snoozed_until: None,
        contact: None,
        listed: None,
    };

    /// Whether the owner wants to hear nothing of them on `today`.
    pub fn is_left_alone(&self, today: Day) -> bool {
        self.never || self.snoozed_until.is_some_and(|until| today < until)
    }

    /// Whether what happened at `time` is later than every contact.
    pub fn is_news(&self, time: Time) -> bool {
        self.contact.is_none_or(|(contact, _)| contact < time)
    }

    /// Whether the last contact lies at least so many days back.
    pub fn has_rested(&self, today: Day, days: i32) -> bool {
        self.contact.is_none_or(|(_, day)| today.since(day) >= days)
    }
}

/// What was noted by `as_of`, by person; a later note does not exist yet.
pub fn by_person(notes: &[TalkNote], as_of: Time, zone: &Zone) -> Map<PersonId, Notes> {
    let mut people: Map<PersonId, Notes> = Map::default();
    for note in notes.iter().filter(|note| note.at <= as_of) {
        let of = people.entry(note.person).or_default();
        let day = zone.day_of(note.at);
        match note.kind {
            TalkKind::Never => of.never = true,
            TalkKind::Snooze => of.snoozed_until = note.until.map(|until| zone.day_of(until)),
            TalkKind::Done | TalkKind::Contact => of.contact = of.contact.max(Some((note.at, day))),
            TalkKind::Shown => of.listed = of.listed.or(Some((Arm::Shown, day))),
            TalkKind::Held => of.listed = of.listed.or(Some((Arm::Held, day))),
            TalkKind::Note | TalkKind::Tag => {}
        }
    }
    people
}

/// Whether somebody belongs to the share that is held out: always the same people, and as good as drawn by lot, because their
/// key is mixed with a constant of its own.
pub fn is_held_out(person: PersonId, share: f64) -> bool {
    let mixed = (person.0 as u64 ^ 0x7461_6c6b).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let place = (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93) >> 11;
    (place as f64) < share * (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_the_share_is_held_out_and_always_the_same() {
        let held = |share: f64| (0..20_000).filter(|&key| is_held_out(PersonId(key), share)).count();
        assert_eq!((held(0.0), held(1.0)), (0, 20_000));
        assert!((3_800..4_200).contains(&held(0.2)), "{}", held(0.2));
        let both = (0..20_000).filter(|&key| is_held_out(PersonId(key), 0.1) && !is_held_out(PersonId(key), 0.2));
        assert_eq!(both.count(), 0, "a larger share holds the smaller");
    }

    #[test]
    fn notes_after_as_of_do_not_exist() {
        let zone = Zone::utc();
        let at = |day: i32| Time::from_micros(i64::from(day) * 86_400_000_000);
        let person = PersonId(7);
        let notes = [
            TalkNote {
                until: Some(at(20)),
                ..TalkNote::new(person, TalkKind::Snooze, at(10))
            },
            TalkNote::new(person, TalkKind::Contact, at(30)),
            TalkNote::new(person, TalkKind::Never, at(40)),
        ];
        let on = |day: i32| {
            by_person(&notes, at(day), &zone)
                .get(&person)
                .copied()
                .unwrap_or(Notes::NONE)
        };
        assert_eq!(on(9), Notes::NONE);
        assert!(on(10).is_left_alone(Day(19)) && !on(10).is_left_alone(Day(20)));
        assert!(on(29).is_news(at(15)) && !on(30).is_news(at(15)) && on(30).is_news(at(31)));
        assert!(!on(30).has_rested(Day(57), 28) && on(30).has_rested(Day(58), 28));
        assert!(on(40).is_left_alone(Day(1_000)));
    }
}
