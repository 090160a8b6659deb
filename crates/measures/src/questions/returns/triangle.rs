//! Cohorts side by side: of the people who first came in a week (or month), the share present k weeks (or months) later.
//!
//! A cell is there only when the whole of that later week is over, and with it the whole cohort has reached that age. A young
//! cohort has fewer cells; it never has a zero for what has not happened yet.

use longplay_domain::{Day, Month};
use serde_json::{Value, json};

use crate::{
    folds::{Ages, Triangle},
    question::Question,
};

/// Weekly cohorts listed: half a year.
const WEEKS_LISTED: usize = 26;
/// Monthly cohorts listed: two years.
const MONTHS_LISTED: usize = 24;

/// The rows of both triangles, the newest cohorts first and each by age.
pub fn rows(question: &Question, ages: &Ages) -> Vec<Value> {
    let start_of_month = |month| Month(month).start();
    let mut rows = listed(question, ("week", WEEKS_LISTED), ages.weeks(), Ages::week_start);
    rows.extend(listed(
        question,
        ("month", MONTHS_LISTED),
        ages.months(),
        start_of_month,
    ));
    rows
}

fn listed(
    question: &Question,
    (span, cohorts_max): (&str, usize),
    triangle: &Triangle<u64>,
    start: impl Fn(i32) -> Day,
) -> Vec<Value> {
    let today = question.today();
    let is_over = |number: i32| start(number.saturating_add(1)) <= today;
    let mut rows = Vec::new();
    let cohorts = triangle.cohorts().rev();
    for (cohort, ages) in cohorts.filter(|&(cohort, _)| is_over(cohort)).take(cohorts_max) {
        let people = ages.first().copied().unwrap_or(0);
        for age in (1..=cohorts_max as i32).take_while(|age| is_over(cohort.saturating_add(*age))) {
            let count = ages.get(age as usize).copied().unwrap_or(0);
            let share = longplay_stats::rates::jeffreys(count, people, question.level);
            rows.push(json!({
                "kind": "cohort",
                "span": span,
                "cohort": start(cohort),
                "age": age,
                "n": people,
                "count": count,
                "value": share.map(|share| share.value),
                "low": share.map(|share| share.low),
                "high": share.map(|share| share.high),
            }));
        }
    }
    rows
}
