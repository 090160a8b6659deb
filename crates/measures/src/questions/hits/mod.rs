//! `hits`: which pieces got an unusual number of hits, and how rare is that?
//!
//! What stood out is found once a pass (`watch`); here it becomes figures, rows and a sentence. What holds is fewer than one
//! false episode per channel and year. What the owner marked as unwanted stays among the rows and is counted nowhere.

mod daily;
mod pieces;
mod source;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::source::{CameFrom, Ways};
use super::reconciliation;
use crate::{
    answer::{Answer, Caution, Figure, Scope},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    question::Question,
    words,
};

pub use self::watch::{Hit, Shift, Watch, watched};

/// Channels drawn: the largest.
const CHANNELS_DRAWN: usize = 5;

pub const PARTS: &[Part] = &[Part::Reach, Part::Doors];

/// A hit of the question's period, and what it came from where that was measured.
type Told<'a> = (&'a Hit, Option<CameFrom>);

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let watch = watched(question, ground, evidence);
    let ways = Ways::of(ground, evidence);
    let asked = watch.hits.iter().filter(|hit| question.period.holds(hit.peak_day));
    let mut hits: Vec<Told<'_>> = asked.map(|hit| (hit, ways.came_from(hit))).collect();
    hits.sort_by(|(a, _), (b, _)| b.peak_day.cmp(&a.peak_day).then_with(|| b.z.total_cmp(&a.z)));
    let counted: Vec<&Told<'_>> = hits.iter().filter(|(hit, _)| !hit.is_unwanted()).collect();
    let mut answer = ground.blank(question);
    answer.figures = figures(question, watch, &counted);
    answer.figures.extend(pieces::figures(question, watch));
    answer.rows = hits.iter().map(|told| row(ground, told)).collect();
    answer
        .rows
        .extend(watch.shifts.iter().map(|shift| shift_row(ground, shift)));
    answer.rows.extend(pieces::launches(question, ground, watch));
    answer.sentence = sentence(question, ground, watch, &counted);
    answer.cautions = cautions(watch, hits.len() - counted.len());
    reconciliation::of_channels(question, ground, evidence).join(&mut answer);
    let mut series: Vec<_> = watch.series.iter().collect();
    series.sort_by(|a, b| b.0.total_cmp(&a.0));
    answer.series = series
        .into_iter()
        .take(CHANNELS_DRAWN)
        .map(|(_, series)| series.clone())
        .collect();
    if let Some(piece) = question.about.as_ref().and_then(|about| about.piece.as_ref()) {
        answer.series.extend(watch::days_of(piece, watch));
    }
    Ok(answer)
}

fn figures(question: &Question, watch: &Watch, hits: &[&Told<'_>]) -> Vec<Figure> {
    let of_piece = |(hit, _): &&Told<'_>| Some((hit.channel.clone(), hit.piece.clone()?));
    let hit_pieces: BTreeSet<_> = hits.iter().filter_map(of_piece).collect();
    let told = |figure: Figure| match (figure.n, watch.first_ready) {
        (0, Some(_)) => figure.too_early(watch.first_ready),
        _ => figure,
    };
    let pieces = watch.pieces.max(hit_pieces.len() as u64);
    let spikes = (hits.len() as u64, watch.judged_days);
    let rarity = (hit_pieces.len() as u64, pieces);
    vec![
        told(Figure::counted("spikes", "episodes", Scope::new(), spikes)),
        told(Figure::share("rarity_pieces", Scope::new(), rarity, question.level)),
    ]
}

fn row(ground: &Ground, (hit, came_from): &Told<'_>) -> Value {
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
        "is_big": hit.is_big,
        "excess": hit.excess,
        "rarity": hit.rarity.map(|rarity| rarity.value),
        "rarity_low": hit.rarity.map(|rarity| rarity.low),
        "rarity_high": hit.rarity.map(|rarity| rarity.high),
        "rarity_n": hit.rarity.map(|rarity| rarity.n),
        "shape": hit.shape.map(|shape| shape.reading.words()),
        "peak_share": hit.shape.map(|shape| shape.peak_share),
        "ramp": hit.shape.map(|shape| shape.ramp),
        "came_from": came_from,
        "note": hit.note,
    })
}

fn shift_row(ground: &Ground, shift: &Shift) -> Value {
    json!({
        "kind": "level_shift",
        "channel": shift.channel,
        "piece": shift.piece,
        "title": shift.piece.as_deref().map(|piece| ground.title(piece)),
        "start": shift.start,
        "recognised": shift.recognised,
        "before": shift.before,
        "after": shift.after,
    })
}

fn sentence(question: &Question, ground: &Ground, watch: &Watch, hits: &[&Told<'_>]) -> String {
    if watch.is_empty {
        return "Nothing has been seen yet, so nothing can have been unusual.".to_owned();
    }
    if watch.judged_days == 0 {
        let when = watch.first_ready.filter(|&day| day > question.today()).map(words::day);
        return match when {
            Some(day) => format!("Too early to tell what is usual: that takes 28 days. Ask again on {day}."),
            None => "Too early to tell what is usual: that takes 28 days with something on them.".to_owned(),
        };
    }
    let Some((biggest, came_from)) = hits.iter().max_by(|a, b| a.0.rise().total_cmp(&b.0.rise())) else {
        return format!(
            "No day was unusual among the {} that could be judged. That is normal.",
            words::count(watch.judged_days)
        );
    };
    let first = of_hit(ground, biggest);
    let how = match (came_from, biggest.shape) {
        (Some(from), _) => format!(" At least half of it came through {}.", from.words()),
        (None, Some(shape)) => format!(" Its shape: {}.", shape.reading.words()),
        (None, None) => String::new(),
    };
    let first = format!("{first}{how}");
    let others = hits.len() - 1;
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

fn cautions(watch: &Watch, unwanted: usize) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if watch.judged_days > 0 {
        let message = "Fewer than one stretch per channel and year is flagged by chance alone.".to_owned();
        cautions.push(Caution {
            code: "false_alarms",
            message,
        });
    }
    if unwanted > 0 {
        let stretches = if unwanted == 1 { "stretch" } else { "stretches" };
        let message = format!("{unwanted} unusual {stretches} you marked as unwanted are counted nowhere.");
        cautions.push(Caution {
            code: "unwanted_hits",
            message,
        });
    }
    cautions
}
