//! `/piece?id=ID`: one piece. What it brought, whether they came back, how far they went, what they did, who credits it with
//! how much, and what became of its hit.

use askama::Template;
use longplay_domain::{Day, Zone};
use longplay_measures::catalogue::Line;
use longplay_measures::{Answer, Edition, Figure, Question};
use longplay_store::{DayNote, PieceTotal};

use super::exhibit::{Cell, Column, Exhibit, Row};
use super::pieces::{address, published};
use super::sections::bars::{self, Bars};
use super::sections::{Section, Titles, curves, hits, ladder};
use super::tile::{self, Tile};
use super::{Frame, words};

/// What is told big, where it is known of the piece.
const TILES: [&str; 5] = ["people", "returned_28d", "regulars", "fit_share", "converted_purchase"];
const RETURN_CURVE: &str = "return_curve";

#[derive(Template)]
#[template(path = "piece.html")]
pub struct PiecePage {
    frame: Frame,
    title: String,
    /// Place, channel, day, format, topics and hours of work, as far as they are known.
    facts: Vec<String>,
    /// Where it stands on the web.
    url: Option<String>,
    tiles: Vec<Tile>,
    exhibits: Vec<Exhibit>,
    /// The same for programs.
    source: String,
    /// Where its people are.
    people: String,
    /// Where it is told what became of it.
    after: String,
    id: String,
    notes: Vec<Noted>,
    today: String,
    wrong: Option<String>,
    /// Whether whoever looks may write notes.
    may_note: bool,
    /// What became of it, where it stands here and now.
    lift: Option<Section>,
    /// Of whom it is told, where not of everybody.
    pub(crate) limits: Option<String>,
}

/// What else is kept of a piece, and what was wrong with what was just written.
#[derive(Default)]
pub struct Aside {
    pub totals: Vec<PieceTotal>,
    pub notes: Vec<DayNote>,
    pub today: Option<Day>,
    pub wrong: Option<String>,
    pub may_note: bool,
    /// What became of it, where there is no other page to tell it.
    pub lift: Option<Section>,
}

/// A note as it is shown.
struct Noted {
    day: Day,
    text: String,
    is_everything: bool,
}

impl Noted {
    fn when(&self) -> String {
        words::day(self.day)
    }
}

/// The page of a piece.
pub fn piece(line: &Line, edition: &Edition, aside: Aside, frame: Frame) -> PiecePage {
    let zone = Zone::named(&edition.zone).unwrap_or_else(Zone::utc);
    let told: Vec<&Figure> = TILES.into_iter().filter_map(|key| line.figure(key)).collect();
    let level = edition
        .answers
        .first()
        .map_or(Question::LEVEL_DEFAULT, |answer| answer.level);
    let id = serde_urlencoded::to_string([("id", &line.piece)]).unwrap_or_default();
    let mut exhibits = exhibits(line, edition, level);
    exhibits.extend(totals(&aside.totals));
    if frame.is_shared {
        exhibits.iter_mut().for_each(Exhibit::lead_nowhere);
    }
    PiecePage {
        title: line.name().to_owned(),
        facts: facts(line, &zone),
        // What is written there is a stranger's; only an address of the web is one to go to.
        url: line
            .url
            .clone()
            .filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        tiles: tile::beside(&told),
        exhibits,
        source: if frame.is_shared {
            String::new()
        } else {
            format!("/api/v1/piece?{id}")
        },
        people: format!(
            "/people?{}",
            serde_urlencoded::to_string([("piece", &line.piece)]).unwrap_or_default()
        ),
        after: format!("/piece/after?{id}"),
        id: line.piece.clone(),
        notes: aside.notes.into_iter().map(noted).collect(),
        today: aside.today.map(|day| day.to_string()).unwrap_or_default(),
        wrong: aside.wrong,
        may_note: aside.may_note,
        lift: aside.lift.map(|lift| lift.within(&frame)),
        limits: None,
        frame,
    }
}

fn noted(note: DayNote) -> Noted {
    Noted {
        day: note.day,
        text: note.text,
        is_everything: note.piece.is_none(),
    }
}

/// What became of a piece: its days, and the verdict on its hit.
#[derive(Template)]
#[template(path = "piece_after.html")]
pub struct AfterPage {
    frame: Frame,
    title: String,
    piece: String,
    days: Vec<Exhibit>,
    source: &'static str,
    lift: Section,
}

/// The same piece with its days and what became of it, both asked about it.
pub fn piece_after(line: &Line, (hits, lift): (&Answer, &Answer), titles: &Titles, frame: Frame) -> AfterPage {
    AfterPage {
        title: line.name().to_owned(),
        piece: address(&line.piece),
        days: hits::of_piece(hits, &line.piece, titles),
        source: "/api/v1/ask/hits",
        lift: Section::new(lift, titles),
        frame,
    }
}

/// What platforms counted of it. Those are totals, and nobody in them is one of the people.
fn totals(totals: &[PieceTotal]) -> Option<Exhibit> {
    let day = |day: Option<Day>| day.map_or_else(|| Cell::text("–"), Cell::day);
    let row = |total: &PieceTotal| Row {
        head: Cell::text(words::capital(&total.metric.replace('_', " "))),
        cells: vec![
            Cell::text(total.channel.clone()),
            Cell {
                text: words::short(total.total),
                raw: total.total.to_string(),
                class: "number",
                href: None,
            },
            Cell::text(if total.is_lifetime {
                "since it came out"
            } else {
                "sum of days"
            }),
            day(total.first),
            day(total.last),
        ],
    };
    (!totals.is_empty()).then(|| Exhibit {
        id: "piece-totals".to_owned(),
        title: "What the platform counted".to_owned(),
        subtitle: "the platform’s own totals, in which nobody is known; beside the people it brought here".to_owned(),
        chart: None,
        columns: vec![
            Column::text("What", "metric"),
            Column::text("Where", "channel"),
            Column::number("How many", "total"),
            Column::text("Counted", "span"),
            Column::text("From", "first"),
            Column::text("Up to", "last"),
        ],
        rows: totals.iter().map(row).collect(),
        rest: None,
    })
}

fn facts(line: &Line, zone: &Zone) -> Vec<String> {
    let hours = |hours: f64| format!("{} hours of work", words::short(hours));
    let known = [
        Some(line.place.words().to_owned()),
        line.channel.clone(),
        published(line, zone).map(words::day),
        line.format.clone(),
        (!line.topics.is_empty()).then(|| line.topics.join(", ")),
        line.effort_hours.map(hours),
    ];
    known.into_iter().flatten().collect()
}

fn exhibits(line: &Line, edition: &Edition, level: f64) -> Vec<Exhibit> {
    let people = words::people(line.people);
    let returns = edition.answers.iter().find(|answer| answer.question == "returns");
    let curve = returns.and_then(|returns| {
        let id = "piece-curve".to_owned();
        curves::curve(returns, (RETURN_CURVE, Some(&line.piece)), id)
    });
    let of = |id, title, about: String, head, named| {
        let told = Bars {
            id,
            title,
            about,
            head,
            named,
        };
        bars::bars(told, level)
    };
    let by_prefix = |prefix: &str, name: &dyn Fn(&str) -> String| {
        let named = line.figures.iter().filter_map(|figure| {
            let rest = figure.key.strip_prefix(prefix)?;
            figure.value.is_some().then(|| (name(rest), figure))
        });
        named.collect::<Vec<_>>()
    };
    let returned = by_prefix("returned_", &|days| {
        format!("Within {} days", days.trim_end_matches('d'))
    });
    let done = by_prefix("converted_", &|goal| words::capital(&tile::did(goal)));
    let lags = by_prefix("median_lag_days_", &|goal| words::capital(&tile::did(goal)));
    let credited = by_prefix("credit_", &|method| words::capital(&method.replace('_', " ")));
    let all = [
        of(
            "piece-returned",
            "Did they come back?",
            format!("of {people}, those who have had the time"),
            ("Within", "within"),
            returned,
        ),
        curve,
        of(
            "piece-stages",
            "How far they went",
            format!("{people}, each on the highest step they hold"),
            ("Step", "stage"),
            by_prefix("stage_", &ladder::name),
        ),
        of(
            "piece-goals",
            "What they did",
            format!("of {people}"),
            ("What", "goal"),
            done,
        ),
        of(
            "piece-lags",
            "How long it took half of those who did",
            "days after they first came".to_owned(),
            ("What", "goal"),
            lags,
        ),
        of(
            "piece-credit",
            "What each way of crediting gives it",
            "the further apart, the less it can be said".to_owned(),
            ("By", "method"),
            credited,
        ),
    ];
    all.into_iter().flatten().collect()
}
