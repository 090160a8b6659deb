//! Daily series per channel and piece: a platform's views where it gives totals, else distinct people.
//!
//! A day on which a whole channel recorded nothing at all is missing, not zero. A piece that had nobody on a day its
//! channel had somebody had zero. Today is unfinished and left out.

use std::collections::BTreeMap;

use longplay_domain::Day;
use longplay_stats::spikes::DayCount;
use longplay_store::NONE;

use crate::{ask::Ground, folds::Reach, question::Question};

/// One series, days ascending.
#[derive(Debug, Default)]
pub struct Daily {
    pub days: Vec<(Day, f64)>,
}

impl Daily {
    pub fn counts(&self) -> Vec<DayCount> {
        self.days.iter().copied().map(day_count).collect()
    }

    pub fn on(&self, day: Day) -> Option<f64> {
        self.days
            .binary_search_by_key(&day, |&(day, _)| day)
            .ok()
            .map(|index| self.days[index].1)
    }

    /// The median of the `span_days` days before `day`; 0 when there were none.
    pub fn median_before(&self, day: Day, span_days: i32) -> f64 {
        let from = self.days.partition_point(|&(at, _)| at < day.plus(-span_days));
        let to = self.days.partition_point(|&(at, _)| at < day);
        let mut values: Vec<f64> = self.days[from..to].iter().map(|&(_, value)| value).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    }

    pub fn total(&self) -> f64 {
        self.days.iter().map(|&(_, value)| value).sum()
    }
}

/// A channel's series, as a whole and by piece.
#[derive(Debug)]
pub struct Channel {
    pub name: Option<String>,
    /// The platform's totals, so views; else people.
    pub is_totals: bool,
    pub whole: Daily,
    pub pieces: BTreeMap<String, Daily>,
}

impl Channel {
    pub const fn unit(&self) -> &'static str {
        if self.is_totals { "views" } else { "people" }
    }

    pub const fn unit_title(&self) -> &'static str {
        if self.is_totals { "Views" } else { "People" }
    }
}

/// What was seen in a channel, before gaps are told from zeros.
#[derive(Default)]
pub struct Seen {
    pub whole: BTreeMap<Day, f64>,
    pub pieces: BTreeMap<String, BTreeMap<Day, f64>>,
}

/// All channels of finished days; a channel with totals shows those.
pub fn channels(question: &Question, ground: &Ground, reach: &Reach) -> Vec<Channel> {
    let people = of_people(question, ground, reach);
    let mut totals = of_totals(ground);
    let mut channels = Vec::new();
    for (name, seen) in people {
        if name.as_ref().is_none_or(|name| !totals.contains_key(name)) {
            channels.push(channel(name, false, seen));
        }
    }
    while let Some((name, seen)) = totals.pop_first() {
        channels.push(channel(Some(name), true, seen));
    }
    channels
}

fn of_people(question: &Question, ground: &Ground, reach: &Reach) -> BTreeMap<Option<String>, Seen> {
    let terms = ground.snapshot.terms();
    let today = question.today();
    let mut channels: BTreeMap<Option<String>, Seen> = BTreeMap::new();
    for (key, people) in reach.cells().into_iter().filter(|(key, _)| key.day < today) {
        let name = terms.text(key.channel).map(|text| text.to_string());
        let seen = channels.entry(name).or_default();
        let series = if key.piece == NONE {
            &mut seen.whole
        } else {
            let piece = terms.text(key.piece).map(|text| text.to_string()).unwrap_or_default();
            seen.pieces.entry(piece).or_default()
        };
        series.insert(key.day, f64::from(people));
    }
    channels
}

fn of_totals(ground: &Ground) -> BTreeMap<String, Seen> {
    let mut channels: BTreeMap<String, Seen> = BTreeMap::new();
    for sample in &ground.views {
        let seen = channels.entry(sample.channel.clone()).or_default();
        let series = match &sample.piece {
            Some(piece) => seen.pieces.entry(piece.clone()).or_default(),
            None => &mut seen.whole,
        };
        series.insert(sample.day, sample.value);
    }
    for seen in channels.values_mut().filter(|seen| seen.whole.is_empty()) {
        // No total for the channel itself: views add up over pieces, unlike people.
        for (&day, &views) in seen.pieces.values().flatten() {
            *seen.whole.entry(day).or_default() += views;
        }
    }
    channels
}

/// A channel of what was seen in it.
pub fn channel(name: Option<String>, is_totals: bool, seen: Seen) -> Channel {
    let pieces = seen.pieces.into_iter().map(|(piece, days)| {
        let daily = if is_totals {
            Daily {
                days: days.into_iter().collect(),
            }
        } else {
            filled(&days, &seen.whole)
        };
        (piece, daily)
    });
    let pieces = pieces.collect();
    Channel {
        name,
        is_totals,
        whole: Daily {
            days: seen.whole.into_iter().collect(),
        },
        pieces,
    }
}

/// A piece's days from its first on: zero where its channel had somebody and it had nobody.
fn filled(days: &BTreeMap<Day, f64>, whole: &BTreeMap<Day, f64>) -> Daily {
    let Some((&first, _)) = days.first_key_value() else {
        return Daily::default();
    };
    Daily {
        days: whole
            .range(first..)
            .map(|(&day, _)| (day, days.get(&day).copied().unwrap_or(0.0)))
            .collect(),
    }
}

/// For the detector, days by weekday.
fn day_count((day, value): (Day, f64)) -> DayCount {
    DayCount {
        weekday: day.weekday(),
        value,
    }
}
