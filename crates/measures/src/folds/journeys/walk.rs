//! One person's way: the touches before a goal, in order of time.
//!
//! A touch is an event that shows presence and carries what is asked for (a piece, a channel …); neighbours that carry the
//! same are one touch, at the time of the latest of them. The event that reached the goal is one of them when it says on
//! which piece the person was, which a purchase doesn't: its piece is what was bought.

use longplay_domain::{Act, Piece};
use longplay_store::{Code, Column, NONE, Terms};

use crate::{folds::Map, pass::Life, question::By};

/// Where things are sold rather than told: a touch there is none of the owner's own pieces.
const SHOP: &str = "shop";
/// A longer journey keeps its first touch and its latest when whole journeys are kept. No rule is worked out from that.
const STATES_MAX: usize = 64;

/// Reads journeys; keeps its buffers from person to person.
#[derive(Debug)]
pub struct Walk {
    by: By,
    /// By topic: the topics of each piece that has any.
    topics: Map<Code, Box<[Code]>>,
    shop: Code,
    /// Pieces the registry places in the shop.
    in_shop: Vec<Code>,
    /// What each touch carries; by topic, its piece.
    pub labels: Vec<Code>,
    /// When each touch was, in µs.
    pub times: Vec<i64>,
    /// The latest touch of a piece of the owner's own.
    pub own: Option<usize>,
    states: Vec<Code>,
}

impl Walk {
    pub fn new(by: By, pieces: &[Piece], terms: &Terms) -> Self {
        let codes = |topics: &[String]| -> Box<[Code]> {
            let mut codes: Vec<Code> = Vec::new();
            for code in topics.iter().map(|topic| terms.code(topic)) {
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
            codes.into()
        };
        let topics = pieces
            .iter()
            .filter(|piece| by == By::Topic && !piece.topics.is_empty())
            .map(|piece| (terms.code(&piece.id), codes(&piece.topics)));
        let in_shop = pieces.iter().filter(|piece| piece.channel.as_deref() == Some(SHOP));
        Self {
            by,
            topics: topics.collect(),
            shop: terms.code(SHOP),
            in_shop: in_shop.map(|piece| terms.code(&piece.id)).collect(),
            labels: Vec::new(),
            times: Vec::new(),
            own: None,
            states: Vec::new(),
        }
    }

    /// The column that a touch's label is read from.
    pub const fn column(&self) -> Column {
        match self.by {
            By::Piece | By::Topic | By::Week => Column::Piece,
            By::Channel | By::Source | By::Campaign => self.by.column(),
        }
    }

    #[inline]
    fn label(&self, life: &Life<'_>, event: usize) -> Code {
        let code = match self.by {
            // Mondays as numbers; none of them is the number that stands for nothing.
            By::Week => return life.days[event].week_start().0 as Code,
            _ => life.history.codes(self.column())[event],
        };
        if self.by == By::Topic && !self.topics.contains_key(&code) {
            NONE
        } else {
            code
        }
    }

    /// Whether anything of this person can be seen at all.
    pub fn has_touch(&self, life: &Life<'_>) -> bool {
        (0..life.history.len()).any(|event| life.is_presence(event) && self.label(life, event) != NONE)
    }

    fn is_own(&self, life: &Life<'_>, event: usize) -> bool {
        let piece = life.history.codes(Column::Piece)[event];
        let channel = life.history.codes(Column::Channel)[event];
        piece != NONE && channel != self.shop && !(channel == NONE && self.in_shop.contains(&piece))
    }

    /// Reads the touches before the event that reached the goal; all of them where none did.
    pub fn read(&mut self, life: &Life<'_>, goal: Option<usize>) {
        self.labels.clear();
        self.times.clear();
        self.own = None;
        for event in 0..goal.unwrap_or(life.history.len()) {
            self.touch(life, event);
        }
        if let Some(event) = goal
            && life.history.codes(Column::Piece)[event] != NONE
            && life.history.acts[event] != Act::Purchased.code()
        {
            self.touch(life, event);
        }
    }

    fn touch(&mut self, life: &Life<'_>, event: usize) {
        let label = self.label(life, event);
        if !life.is_presence(event) || label == NONE {
            return;
        }
        let time = life.history.times[event];
        match self.times.last_mut() {
            Some(last) if self.labels.last() == Some(&label) => *last = time,
            _ => {
                self.labels.push(label);
                self.times.push(time);
            }
        }
        if self.is_own(life, event) {
            self.own = Some(self.labels.len() - 1);
        }
    }

    /// What a touch counts under: its label, or the topics of its piece.
    pub fn counts_under<'a>(&'a self, label: &'a Code) -> &'a [Code] {
        match self.topics.get(label) {
            Some(topics) => topics,
            None => std::slice::from_ref(label),
        }
    }

    /// The journey as a chain of states.
    pub fn states(&mut self) -> &[Code] {
        let mut states = std::mem::take(&mut self.states);
        states.clear();
        for label in &self.labels {
            states.extend_from_slice(self.counts_under(label));
        }
        states.dedup();
        if states.len() > STATES_MAX {
            states.drain(1..=states.len() - STATES_MAX);
        }
        self.states = states;
        &self.states
    }
}
