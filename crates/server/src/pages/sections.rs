//! A section of a page: one question and its answer — the sentence, the figures, the pictures with their tables, what to
//! know before believing it, and how it is known. One file of `sections/` a question says what its pictures are.

use std::collections::BTreeMap;

use longplay_domain::{Day, Time, Zone};
use longplay_measures::{Answer, Figure, Grade, State};

use super::methods;
use super::tile::{self, Tile};
use super::words;
use super::{Filter, Frame};
use crate::pages::exhibit::Exhibit;

mod audit;
pub(super) mod bars;
mod credit;
pub(super) mod curves;
mod durability;
mod fit;
mod goals;
mod heat;
mod hits;
pub(super) mod ladder;
mod lift;
mod parts;
mod plan;
mod returns;
mod talk;

/// How pieces are called: their titles by id.
#[derive(Clone, Debug, Default)]
pub struct Titles(BTreeMap<String, String>);

impl Titles {
    pub fn new(titles: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(
            titles
                .into_iter()
                .filter(|(_, title)| !title.trim().is_empty())
                .collect(),
        )
    }

    /// The title of a piece, its id if it has none.
    pub fn of<'a>(&'a self, piece: &'a str) -> &'a str {
        self.0.get(piece).map_or(piece, String::as_str)
    }
}

/// One question on the page.
pub struct Section {
    pub key: &'static str,
    /// The question as the owner asks it.
    pub asks: &'static str,
    /// The same in a word or two.
    pub place: &'static str,
    pub sentence: String,
    pub tiles: Vec<Tile>,
    pub exhibits: Vec<Exhibit>,
    pub cautions: Vec<String>,
    pub evidence: String,
    /// The page of its method, if there is one.
    pub method: Option<String>,
    pub empty: bool,
    /// Where there is more of it than is shown here.
    pub more: Option<&'static str>,
    /// Whether nothing leads further.
    is_shared: bool,
}

/// Pages of their own: address, name, and the questions they answer, the leading one first.
pub const PAGES: [(&str, &str, &[&str]); 5] = [
    ("/audience", "Audience", &["ladder", "returns", "fit"]),
    ("/outcomes", "Outcomes", &["goals", "credit", "lift"]),
    ("/durability", "Durability", &["durability"]),
    ("/plan", "Plan", &["plan"]),
    ("/audit", "Audit", &["audit"]),
];

/// How many pictures of a question the home page shows: those that lead; the rest has a page.
fn at_home(question: &str) -> usize {
    match question {
        "ladder" | "returns" | "hits" | "talk" => 1,
        "goals" => 2,
        _ => 0,
    }
}

/// How many figures about everybody a section leads with.
const TILES_MAX: usize = 4;

impl Section {
    /// Where the whole answer is as JSON; nowhere for whoever is let in to nowhere else.
    pub fn source(&self) -> String {
        if self.is_shared {
            return String::new();
        }
        format!("/api/v1/ask/{}", self.key)
    }

    pub fn new(answer: &Answer, titles: &Titles) -> Self {
        let exhibits = match answer.question {
            "returns" => returns::exhibits(answer),
            "goals" => goals::exhibits(answer, titles),
            "hits" => hits::exhibits(answer, titles),
            "ladder" => ladder::exhibits(answer, titles),
            "fit" => fit::exhibits(answer, titles),
            "credit" => credit::exhibits(answer, titles),
            "lift" => lift::exhibits(answer, titles),
            "durability" => durability::exhibits(answer),
            "plan" => plan::exhibits(answer),
            "talk" => talk::exhibits(answer),
            "audit" => audit::exhibits(answer),
            _ => Vec::new(),
        };
        let name = answer.method.strip_prefix("/methods/").unwrap_or_default();
        Self {
            key: answer.question,
            asks: asks(answer.question),
            place: place(answer.question),
            sentence: answer.sentence.clone(),
            tiles: tile::tiles(answer, TILES_MAX),
            exhibits,
            cautions: answer.cautions.iter().map(|caution| caution.message.clone()).collect(),
            evidence: tile::evidence(answer),
            method: methods::source(name).map(|_| answer.method.clone()),
            empty: is_empty(answer),
            more: None,
            is_shared: false,
        }
    }

    /// The same in that frame: around a shared view nothing leads further.
    #[must_use]
    pub fn within(mut self, frame: &Frame) -> Self {
        if frame.is_shared {
            self.is_shared = true;
            self.more = None;
            self.method = None;
            self.exhibits.iter_mut().for_each(Exhibit::lead_nowhere);
        }
        self
    }

    /// The same in short, for the home page: where it says more, it leads there.
    #[must_use]
    pub fn shortened(mut self) -> Self {
        self.exhibits.truncate(at_home(self.key));
        let page = PAGES.iter().find(|(.., keys)| keys.contains(&self.key));
        self.more = match self.key {
            "talk" => Some("/talk"),
            "hits" => Some("/pieces"),
            _ => page.map(|(address, ..)| *address),
        };
        self
    }

    /// The same with every way to people narrowed as this view is.
    #[must_use]
    pub fn narrowed(mut self, filter: &Filter) -> Self {
        let kept = |name: &str| matches!(name, "from" | "to" | "segment" | "where" | "as_of");
        let pairs: Vec<_> = filter.pairs().iter().filter(|(name, _)| kept(name)).collect();
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        if query.is_empty() {
            return self;
        }
        let rows = self.exhibits.iter_mut().flat_map(|exhibit| &mut exhibit.rows);
        for cell in rows.flat_map(|row| std::iter::once(&mut row.head).chain(&mut row.cells)) {
            if let Some(href) = cell.href.as_mut().filter(|href| href.starts_with("/people?")) {
                href.push('&');
                href.push_str(&query);
            }
        }
        self
    }
}

/// The question of a key in the owner's words (design §1).
pub fn asks(question: &str) -> &'static str {
    match question {
        "hits" => "Which pieces got an unusual number of hits, and how rare is that?",
        "fit" => "Did they attract the right people?",
        "returns" => "Did they come back?",
        "ladder" => "How close are they to us?",
        "goals" => "Did they do what we wanted, and how long did it take?",
        "credit" => "Which pieces led there?",
        "lift" => "Did the hit grow the business?",
        "durability" => "Beatles or one-hit wonder?",
        "plan" => "What should we publish next?",
        "talk" => "Who should we talk to today?",
        "audit" => "How did the audience and the buyers change?",
        _ => "",
    }
}

/// The same in a word or two, for the row of links to the sections.
fn place(question: &str) -> &'static str {
    match question {
        "hits" => "Hits",
        "fit" => "Right people",
        "returns" => "Came back",
        "ladder" => "Regulars",
        "goals" => "Goals",
        "credit" => "Credit",
        "lift" => "After the hit",
        "durability" => "Durability",
        "plan" => "Plan",
        "talk" => "Talk",
        "audit" => "Audit",
        _ => "",
    }
}

/// Whether there is nothing at all to tell: no figure counts anybody and no point of a series has a value.
pub fn is_empty(answer: &Answer) -> bool {
    let silent = |figure: &Figure| figure.n == 0 && figure.count == 0;
    answer.figures.iter().all(silent)
        && answer
            .series
            .iter()
            .flat_map(|series| &series.points)
            .all(|point| point.n == 0 && point.value.is_none())
}

/// The day of `as_of` in the answer's zone.
fn today(answer: &Answer) -> Option<Day> {
    let zone = Zone::named(&answer.zone)?;
    Some(zone.day_of(Time::parse(&answer.as_of, &zone)?))
}

/// `Counted over 212 people.`: how a figure is known and of how many.
pub(super) fn basis(grade: Grade, n: u64) -> String {
    let known = match grade {
        Grade::Counted => "Counted",
        Grade::Attributed => "Attributed by a model",
        Grade::Compared => "Compared",
        Grade::Tested => "Tested",
    };
    format!("{known} over {}.", words::people(n))
}

/// `between 27 and 35`, or why there is no range.
pub(super) fn range_words(low: Option<f64>, high: Option<f64>, say: impl Fn(f64) -> String) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("between {} and {}", say(low), say(high)),
        _ => "range not known".to_owned(),
    }
}

/// `too early to tell` and its like, when there is no value.
pub(super) fn missing_words(state: State) -> &'static str {
    match state {
        State::TooEarly => "too early to tell",
        State::NoData | State::Known => "not known",
    }
}
