//! How people first came, and whether they reached the goal within the horizon: what a score is learnt from and given to.
//!
//! Only what was known at first contact is kept, so nothing that happened later can leak into a score. Of a large audience a
//! sample is enough: those with the least keys, which are as good as drawn by lot, stay the same from edition to edition, and
//! don't hang on the order of merging. Who reached the goal is rare, so they have a sample of their own.

use std::collections::BinaryHeap;

use longplay_domain::Goal;
use longplay_store::{Code, Column, Columns, Terms};

use super::{Origin, matcher::Matcher};
use crate::pass::{Fold, Life};

/// Who reached the goal later than so many days after their first is taken for somebody who did not.
pub const HORIZON_DAYS: i32 = 90;
/// Most people kept of those who reached the goal, and of the others.
const REACHED_MAX: usize = 4_096;
const OTHERS_MAX: usize = 28_672;

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
    /// How many people there are, kept or not.
    pub people: u64,
}

impl Taken {
    const fn at_most(most: usize) -> Self {
        Self {
            contacts: BinaryHeap::new(),
            most,
            people: 0,
        }
    }

    /// Whether this person would be kept.
    #[inline]
    fn takes(&self, person: i64) -> bool {
        self.contacts.len() < self.most || self.contacts.peek().is_some_and(|last| person < last.person)
    }

    fn put(&mut self, contact: Contact) {
        self.contacts.push(contact);
        if self.contacts.len() > self.most {
            self.contacts.pop();
        }
    }

    fn merge(&mut self, other: Self) {
        self.people += other.people;
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
        contacts
    }

    /// How many people each of them stands for.
    pub fn weight(&self) -> f64 {
        self.people as f64 / self.contacts.len().max(1) as f64
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
}
