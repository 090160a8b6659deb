//! How long a goal takes, and how many will reach it in the end, with those who have not had the time counted as not yet known.
//!
//! A conversion on day k is placed at k + ½, and somebody watched through T finished days without one is watched until
//! T + 1. Today is unfinished, so who converted today is, for the curve, still waiting; in what to expect they count as done.
//! The final number comes from the Weibull mixture cure model, and only where a plateau shows (models.md §2).

use std::sync::Arc;

use longplay_domain::Day;
use longplay_stats::{
    Bootstrap, Estimate,
    survival::{CureVerdict, Duration, KaplanMeier, WeibullCure},
};

use super::CONVERSIONS_MIN;
use crate::{
    answer::{AgePoint, Curve, Figure, Grade, Scope, State},
    folds::Delay,
    memory::{Given, Memory},
};

/// A curve is drawn as long as so many are watched.
const WATCHED_MIN: u64 = 30;
/// Days drawn at most: a year.
const DAYS_DRAWN: i32 = 365;
/// Draws behind each interval.
const DRAWS: usize = 200;
/// Fixed, so that the same data give the same digits.
const SEED: u64 = 0x6f61_6c73;

/// One scope's people on their way to one goal.
#[derive(Clone, Debug, Default)]
pub struct Lags {
    /// Conversions by lag in days, today's too.
    converted: ByDays<u64>,
    /// By days watched: people who had converted by the last finished day, by lag …
    seen: ByDays<u64>,
    /// … who converted today, and who have not.
    waiting: ByDays<[u64; 2]>,
    oldest: Option<Day>,
}

/// What there is for each number of days, as long as the longest; fewer than none counts as none.
#[derive(Clone, Debug, Default)]
struct ByDays<T>(Vec<T>);

impl<T: Copy + Default> ByDays<T> {
    fn at(&mut self, days: i32) -> &mut T {
        let days = days.max(0) as usize;
        if self.0.len() <= days {
            self.0.resize(days + 1, T::default());
        }
        &mut self.0[days]
    }

    fn on(&self, days: i32) -> T {
        let found = usize::try_from(days).ok().and_then(|days| self.0.get(days));
        found.copied().unwrap_or_default()
    }

    fn iter(&self) -> impl Iterator<Item = (i32, T)> {
        (0..).zip(self.0.iter().copied())
    }
}

/// What can be said of the final number.
pub enum Final {
    Known(Estimate),
    /// Not before that day, if it can be told.
    TooEarly(Option<Day>),
}

impl Lags {
    /// People of one day, before who of them converted is known.
    pub fn add_people(&mut self, first: Day, people: u64, today: Day) {
        self.waiting.at(today.since(first))[1] += people;
        self.oldest = Some(self.oldest.map_or(first, |oldest| oldest.min(first)));
    }

    /// Some of them who converted; added after them.
    pub fn add_converted(&mut self, delay: &Delay, today: Day) {
        let watched = today.since(delay.origin.day);
        *self.converted.at(delay.days) += delay.people;
        let waiting = self.waiting.at(watched);
        waiting[1] -= delay.people;
        if delay.days < watched {
            *self.seen.at(delay.days) += delay.people;
        } else {
            waiting[0] += delay.people;
        }
    }

    pub fn count(&self) -> u64 {
        self.converted.0.iter().sum()
    }

    /// Waits for the curve.
    fn durations(&self) -> Vec<Duration> {
        let row = |time: f64, event, people: u64| Duration {
            weight: people as f64,
            ..Duration::new(time, event)
        };
        let seen = self
            .seen
            .iter()
            .map(|(lag, people)| row(f64::from(lag) + 0.5, true, people));
        let waiting = self.waiting.iter();
        let waiting = waiting.map(|(watched, people)| row(f64::from(watched), false, people.iter().sum()));
        seen.chain(waiting).filter(|row| row.weight > 0.0).collect()
    }

    /// The same with who converted today as done: for what is still to come.
    fn outcomes(&self) -> Vec<Duration> {
        let mut rows = vec![Duration {
            weight: self.count() as f64,
            ..Duration::new(1.0, true)
        }];
        let waiting = self.waiting.iter().filter(|(_, people)| people[1] > 0);
        rows.extend(waiting.map(|(watched, people)| Duration {
            weight: people[1] as f64,
            ..Duration::new(f64::from(watched), false)
        }));
        rows
    }

    /// The lag within which half of those who converted so far did, with its interval.
    pub fn median(&self, key: String, scope: Scope, level: f64) -> Figure {
        let n = self.count();
        let rows: Vec<Duration> = self
            .converted
            .iter()
            .filter(|&(_, people)| people > 0)
            .map(|(lag, people)| Duration {
                weight: people as f64,
                ..Duration::new(f64::from(lag), true)
            })
            .collect();
        let figure = Figure {
            n,
            count: i64::try_from(n).unwrap_or(i64::MAX),
            state: if n == 0 { State::NoData } else { State::TooEarly },
            ..Figure::unknown(key, "days", scope)
        };
        let curve = KaplanMeier::new(&rows).ok().filter(|_| n >= CONVERSIONS_MIN);
        match curve {
            Some(curve) => figure.with_median(&curve, level),
            None => figure,
        }
    }

    /// How many will have converted in the end, of all these people.
    pub fn expected_final(&self, level: f64, memory: &Memory) -> Arc<Final> {
        let (rows, outcomes) = (self.durations(), self.outcomes());
        let each = |rows: &[Duration]| -> Vec<[u64; 3]> {
            let numbers = |row: &Duration| [row.time.to_bits(), u64::from(row.event), row.weight.to_bits()];
            rows.iter().map(numbers).collect()
        };
        let given = Given::of("final")
            .and_real(level)
            .and(self.waiting.0.len() as u64)
            .and(self.oldest.map_or(u64::MAX, |day| u64::from(day.0 as u32)))
            .and_each(each(&rows).into_iter())
            .and_each(each(&outcomes).into_iter());
        memory.recall(given, || self.worked_out(level, &rows, &outcomes))
    }

    fn worked_out(&self, level: f64, rows: &[Duration], outcomes: &[Duration]) -> Final {
        let seen: f64 = rows.iter().filter(|row| row.event).map(|row| row.weight).sum();
        let fitted = match WeibullCure::fit(rows) {
            Ok(fitted) if seen >= CONVERSIONS_MIN as f64 && fitted.warning.is_none() => fitted,
            _ => return Final::TooEarly(None),
        };
        let draws = Bootstrap {
            count: DRAWS,
            seed: SEED,
        };
        if !matches!(fitted.cured(level, draws), CureVerdict::Known(_)) {
            return Final::TooEarly(None);
        }
        // The oldest people must have been watched for twice the time in which nine in ten of those who will have.
        let needed_days = (2.0 * fitted.model.lag(0.9)).ceil();
        let watched_days = self.waiting.0.len().saturating_sub(1) as i32;
        if f64::from(watched_days) < needed_days {
            let ready_on = self.oldest.filter(|_| needed_days < 36_500.0);
            return Final::TooEarly(ready_on.map(|oldest| oldest.plus(needed_days as i32 + 1)));
        }
        match fitted.expected_final(outcomes, level, draws) {
            Some(estimate) => Final::Known(estimate),
            None => Final::TooEarly(None),
        }
    }

    /// The share converted by each day, and by how many days it is seen.
    pub fn curve(&self, key: String, title: String, scope: Scope, level: f64) -> Option<Curve> {
        let rows = self.durations();
        let curve = KaplanMeier::new(&rows).ok()?;
        let longest = rows.iter().map(|row| row.time).fold(0.0, f64::max) as i32;
        let mut left: u64 = self.waiting.0.iter().flatten().chain(&self.seen.0).sum();
        let mut points = Vec::new();
        for day in 0..longest.min(DAYS_DRAWN + 1) {
            // Those watched through the day, who had not converted before it.
            left -= self.waiting.on(day).iter().sum::<u64>();
            if left < WATCHED_MIN {
                break;
            }
            let happened = curve.happened(f64::from(day) + 0.5, level)?;
            points.push(AgePoint {
                age_days: day as u32,
                n: left,
                value: happened.value,
                low: happened.low,
                high: happened.high,
            });
            left -= self.seen.on(day);
        }
        (!points.is_empty()).then(|| Curve {
            key,
            title,
            unit: "share".to_owned(),
            scope,
            points,
        })
    }
}

/// What is known of the final number, as a figure.
pub fn expected_figure(
    key: String,
    scope: Scope,
    (lags, people): (&Lags, u64),
    (level, memory): (f64, &Memory),
) -> Figure {
    let figure = Figure {
        n: people,
        count: i64::try_from(lags.count()).unwrap_or(i64::MAX),
        state: if people == 0 { State::NoData } else { State::TooEarly },
        ..Figure::unknown(key, "people", scope)
    }
    .graded(Grade::Attributed);
    if people == 0 || lags.count() < CONVERSIONS_MIN {
        return figure;
    }
    match *lags.expected_final(level, memory) {
        Final::Known(estimate) => Figure {
            value: Some(estimate.value),
            low: Some(estimate.low),
            high: Some(estimate.high),
            state: State::Known,
            ..figure
        },
        Final::TooEarly(ready_on) => figure.too_early(ready_on),
    }
}
