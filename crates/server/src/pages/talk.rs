//! `/talk`: today's list, one person after the other with why and what can be done, and whether being on a list helped.

use askama::Template;
use longplay_domain::PersonId;
use longplay_measures::people::person_text;
use longplay_measures::{Answer, Figure, State};
use serde_json::Value;

use super::sections::{Section, Titles};
use super::tile::{self, Tile};
use super::{Frame, home, people, words};

/// What is known beside the answer.
#[derive(Clone, Debug)]
pub struct View {
    pub capacity: u32,
    pub holdout: f64,
    /// Whether today's list was taken to work already.
    pub is_taken: bool,
    /// Of whom something was just noted.
    pub noted: Option<PersonId>,
    /// Why what was asked for was not done.
    pub error: Option<String>,
}

#[derive(Template)]
#[template(path = "talk.html")]
pub struct TalkPage {
    frame: Frame,
    as_of: String,
    sentence: String,
    people: Vec<Card>,
    tiles: Vec<Tile>,
    holdout: Vec<Tile>,
    section: Section,
    capacity: u32,
    held_of_100: String,
    is_held: bool,
    is_taken: bool,
    noted: Option<String>,
    error: Option<String>,
}

/// Somebody on the list.
struct Card {
    id: String,
    name: String,
    address: String,
    why: String,
    evidence: String,
    facts: String,
    is_reachable: bool,
}

/// The page.
pub fn talk(answer: &Answer, view: View, titles: &Titles, frame: Frame) -> TalkPage {
    let cards: Vec<Card> = answer.rows.iter().filter_map(card).collect();
    let of = |prefix: &str| -> Vec<&Figure> {
        let figures = answer.figures.iter().filter(|figure| figure.key.starts_with(prefix));
        figures
            .filter(|figure| figure.state != State::NoData || prefix != "holdout_")
            .collect()
    };
    TalkPage {
        as_of: home::as_of(answer),
        sentence: if cards.is_empty() {
            "Nobody needs you today.".to_owned()
        } else {
            answer.sentence.clone()
        },
        tiles: tile::beside(&of("candidates_")),
        holdout: tile::beside(&of("holdout_")),
        section: Section::new(answer, titles),
        people: cards,
        capacity: view.capacity,
        held_of_100: words::short(view.holdout * 100.0),
        is_held: view.holdout > 0.0,
        is_taken: view.is_taken,
        noted: view.noted.map(|person| people::address(&person_text(person))),
        error: view.error.map(|error| words::capital(&error)),
        frame,
    }
}

fn card(row: &Value) -> Option<Card> {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let id = row["person"].as_str().filter(|_| row["kind"] == "person")?;
    let name = match row["handle"].as_str() {
        Some(handle) => handle.split_once(':').map_or(handle, |(_, name)| name).to_owned(),
        None => format!("Somebody without a name, {}", id.get(..8).unwrap_or_default()),
    };
    let stake = row["value_at_stake"].as_f64().zip(row["currency"].as_str());
    let stake = stake.map(|(value, currency)| {
        let scale = words::Scale::of(currency, []);
        format!("about {} at stake in a year", scale.say(value))
    });
    let alive = row["p_alive"].as_f64().map(|p| {
        format!(
            "still there with a chance of {} in 100",
            words::short((p * 100.0).round())
        )
    });
    Some(Card {
        address: people::address(id),
        id: id.to_owned(),
        name,
        why: words::capital(&text("reason").replace('_', " ")),
        evidence: text("evidence"),
        facts: [alive, stake].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        is_reachable: row["reachable"] != false,
    })
}
