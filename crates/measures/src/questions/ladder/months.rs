//! How people moved from the end of one month to the end of the next, and how many were regulars at each.

use longplay_domain::{Day, Month};

use super::standing::Tally;
use crate::{
    answer::{Answer, Figure, Point, Scope, Series, State},
    evidence::Evidence,
    folds::{Cohort, Moves, Origin},
    question::Question,
    stage::Stage,
};

/// Shares of fewer people than this are no shares (models §7).
pub const PEOPLE_MIN: u64 = 20;

/// What a month did to the people it found, and whom it brought.
#[derive(Clone, Debug)]
pub struct MonthMoves {
    pub month: Month,
    /// Whether it is still running.
    pub is_running: bool,
    /// People at the end of the month before.
    pub before: u64,
    pub arrived: u64,
    pub up: u64,
    pub held: u64,
    pub down: u64,
    /// Where people stood at its end, or today.
    pub stages: [u64; Stage::ALL.len()],
}

/// The last twelve finished months and the running one, from the month in which the first person came.
pub fn told(question: &Question, evidence: &Evidence) -> Vec<MonthMoves> {
    let rungs = evidence.rungs();
    let cohorts = evidence.cohorts().cells();
    let mut months = Vec::new();
    let mut since = Month::of(question.today())
        .plus(-(rungs.moves().count() as i32))
        .last_day();
    for (until, moves) in rungs.moves() {
        let mut moves = *moves;
        add_once(&mut moves, &cohorts, question, (since, until));
        let month = of_moves(Month::of(until), until == question.today(), &moves);
        if month.before + month.arrived > 0 || !months.is_empty() {
            months.push(month);
        }
        since = until;
    }
    months
}

/// Adds those who were here once: reached, and staying it.
fn add_once(moves: &mut Moves, cohorts: &[(Origin, Cohort)], question: &Question, (since, until): (Day, Day)) {
    let (mut before, mut arrived) = (0_u64, 0_u64);
    for (origin, cohort) in cohorts {
        if !question.period.holds(origin.day) || origin.day > until {
            continue;
        }
        if origin.day <= since {
            before += u64::from(cohort.people);
        } else {
            arrived += u64::from(cohort.people);
        }
    }
    let known: u64 = moves[1..].iter().flatten().sum();
    moves[0][Stage::Reached as usize] += arrived - moves[0].iter().sum::<u64>();
    moves[1 + Stage::Reached as usize][Stage::Reached as usize] += before - known;
}

fn of_moves(month: Month, is_running: bool, moves: &Moves) -> MonthMoves {
    let mut told = MonthMoves {
        month,
        is_running,
        before: 0,
        arrived: moves[0].iter().sum(),
        up: 0,
        held: 0,
        down: 0,
        stages: [0; Stage::ALL.len()],
    };
    for (from, row) in moves.iter().enumerate() {
        for (to, &people) in row.iter().enumerate() {
            told.stages[to] += people;
            let Some(from) = from.checked_sub(1) else { continue };
            told.before += people;
            match to.cmp(&from) {
                std::cmp::Ordering::Less => told.down += people,
                std::cmp::Ordering::Equal => told.held += people,
                std::cmp::Ordering::Greater => told.up += people,
            }
        }
    }
    told
}

pub fn push_figures(answer: &mut Answer, month: &MonthMoves) {
    let scope = Scope::from([("month", Some(month.month.to_string()))]);
    let moved = [("moved_up", month.up), ("held", month.held), ("moved_down", month.down)];
    for (key, count) in moved {
        let figure = Figure::counted(key, "people", scope.clone(), (count, month.before));
        answer.figures.push(figure);
    }
    let here = month.before + month.arrived;
    let figure = Figure::counted("arrived", "people", scope.clone(), (month.arrived, here));
    answer.figures.push(figure);
    for (key, count) in moved {
        let key = format!("{key}_share");
        let share = Figure::share(key, scope.clone(), (count, month.before), answer.level);
        let is_told = month.before >= PEOPLE_MIN || month.before == 0;
        answer.figures.push(if is_told { share } else { share.too_early(None) });
    }
}

/// Regulars at the end of each month and today, from the month in which the first person came.
pub fn regulars(evidence: &Evidence, everybody: &Tally) -> Series {
    let from = everybody.first_day;
    let counts = evidence.regulars().by_month().into_iter();
    let points = counts
        .filter(|(day, _)| from.is_some_and(|from| from <= *day))
        .map(|(day, count)| Point {
            day,
            n: count,
            value: Some(count as f64),
            low: None,
            high: None,
            state: State::Known,
            marked: false,
        });
    Series {
        key: "regulars".to_owned(),
        title: "Regulars at the end of each month, and now".to_owned(),
        unit: "people".to_owned(),
        scope: Scope::new(),
        points: points.collect(),
    }
}
