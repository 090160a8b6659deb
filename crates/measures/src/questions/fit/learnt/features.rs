//! What is known of somebody at first contact, as yes-or-no columns.

use std::collections::BTreeMap;

use longplay_domain::Zone;
use longplay_store::{Code, Terms};

use crate::{
    ask::Ground,
    folds::{Contact, FirstContacts, Map, STATED},
    question::Question,
    words::WEEKDAYS,
};

/// Most columns: the most common ones.
const COLUMNS_MAX: usize = 24;
/// A column says nothing where fewer people than this have it, or lack it.
const PEOPLE_MIN: u64 = 30;

/// Six hours each, by the workspace's clock.
const PARTS_OF_DAY: [&str; 4] = ["night", "morning", "afternoon", "evening"];
const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// The columns there are, and how to read them off a first contact.
pub struct Vocabulary<'a> {
    terms: &'a Terms,
    zone: &'a Zone,
    /// Topics and format of a piece, as names of columns.
    of_pieces: Map<Code, Vec<String>>,
    /// The column of each name.
    columns: BTreeMap<String, usize>,
}

impl<'a> Vocabulary<'a> {
    pub fn of(question: &'a Question, ground: &'a Ground, contacts: &FirstContacts) -> Self {
        let terms = ground.snapshot.terms();
        let of_pieces = ground.pieces.iter().map(|piece| {
            let topics = piece.topics.iter().map(|topic| format!("topic: {topic}"));
            let format = piece.format.iter().map(|format| format!("format: {format}"));
            (terms.code(&piece.id), topics.chain(format).collect())
        });
        let mut vocabulary = Self {
            terms,
            zone: &question.zone,
            of_pieces: of_pieces.collect(),
            columns: BTreeMap::new(),
        };
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut people = 0;
        for contact in contacts.reached.sorted().iter().chain(&contacts.others.sorted()) {
            people += 1;
            vocabulary.each_name(contact, |name| match counts.get_mut(name) {
                Some(count) => *count += 1,
                None => drop(counts.insert(name.to_owned(), 1)),
            });
        }
        let mut common: Vec<(String, u64)> = counts
            .into_iter()
            .filter(|(_, count)| (PEOPLE_MIN..=people - PEOPLE_MIN.min(people)).contains(count))
            .collect();
        common.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        common.truncate(COLUMNS_MAX);
        vocabulary.columns = common
            .into_iter()
            .enumerate()
            .map(|(column, (name, _))| (name, column))
            .collect();
        vocabulary
    }

    /// The columns of a first contact, one bit each.
    pub fn features(&self, contact: &Contact) -> u32 {
        let mut features = 0;
        self.each_name(contact, |name| {
            if let Some(column) = self.columns.get(name) {
                features |= 1 << column;
            }
        });
        features
    }

    /// The same as numbers.
    pub fn row(&self, features: u32) -> Vec<f64> {
        (0..self.columns.len())
            .map(|column| f64::from(features >> column & 1))
            .collect()
    }

    /// Columns by name with their slopes, the strongest first.
    pub fn named(&self, slopes: &[f64]) -> Vec<(String, f64)> {
        let slope = |(name, &column): (&String, &usize)| Some((name.clone(), *slopes.get(column)?));
        let mut named: Vec<(String, f64)> = self.columns.iter().filter_map(slope).collect();
        named.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        named
    }

    fn each_name(&self, contact: &Contact, mut each: impl FnMut(&str)) {
        let mut place = |name: &str, code: Code| {
            if let Some(text) = self.terms.text(code) {
                each(&format!("{name}: {text}"));
            }
        };
        for (column, code) in STATED.into_iter().zip(contact.stated) {
            place(column.name(), code);
        }
        for name in self.of_pieces.get(&contact.origin.piece).into_iter().flatten() {
            each(name);
        }
        each(WEEKDAYS[contact.origin.day.weekday()]);
        let into_day = contact.time_micros - self.zone.start_of(contact.origin.day).micros();
        // A day may have 25 hours.
        let hour = (into_day / MICROS_PER_HOUR).clamp(0, 23) as usize;
        each(PARTS_OF_DAY[hour / 6]);
    }
}
