//! `/`: a memo. How many regulars there are, whether the right people came, came back and did what was wanted, what became of
//! the hits, whom to talk to today and what to publish next; all else in a sentence that leads to its page. Without data it says
//! what will fill it, when, and how to start.

use askama::Template;
use longplay_domain::{Day, Time, Zone};
use longplay_measures::{Answer, State};

use super::exhibit::Row;
use super::sections::{Section, Titles, asks};
use super::tile::{self, Tile};
use super::{Filter, Frame, words};

/// What the page opens with, then what it asks for today; the rest is told in a sentence each.
const LEAD: &str = "ladder";
const BRIEFS: [(&str, &str); 3] = [("hits", "lift"), ("talk", "talk"), ("plan", "plan")];
const ROWS_MAX: usize = 3;

/// The home page.
#[derive(Template)]
#[template(path = "home.html")]
pub struct HomePage {
    frame: Frame,
    /// The day and hour it is about.
    as_of: String,
    lead: Option<Section>,
    tiles: Vec<Tile>,
    briefs: Vec<Brief>,
    rest: Vec<Section>,
    waits: Vec<Wait>,
    empty: bool,
    filter: Filter,
    /// Why what was asked for can't be answered.
    error: Option<String>,
}

/// A question in a sentence and a few lines.
struct Brief {
    section: Section,
    rows: Vec<Row>,
}

/// What is not known yet, and from when on it will be.
struct Wait {
    day: Day,
    words: String,
}

/// The home page over `answers`.
pub fn home(answers: &[Answer], titles: &Titles, filter: Filter, frame: Frame) -> HomePage {
    let of = |key: &str| answers.iter().find(|answer| answer.question == key);
    let section = |key: &str| Some(Section::new(of(key)?, titles).narrowed(&filter).within(&frame));
    let sentence = |key: &str| Some(Section::sentence(of(key)?).within(&frame));
    let mut lead = section(LEAD);
    if let Some(lead) = lead.as_mut() {
        lead.exhibits.truncate(1);
    }
    let briefs = BRIEFS.into_iter().filter_map(|(key, list)| {
        let exhibits = section(list).map(|section| section.exhibits).unwrap_or_default();
        let rows = exhibits.into_iter().filter(|exhibit| exhibit.chart.is_none());
        Some(Brief {
            section: sentence(key)?,
            rows: rows.flat_map(|exhibit| exhibit.rows).take(ROWS_MAX).collect(),
        })
    });
    let is_told_above = |key: &str| key == LEAD || BRIEFS.iter().any(|(told, _)| *told == key);
    let rest = answers.iter().filter(|answer| !is_told_above(answer.question));
    let all_empty = answers.iter().all(super::sections::is_empty);
    HomePage {
        as_of: answers.first().map(as_of).unwrap_or_default(),
        // Nobody left after narrowing is an answer; nobody at all is a beginning.
        empty: !filter.is_open() && all_empty,
        lead,
        tiles: tiles(answers, &frame),
        briefs: briefs.collect(),
        rest: rest.filter_map(|answer| sentence(answer.question)).collect(),
        waits: waits(answers),
        filter,
        error: None,
        frame,
    }
}

/// The same without answers: what was asked for and why it can't be answered, ready to be put right.
pub fn home_refused(error: String, filter: Filter, frame: Frame) -> HomePage {
    HomePage {
        as_of: String::new(),
        empty: false,
        lead: None,
        tiles: Vec::new(),
        briefs: Vec::new(),
        rest: Vec::new(),
        waits: Vec::new(),
        filter,
        error: Some(error),
        frame,
    }
}

/// Whether the right people came, came back, and did what was wanted: a figure each.
fn tiles(answers: &[Answer], frame: &Frame) -> Vec<Tile> {
    let of = |key: &str| answers.iter().find(|answer| answer.question == key);
    let leading = |question: &str, is_it: &dyn Fn(&str) -> bool| {
        let tile = tile::leading(of(question)?, is_it)?;
        Some(Tile {
            href: (!frame.is_shared).then(|| super::sections::page(question)),
            ..tile
        })
    };
    let fit = leading("fit", &|key| key == "fit_share").or_else(|| leading("fit", &|key| key == "learnt_fit"));
    let returned = leading("returns", &|key| key == "returned_28d");
    let goal = leading("goals", &|key| key.starts_with("converted_"));
    [fit, returned, goal].into_iter().flatten().collect()
}

/// The days from which on more is known, each with what, the next first.
fn waits(answers: &[Answer]) -> Vec<Wait> {
    let mut waits: Vec<Wait> = Vec::new();
    for answer in answers {
        let about_all = answer.figures.iter().filter(|figure| figure.scope.is_empty());
        let early = about_all.filter(|figure| figure.state == State::TooEarly);
        waits.extend(early.filter_map(|figure| {
            Some(Wait {
                day: figure.ready_on?,
                words: tile::label(&figure.key),
            })
        }));
    }
    waits.sort_by(|one, other| (one.day, &one.words).cmp(&(other.day, &other.words)));
    waits
}

impl Wait {
    fn day(&self) -> String {
        words::day(self.day)
    }
}

pub(super) fn as_of(answer: &Answer) -> String {
    let zone = Zone::named(&answer.zone).unwrap_or_else(Zone::utc);
    Time::parse(&answer.as_of, &zone)
        .map(|time| words::instant(time, &zone))
        .unwrap_or_default()
}

impl HomePage {
    /// What the address says, for the same as JSON.
    fn query(&self) -> String {
        self.filter.query()
    }

    /// What an empty page will answer, what each answer needs, and from when on it can be given.
    fn promises(&self) -> [(&'static str, &'static str); 8] {
        [
            (
                asks("ladder"),
                "Needs who came and when. The first regular can be one three weeks after they first came.",
            ),
            (
                asks("returns"),
                "Needs who came and when: an event log, newsletter opens, shop orders. Known 28 days after the first of them.",
            ),
            (
                asks("goals"),
                "Needs what people did: sign-ups, downloads, purchases. Counted from the first on; how many still will, from about 20 on.",
            ),
            (
                asks("hits"),
                "Needs your pieces and their days: the export of your channel will do. Known from four weeks of days on.",
            ),
            (
                asks("fit"),
                "Needs whom you want, in your words or by who bought. Known once enough of a piece’s people are.",
            ),
            (
                asks("credit"),
                "Needs what people met before they did it. Shown from 30 on.",
            ),
            (
                asks("durability"),
                "Needs five pieces that brought people who came back.",
            ),
            (asks("plan"), "Needs pieces of at least two kinds, two of each."),
        ]
    }
}
