//! Watching every series: which days stood out, and which came to a new level.
//!
//! Each channel's daily series, and that of each of its pieces, is judged by the spike detector of `stats` against the same
//! series' own usual range. A channel with m series is watched m times a day, so each is watched m times more strictly.
//! Done once a pass, however many questions ask what the hits were, and for a series only where it is another than when it was last
//! looked through; no period limits it.

use std::sync::Arc;

use longplay_domain::{Day, HitMark, HitNote};
use longplay_stats::{
    Estimate,
    spikes::{DayCount, Episode, Scan, Shape, SpikeDetector, shape},
};

use super::daily::{self, Channel, Daily};
use crate::{
    answer::{Point, Scope, Series, State},
    ask::Ground,
    evidence::Evidence,
    memory::{Given, Memory},
    question::Question,
};

/// Days drawn: a year.
const DAYS_DRAWN: usize = 366;
/// Days of history the detector needs before it judges.
pub const HISTORY_DAYS: i32 = 28;
/// A peak that rises by fewer above its base is no hit, however rare: where hardly anybody comes, five people are soon a day that
/// chance would not bring, and still five people.
pub const LEAST_RISE: f64 = 10.0;
/// A peak of fewer has no shape: how so few fall on days is chance.
const SHAPE_LEAST: f64 = 20.0;
/// A peak's shape is read over so many days on each side.
const AROUND_DAYS: usize = 7;

/// A spike, with the piece it is put down to.
#[derive(Clone, Debug)]
pub struct Hit {
    pub channel: Option<String>,
    pub piece: Option<String>,
    /// Whether it was seen in the whole channel's series.
    pub is_channel_wide: bool,
    pub start: Day,
    pub end: Day,
    pub peak_day: Day,
    pub peak: f64,
    pub base: f64,
    pub z: f64,
    /// `views` or `people`.
    pub unit: &'static str,
    /// At least five times the base.
    pub is_big: bool,
    /// What came above the base, over all its days.
    pub excess: f64,
    /// The share of judged days of its series that reached this multiple of their base.
    pub rarity: Option<Estimate>,
    /// How the peak reads, once the week after it is over.
    pub shape: Option<Shape>,
    /// What the owner says of it.
    pub note: Option<HitNote>,
}

impl Hit {
    /// How far the peak rose above what was usual, on the scale of the detector but not in its spreads: where hardly anybody
    /// comes the spread is at its floor, and five people would outrank five thousand.
    pub fn rise(&self) -> f64 {
        self.peak.ln_1p() - self.base.ln_1p()
    }

    /// Whether the owner wants it left out.
    pub fn is_unwanted(&self) -> bool {
        self.note.as_ref().is_some_and(|note| note.mark == HitMark::Unwanted)
    }
}

/// A series that came to a lasting new level.
#[derive(Clone, Debug)]
pub struct Shift {
    pub channel: Option<String>,
    pub piece: Option<String>,
    pub start: Day,
    pub recognised: Day,
    pub before: f64,
    pub after: f64,
}

/// What watching found.
#[derive(Debug, Default)]
pub struct Watch {
    pub channels: Vec<Channel>,
    pub hits: Vec<Hit>,
    pub shifts: Vec<Shift>,
    /// Days judged in channel series.
    pub judged_days: u64,
    /// Pieces with a judged series of their own, or that a channel-wide spike is put down to.
    pub pieces: u64,
    /// Each channel's, with its total.
    pub series: Vec<(f64, Series)>,
    pub first_ready: Option<Day>,
    /// Nobody was ever seen, and no total either.
    pub is_empty: bool,
}

/// Everything watched, once for all questions of a pass.
pub fn watched<'e>(question: &Question, ground: &Ground, evidence: &'e Evidence) -> &'e Watch {
    evidence.watch().get_or_init(|| {
        let mut watch = Watch::default();
        let channels = daily::channels(question, ground, evidence.reach());
        for channel in &channels {
            watch_channel(question, &ground.memory, channel, &mut watch);
        }
        for hit in &mut watch.hits {
            let is_it = |note: &&HitNote| {
                let names = [hit.piece.as_deref(), hit.channel.as_deref()];
                names.contains(&Some(note.about.as_str())) && hit.start <= note.day && note.day <= hit.end
            };
            hit.note = ground.hit_notes.iter().find(is_it).cloned();
        }
        // Today is in no series, but who came today came: it is too early, not empty.
        watch.is_empty = channels.is_empty() && evidence.reach().cells().is_empty();
        if channels.is_empty() && !watch.is_empty {
            watch.first_ready = Some(question.today().plus(HISTORY_DAYS + 1));
        }
        watch.channels = channels;
        watch
    })
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

/// The pieces of a channel that are watched for themselves.
fn judged(channel: &Channel) -> Vec<(&String, &Daily)> {
    let pieces = channel.pieces.iter();
    pieces
        .filter(|(_, daily)| daily.days.len() as i32 > HISTORY_DAYS)
        .collect()
}

/// The days of a piece, in each channel that it was seen in, where most saw it first. What is usual is not told: a piece begins with its
/// highest days, and what follows them is usual for none.
pub fn days_of(piece: &str, watch: &Watch) -> Vec<Series> {
    let of = |channel: &Channel| {
        let daily = channel.pieces.get(piece)?;
        let scan = detector(judged(channel).len() + 1).scan(&daily.counts());
        let mut series = drawn(channel, daily, &scan);
        series.scope.insert("piece", Some(piece.to_owned()));
        for point in &mut series.points {
            (point.low, point.high) = (None, None);
        }
        Some((daily.total(), series))
    };
    let mut days: Vec<(f64, Series)> = watch.channels.iter().filter_map(of).collect();
    days.sort_by(|one, other| other.0.total_cmp(&one.0));
    days.into_iter().map(|(_, series)| series).collect()
}

pub fn watch_channel(question: &Question, memory: &Memory, channel: &Channel, watch: &mut Watch) {
    let judged = judged(channel);
    let detector = detector(judged.len() + 1);
    let first_ready = channel
        .whole
        .days
        .first()
        .map(|&(first, _)| first.plus(HISTORY_DAYS + 1));
    watch.first_ready = [watch.first_ready, first_ready].into_iter().flatten().min();
    let mut hits = Vec::new();
    for (piece, daily) in judged {
        let scan = scanned(memory, &detector, daily);
        hits.extend(scan.episodes.iter().filter(|episode| is_hit(episode)).map(|episode| {
            hit(
                channel,
                Some(piece.clone()),
                false,
                (daily, &scan, question.level),
                episode,
            )
        }));
        watch.shifts.extend(shifts(channel, Some(piece), daily, &scan));
        watch.pieces += u64::from(scan.days.iter().any(Option::is_some));
    }
    let scan = scanned(memory, &detector, &channel.whole);
    watch.judged_days += scan.days.iter().flatten().count() as u64;
    for episode in scan.episodes.iter().filter(|episode| is_hit(episode)) {
        let peak_day = channel.whole.days[episode.peak_day].0;
        let leader = leader(channel, peak_day);
        let is_told = hits
            .iter()
            .any(|hit: &Hit| hit.piece == leader && hit.start <= peak_day && peak_day <= hit.end);
        if !is_told {
            hits.push(hit(
                channel,
                leader,
                true,
                (&channel.whole, &scan, question.level),
                episode,
            ));
        }
    }
    watch.shifts.extend(shifts(channel, None, &channel.whole, &scan));
    watch.hits.extend(hits);
    watch
        .series
        .push((channel.whole.total(), drawn(channel, &channel.whole, &scan)));
}

/// What the detector finds in a series: detectors differ in how strict they are alone.
fn scanned(memory: &Memory, detector: &SpikeDetector, daily: &Daily) -> Arc<Scan> {
    let counts = daily.counts();
    let days = counts.iter().map(|day| [day.weekday as u64, day.value.to_bits()]);
    let given = Given::of("spikes")
        .and_real(detector.z)
        .and_real(detector.small_chance)
        .and_each(days);
    memory.recall(given, || detector.scan(&counts))
}

fn is_hit(episode: &Episode) -> bool {
    episode.peak - episode.base >= LEAST_RISE
}

fn hit(
    channel: &Channel,
    piece: Option<String>,
    is_channel_wide: bool,
    (daily, scan, level): (&Daily, &Scan, f64),
    episode: &Episode,
) -> Hit {
    let day = |index: usize| daily.days[index].0;
    let counts = daily.counts();
    let ratio = if episode.base > 0.0 {
        episode.peak / episode.base
    } else {
        f64::INFINITY
    };
    let is_over = episode.peak_day + AROUND_DAYS < counts.len();
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
        is_big: episode.big_hit,
        excess: excess(&counts[episode.start..=episode.end], episode.base),
        rarity: (episode.base > 0.0).then(|| scan.rarity(ratio, level)).flatten(),
        shape: is_over
            .then(|| shape(&counts, episode))
            .flatten()
            .filter(|_| episode.peak >= SHAPE_LEAST),
        note: None,
    }
}

fn excess(days: &[DayCount], base: f64) -> f64 {
    days.iter().map(|day| (day.value - base).max(0.0)).sum()
}

fn shifts(channel: &Channel, piece: Option<&String>, daily: &Daily, scan: &Scan) -> Vec<Shift> {
    let shift = |shift: &longplay_stats::spikes::LevelShift| Shift {
        channel: channel.name.clone(),
        piece: piece.cloned(),
        start: daily.days[shift.start].0,
        recognised: daily.days[shift.recognised].0,
        before: shift.before,
        after: shift.after,
    };
    scan.shifts.iter().map(shift).collect()
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

fn drawn(channel: &Channel, daily: &Daily, scan: &Scan) -> Series {
    let small: Vec<&Episode> = scan.episodes.iter().filter(|episode| !is_hit(episode)).collect();
    let flagged = |index: usize| {
        let is_flagged = scan.days[index].as_ref().is_some_and(|verdict| verdict.flagged);
        is_flagged && !small.iter().any(|small| small.start <= index && index <= small.end)
    };
    let points = daily.days.iter().enumerate().map(|(index, &(day, value))| {
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
    let skipped = daily.days.len().saturating_sub(DAYS_DRAWN);
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
