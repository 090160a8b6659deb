//! How people first came, and whether they reached the goal within the horizon: what a score is learnt from and given to.
//!
//! Only what was known at first contact is kept, so nothing that happened later can leak into a score. Of a large audience a
//! sample is enough: those with the least keys, which are as good as drawn by lot, stay the same from edition to edition, and
//! don't hang on the order of merging. Who reached the goal is rare, so they have a sample of their own.

use std::collections::BinaryHeap;

use foldhash::fast::RandomState;
use hashbrown::HashSet;
use longplay_domain::Goal;
use longplay_store::{Code, Column, Columns, Terms};

use super::{Origin, matcher::Matcher};
use crate::pass::{Fold, Life, TakeAway};

/// Who reached the goal later than so many days after their first is taken for somebody who did not.
pub const HORIZON_DAYS: i32 = 90;
/// Most people kept of those who reached the goal, and of the others.
const REACHED_MAX: usize = 4_096;
const OTHERS_MAX: usize = 28_672;
/// One in so many more is held in reserve.
const RESERVE: usize = 8;

/// What an event states of where somebody came from, beside its piece.
pub const STATED: [Column; 5] = [
    Column::Channel,
    Column::Source,
    Column::Medium,
    Column::Campaign,
    Column::Country,
];

/// One person's first contact. Ordered by the person's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contact {
    pub person: i64,
    pub time_micros: i64,
    /// Under what they are broken down.
    pub origin: Origin,
    /// In the order of [`STATED`].
    pub stated: [Code; STATED.len()],
    /// After how many days the goal was reached, if within the horizon.
    pub lag_days: Option<i32>,
}

/// The people with the least keys, and how many there are in all.
#[derive(Debug)]
pub struct Taken {
    contacts: BinaryHeap<Contact>,
    most: usize,
    /// The last key up to which everybody is here, once somebody was let go of.
    through: Option<i64>,
    /// How many people there are, kept or not.
    pub people: u64,
}

impl Taken {
    const fn at_most(most: usize) -> Self {
        Self {
            contacts: BinaryHeap::new(),
            most,
            through: None,
            people: 0,
        }
    }

    /// So many are held, of whom the last are in reserve: when one of the others goes, who comes next is at hand.
    const fn held(&self) -> usize {
        self.most + self.most / RESERVE
    }

    /// Whether this person would be kept.
    #[inline]
    fn takes(&self, person: i64) -> bool {
        self.through.is_none_or(|through| person <= through)
            && (self.contacts.len() < self.held() || self.contacts.peek().is_some_and(|last| person < last.person))
    }

    fn put(&mut self, contact: Contact) {
        self.contacts.push(contact);
        if self.contacts.len() > self.held() {
            self.contacts.pop();
        }
    }

    fn finish(&mut self) {
        if self.contacts.len() == self.held() && self.people > self.held() as u64 {
            self.through = self.contacts.peek().map(|last| last.person);
        }
    }

    /// Whoever is kept of `other` and was kept here goes: that is whoever of its people was.
    fn take_away(&mut self, other: &Self) {
        self.people -= other.people;
        let gone: HashSet<i64, RandomState> = other.contacts.iter().map(|contact| contact.person).collect();
        self.contacts.retain(|contact| !gone.contains(&contact.person));
    }

    fn is_whole(&self) -> bool {
        self.contacts.len() as u64 >= self.people.min(self.most as u64)
    }

    fn merge(&mut self, other: Self) {
        self.people += other.people;
        self.through = self.through.into_iter().chain(other.through).min();
        for contact in other.contacts {
            if self.takes(contact.person) {
                self.put(contact);
            }
        }
    }

    /// Those kept, by key.
    pub fn sorted(&self) -> Vec<Contact> {
        let mut contacts: Vec<Contact> = self.contacts.iter().copied().collect();
        contacts.sort_unstable();
        contacts.truncate(self.most);
        contacts
    }

    /// How many people each of them stands for.
    pub fn weight(&self) -> f64 {
        self.people as f64 / self.contacts.len().clamp(1, self.most) as f64
    }
}

/// First contacts of those who reached the goal within the horizon, and of the others.
#[derive(Debug)]
pub struct FirstContacts {
    goal: Option<Matcher>,
    pub reached: Taken,
    pub others: Taken,
}

impl FirstContacts {
    /// Without a goal there is nothing to learn, and nothing is kept.
    pub fn new(goal: Option<&Goal>, terms: &Terms) -> Self {
        Self {
            goal: goal.map(|goal| Matcher::new(goal, terms)),
            reached: Taken::at_most(REACHED_MAX),
            others: Taken::at_most(OTHERS_MAX),
        }
    }
}

impl Fold for FirstContacts {
    fn columns(&self) -> Columns {
        let goal = self.goal.as_ref();
        goal.map_or(Columns::none(), |goal| {
            Matcher::columns(std::slice::from_ref(goal)).with(Columns::of(&STATED))
        })
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let (Some(goal), Some(arrival)) = (&self.goal, life.arrival) else {
            return;
        };
        let may_reach = goal.acts & life.acts != 0;
        let reached = may_reach
            .then(|| goal.first(life, Matcher::from(life, arrival)))
            .flatten();
        let lag_days = reached.map(|event| life.days[event].since(arrival.day).max(0));
        let lag_days = lag_days.filter(|&days| days <= HORIZON_DAYS);
        let taken = if lag_days.is_some() {
            &mut self.reached
        } else {
            &mut self.others
        };
        taken.people += 1;
        let person = life.history.person.0;
        if taken.takes(person) {
            taken.put(Contact {
                person,
                time_micros: life.history.times[arrival.event],
                origin: arrival.into(),
                stated: STATED.map(|column| life.history.codes(column)[arrival.event]),
                lag_days,
            });
        }
    }

    fn merge(&mut self, other: Self) {
        self.reached.merge(other.reached);
        self.others.merge(other.others);
    }

    fn finish(&mut self) {
        self.reached.finish();
        self.others.finish();
    }
}

impl TakeAway for FirstContacts {
    fn take_away(&mut self, other: Self) {
        self.reached.take_away(&other.reached);
        self.others.take_away(&other.others);
    }

    fn is_whole(&self) -> bool {
        self.reached.is_whole() && self.others.is_whole()
    }
}
