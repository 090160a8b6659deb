//! `/`: the standing questions, each a sentence, its picture, its table, and how it is known. Without data it says what
//! will fill it and how to start.

use askama::Template;
use longplay_domain::{Time, Zone};
use longplay_measures::Answer;

use super::sections::{Section, Titles, asks};
use super::{Filter, Frame, words};

/// The home page.
#[derive(Template)]
#[template(path = "home.html")]
pub struct HomePage {
    frame: Frame,
    /// The day and hour it is about.
    as_of: String,
    sections: Vec<Section>,
    empty: bool,
    filter: Filter,
    /// Why what was asked for can't be answered.
    error: Option<String>,
}

/// The home page over `answers`, in their order.
pub fn home(answers: &[Answer], titles: &Titles, filter: Filter, frame: Frame) -> HomePage {
    let sections: Vec<Section> = answers
        .iter()
        .map(|answer| {
            Section::new(answer, titles)
                .shortened()
                .narrowed(&filter)
                .within(&frame)
        })
        .collect();
    HomePage {
        as_of: answers.first().map(as_of).unwrap_or_default(),
        // Nobody left after narrowing is an answer; nobody at all is a beginning.
        empty: !filter.is_open() && sections.iter().all(|section| section.empty),
        sections,
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
        sections: Vec::new(),
        filter,
        error: Some(error),
        frame,
    }
}

pub(super) fn as_of(answer: &Answer) -> String {
    let zone = Zone::named(&answer.zone).unwrap_or_else(Zone::utc);
    Time::parse(&answer.as_of, &zone)
        .map(|time| words::instant(time, &zone))
        .unwrap_or_default()
}

impl HomePage {
    /// What an empty page will answer, and what each answer needs.
    fn promises(&self) -> [(&'static str, &'static str); 4] {
        [
            (
                asks("ladder"),
                "Needs who came and when, for a few weeks; then it knows your regulars.",
            ),
            (
                asks("returns"),
                "Needs who came and when: an event log, newsletter opens, shop orders.",
            ),
            (asks("goals"), "Needs what people did: sign-ups, downloads, purchases."),
            (
                asks("hits"),
                "Needs your pieces and their days: the export of your channel will do.",
            ),
        ]
    }
}
