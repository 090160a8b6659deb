//! `spikes` and `impact`: a series by day. A day that is missing, or whose cell is empty, was not measured; it is not zero.

use longplay_domain::Day;
use longplay_stats::FitError;
use longplay_stats::impact::{Impact, ImpactVerdict, Series, impact};
use longplay_stats::spikes::{DayCount, Reading, SpikeDetector, shape};

use super::outcome::{Effect, Episode, Outcome, Shift};
use super::sheet::{Row, Sheet};
use super::{Model, Request};
use crate::exit::Usage;

/// More than this is no daily series.
const DAYS_MAX: usize = 1_000_000;

/// A day as it was written: a date, or a plain number of a day.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct When {
    number: i64,
    text: String,
    is_date: bool,
}

impl When {
    fn read(text: &str) -> Option<Self> {
        let date = Day::parse(text).map(|day| i64::from(day.0));
        let number = date.or_else(|| text.parse::<u32>().ok().map(i64::from))?;
        Some(Self {
            number,
            text: text.to_owned(),
            is_date: date.is_some(),
        })
    }

    fn weekday(&self) -> usize {
        (self.number + 3).rem_euclid(7) as usize
    }
}

/// What a series holds, in order of time.
struct Line {
    when: When,
    value: f64,
    controls: Vec<f64>,
}

fn gather(
    sheet: &Sheet,
    read: impl Fn(&Row<'_>, usize) -> anyhow::Result<(f64, Vec<f64>)>,
) -> anyhow::Result<(Vec<Line>, usize)> {
    let [day, value] = sheet.columns(["day", "value"])?;
    let mut lines = Vec::new();
    let mut unmeasured = 0;
    let mut dated = None;
    sheet.each_row(|row| {
        let Some(when) = When::read(&row.text(day)) else {
            return Err(row.refuse(day, "is no day; write it as YYYY-MM-DD"));
        };
        if *dated.get_or_insert(when.is_date) != when.is_date {
            return Err(row.refuse(
                day,
                "is written otherwise than the days above; write all of them as YYYY-MM-DD",
            ));
        }
        if row.text(value).is_empty() {
            unmeasured += 1;
            return Ok(());
        }
        if lines.len() == DAYS_MAX {
            return Err(row.refuse_whole("there are more days than three thousand years have"));
        }
        let (value, controls) = read(row, value)?;
        lines.push(Line { when, value, controls });
        Ok(())
    })?;
    lines.sort_by(|one, other| one.when.cmp(&other.when));
    for pair in lines.windows(2) {
        if pair[0].when.number == pair[1].when.number {
            anyhow::bail!(
                "the day {} stands in two rows; add them up or leave one out",
                pair[1].when.text
            );
        }
    }
    Ok((lines, unmeasured))
}

fn warn_of_gaps(lines: &[Line], unmeasured: usize, outcome: &mut Outcome) {
    let span = match (lines.first(), lines.last()) {
        (Some(first), Some(last)) => last.when.number - first.when.number + 1,
        _ => 0,
    };
    let missing = (span - lines.len() as i64).max(unmeasured as i64);
    if missing > 0 {
        let message = format!("{missing} days were not measured; they are skipped, not taken as zero");
        outcome.warn("days_missing", message);
    }
}

pub fn spikes(sheet: &Sheet, request: &Request<'_>) -> anyhow::Result<Outcome> {
    let (lines, unmeasured) = gather(sheet, |row, value| Ok((row.size(value)?, Vec::new())))?;
    let mut outcome = Outcome::new(Model::Spikes.name(), lines.len() as u64, request.level);
    if lines.is_empty() {
        return Ok(Outcome::too_early(
            outcome.model,
            0,
            request.level,
            FitError::NoEvidence,
        ));
    }
    warn_of_gaps(&lines, unmeasured, &mut outcome);
    let detector = SpikeDetector {
        range_level: request.level,
        ..SpikeDetector::default()
    };
    let days: Vec<DayCount> = lines
        .iter()
        .map(|line| DayCount {
            weekday: line.when.weekday(),
            value: line.value,
        })
        .collect();
    let scan = detector.scan(&days);
    if scan.days.iter().all(Option::is_none) {
        let least = detector.least_history;
        outcome.warn(
            "too_early",
            format!("too early: a day is judged by {least} days before it"),
        );
    }
    let day = |index: usize| lines[index].when.text.clone();
    let episode = |found: &longplay_stats::spikes::Episode| {
        let shape = shape(&days, found);
        Episode {
            start: day(found.start),
            end: day(found.end),
            peak_day: day(found.peak_day),
            peak: found.peak,
            base: found.base,
            z: found.z,
            shape: shape.map(|shape| name_of(shape.reading)),
            peak_share: shape.map(|shape| shape.peak_share),
            ramp: shape.map(|shape| shape.ramp),
            big_hit: found.big_hit,
        }
    };
    outcome.episodes = Some(scan.episodes.iter().map(episode).collect());
    let shift = |found: &longplay_stats::spikes::LevelShift| Shift {
        start: day(found.start),
        before: found.before,
        after: found.after,
    };
    outcome.shifts = Some(scan.shifts.iter().map(shift).collect());
    Ok(outcome)
}

fn name_of(reading: Reading) -> &'static str {
    match reading {
        Reading::Flash => "flash",
        Reading::PassedOn => "passed_on",
        Reading::WordOfMouth => "word_of_mouth",
    }
}

pub fn effect(sheet: &Sheet, request: &Request<'_>) -> anyhow::Result<Outcome> {
    let Some(start) = request.start else {
        return Err(Usage("impact needs --start DATE: the day on which it happened".to_owned()).into());
    };
    let Some(start) = When::read(start) else {
        return Err(Usage(format!("--start: “{start}” is no day; write it as YYYY-MM-DD")).into());
    };
    let [day, value] = sheet.columns(["day", "value"])?;
    let others: Vec<usize> = (0..sheet.heads().len())
        .filter(|column| *column != day && *column != value)
        .collect();
    let (lines, unmeasured) = gather(sheet, |row, value| {
        let controls = others
            .iter()
            .map(|&column| row.number(column))
            .collect::<anyhow::Result<_>>()?;
        Ok((row.number(value)?, controls))
    })?;
    let mut outcome = Outcome::new(Model::Impact.name(), lines.len() as u64, request.level);
    if lines.is_empty() {
        return Ok(Outcome::too_early(
            outcome.model,
            0,
            request.level,
            FitError::NoEvidence,
        ));
    }
    warn_of_gaps(&lines, unmeasured, &mut outcome);
    let first = lines.partition_point(|line| line.when.number < start.number);
    if first == lines.len() {
        return Err(Usage(format!("--start {}: the series ends before that day", start.text)).into());
    }
    let series = Series {
        y: lines.iter().map(|line| line.value).collect(),
        controls: if others.is_empty() {
            Vec::new()
        } else {
            lines.iter().map(|line| line.controls.clone()).collect()
        },
        weekdays: weekdays(&lines),
    };
    match impact(&series, first, request.level, 0.0) {
        Some(found) => outcome.effect = Some(told(&found)),
        None => {
            outcome.warn(
                "too_early",
                "too early: it needs 56 days before the start, and control columns that change and don't repeat each other",
            );
        }
    }
    if outcome
        .effect
        .as_ref()
        .is_some_and(|effect| effect.verdict == "too_early")
    {
        outcome.warn("too_early", "too early for a verdict: it needs 14 days after the start");
    }
    Ok(outcome)
}

/// Weekdays, where the series is daily: a weekly one has none.
fn weekdays(lines: &[Line]) -> Vec<usize> {
    let mut gaps: Vec<i64> = lines
        .windows(2)
        .map(|pair| pair[1].when.number - pair[0].when.number)
        .collect();
    gaps.sort_unstable();
    let is_daily = gaps.get(gaps.len() / 2) == Some(&1);
    if is_daily {
        lines.iter().map(|line| line.when.weekday()).collect()
    } else {
        Vec::new()
    }
}

fn told(found: &Impact) -> Effect {
    Effect {
        value: found.effect.value,
        low: found.effect.low,
        high: found.effect.high,
        verdict: match found.verdict {
            ImpactVerdict::Translated => "translated",
            ImpactVerdict::DidNot => "did_not",
            ImpactVerdict::CantTell => "cant_tell",
            ImpactVerdict::TooEarly => "too_early",
        },
        cumulative: found.cumulative,
        last_third: found.last_third,
    }
}
