//! How long it took people to come back, with those who have not had the time yet counted as not yet known.
//!
//! Kaplan–Meier over the days from D0 to the second presence day. Somebody who has not come back is watched through the
//! last finished day; today is unfinished, so a return today is not yet one: otherwise those who came back today would
//! count and those who still may would not.

use std::rc::Rc;

use longplay_domain::Day;
use longplay_stats::survival::{Duration, KaplanMeier, daily_hazard};

use super::PEOPLE_MIN;
use crate::{
    answer::{AgePoint, Answer, Curve, Figure, Scope, State},
    evidence::Evidence,
    folds::Map,
    questions::scopes::{EVERYBODY, Scopes},
};

/// Days drawn at most: a year.
const DAYS_DRAWN: i32 = 365;
/// Days of the daily hazard drawn: after a quarter it is flat.
const HAZARD_DAYS: usize = 90;
/// Curves drawn: everybody's and those of the largest scopes.
const CURVES_DRAWN: usize = 6;

/// How long the people of a scope have waited: by days, those who came back then and those still away.
#[derive(Clone, Debug, Default)]
pub struct Waits {
    /// People with at least one finished day after their first.
    pub watched: u64,
    /// Of them, who came back on a finished day.
    pub returned: u64,
    days: Map<i32, [u64; 2]>,
}

impl Waits {
    fn durations(&self) -> Vec<Duration> {
        let both = |(days, counts): (i32, [u64; 2])| {
            [(true, counts[0]), (false, counts[1])].map(|(event, people)| Duration {
                weight: people as f64,
                ..Duration::new(f64::from(days), event)
            })
        };
        let days = self.by_days().into_iter();
        days.flat_map(both).filter(|row| row.weight > 0.0).collect()
    }

    fn by_days(&self) -> Vec<(i32, [u64; 2])> {
        let mut days: Vec<(i32, [u64; 2])> = self.days.iter().map(|(&days, &counts)| (days, counts)).collect();
        days.sort_unstable_by_key(|&(days, _)| days);
        days
    }

    /// People watched through so many days who had not come back before, for days 0 to `last`.
    fn at_risk(&self, last: i32) -> Vec<u64> {
        let mut left = self.watched;
        let mut days = self.by_days().into_iter().peekable();
        let at = |day| {
            while let Some((_, counts)) = days.next_if(|(time, _)| *time < day) {
                left -= counts.iter().sum::<u64>();
            }
            left
        };
        (0..=last).map(at).collect()
    }
}

/// The waits of every scope; by days only where there are people enough for a curve.
pub fn waits(scopes: &mut Scopes<'_>, evidence: &Evidence, people: &[u64], today: Day) -> Vec<Waits> {
    let mut all = vec![Waits::default(); people.len()];
    // Through the last finished day.
    let watched_days = |first: Day| today.since(first) - 1;
    let has_curve = |place: usize| people[place] >= PEOPLE_MIN;
    for (origin, cohort) in evidence.cohorts().cells() {
        let days = watched_days(origin.day);
        if days < 1 {
            continue;
        }
        let count = u64::from(cohort.people);
        for &place in &*scopes.of(&origin) {
            all[place].watched += count;
            if has_curve(place) {
                all[place].days.entry(days).or_default()[1] += count;
            }
        }
    }
    let mut last = None;
    let mut places = Rc::default();
    for gap in evidence.gaps().delays().cells() {
        let days = watched_days(gap.origin.day);
        if gap.days > days {
            continue;
        }
        if last.replace(gap.origin) != Some(gap.origin) {
            places = scopes.of(&gap.origin);
        }
        for &place in &*places {
            all[place].returned += gap.people;
            if has_curve(place) {
                all[place].days.entry(days).or_default()[1] -= gap.people;
                all[place].days.entry(gap.days).or_default()[0] += gap.people;
            }
        }
    }
    all
}

/// The time by which half had come back. Too early below so many people, and where half have not.
pub fn median(waits: &Waits, scope: Scope, level: f64) -> Figure {
    let figure = Figure {
        n: waits.watched,
        count: i64::try_from(waits.returned).unwrap_or(i64::MAX),
        state: if waits.watched == 0 {
            State::NoData
        } else {
            State::TooEarly
        },
        ..Figure::unknown("median_return_days", "days", scope)
    };
    if waits.watched < PEOPLE_MIN {
        return figure;
    }
    match KaplanMeier::new(&waits.durations()) {
        Ok(curve) => figure.with_median(&curve, level),
        Err(_) => figure,
    }
}

/// Draws the curves of the scopes at `places`, everybody first, and everybody's daily hazard.
pub fn draw(answer: &mut Answer, scopes: &Scopes<'_>, places: &[usize], waits: &[Waits]) {
    let enough = places.iter().filter(|&&place| waits[place].watched >= PEOPLE_MIN);
    for &place in enough.take(CURVES_DRAWN) {
        let rows = waits[place].durations();
        let longest = rows.iter().map(|row| row.time as i32).max().unwrap_or(0);
        let at_risk = waits[place].at_risk(longest.min(DAYS_DRAWN));
        let Ok(curve) = KaplanMeier::new(&rows) else { continue };
        let points = at_risk.iter().enumerate().skip(1);
        let points = points
            .take_while(|&(_, &left)| left >= PEOPLE_MIN)
            .filter_map(|(day, &n)| {
                let happened = curve.happened(day as f64, answer.level)?;
                Some(point(day, n, (happened.value, happened.low, happened.high)))
            });
        answer.curves.push(Curve {
            key: "return_curve".to_owned(),
            title: "Came back by that day after their first".to_owned(),
            unit: "share".to_owned(),
            scope: scopes.scope(place),
            points: points.collect(),
        });
        if place == EVERYBODY {
            answer
                .curves
                .push(hazard(&rows, longest as usize, answer.level, scopes.scope(place)));
        }
    }
}

fn hazard(rows: &[Duration], longest: usize, level: f64, scope: Scope) -> Curve {
    let days = daily_hazard(rows, longest.min(HAZARD_DAYS), level)
        .into_iter()
        .enumerate();
    let points = days
        .skip(1)
        .filter_map(|(day, estimate)| estimate.map(|estimate| (day, estimate)))
        .take_while(|(_, estimate)| estimate.n >= PEOPLE_MIN)
        .map(|(day, estimate)| point(day, estimate.n, (estimate.value, estimate.low, estimate.high)));
    Curve {
        key: "return_hazard".to_owned(),
        title: "Came back on that day, of those who had not before".to_owned(),
        unit: "share".to_owned(),
        scope,
        points: points.collect(),
    }
}

fn point(day: usize, n: u64, (value, low, high): (f64, f64, f64)) -> AgePoint {
    AgePoint {
        age_days: day as u32,
        n,
        value,
        low,
        high,
    }
}
