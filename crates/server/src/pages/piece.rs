//! `/piece?id=ID`: one piece. What it brought, whether they came back, how far they went, what they did, who credits it with
//! how much, and what became of its hit.

use askama::Template;
use longplay_domain::Zone;
use longplay_measures::catalogue::Line;
use longplay_measures::{Answer, Edition, Figure};

use super::exhibit::Exhibit;
use super::pieces::published;
use super::sections::bars::{self, Bars};
use super::sections::{Section, Titles, curves, ladder};
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
    source: &'static str,
    /// Where its people are.
    people: String,
    /// What became of it.
    lift: Section,
    /// Of whom it is told, where not of everybody.
    pub(crate) limits: Option<String>,
}

/// The page of a piece; `lift` is that question asked about it.
pub fn piece(line: &Line, (edition, lift): (&Edition, &Answer), titles: &Titles, frame: Frame) -> PiecePage {
    let zone = Zone::named(&edition.zone).unwrap_or_else(Zone::utc);
    let mut exhibits = exhibits(line, edition, lift.level);
    if frame.is_shared {
        exhibits.iter_mut().for_each(Exhibit::lead_nowhere);
    }
    let told: Vec<&Figure> = TILES.into_iter().filter_map(|key| line.figure(key)).collect();
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
        source: if frame.is_shared { "" } else { "/api/v1/pieces" },
        people: format!(
            "/people?{}",
            serde_urlencoded::to_string([("piece", &line.piece)]).unwrap_or_default()
        ),
        lift: Section::new(lift, titles).within(&frame),
        limits: None,
        frame,
    }
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
            "piece-credit",
            "What each way of crediting gives it",
            "the further apart, the less it can be said".to_owned(),
            ("By", "method"),
            credited,
        ),
    ];
    all.into_iter().flatten().collect()
}
