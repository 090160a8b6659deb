//! A section of a page: one question and its answer — the sentence, the figures, the pictures with their tables, what to
//! know before believing it, and how it is known. One file of `sections/` a question says what its pictures are.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use longplay_domain::{Day, Time, Zone};
use longplay_measures::{Answer, Figure, Grade, State};

use super::methods;
use super::tile::{self, Tile};
use super::words;
use super::{Filter, Frame};
use crate::pages::exhibit::{Exhibit, Moment};

mod audit;
pub(super) mod bars;
mod credit;
pub(super) mod curves;
pub(super) mod durability;
mod fit;
mod goals;
mod heat;
pub(super) mod hits;
pub(super) mod ladder;
mod lift;
mod months;
mod parts;
mod plan;
mod returns;
mod talk;

/// What is known of pieces beside the answers: how they are called, when they came out, and what the owner noted.
#[derive(Clone, Debug, Default)]
pub struct Titles {
    by_id: BTreeMap<String, String>,
    dated: Vec<Dated>,
}

/// Something that happened on a day, with the channel it was on and the piece; without a channel it concerns every chart over days.
#[derive(Clone, Debug)]
pub struct Dated {
    pub channel: Option<String>,
    pub piece: Option<String>,
    pub moment: Moment,
}

/// More would cover the axis; what the owner noted comes before pieces that came out, the latest first.
const MOMENTS_MAX: usize = 120;

impl Titles {
    pub fn new(titles: impl IntoIterator<Item = (String, String)>) -> Self {
        let by_id = titles.into_iter().filter(|(_, title)| !title.trim().is_empty());
        Self {
            by_id: by_id.collect(),
            dated: Vec::new(),
        }
    }

    /// The same with what happened when.
    #[must_use]
    pub fn with_days(mut self, mut dated: Vec<Dated>) -> Self {
        dated.sort_by_key(|dated| (!dated.moment.is_note, Reverse(dated.moment.at)));
        self.dated = dated;
        self
    }

    /// The title of a piece, its id if it has none.
    pub fn of<'a>(&'a self, piece: &'a str) -> &'a str {
        self.by_id.get(piece).map_or(piece, String::as_str)
    }

    /// What happened from `first` to `last`, on that channel where one is named, in order of time.
    pub fn moments(&self, days: (Day, Day), channel: Option<&str>) -> Vec<Moment> {
        self.those(days, |dated| {
            let on = dated.channel.as_deref();
            channel.is_none() || on.is_none() || on == channel
        })
    }

    /// What happened to that piece, and what was noted of everything.
    pub fn moments_of(&self, days: (Day, Day), piece: &str) -> Vec<Moment> {
        self.those(days, |dated| {
            dated.piece.as_deref() == Some(piece) || (dated.moment.is_note && dated.piece.is_none())
        })
    }

    /// The same without what the owner noted, for strangers.
    #[must_use]
    pub fn without_notes(mut self) -> Self {
        self.dated.retain(|dated| !dated.moment.is_note);
        self
    }

    fn those(&self, (first, last): (Day, Day), is_it: impl Fn(&Dated) -> bool) -> Vec<Moment> {
        let is_there = |dated: &&Dated| (first..=last).contains(&dated.moment.at) && is_it(dated);
        let found = self.dated.iter().filter(is_there).take(MOMENTS_MAX);
        let mut moments: Vec<Moment> = found.map(|dated| dated.moment.clone()).collect();
        moments.sort_by_key(|moment| moment.at);
        moments
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
            "returns" => returns::exhibits(answer, titles),
            "goals" => goals::exhibits(answer, titles),
            "hits" => hits::exhibits(answer, titles),
            "ladder" => ladder::exhibits(answer, titles),
            "fit" => fit::exhibits(answer, titles),
            "credit" => credit::exhibits(answer, titles),
            "lift" => lift::exhibits(answer, titles),
            "durability" => durability::exhibits(answer, titles),
            "plan" => plan::exhibits(answer),
            "talk" => talk::exhibits(answer),
            "audit" => audit::exhibits(answer),
            _ => Vec::new(),
        };
        Self {
            exhibits,
            ..Self::sentence(answer)
        }
    }

    /// The same without its pictures.
    pub fn sentence(answer: &Answer) -> Self {
        let name = answer.method.strip_prefix("/methods/").unwrap_or_default();
        Self {
            key: answer.question,
            asks: asks(answer.question),
            place: place(answer.question),
            sentence: answer.sentence.clone(),
            tiles: tile::tiles(answer, TILES_MAX),
            exhibits: Vec::new(),
            cautions: answer.cautions.iter().map(|caution| caution.message.clone()).collect(),
            evidence: tile::evidence(answer),
            method: methods::source(name).map(|_| answer.method.clone()),
            empty: is_empty(answer),
            is_shared: false,
        }
    }

    /// The same in that frame: around a shared view nothing leads further.
    #[must_use]
    pub fn within(mut self, frame: &Frame) -> Self {
        if frame.is_shared {
            self.is_shared = true;
            self.method = None;
            self.exhibits.iter_mut().for_each(Exhibit::lead_nowhere);
            self.tiles.iter_mut().for_each(|tile| tile.href = None);
        }
        self
    }

    /// Where all of it is.
    pub fn page(&self) -> String {
        page(self.key)
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
        let cells = rows.flat_map(|row| std::iter::once(&mut row.head).chain(&mut row.cells));
        let hrefs = cells.map(|cell| &mut cell.href);
        for href in hrefs.chain(self.tiles.iter_mut().map(|tile| &mut tile.href)).flatten() {
            if href.starts_with("/people?") {
                href.push('&');
                href.push_str(&query);
            }
        }
        self
    }
}

/// Where all of the answer to that question is.
pub fn page(question: &str) -> String {
    match question {
        "talk" => "/talk".to_owned(),
        "hits" => "/pieces#hits".to_owned(),
        key => {
            let page = PAGES.iter().find(|(.., keys)| keys.contains(&key));
            page.map_or_else(|| "/".to_owned(), |(address, ..)| format!("{address}#{key}"))
        }
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
