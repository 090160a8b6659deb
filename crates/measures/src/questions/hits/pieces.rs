//! What is said of single pieces: how fast they fade, what they still bring, and how their first days compare.

use longplay_domain::Day;
use longplay_stats::{
    rates::jeffreys,
    spikes::{evergreen_floor, excess_half_life},
};
use serde_json::{Value, json};

use super::{
    daily::{Channel, Daily},
    watch::Watch,
};
use crate::{
    answer::{Figure, Scope, State},
    ask::Ground,
    question::Question,
};

/// Pieces told of: those with most people or views in all.
const PIECES_TOLD: usize = 20;
/// Launches listed: the latest.
const LAUNCHES_LISTED: usize = 20;
/// A piece's first days: so many.
const LAUNCH_DAYS: i32 = 7;
/// Fewer others to compare with say nothing.
const OTHERS_MIN: usize = 4;
/// A piece has a floor from the day after so many.
const FLOOR_DAYS: i32 = 60;
/// An episode that ended so lately may not be over.
const OPEN_DAYS: i32 = 2;

/// `half_life_days` and `floor` of the largest pieces.
pub fn figures(question: &Question, watch: &Watch) -> Vec<Figure> {
    let mut pieces: Vec<(f64, &Channel, &String, &Daily)> = Vec::new();
    for channel in &watch.channels {
        let of = |(piece, daily)| (Daily::total(daily), channel, piece, daily);
        pieces.extend(channel.pieces.iter().map(of).filter(|piece| piece.0 > 0.0));
    }
    pieces.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then_with(|| (&a.1.name, a.2).cmp(&(&b.1.name, b.2)))
    });
    let mut figures = Vec::new();
    for (total, channel, piece, daily) in pieces.into_iter().take(PIECES_TOLD) {
        let yesterday = question.today().plus(-1);
        let is_open = watch.hits.iter().any(|hit| {
            hit.channel == channel.name && hit.piece.as_ref() == Some(piece) && yesterday.since(hit.end) <= OPEN_DAYS
        });
        figures.extend(of_piece(piece, (total, daily), is_open));
    }
    figures
}

fn of_piece(piece: &str, (total, daily): (f64, &Daily), is_open: bool) -> [Figure; 2] {
    let counts = daily.counts();
    let floor = evergreen_floor(&counts).filter(|_| !is_open);
    let half_life = floor.and_then(|floor| excess_half_life(&counts, floor.per_day, 0.5));
    let ready_on = daily.days.first().map(|&(first, _)| first.plus(FLOOR_DAYS + 1));
    let figure = |key: &str, unit: &str, value: Option<f64>| {
        let figure = Figure {
            n: counts.len() as u64,
            count: total.round() as i64,
            value,
            state: State::Known,
            ..Figure::unknown(key, unit, Scope::from([("piece", Some(piece.to_owned()))]))
        };
        match (value, floor) {
            (Some(_), _) => figure,
            // Everything lies at the floor: nothing faded.
            (None, Some(_)) => Figure {
                state: State::NoData,
                ..figure
            },
            (None, None) if is_open => figure.too_early(None),
            (None, None) => figure.too_early(ready_on),
        }
    };
    [
        figure("half_life_days", "days", half_life),
        figure("floor", "per_day", floor.map(|floor| floor.per_day)),
    ]
}

/// A piece's first days.
struct Launch<'a> {
    channel: &'a Channel,
    piece: &'a String,
    since: Day,
    /// Of its first seven days; `None` while they are not over.
    total: Option<f64>,
}

/// The first seven days of the latest pieces, beside those of the same channel's other pieces at the same age.
pub fn launches(question: &Question, ground: &Ground, watch: &Watch) -> Vec<Value> {
    let mut rows: Vec<(Day, Value)> = Vec::new();
    for channel in &watch.channels {
        let launches: Vec<Launch<'_>> = channel
            .pieces
            .iter()
            .filter_map(|(piece, daily)| launch(question, channel, piece, daily))
            .collect();
        for launch in launches.iter().filter(|launch| question.period.holds(launch.since)) {
            let others: Vec<f64> = launches
                .iter()
                .filter(|other| !std::ptr::eq(*other, launch))
                .filter_map(|other| other.total)
                .collect();
            if others.len() >= OTHERS_MIN {
                rows.push((launch.since, row(question, ground, launch, &others)));
            }
        }
    }
    // The latest first; pieces of a day stay in order of channel and id.
    rows.sort_by_key(|(since, _)| std::cmp::Reverse(*since));
    rows.into_iter().take(LAUNCHES_LISTED).map(|(_, row)| row).collect()
}

/// `None` for a piece that was there when its channel's series began: its first days were not seen.
fn launch<'a>(question: &Question, channel: &'a Channel, piece: &'a String, daily: &Daily) -> Option<Launch<'a>> {
    let (first, _) = *daily.days.first()?;
    let (began, _) = *channel.whole.days.first()?;
    if first.since(began) < LAUNCH_DAYS {
        return None;
    }
    let end = first.plus(LAUNCH_DAYS);
    let days = daily.days.iter().take_while(|&&(day, _)| day < end);
    let total = days.map(|&(_, value)| value).sum();
    Some(Launch {
        channel,
        piece,
        since: first,
        total: (end <= question.today()).then_some(total),
    })
}

fn row(question: &Question, ground: &Ground, launch: &Launch<'_>, others: &[f64]) -> Value {
    let n = others.len() as u64;
    let share = launch.total.map(|total| {
        let below = others.iter().filter(|other| **other < total).count() as u64;
        let equal = others.iter().filter(|other| **other == total).count() as f64;
        let interval = jeffreys(below, n, question.level);
        let value = (below as f64 + 0.5 * equal) / n as f64;
        (
            value,
            interval.map(|found| found.low.min(value)),
            interval.map(|found| found.high.max(value)),
        )
    });
    json!({
        "kind": "launch",
        "channel": launch.channel.name,
        "piece": launch.piece,
        "title": ground.title(launch.piece),
        "since": launch.since,
        "days": LAUNCH_DAYS,
        "unit": launch.channel.unit(),
        "total": launch.total,
        "percentile": share.map(|share| 100.0 * share.0),
        "low": share.and_then(|share| share.1).map(|low| 100.0 * low),
        "high": share.and_then(|share| share.2).map(|high| 100.0 * high),
        "n": n,
        "ready_on": launch.since.plus(LAUNCH_DAYS),
    })
}
