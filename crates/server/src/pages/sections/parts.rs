//! One figure broken down by piece, channel, topic or whatever the answer is broken down by: bars with their ranges.
//!
//! Shown are ten: half of them those that brought most people, whatever came of it, the rest those that
//! brought most of those counted. The best comes first; those for which it is too early come last.

use std::cmp::{Ordering, Reverse};

use longplay_measures::{Answer, Figure, Grade, State};

use super::{Titles, basis, missing_words, range_words};
use crate::pages::exhibit::{Cell, Chart, Column, Exhibit, Kind, Mark, Reference, Row};
use crate::pages::pieces::address;
use crate::pages::words::{self, Scale};

const PIECES_MAX: usize = 10;
const LARGEST_MAX: usize = 5;
/// What the people are called whom no piece brought.
const NO_PIECE: &str = "No piece: came straight to you";
/// The same where it is broken down by something else.
const NONE: &str = "None known";

/// What is shown of which figure.
pub struct Breakdown<'a> {
    /// Part of the element's id; unique on the page.
    pub id: String,
    /// The figure about everybody; its parts have the same key.
    pub all: &'a Figure,
    /// `Of the people each piece brought, how many bought`, with the word for a part in it.
    pub title: &'a dyn Fn(&str) -> String,
    /// What those counted did: "bought".
    pub did: &'a str,
}

/// The bars, unless the answer is not broken down.
pub fn breakdown(answer: &Answer, told: &Breakdown<'_>, titles: &Titles) -> Option<Exhibit> {
    let (all, did) = (told.all, told.did);
    let is_part = |figure: &&Figure| figure.key == all.key && figure.scope.len() == 1;
    let mut pieces: Vec<&Figure> = answer.figures.iter().filter(is_part).collect();
    let by = *pieces.first()?.scope.keys().next()?;
    let found = pieces.len();
    choose(&mut pieces);
    pieces.sort_by(|one, other| best_first(one, other));
    let scale = Scale::of(&all.unit, pieces.iter().filter_map(|figure| figure.value));
    let left = found - pieces.len();
    Some(Exhibit {
        id: told.id.clone(),
        title: (told.title)(by),
        subtitle: format!(
            "{} · whisker: range that holds the truth {}",
            scale.heading,
            words::level(answer.level)
        ),
        chart: Some(Chart {
            kind: Kind::Bars,
            alt: alt(&pieces, did, titles, &scale),
            factor: scale.factor,
            axis: scale.suffix.clone(),
            today: None,
            reference: everyone(all, &scale),
            middle: None,
            moments: Vec::new(),
            marks: pieces
                .iter()
                .map(|figure| mark(figure, (all.grade, did), titles, &scale))
                .collect(),
        }),
        columns: vec![
            Column::text(words::capital(by), by),
            Column::number("People it brought", "people"),
            Column::number(format!("Who {did}"), "count"),
            Column::number(words::capital(&scale.heading), "value"),
            Column::number("From", "low"),
            Column::number("To", "high"),
        ],
        rows: pieces.iter().map(|figure| row(figure, titles, &scale)).collect(),
        rest: (left > 0).then(|| rest(left, by, did)),
    })
}

/// Keeps the largest, and of the rest those with most who reached the goal.
fn choose(pieces: &mut Vec<&Figure>) {
    pieces.sort_by_key(|figure| Reverse(figure.n));
    let from = LARGEST_MAX.min(pieces.len());
    pieces[from..].sort_by_key(|figure| Reverse((figure.count, figure.n)));
    pieces.truncate(PIECES_MAX);
}

fn rest(left: usize, by: &str, did: &str) -> String {
    let more = if left == 1 {
        format!("1 more {by}")
    } else {
        format!("{} more {by}s", words::count(left as u64))
    };
    format!(
        "Shown: the five that brought most people, and the five that brought most who {did}; {more} in the full answer."
    )
}

fn best_first(one: &Figure, other: &Figure) -> Ordering {
    let known = |figure: &Figure| figure.value.filter(|_| figure.state == State::Known).unwrap_or(-1.0);
    known(other).total_cmp(&known(one)).then(other.n.cmp(&one.n))
}

fn everyone(all: &Figure, scale: &Scale) -> Option<Reference> {
    let value = all.value.filter(|_| all.state == State::Known)?;
    Some(Reference {
        value,
        label: format!("everyone: {}", scale.number(value)),
    })
}

fn name<'a>(figure: &'a Figure, titles: &'a Titles) -> &'a str {
    match figure.scope.iter().next() {
        Some((&"piece", Some(piece))) => titles.of(piece),
        Some((_, Some(part))) => part,
        Some((&"piece", None)) => NO_PIECE,
        _ => NONE,
    }
}

fn mark(figure: &Figure, (grade, did): (Grade, &str), titles: &Titles, scale: &Scale) -> Mark {
    let words = match figure.value.filter(|_| figure.state == State::Known) {
        Some(value) => format!(
            "{} {did}, {}: {}. {}",
            scale.say(value),
            range_words(figure.low, figure.high, |raw| scale.number(raw)),
            words::whole(figure.count),
            basis(grade, figure.n)
        ),
        None => {
            let day = figure
                .ready_on
                .map(|day| format!("; ask again on {}", words::day(day)))
                .unwrap_or_default();
            format!(
                "{}{day}. {} of {} so far.",
                missing_words(figure.state),
                words::whole(figure.count),
                words::people(figure.n)
            )
        }
    };
    let name = name(figure, titles);
    let label = figure
        .value
        .map_or_else(|| missing_words(figure.state).to_owned(), |value| scale.number(value));
    Mark::of_figure(name, figure, format!("{name}: {words}"), label)
}

/// A piece leads to its own page.
fn head(figure: &Figure, titles: &Titles) -> Cell {
    let name = Cell::text(name(figure, titles));
    match figure.scope.get("piece") {
        Some(Some(piece)) => name.leading_to(address(piece)),
        _ => name,
    }
}

fn row(figure: &Figure, titles: &Titles, scale: &Scale) -> Row {
    Row {
        head: head(figure, titles),
        cells: vec![
            Cell::count(figure.n),
            Cell::count(u64::try_from(figure.count).unwrap_or(0)),
            Cell::value(figure.value, figure.state, scale),
            Cell::bound(figure.low, scale),
            Cell::bound(figure.high, scale),
        ],
    }
}

fn alt(pieces: &[&Figure], did: &str, titles: &Titles, scale: &Scale) -> String {
    let best = pieces.first().and_then(|figure| {
        figure
            .value
            .filter(|_| figure.state == State::Known)
            .map(|v| (figure, v))
    });
    match best {
        Some((figure, value)) => {
            format!(
                "Bars. Most {did} among those of {}: {}.",
                name(figure, titles),
                scale.say(value)
            )
        }
        None => "Bars; too early for each of them.".to_owned(),
    }
}
