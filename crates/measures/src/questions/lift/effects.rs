//! What lasted: each durable outcome's days after the hit, beside what they would have been.
//!
//! The counterfactual and its interval are `stats::impact`'s: a local level with weekdays, learnt on the days before, and no
//! surer than it was at fake starts. Outcomes are everybody's, not the hit's people's: what matters is whether the business
//! grew. People who were there again count from the day after the hit on, since on its days the piece itself brings old
//! acquaintances; goals and subscriptions count from its first day.

use longplay_domain::Day;
use longplay_stats::{
    Estimate,
    impact::{ImpactVerdict, Series, impact, regress},
};

use super::subjects::Subject;

/// Days learnt from: at least eight weeks, at most sixteen.
const BEFORE_MIN: usize = 56;
const BEFORE_MAX: i32 = 112;
/// Days judged.
pub const AFTER_DAYS: i32 = 28;
/// And at least so many of them.
const AFTER_MIN: usize = 14;
/// A lift of less than this share of the usual would not matter …
const SMALLEST_SHARE: f64 = 0.1;
/// … nor one of less than one in 28 days.
const SMALLEST_PER_DAY: f64 = 1.0 / 28.0;
/// Fewer before than this: a small base.
pub const BASE_SMALL: f64 = 20.0;

/// An outcome's days, from one day on.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub name: String,
    /// Whether it counts from the day after the hit on.
    pub is_afterwards: bool,
    pub counts: Vec<f64>,
}

/// All outcomes.
#[derive(Clone, Debug)]
pub struct Diary {
    /// The day of the first count.
    pub from: Day,
    /// Whether anything was recorded on a day.
    pub is_recorded: Vec<bool>,
    pub outcomes: Vec<Outcome>,
}

/// One outcome after one hit.
#[derive(Clone, Debug)]
pub struct Effect {
    pub outcome: String,
    /// Per day, over the days judged; `None` while it can't be told.
    pub per_day: Option<Estimate>,
    /// Mean a day before.
    pub usual: f64,
    /// The least lift a day that would matter.
    pub smallest: f64,
    /// Over all days judged.
    pub total: Option<f64>,
    /// So many came in the days before.
    pub base: f64,
    /// It happened neither before nor after: there is nothing that could have changed.
    pub is_absent: bool,
    /// Above zero, and in the last third too, at the strict level.
    pub is_translated: bool,
    /// Days judged.
    pub days: u64,
    /// The first day on which it can be told.
    pub ready_on: Day,
    /// It was rising in the days before.
    pub was_rising: bool,
}

impl Effect {
    /// Whether the interval lies below the least lift that would matter.
    pub fn is_too_small(&self) -> bool {
        self.per_day.is_some_and(|effect| effect.high < self.smallest)
    }

    pub fn is_above_zero(&self) -> bool {
        self.per_day.is_some_and(|effect| effect.low > 0.0)
    }
}

impl Diary {
    fn place(&self, day: Day) -> Option<usize> {
        usize::try_from(day.since(self.from)).ok()
    }

    /// Whether anything was recorded on a day.
    pub fn was_recorded(&self, day: Day) -> bool {
        self.place(day)
            .and_then(|place| self.is_recorded.get(place).copied())
            .unwrap_or(false)
    }

    /// The first day on which anything was recorded.
    pub fn first_recorded(&self) -> Option<Day> {
        let place = self.is_recorded.iter().position(|recorded| *recorded)?;
        Some(self.from.plus(place as i32))
    }

    /// The first of the days judged.
    pub fn judged_from(subject: &Subject, outcome: &Outcome) -> Day {
        if outcome.is_afterwards {
            subject.end.plus(1)
        } else {
            subject.start
        }
    }

    /// The days learnt from and those judged, of which anything was recorded.
    pub fn window(&self, subject: &Subject, from: Day) -> (Vec<Day>, Vec<Day>) {
        let days = |first: Day, count: i32| -> Vec<Day> {
            let days = (0..count).map(|day| first.plus(day));
            days.filter(|&day| self.was_recorded(day)).collect()
        };
        let before = days(subject.start.plus(-BEFORE_MAX), BEFORE_MAX);
        (before, days(from, AFTER_DAYS))
    }

    /// What became of every outcome.
    pub fn effects(&self, subject: &Subject, today: Day, level: f64, strict: f64) -> Vec<Effect> {
        let effect = |outcome: &Outcome| self.effect((subject, outcome), today, level, strict);
        self.outcomes.iter().map(effect).collect()
    }

    fn effect(&self, (subject, outcome): (&Subject, &Outcome), today: Day, level: f64, strict: f64) -> Effect {
        let from = Self::judged_from(subject, outcome);
        let ready_on = from.plus(AFTER_DAYS).max(subject.end.plus(AFTER_DAYS + 1));
        let (before, after) = self.window(subject, from);
        let count = |day: &Day| {
            let place = self.place(*day);
            place
                .and_then(|place| outcome.counts.get(place).copied())
                .unwrap_or(0.0)
        };
        let base: f64 = before.iter().map(count).sum();
        let usual = base / before.len().max(1) as f64;
        let smallest = (SMALLEST_SHARE * usual).max(SMALLEST_PER_DAY);
        let is_short = before.len() < BEFORE_MIN || after.len() < AFTER_MIN;
        let series = Series {
            y: before.iter().chain(&after).map(count).collect(),
            controls: Vec::new(),
            weekdays: before.iter().chain(&after).map(|day| day.weekday()).collect(),
        };
        let is_absent = series.y.iter().all(|count| *count == 0.0);
        let is_told = ready_on <= today && !is_short && !is_absent;
        let judge = |level| {
            is_told
                .then(|| impact(&series, before.len(), level, smallest))
                .flatten()
        };
        let found = judge(level);
        let is_likely = found.as_ref().is_some_and(|found| found.effect.low > 0.0);
        let is_translated = is_likely && judge(strict).is_some_and(|found| found.verdict == ImpactVerdict::Translated);
        Effect {
            outcome: outcome.name.clone(),
            per_day: found.as_ref().map(|found| found.effect),
            usual,
            smallest,
            total: found.as_ref().map(|found| found.cumulative),
            base,
            is_absent,
            is_translated,
            days: after.len() as u64,
            ready_on,
            was_rising: was_rising(&series, before.len()),
        }
    }
}

/// Spreads by which a slope must lie above zero to be called a rise; days resemble each other, so more than for strangers.
const RISING: f64 = 3.0;

/// Whether a straight line through the days before, beside their weekdays, goes up.
fn was_rising(series: &Series, before: usize) -> bool {
    let row = |day: usize| -> Vec<f64> {
        let weekday = series.weekdays[day];
        let weekdays = (1..7).map(|other| f64::from(u8::from(weekday == other)));
        [1.0, day as f64].into_iter().chain(weekdays).collect()
    };
    let rows: Vec<Vec<f64>> = (0..before).map(row).collect();
    regress(&rows, &series.y[..before]).is_some_and(|line| line.coefficients[1] > RISING * line.error(1))
}
