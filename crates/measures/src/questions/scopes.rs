//! How cells of a cube become the scopes of figures: everybody, and broken down by piece, channel, topic, week, source or campaign.

use std::{collections::BTreeMap, rc::Rc};

use longplay_store::Terms;

use crate::{
    answer::Scope,
    ask::Ground,
    folds::{Map, Origin},
    question::{By, Question},
};

/// Maps origins to the scopes they count under. The total is always the first scope.
pub struct Scopes<'a> {
    question: &'a Question,
    terms: &'a Terms,
    topics: Map<&'a str, &'a [String]>,
    /// Scope texts in order of first sight; index 0 is everybody.
    pub names: Vec<Option<Option<String>>>,
    places: BTreeMap<Option<String>, usize>,
    /// The places of what was looked up before: there are far more cells than scopes.
    known: Map<u32, Rc<[usize]>>,
    nowhere: Rc<[usize]>,
}

/// The place of everybody among the scopes.
pub const EVERYBODY: usize = 0;

impl<'a> Scopes<'a> {
    pub fn new(question: &'a Question, ground: &'a Ground) -> Self {
        let topics = if question.by == By::Topic {
            ground
                .pieces
                .iter()
                .map(|piece| (piece.id.as_str(), piece.topics.as_slice()))
                .collect()
        } else {
            Map::default()
        };
        Self {
            question,
            terms: ground.snapshot.terms(),
            topics,
            names: vec![None],
            places: BTreeMap::new(),
            known: Map::default(),
            nowhere: Rc::default(),
        }
    }

    /// The scopes an origin counts under; empty when its day lies outside the question's period.
    pub fn of(&mut self, origin: &Origin) -> Rc<[usize]> {
        if !self.question.period.holds(origin.day) {
            return Rc::clone(&self.nowhere);
        }
        let told_by = match self.question.by {
            By::Piece | By::Topic => origin.piece,
            By::Channel | By::Source | By::Campaign => origin.channel,
            By::Week => origin.day.week_start().0 as u32,
        };
        if let Some(places) = self.known.get(&told_by) {
            return Rc::clone(places);
        }
        let places: Rc<[usize]> = self.places_of(origin).into();
        self.known.insert(told_by, Rc::clone(&places));
        places
    }

    fn places_of(&mut self, origin: &Origin) -> Vec<usize> {
        let mut places = vec![EVERYBODY];
        let text = |code| self.terms.text(code).map(|text| text.to_string());
        let names = match self.question.by {
            By::Piece => vec![text(origin.piece)],
            By::Channel | By::Source | By::Campaign => vec![text(origin.channel)],
            By::Week => vec![Some(origin.day.week_start().to_string())],
            By::Topic => {
                let piece = self.terms.text(origin.piece);
                let topics = piece
                    .and_then(|piece| self.topics.get(&*piece).copied())
                    .unwrap_or_default();
                if topics.is_empty() {
                    vec![None]
                } else {
                    topics.iter().cloned().map(Some).collect()
                }
            }
        };
        for name in names {
            let place = *self.places.entry(name.clone()).or_insert_with(|| {
                self.names.push(Some(name));
                self.names.len() - 1
            });
            places.push(place);
        }
        places
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The scope at a place.
    pub fn scope(&self, place: usize) -> Scope {
        match &self.names[place] {
            None => Scope::new(),
            Some(name) => Scope::from([(self.question.by.name(), name.clone())]),
        }
    }

    /// Places in the order in which figures are listed: everybody, then the largest first; weeks in order of time.
    pub fn order(&self, size: impl Fn(usize) -> u64) -> Vec<usize> {
        let mut places: Vec<usize> = (1..self.names.len()).collect();
        if self.question.by == By::Week {
            places.sort_by(|&a, &b| self.names[a].cmp(&self.names[b]));
        } else {
            places.sort_by(|&a, &b| size(b).cmp(&size(a)).then_with(|| self.names[a].cmp(&self.names[b])));
        }
        std::iter::once(EVERYBODY).chain(places).collect()
    }
}
