//! `hits`: which pieces got an unusual number of hits, and how rare is that?
//!
//! Each channel's daily series, and that of each of its pieces, is judged by the spike detector of `stats` against the
//! same series' own usual range. A channel with m series is watched m times a day, so each is watched m times more
//! strictly: what holds is fewer than one false episode per channel and year.

mod daily;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use longplay_domain::Day;
use longplay_stats::spikes::{DayCount, Episode, SpikeDetector};
use serde_json::json;

use self::daily::{Channel, Daily};
use super::reconciliation;
use crate::{
    answer::{Answer, Caution, Figure, Point, Scope, Series, State},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    folds::Reach,
    question::Question,
    words,
};

/// Channels drawn: the largest.
const CHANNELS_DRAWN: usize = 5;
/// Days drawn: a year.
const DAYS_DRAWN: usize = 366;
/// Days of history the detector needs before it judges.
const HISTORY_DAYS: i32 = 28;

/// A spike, with the piece it is put down to.
pub struct Hit {
    pub channel: Option<String>,
    pub piece: Option<String>,
    /// Whether it was seen in the whole channel's series.
    is_channel_wide: bool,
    pub start: Day,
    pub end: Day,
    peak_day: Day,
    peak: f64,
    base: f64,
    z: f64,
    unit: &'static str,
}

impl Hit {
    /// How far the peak rose above what was usual, on the scale of the detector but not in its spreads: where hardly anybody
    /// comes the spread is at its floor, and five people would outrank five thousand.
    fn rise(&self) -> f64 {
        self.peak.ln_1p() - self.base.ln_1p()
    }
}

/// What watching found.
#[derive(Default)]
struct Watch {
    hits: Vec<Hit>,
    /// Days judged in channel series.
    judged_days: u64,
    /// Pieces with a judged series of their own, or that a channel-wide spike is put down to.
    pieces: u64,
    series: Vec<(f64, Series)>,
    first_ready: Option<Day>,
}

pub const PARTS: &[Part] = &[Part::Reach];

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let channels = daily::channels(question, ground, evidence.reach());
    let mut watch = Watch::default();
    for channel in &channels {
        watch_channel(question, channel, &mut watch);
    }
    watch
        .hits
        .sort_by(|a, b| b.peak_day.cmp(&a.peak_day).then_with(|| b.z.total_cmp(&a.z)));
    watch.series.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Today is in no series, but who came today came: it is too early, not empty.
    let today = question.today();
    let is_empty = channels.is_empty() && evidence.reach().cells().is_empty();
    if channels.is_empty() && !is_empty {
        watch.first_ready = Some(today.plus(HISTORY_DAYS + 1));
    }
    let mut answer = ground.blank(question);
    answer.figures = figures(question, &watch);
    answer.rows = watch.hits.iter().map(|hit| row(ground, hit)).collect();
    answer.sentence = sentence(question, ground, &watch, is_empty);
    answer.cautions = cautions(&watch);
    reconciliation::of_channels(question, ground, evidence).join(&mut answer);
    answer.series = watch
        .series
        .into_iter()
        .take(CHANNELS_DRAWN)
        .map(|(_, series)| series)
        .collect();
    Ok(answer)
}

/// Every hit of the question's period, for questions that look at what came of them.
pub fn watched(question: &Question, ground: &Ground, reach: &Reach) -> Vec<Hit> {
    let mut watch = Watch::default();
    for channel in &daily::channels(question, ground, reach) {
        watch_channel(question, channel, &mut watch);
    }
    watch.hits
}

/// A detector `series` times as strict, for a channel that is watched in so many series.
fn detector(series: usize) -> SpikeDetector {
    let usual = SpikeDetector::default();
    let series = series.max(1) as f64;
    // The upper tail of a normal falls by about e^(-z·Δ) per Δ: solve for the tail divided by `series`.
    let z = (usual.z * usual.z + 2.0 * series.ln()).sqrt();
    SpikeDetector {
        z,
        small_chance: usual.small_chance / series,
        ..usual
    }
}

fn watch_channel(question: &Question, channel: &Channel, watch: &mut Watch) {
    let judged: Vec<(&String, &Daily)> = channel
        .pieces
        .iter()
        .filter(|(_, daily)| daily.days.len() as i32 > HISTORY_DAYS)
        .collect();
    let detector = detector(judged.len() + 1);
    let first_ready = channel
        .whole
        .days
        .first()
        .map(|&(first, _)| first.plus(HISTORY_DAYS + 1));
    watch.first_ready = [watch.first_ready, first_ready].into_iter().flatten().min();
    let mut hits = Vec::new();
    for (piece, daily) in judged {
        let scan = detector.scan(&daily.counts());
        hits.extend(
            scan.episodes
                .iter()
                .map(|episode| hit(channel, Some(piece.clone()), false, daily, episode)),
        );
        watch.pieces += u64::from(scan.days.iter().any(Option::is_some));
    }
    let scan = detector.scan(&channel.whole.counts());
    watch.judged_days += scan.days.iter().flatten().count() as u64;
    for episode in &scan.episodes {
        let peak_day = channel.whole.days[episode.peak_day].0;
        let leader = leader(channel, peak_day);
        let is_told = hits
            .iter()
            .any(|hit: &Hit| hit.piece == leader && hit.start <= peak_day && peak_day <= hit.end);
        if !is_told {
            hits.push(hit(channel, leader, true, &channel.whole, episode));
        }
    }
    hits.retain(|hit| question.period.holds(hit.peak_day));
    watch.hits.extend(hits);
    watch.series.push((channel.whole.total(), drawn(channel, &scan)));
}

fn hit(channel: &Channel, piece: Option<String>, is_channel_wide: bool, daily: &Daily, episode: &Episode) -> Hit {
    let day = |index: usize| daily.days[index].0;
    Hit {
        channel: channel.name.clone(),
        piece,
        is_channel_wide,
        start: day(episode.start),
        end: day(episode.end),
        peak_day: day(episode.peak_day),
        peak: episode.peak,
        base: episode.base,
        z: episode.z,
        unit: channel.unit(),
    }
}

/// The piece that had most above its own usual on that day; none when no piece had anything.
fn leader(channel: &Channel, day: Day) -> Option<String> {
    let excess = |daily: &Daily| daily.on(day).unwrap_or(0.0) - daily.median_before(day, HISTORY_DAYS);
    let above = channel
        .pieces
        .iter()
        .map(|(piece, daily)| (excess(daily), piece))
        .filter(|&(excess, _)| excess > 0.0);
    above
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, piece)| piece.clone())
}

fn drawn(channel: &Channel, scan: &longplay_stats::spikes::Scan) -> Series {
    let flagged = |index: usize| scan.days[index].as_ref().is_some_and(|verdict| verdict.flagged);
    let points = channel.whole.days.iter().enumerate().map(|(index, &(day, value))| {
        let usual = scan.days[index].as_ref();
        Point {
            day,
            n: value as u64,
            value: Some(value),
            low: usual.map(|usual| usual.low),
            high: usual.map(|usual| usual.high),
            state: State::Known,
            marked: flagged(index),
        }
    });
    let skipped = channel.whole.days.len().saturating_sub(DAYS_DRAWN);
    Series {
        key: "daily".to_owned(),
        title: format!(
            "{} a day{}",
            channel.unit_title(),
            channel
                .name
                .as_deref()
                .map(|name| format!(", {name}"))
                .unwrap_or_default()
        ),
        unit: channel.unit().to_owned(),
        scope: Scope::from([("channel", channel.name.clone())]),
        points: points.skip(skipped).collect(),
    }
}

fn figures(question: &Question, watch: &Watch) -> Vec<Figure> {
    let mut hit_pieces: BTreeMap<(&Option<String>, &String), ()> = BTreeMap::new();
    for hit in &watch.hits {
        if let Some(piece) = &hit.piece {
            hit_pieces.insert((&hit.channel, piece), ());
        }
    }
    let told = |figure: Figure| match (figure.n, watch.first_ready) {
        (0, Some(_)) => figure.too_early(watch.first_ready),
        _ => figure,
    };
    let pieces = watch.pieces.max(hit_pieces.len() as u64);
    let spikes = (watch.hits.len() as u64, watch.judged_days);
    let rarity = (hit_pieces.len() as u64, pieces);
    vec![
        told(Figure::counted("spikes", "episodes", Scope::new(), spikes)),
        told(Figure::share("rarity_pieces", Scope::new(), rarity, question.level)),
    ]
}

fn row(ground: &Ground, hit: &Hit) -> serde_json::Value {
    json!({
        "kind": "episode",
        "channel": hit.channel,
        "piece": hit.piece,
        "title": hit.piece.as_deref().map(|piece| ground.title(piece)),
        "seen_in": if hit.is_channel_wide { "channel" } else { "piece" },
        "start": hit.start,
        "end": hit.end,
        "peak_day": hit.peak_day,
        "peak": hit.peak,
        "base": hit.base,
        "ratio": if hit.base > 0.0 { Some(hit.peak / hit.base) } else { None },
        "z": hit.z,
    })
}

fn sentence(question: &Question, ground: &Ground, watch: &Watch, is_empty: bool) -> String {
    if is_empty {
        return "Nothing has been seen yet, so nothing can have been unusual.".to_owned();
    }
    if watch.judged_days == 0 {
        let when = watch.first_ready.filter(|&day| day > question.today()).map(words::day);
        return match when {
            Some(day) => format!("Too early to tell what is usual: that takes 28 days. Ask again on {day}."),
            None => "Too early to tell what is usual: that takes 28 days with something on them.".to_owned(),
        };
    }
    let Some(biggest) = watch.hits.iter().max_by(|a, b| a.rise().total_cmp(&b.rise())) else {
        return format!(
            "No day was unusual among the {} that could be judged. That is normal.",
            words::count(watch.judged_days)
        );
    };
    let first = of_hit(ground, biggest);
    let others = watch.hits.len() - 1;
    match others {
        0 => format!(
            "{first} It is the only unusual stretch among {} days judged.",
            words::count(watch.judged_days)
        ),
        1 => format!("{first} There was one other unusual stretch."),
        _ => format!("{first} There were {others} other unusual stretches."),
    }
}

fn of_hit(ground: &Ground, hit: &Hit) -> String {
    let name = match (&hit.piece, &hit.channel) {
        (Some(piece), _) => format!("“{}”", ground.title(piece)),
        (None, Some(channel)) => format!("The channel {channel}"),
        (None, None) => "Your audience".to_owned(),
    };
    let (had, whole, it) = if hit.is_channel_wide && hit.piece.is_some() {
        ("led a day of", "the channel's", "the channel")
    } else {
        ("had", "its", "it")
    };
    let day = words::day(hit.peak_day);
    if hit.base < 1.0 {
        let peak = words::count(hit.peak.round() as u64);
        return format!(
            "{name} {had} {peak} {} on {day}, where {it} usually has next to none.",
            hit.unit
        );
    }
    let times = words::times(hit.peak / hit.base);
    format!("{name} {had} about {times} times {whole} usual on {day}.")
}

fn cautions(watch: &Watch) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if watch.judged_days > 0 {
        let message = "Fewer than one stretch per channel and year is flagged by chance alone.".to_owned();
        cautions.push(Caution {
            code: "false_alarms",
            message,
        });
    }
    cautions
}

/// For the detector, days by weekday.
fn day_count((day, value): (Day, f64)) -> DayCount {
    DayCount {
        weekday: day.weekday(),
        value,
    }
}
