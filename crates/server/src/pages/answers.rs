//! Pages of their own for some of the questions: `/audience`, `/outcomes`, `/durability`, `/plan`, `/audit`. The same sections as
//! on the home page, with every picture they have.

use askama::Template;
use longplay_measures::Answer;

use super::sections::{Section, Titles};
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
    /// Why what was asked for can't be answered.
    error: Option<String>,
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
    let query = serde_urlencoded::to_string(filter.pairs()).unwrap_or_default();
    let is_people = name == "Audience" && !frame.is_shared;
    AnswersPage {
        as_of: all.first().map(home::as_of).unwrap_or_default(),
        sections: asked
            .map(|answer| Section::new(answer, titles).narrowed(&filter).within(&frame))
            .collect(),
        query: if query.is_empty() { query } else { format!("?{query}") },
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
        name,
        filter,
        error: Some(error),
        frame,
    }
}
