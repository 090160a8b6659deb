//! The catalogue as durability sees it: each piece with its age, whom it brought back, and what is done with it lately.

use std::collections::BTreeMap;

use longplay_domain::Day;
use longplay_stats::durability::{Audience, PersonPiece};
use longplay_store::{Code, NONE};

use crate::{
    ask::Ground,
    evidence::Evidence,
    folds::{Map, Recently},
    question::Question,
};

/// Pieces older than this count for breadth.
const GROWN_DAYS: i32 = 28;
/// Pieces older than this are the back-catalogue.
const OLD_DAYS: i32 = 90;
/// Of the three windows of returns: 90 days.
const NINETY: usize = 2;

/// A piece somebody was ever present with.
#[derive(Debug)]
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
        let places: Map<Code, usize> = (self.pieces.iter().enumerate())
            .map(|(place, piece)| (piece.code, place))
            .collect();
        let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
        let mut idle: Vec<u64> = self.pieces.iter().map(|piece| piece.brought_back).collect();
        for recently in evidence.recent().rows() {
            let kind = self.kind(&recently, &places);
            if let Some(place) = kind.brought_back_by {
                idle[place] = idle[place].saturating_sub(recently.people);
            }
            *kinds.entry(kind).or_default() += recently.people;
        }
        for (place, people) in idle.into_iter().enumerate().filter(|(_, people)| *people > 0) {
            let kind = Kind {
                brought_back_by: Some(place),
                is_returning: false,
                pieces: Vec::new(),
            };
            *kinds.entry(kind).or_default() += people;
        }
        self.rows(kinds)
    }

    fn kind(&self, recently: &Recently<'_>, places: &Map<Code, usize>) -> Kind {
        let by = places.get(&recently.brought_by).copied();
        let mut pieces: Vec<(usize, u32)> = recently
            .pieces()
            .filter_map(|(code, days)| Some((*places.get(&code)?, days)))
            .collect();
        pieces.sort_unstable();
        Kind {
            brought_back_by: by.filter(|&place| recently.is_back && self.is_grown(&self.pieces[place])),
            is_returning: recently.is_returning,
            pieces,
        }
    }

    fn rows(&self, kinds: BTreeMap<Kind, u64>) -> Audience {
        let mut audience = Audience {
            old: self.pieces.iter().map(|piece| self.is_old(piece)).collect(),
            ..Audience::default()
        };
        let mut active = 0;
        for (kind, people) in kinds {
            let person = audience.returning.len();
            audience.returning.push(kind.is_returning);
            audience.weights.push(people);
            active += people;
            let row = |piece, brought_back, recent_days| PersonPiece {
                person,
                piece,
                brought_back,
                recent_days,
            };
            audience
                .rows
                .extend(kind.brought_back_by.map(|piece| row(piece, 1.0, 0.0)));
            let pieces = kind.pieces.into_iter();
            audience
                .rows
                .extend(pieces.map(|(piece, days)| row(piece, 0.0, f64::from(days))));
        }
        // Who did nothing of either weighs nothing, but is one of the people.
        audience.returning.push(false);
        audience.weights.push(self.people.saturating_sub(active));
        audience
    }
}

/// People who did exactly the same.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    brought_back_by: Option<usize>,
    is_returning: bool,
    pieces: Vec<(usize, u32)>,
}
