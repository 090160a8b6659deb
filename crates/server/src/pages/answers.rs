//! Pages of their own for some of the questions: `/audience`, `/outcomes`, `/durability`, `/plan`, `/audit`. The same sections as
//! on the home page, with every picture they have.

use askama::Template;
use longplay_measures::Answer;

use super::sections::{Section, Titles, durability};
use super::{Filter, Frame, home};

/// Some questions with all there is to show.
#[derive(Template)]
#[template(path = "answers.html")]
pub struct AnswersPage {
    frame: Frame,
    name: &'static str,
    as_of: String,
    sections: Vec<Section>,
    filter: Filter,
    /// What the address says, for the same as JSON.
    query: String,
    /// This view over each saved segment.
    segments: Vec<(String, String)>,
    /// Whether it leads to the people themselves.
    is_people: bool,
    /// What takes a while to work out, and so comes after the rest.
    panel: Option<Panel>,
    /// Why what was asked for can't be answered.
    error: Option<String>,
}

/// A picture on a page of its own, that stands here too once it is worked out.
struct Panel {
    /// The page.
    address: String,
    /// The picture on it.
    id: &'static str,
    title: &'static str,
}

/// Durability month by month, where it can be told and is not told already.
fn panel(sections: &[Section], filter: &Filter) -> Option<Panel> {
    let section = sections.iter().find(|section| section.key == "durability")?;
    let is_there = section.exhibits.iter().any(|exhibit| exhibit.id == durability::MONTHS);
    (!section.exhibits.is_empty() && !is_there).then(|| Panel {
        address: format!("/durability/months{}", filter.query()),
        id: durability::MONTHS,
        title: "The index month by month",
    })
}

/// The page of that name over the answers to `keys`, in that order.
pub fn answers(
    (name, keys): (&'static str, &[&str]),
    all: &[Answer],
    titles: &Titles,
    filter: Filter,
    frame: Frame,
) -> AnswersPage {
    let asked = keys
        .iter()
        .filter_map(|key| all.iter().find(|answer| answer.question == *key));
    let is_people = name == "Audience" && !frame.is_shared;
    let sections: Vec<Section> = asked
        .map(|answer| Section::new(answer, titles).narrowed(&filter).within(&frame))
        .collect();
    AnswersPage {
        as_of: all.first().map(home::as_of).unwrap_or_default(),
        panel: panel(&sections, &filter).filter(|_| !frame.is_shared),
        sections,
        query: filter.query(),
        segments: if is_people { filter.over_segments() } else { Vec::new() },
        is_people,
        name,
        filter,
        error: None,
        frame,
    }
}

/// The same without answers: what was asked for and why it can't be answered, ready to be put right.
pub fn answers_refused(name: &'static str, error: String, filter: Filter, frame: Frame) -> AnswersPage {
    AnswersPage {
        as_of: String::new(),
        sections: Vec::new(),
        query: String::new(),
        segments: Vec::new(),
        is_people: false,
        panel: None,
        name,
        filter,
        error: Some(error),
        frame,
    }
}
