//! How often to publish: the share of a week's people who came back, against how many pieces came out in that week.
//!
//! Weeks differ in more than that, so time, the size of the week's audience and, from two years on, the season stand
//! beside it in the regression. It still only says what goes together.

use std::collections::BTreeMap;

use longplay_domain::Day;
use longplay_stats::{Estimate, impact::regress};
use serde_json::{Value, json};

use super::pieces::Tried;
use crate::{evidence::Evidence, folds::WINDOW_DAYS, question::Question};

/// Weeks with fewer people say nothing of a share.
const PEOPLE_MIN: u64 = 10;
/// Fewer weeks say nothing of a slope.
const WEEKS_MIN: usize = 12;
/// From so many weeks on the season has been seen twice.
const WEEKS_FOR_SEASON: usize = 104;
/// Place of the 28-day window among the windows.
const TWENTY_EIGHT: usize = 1;

/// The people who first came in one week.
#[derive(Clone, Copy, Debug, Default)]
struct Week {
    people: u64,
    returned: u64,
    published: u64,
}

/// The row about it; `None` when there are too few weeks or all had the same number of pieces.
pub fn row(question: &Question, pieces: &[Tried], evidence: &Evidence) -> Option<Value> {
    let today = question.today();
    let mut weeks: BTreeMap<Day, Week> = BTreeMap::new();
    for (origin, cohort) in evidence.cohorts().cells() {
        let week = origin.day.week_start();
        let is_finished = week.plus(6 + WINDOW_DAYS[TWENTY_EIGHT]) < today;
        if is_finished && question.period.holds(origin.day) {
            let week = weeks.entry(week).or_default();
            week.people += u64::from(cohort.people);
            week.returned += u64::from(cohort.returned[TWENTY_EIGHT]);
        }
    }
    for piece in pieces {
        if let Some(week) = weeks.get_mut(&piece.start.week_start()) {
            week.published += 1;
        }
    }
    let weeks: Vec<(Day, Week)> = weeks
        .into_iter()
        .filter(|(_, week)| week.people >= PEOPLE_MIN)
        .collect();
    let estimate = slope(&weeks, question.level)?;
    let direction = match (estimate.low > 0.0, estimate.high < 0.0) {
        (true, _) => "a larger share",
        (_, true) => "a smaller share",
        _ => "neither a larger nor a smaller share that could be told from chance",
    };
    Some(json!({
        "kind": "cadence",
        "weeks": estimate.n,
        "per_piece": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "words": format!(
            "A further piece in a week goes together with {direction} of that week's new people coming back within 28 days; \
             it says nothing about why."
        ),
    }))
}

/// By how much the share goes up with one more piece in the week.
fn slope(weeks: &[(Day, Week)], level: f64) -> Option<Estimate> {
    let (first, _) = weeks.first().filter(|_| weeks.len() >= WEEKS_MIN)?;
    let rows: Vec<Vec<f64>> = weeks
        .iter()
        .map(|(day, week)| {
            let years = f64::from(day.since(*first)) / 365.25;
            let mut row = vec![1.0, week.published as f64, years, (week.people as f64).ln()];
            if weeks.len() >= WEEKS_FOR_SEASON {
                let turn = std::f64::consts::TAU * years;
                row.extend([turn.sin(), turn.cos()]);
            }
            row
        })
        .collect();
    let shares: Vec<f64> = weeks
        .iter()
        .map(|(_, week)| week.returned as f64 / week.people as f64)
        .collect();
    let estimate = regress(&rows, &shares)?.estimate(1, level);
    estimate
        .value
        .is_finite()
        .then_some(estimate)
        .filter(|estimate| estimate.width().is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weeks(share: impl Fn(u64, u64) -> u64) -> Vec<(Day, Week)> {
        let published = |index: u64| index * 7 % 5;
        let week = |index: u64| Week {
            people: 100 + index % 3,
            returned: share(published(index), index),
            published: published(index),
        };
        (0..40).map(|index| (Day(index as i32 * 7), week(index))).collect()
    }

    #[test]
    fn more_pieces_and_more_returns_go_together() {
        let found = slope(&weeks(|published, _| 20 + 3 * published), 0.9).unwrap();
        assert!((found.value - 0.03).abs() < 0.002 && found.low > 0.0, "{found:?}");
    }

    #[test]
    fn what_grows_with_time_is_not_put_down_to_pieces() {
        let found = slope(&weeks(|_, index| 20 + index), 0.9).unwrap();
        assert!(found.low < 0.0 && found.high > 0.0, "{found:?}");
    }

    #[test]
    fn few_weeks_or_always_the_same_number_say_nothing() {
        assert!(slope(&weeks(|_, _| 20)[..11], 0.9).is_none());
        let mut same = weeks(|_, index| 20 + index % 4);
        same.iter_mut().for_each(|(_, week)| week.published = 1);
        assert!(slope(&same, 0.9).is_none());
    }
}
