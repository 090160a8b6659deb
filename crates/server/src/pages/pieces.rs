//! `/pieces`: all pieces side by side. How many people each brought, whether they came back, and where that puts it.

use askama::Template;
use longplay_domain::{Day, Time, Zone};
use longplay_measures::catalogue::{Catalogue, HIT_TIMES, Line, Place};
use longplay_measures::{Figure, State};

use super::exhibit::{Cell, Chart, Column, Exhibit, Kind, Mark, Reference, Row};
use super::sections::{Section, basis, missing_words, range_words};
use super::words::{self, Scale};
use super::{Frame, tile};

/// Pieces on one page; the search narrows, and the API has them all.
const SHOWN_MAX: usize = 200;
const LETTERS_MAX: usize = 28;

#[derive(Template)]
#[template(path = "pieces.html")]
pub struct PiecesPage {
    frame: Frame,
    sentence: String,
    /// What was searched for.
    q: String,
    places: Vec<(&'static str, &'static str, String)>,
    exhibits: Vec<Exhibit>,
    /// Of whom it is told, where not of everybody.
    pub(crate) limits: Option<String>,
    source: &'static str,
    /// Their hits and their reach, day by day.
    hits: Option<Section>,
}

/// Those of the pieces whose title, topics, format or channel hold every word of `q`; with no such word also what is told of hits.
pub fn pieces(catalogue: &Catalogue, hits: Option<Section>, q: &str, frame: Frame) -> PiecesPage {
    let found: Vec<&Line> = catalogue.pieces.iter().filter(|line| holds(line, q)).collect();
    let mut exhibits: Vec<Exhibit> = exhibit(catalogue, &found).into_iter().collect();
    if frame.is_shared {
        exhibits.iter_mut().for_each(Exhibit::lead_nowhere);
    }
    PiecesPage {
        sentence: sentence(catalogue, found.len(), q),
        q: q.to_owned(),
        places: places(&found),
        exhibits,
        limits: None,
        source: if frame.is_shared { "" } else { "/api/v1/pieces" },
        hits: hits.filter(|section| !section.empty && q.is_empty()),
        frame,
    }
}

/// Whether every word stands in its title, topics, format or channel.
pub(crate) fn holds(line: &Line, q: &str) -> bool {
    let mut text = vec![line.name(), line.piece.as_str()];
    text.extend(line.topics.iter().map(String::as_str));
    text.extend([&line.format, &line.channel].into_iter().filter_map(Option::as_deref));
    let text = text.join("\n").to_lowercase();
    q.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

fn sentence(catalogue: &Catalogue, found: usize, q: &str) -> String {
    if catalogue.pieces.is_empty() {
        return "No piece is known yet. They come with the export of a channel, or as a file of your own.".to_owned();
    }
    let pieces = |number: usize| match number {
        1 => "1 piece".to_owned(),
        number => format!("{} pieces", words::count(number as u64)),
    };
    if !q.is_empty() {
        return format!(
            "{} of {} for “{q}”.",
            words::capital(&pieces(found)),
            words::count(catalogue.pieces.len() as u64)
        );
    }
    let brought = catalogue.pieces.iter().filter(|line| line.people > 0).count();
    let typical = catalogue.typical_people.map_or_else(String::new, |typical| {
        format!("; a typical one {}", words::people(typical.round() as u64))
    });
    format!(
        "You have {}. {} of them brought people{typical}.",
        pieces(catalogue.pieces.len()),
        words::count(brought as u64)
    )
}

/// Each place in words, with what it means and how many stand there.
fn places(found: &[&Line]) -> Vec<(&'static str, &'static str, String)> {
    let meaning = |place| match place {
        Place::HitThatStayed => {
            "at least three times the people of a typical piece, who came back as often as its people or more"
        }
        Place::HitThatWent => "at least three times the people of a typical piece, who came back less often",
        Place::QuietClassic => "fewer people, who came back more often than those of a typical piece",
        Place::NotYet => "too few, too early, or nothing stands out",
    };
    let count = |place| found.iter().filter(|line| line.place == place).count() as u64;
    Place::ALL
        .into_iter()
        .map(|place| (place.words(), meaning(place), words::count(count(place))))
        .collect()
}

fn exhibit(catalogue: &Catalogue, found: &[&Line]) -> Option<Exhibit> {
    let shown = &found[..found.len().min(SHOWN_MAX)];
    if shown.is_empty() {
        return None;
    }
    let goal = leading_goal(shown);
    let stayed = |line: &&Line| line.stayed().and_then(|figure| figure.value);
    let scale = Scale::of("share", shown.iter().filter_map(stayed));
    let converted = |line: &Line| goal.and_then(|goal| line.figure(goal)).cloned();
    let per = Scale::of("per_1000", shown.iter().filter_map(|line| converted(line)?.value));
    let mut columns = vec![
        Column::text("Piece", "piece"),
        Column::text("Place", "place"),
        Column::text("Channel", "channel"),
        Column::text("Published", "published"),
        Column::number("People it brought", "people"),
        Column::number(format!("Came back, {}", scale.heading), "returned_28d"),
        Column::number("From", "low"),
        Column::number("To", "high"),
    ];
    if let Some(goal) = goal {
        columns.push(Column::number(
            format!("{}, {}", tile::label(goal), per.heading),
            "converted",
        ));
    }
    let zone = Zone::named(&catalogue.zone).unwrap_or_else(Zone::utc);
    let rows = shown.iter().map(|line| {
        let mut row = row(line, &scale, &zone);
        if goal.is_some() {
            let figure = converted(line);
            let state = figure.as_ref().map_or(State::NoData, |figure| figure.state);
            row.cells
                .push(Cell::value(figure.and_then(|figure| figure.value), state, &per));
        }
        row
    });
    let left = found.len() - shown.len();
    Some(Exhibit {
        id: "pieces-all".to_owned(),
        title: "How many each brought, and whether they came back".to_owned(),
        subtitle: format!(
            "each dot a piece · came back within 28 days, {} · pale: too early",
            scale.heading
        ),
        chart: Some(Chart {
            kind: Kind::Scatter,
            alt: alt(shown),
            factor: scale.factor,
            axis: scale.suffix.clone(),
            today: None,
            reference: catalogue.typical_returned_28d.map(|value| Reference {
                value,
                label: format!("typical piece: {}", scale.number(value)),
            }),
            middle: catalogue.typical_people.map(|typical| Reference {
                value: HIT_TIMES * typical,
                label: "3 × a typical piece".to_owned(),
            }),
            moments: Vec::new(),
            marks: marks(shown, &scale),
        }),
        columns,
        rows: rows.collect(),
        rest: (left > 0).then(|| {
            format!(
                "The {SHOWN_MAX} that brought most are shown; {} more.",
                words::count(left as u64)
            )
        }),
    })
}

/// What is wanted most that anybody did: purchases, or else what was done least often.
fn leading_goal<'a>(shown: &[&'a Line]) -> Option<&'a str> {
    let all = shown.iter().flat_map(|line| &line.figures);
    let reached = all.filter(|figure| figure.key.starts_with("converted_") && figure.count > 0);
    reached
        .min_by_key(|figure| tile::goal_order(figure))
        .map(|figure| figure.key.as_str())
}

/// The largest of each place carries its name: more names would cover each other.
fn marks(shown: &[&Line], scale: &Scale) -> Vec<Mark> {
    let first = |place| shown.iter().find(|line| line.place == place && line.stayed().is_some());
    let named = Place::ALL
        .into_iter()
        .filter(|place| *place != Place::NotYet)
        .filter_map(first);
    let named: Vec<&str> = named.map(|line| line.piece.as_str()).collect();
    let label = |line: &Line| {
        let is_named = named.contains(&line.piece.as_str());
        let name = is_named.then(|| words::shortened(line.name(), LETTERS_MAX));
        name.unwrap_or_default()
    };
    shown.iter().map(|line| mark(line, label(line), scale)).collect()
}

fn mark(line: &Line, label: String, scale: &Scale) -> Mark {
    let stayed = line.stayed();
    let told = match stayed.and_then(|figure| Some((figure, figure.value?))) {
        Some((figure, value)) => format!(
            "{}, {}. {}",
            scale.say(value),
            range_words(figure.low, figure.high, |raw| scale.number(raw)),
            basis(figure.grade, figure.n)
        ),
        None => format!(
            "{}.",
            missing_words(stayed.map_or(State::NoData, |figure| figure.state))
        ),
    };
    let of = |pick: fn(&Figure) -> Option<f64>| stayed.and_then(pick);
    Mark {
        at: line.name().to_owned(),
        n: line.people,
        value: of(|figure| figure.value),
        low: of(|figure| figure.low),
        high: of(|figure| figure.high),
        state: stayed.map_or(State::NoData, |figure| figure.state),
        marked: matches!(line.place, Place::HitThatStayed | Place::QuietClassic),
        beside: None,
        words: format!(
            "{}: {}. Brought {}; came back: {told}",
            line.name(),
            line.place.words(),
            words::people(line.people)
        ),
        label,
    }
}

fn row(line: &Line, scale: &Scale, zone: &Zone) -> Row {
    let stayed = line.stayed();
    let text = |text: &Option<String>| Cell::text(text.clone().unwrap_or_else(|| "–".to_owned()));
    Row {
        head: Cell::text(line.name()).leading_to(address(&line.piece)),
        cells: vec![
            Cell::text(line.place.words()),
            text(&line.channel),
            published(line, zone).map_or_else(|| Cell::text("–"), Cell::day),
            Cell::count(line.people),
            Cell::value(
                stayed.and_then(|figure| figure.value),
                stayed.map_or(State::NoData, |figure| figure.state),
                scale,
            ),
            Cell::bound(stayed.and_then(|figure| figure.low), scale),
            Cell::bound(stayed.and_then(|figure| figure.high), scale),
        ],
    }
}

/// Where a piece has its page.
pub fn address(piece: &str) -> String {
    format!(
        "/piece?{}",
        serde_urlencoded::to_string([("id", piece)]).unwrap_or_default()
    )
}

/// The day it came out, by the workspace's calendar.
pub(super) fn published(line: &Line, zone: &Zone) -> Option<Day> {
    let time = Time::parse(line.published_at.as_deref()?, zone)?;
    Some(zone.day_of(time))
}

fn alt(shown: &[&Line]) -> String {
    let count = |place| shown.iter().filter(|line| line.place == place).count();
    let told = Place::ALL.map(|place| format!("{}: {}", place.words(), count(place)));
    format!("Dots, one a piece: {}.", told.join(", "))
}
