//! The catalogue as durability sees it: each piece with its age, whom it brought back, and what is done with it lately.

use std::ops::Range;

use longplay_domain::Day;
use longplay_stats::durability::{Audience, PersonPiece};
use longplay_store::{Code, NONE};

use crate::{ask::Ground, evidence::Evidence, folds::Map, question::Question};

/// Pieces older than this count for breadth.
const GROWN_DAYS: i32 = 28;
/// Pieces older than this are the back-catalogue.
const OLD_DAYS: i32 = 90;
/// Of the three windows of returns: 90 days.
const NINETY: usize = 2;

/// A piece somebody was ever present with.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: String,
    code: Code,
    /// Its day of publication, else the first day somebody was present with it.
    pub since: Day,
    /// How many people it brought, who came back within 90 days; 0 while it is younger than 28 days.
    pub brought_back: u64,
}

/// Everything the index is made of.
#[derive(Debug)]
pub struct Catalogue {
    today: Day,
    /// By id.
    pub pieces: Vec<Entry>,
    /// Everybody of the question's period.
    pub people: u64,
}

impl Catalogue {
    pub fn of(question: &Question, ground: &Ground, evidence: &Evidence) -> Self {
        let terms = ground.snapshot.terms();
        let mut first_seen: Map<Code, Day> = Map::default();
        for (origin, _) in evidence.reach().cells() {
            if origin.piece != NONE {
                let first = first_seen.entry(origin.piece).or_insert(origin.day);
                *first = origin.day.min(*first);
            }
        }
        let mut brought_back: Map<Code, u64> = Map::default();
        let mut people = 0;
        for (origin, cohort) in evidence.cohorts().cells() {
            if question.period.holds(origin.day) {
                people += u64::from(cohort.people);
                *brought_back.entry(origin.piece).or_default() += u64::from(cohort.returned[NINETY]);
            }
        }
        let published = |id: &str| {
            let index = ground.pieces.binary_search_by(|piece| piece.id.as_str().cmp(id)).ok()?;
            ground.pieces[index].published_at.map(|at| question.zone.day_of(at))
        };
        let today = question.today();
        let entry = |(code, seen): (Code, Day)| {
            let id = terms.text(code)?.to_string();
            let since = published(&id).unwrap_or(seen);
            let is_grown = today.since(since) > GROWN_DAYS;
            let back = brought_back.get(&code).copied().unwrap_or(0);
            Some(Entry {
                id,
                code,
                since,
                brought_back: if is_grown { back } else { 0 },
            })
        };
        let mut pieces: Vec<Entry> = first_seen.into_iter().filter_map(entry).collect();
        pieces.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Self { today, pieces, people }
    }

    /// These pieces alone, with the people they brought.
    pub fn only(&self, question: &Question, evidence: &Evidence, ids: &[&str]) -> Self {
        let is_its = |piece: &&Entry| ids.binary_search(&piece.id.as_str()).is_ok();
        let pieces: Vec<Entry> = self.pieces.iter().filter(is_its).cloned().collect();
        let codes: Map<Code, ()> = pieces.iter().map(|piece| (piece.code, ())).collect();
        let brought = evidence.cohorts().cells().into_iter();
        let brought =
            brought.filter(|(origin, _)| codes.contains_key(&origin.piece) && question.period.holds(origin.day));
        Self {
            today: self.today,
            people: brought.map(|(_, cohort)| u64::from(cohort.people)).sum(),
            pieces,
        }
    }

    pub fn is_grown(&self, piece: &Entry) -> bool {
        self.today.since(piece.since) > GROWN_DAYS
    }

    pub fn is_old(&self, piece: &Entry) -> bool {
        self.today.since(piece.since) > OLD_DAYS
    }

    /// How many pieces are older than 28 days.
    pub fn grown(&self) -> u64 {
        self.pieces.iter().filter(|piece| self.is_grown(piece)).count() as u64
    }

    /// The day on which `count` of the pieces there are will be older than 28 days.
    pub fn grown_on(&self, count: usize) -> Option<Day> {
        let mut since: Vec<Day> = self.pieces.iter().map(|piece| piece.since).collect();
        since.sort_unstable();
        since.get(count.checked_sub(1)?).map(|day| day.plus(GROWN_DAYS + 1))
    }

    /// The audience for the model, its people in an order that depends on nothing but what they did.
    pub fn audience(&self, evidence: &Evidence) -> Audience {
        let places: Map<Code, u32> = self.pieces.iter().map(|piece| piece.code).zip(0..).collect();
        let sizes = evidence
            .recent()
            .rows()
            .map(|recently| HEAD + 2 * recently.pieces().count());
        let mut kinds = Kinds {
            words: Vec::with_capacity(sizes.sum::<usize>() + HEAD * self.pieces.len()),
            people: Vec::with_capacity(evidence.recent().rows().count() + self.pieces.len()),
        };
        let mut idle: Vec<u64> = self.pieces.iter().map(|piece| piece.brought_back).collect();
        let mut pieces = Vec::new();
        for recently in evidence.recent().rows() {
            let by = places.get(&recently.brought_by).copied();
            let by = by.filter(|&place| recently.is_back && self.is_grown(&self.pieces[place as usize]));
            if let Some(place) = by {
                let idle = &mut idle[place as usize];
                *idle = idle.saturating_sub(recently.people);
            }
            pieces.clear();
            let known = recently.pieces();
            pieces.extend(known.filter_map(|(code, days)| Some([*places.get(&code)?, days])));
            pieces.sort_unstable();
            // Of a part of the catalogue: who was there with other pieces, brought by others, is not its.
            if by.is_some() || !pieces.is_empty() {
                kinds.add(by, recently.is_returning, &pieces, recently.people);
            }
        }
        for (place, people) in (0..).zip(idle).filter(|(_, people)| *people > 0) {
            kinds.add(Some(place), false, &[], people);
        }
        self.rows(&mut kinds)
    }

    fn rows(&self, kinds: &mut Kinds) -> Audience {
        let mut audience = Audience {
            old: self.pieces.iter().map(|piece| self.is_old(piece)).collect(),
            // One for who brought them, and one for each piece.
            rows: Vec::with_capacity(kinds.words.len() / 2),
            returning: Vec::with_capacity(kinds.people.len() + 1),
            weights: Vec::with_capacity(kinds.people.len() + 1),
        };
        let mut active = 0;
        kinds.each(|kind, people| {
            let person = audience.returning.len();
            let is_returning = kind[IS_RETURNING] > 0;
            audience.returning.push(is_returning);
            audience.weights.push(people);
            active += people;
            let row = |piece: u32, brought_back, recent_days| PersonPiece {
                person,
                piece: piece as usize,
                brought_back,
                recent_days,
            };
            let by = kind[BROUGHT_BACK_BY].checked_sub(1);
            audience.rows.extend(by.map(|piece| row(piece, 1.0, 0.0)));
            let pieces = kind[HEAD..].chunks_exact(2);
            audience
                .rows
                .extend(pieces.map(|pair| row(pair[0], 0.0, f64::from(pair[1]))));
        });
        // Who did nothing of either weighs nothing, but is one of the people.
        audience.returning.push(false);
        audience.weights.push(self.people.saturating_sub(active));
        audience
    }
}

/// What people did, each kind in a row of words: who brought them back (one more than the piece's place; 0: nobody), whether
/// they return, then piece and days in turn. All in one buffer, for there may be as many kinds as people.
#[derive(Debug)]
struct Kinds {
    words: Vec<u32>,
    /// Where each kind's words begin and end, and how many people did just that.
    people: Vec<(Range<usize>, u64)>,
}

const BROUGHT_BACK_BY: usize = 0;
const IS_RETURNING: usize = 1;
/// Words before the pieces.
const HEAD: usize = 2;

impl Kinds {
    fn add(&mut self, by: Option<u32>, is_returning: bool, pieces: &[[u32; 2]], people: u64) {
        let start = self.words.len();
        self.words
            .extend([by.map_or(0, |place| place + 1), u32::from(is_returning)]);
        self.words.extend(pieces.as_flattened());
        self.people.push((start..self.words.len(), people));
    }

    /// Shows every kind once, in an order that depends on nothing but what they did.
    fn each(&mut self, mut see: impl FnMut(&[u32], u64)) {
        let words = |range: &Range<usize>| &self.words[range.clone()];
        self.people
            .sort_unstable_by(|(one, _), (other, _)| words(one).cmp(words(other)));
        for alike in self.people.chunk_by(|(one, _), (other, _)| words(one) == words(other)) {
            see(words(&alike[0].0), alike.iter().map(|(_, people)| people).sum());
        }
    }
}
