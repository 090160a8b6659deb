//! What an autopsy is about: a hit that was detected, or a piece and days that somebody asked about.

use longplay_domain::Day;
use longplay_store::NONE;

use crate::{ask::Ground, evidence::Evidence, question::Question, questions::hits};

/// Hits looked at: the latest.
const HITS_MAX: usize = 12;
/// Days looked at after a piece came out, when no others are asked for.
const LAUNCH_DAYS: i32 = 7;

/// Days on which something may have happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    pub piece: Option<String>,
    /// Whose newcomers are compared; `None`: those of all channels.
    pub channel: Option<Option<String>>,
    pub start: Day,
    /// Its last day, included.
    pub end: Day,
    /// Whether it was seen in totals, whose people nobody knows.
    pub is_totals: bool,
    /// The owner wants it left out: its days are no ordinary ones, and nobody asks what came of them.
    pub is_unwanted: bool,
}

/// Every detected hit, as days of no ordinary week.
pub fn episodes(question: &Question, ground: &Ground, evidence: &Evidence) -> Vec<Subject> {
    let is_totals = |channel: &Option<String>| {
        let mut totals = ground.views.iter();
        channel
            .as_ref()
            .is_some_and(|channel| totals.any(|sample| sample.channel == *channel))
    };
    let mut found: Vec<Subject> = hits::watched(question, ground, evidence)
        .hits
        .iter()
        .map(|hit| Subject {
            is_totals: is_totals(&hit.channel),
            is_unwanted: hit.is_unwanted(),
            piece: hit.piece.clone(),
            channel: Some(hit.channel.clone()),
            start: hit.start,
            end: hit.end,
        })
        .collect();
    found.sort_by(|a, b| {
        let key = |subject: &Subject| {
            (
                subject.end,
                subject.start,
                subject.channel.clone(),
                subject.piece.clone(),
            )
        };
        key(b).cmp(&key(a))
    });
    found
}

/// What is looked at, the latest first: what was asked about, else the latest hits of the question's period.
pub fn subjects(question: &Question, ground: &Ground, evidence: &Evidence, episodes: &[Subject]) -> Vec<Subject> {
    let Some(about) = &question.about else {
        let asked = episodes
            .iter()
            .filter(|hit| question.period.holds(hit.start) && !hit.is_unwanted);
        return asked.take(HITS_MAX).cloned().collect();
    };
    let yesterday = question.today().plus(-1);
    let is_its = |hit: &&Subject| hit.piece.is_some() && hit.piece == about.piece;
    let start = match (about.start, &about.piece) {
        (Some(start), _) => start,
        (None, Some(piece)) => {
            let hits: Vec<Subject> = episodes.iter().filter(is_its).take(HITS_MAX).cloned().collect();
            if !hits.is_empty() {
                return hits;
            }
            match launch(question, ground, evidence, piece) {
                Some(day) => day,
                None => return Vec::new(),
            }
        }
        (None, None) => return Vec::new(),
    };
    let end = about.end.unwrap_or_else(|| start.plus(LAUNCH_DAYS - 1));
    let subject = Subject {
        channel: about
            .piece
            .as_deref()
            .and_then(|piece| channel_of(ground, evidence, piece)),
        piece: about.piece.clone(),
        start,
        end: end.min(yesterday).max(start),
        is_totals: false,
        is_unwanted: false,
    };
    vec![subject]
}

/// The first day on which somebody was present with a piece, or its day of publication where nobody ever was.
fn launch(question: &Question, ground: &Ground, evidence: &Evidence, piece: &str) -> Option<Day> {
    let code = ground.snapshot.terms().find(piece);
    let seen = evidence
        .reach()
        .cells()
        .into_iter()
        .filter(|(origin, _)| code.is_some_and(|code| origin.piece == code && code != NONE));
    let known = ground.pieces.iter().find(|known| known.id == piece);
    let published = || known?.published_at.map(|at| question.zone.day_of(at));
    seen.map(|(origin, _)| origin.day).min().or_else(published)
}

/// The channel of a piece: as the owner says, else where most people saw it.
fn channel_of(ground: &Ground, evidence: &Evidence, piece: &str) -> Option<Option<String>> {
    let known = ground.pieces.iter().find(|known| known.id == piece);
    if let Some(channel) = known.and_then(|known| known.channel.clone()) {
        return Some(Some(channel));
    }
    let terms = ground.snapshot.terms();
    let code = terms.find(piece)?;
    let mut channels = std::collections::BTreeMap::<Option<String>, u64>::new();
    for (origin, people) in evidence.reach().cells() {
        if origin.piece == code {
            let channel = terms.text(origin.channel).map(|text| text.to_string());
            *channels.entry(channel).or_default() += u64::from(people);
        }
    }
    channels
        .into_iter()
        .max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)))
        .map(|(channel, _)| channel)
}
