//! The sentence, and what must be known beside it.

use longplay_domain::{Day, Period};

use super::{
    months::{MonthMoves, PEOPLE_MIN},
    standing::Tally,
};
use crate::{
    answer::Caution,
    ask::Ground,
    evidence::Evidence,
    question::Question,
    regular::{Course, Regular},
    rhythm::Foundation,
    words,
};

pub fn sentence(question: &Question, evidence: &Evidence, everybody: &Tally) -> String {
    let is_everybody = question.period == Period::default();
    if everybody.people == 0 {
        return if is_everybody {
            "Nobody has been seen yet, so nobody can be a regular.".to_owned()
        } else {
            "Nobody first came in that time, so none of its people can be a regular.".to_owned()
        };
    }
    let (now, before) = (
        u64::from(everybody.regulars.now),
        u64::from(everybody.regulars.month_ago),
    );
    if now == 0 && before == 0 {
        return none(question, evidence, everybody);
    }
    let first = match (is_everybody, now) {
        (true, 0) => "You have no regulars now".to_owned(),
        (true, now) => format!("You have {}", regulars(now)),
        (false, 0) => "None of the people who first came in that time is a regular now".to_owned(),
        (false, now) => format!(
            "{} of the people who first came in that time {} now",
            words::count(now),
            if now == 1 { "is a regular" } else { "are regulars" }
        ),
    };
    let change = match now.cmp(&before) {
        _ if before == 0 => "; a month ago there were none".to_owned(),
        _ if now == 0 => format!("; a month ago there {}", were(before)),
        std::cmp::Ordering::Greater => format!(", {} more than a month ago", words::count(now - before)),
        std::cmp::Ordering::Less => format!(", {} fewer than a month ago", words::count(before - now)),
        std::cmp::Ordering::Equal => ", as many as a month ago".to_owned(),
    };
    let (gained, lost) = (everybody.regulars.gained, everybody.regulars.lost);
    let how = match (gained, lost) {
        _ if before == 0 || now == 0 => String::new(),
        (0, 0) => ": the same people".to_owned(),
        (gained, 0) => format!(": {} moved up, nobody slipped", words::count(gained.into())),
        (0, lost) => format!(": nobody moved up, {} slipped", words::count(lost.into())),
        (gained, lost) => format!(
            ": {} moved up, {} slipped",
            words::count(gained.into()),
            words::count(lost.into())
        ),
    };
    format!("{first}{change}{how}.")
}

/// `1 regular`, `2 regulars`.
fn regulars(number: u64) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} regular{plural}", words::count(number))
}

fn were(number: u64) -> String {
    format!("{} {}", if number == 1 { "was" } else { "were" }, words::count(number))
}

fn none(question: &Question, evidence: &Evidence, everybody: &Tally) -> String {
    let months = evidence.regulars().by_month();
    if let Some((day, number)) = months.into_iter().rfind(|(_, number)| *number > 0) {
        return format!(
            "None of the people seen so far is a regular now, or was a month ago; on {} there {} still.",
            words::day(day),
            were(number)
        );
    }
    let first_possible = everybody
        .first_day
        .and_then(|first| earliest(evidence.regulars().regular(), first));
    match first_possible.filter(|&day| day > question.today()) {
        Some(day) => format!(
            "Nobody has been here long enough to be a regular yet. The first can be one on {}.",
            words::day(day)
        ),
        None if everybody.people == 1 => "The one person seen so far is no regular yet.".to_owned(),
        None => format!(
            "None of the {} seen so far is a regular yet.",
            words::people(everybody.people)
        ),
    }
}

/// The first day on which somebody who came every day from `first` on would be a regular.
fn earliest(regular: &Regular, first: Day) -> Option<Day> {
    let daily: Vec<Day> = (0..LONGEST_DAYS).map(|days| first.plus(days)).collect();
    let mut proofs = Vec::new();
    regular.prove(&daily, &mut proofs);
    let course = Course::new(regular, &daily, &proofs);
    daily.iter().copied().find(|&day| course.on(day))
}

/// No rule takes longer with somebody who comes every day: six months are the longest.
const LONGEST_DAYS: i32 = 366;

pub fn cautions(ground: &Ground, everybody: &Tally, months: &[MonthMoves]) -> Vec<Caution> {
    let regular = ground.regular();
    let rhythm = regular.rhythm;
    let mut cautions = vec![Caution {
        code: "definition",
        message: format!("A regular is somebody who {}.", regular.rule.words()),
    }];
    if everybody.people == 0 {
        return cautions;
    }
    let mut push = |code, message| cautions.push(Caution { code, message });
    match rhythm.foundation {
        Foundation::Fitted => {}
        Foundation::NobodyLeaves => push(
            "nobody_leaves",
            "How people come does not tell who has left from who comes seldom, so nobody is said to have left, not even those who \
             stay away. Where the data begin in mid-history, old faces look new, and this is what that looks like."
                .to_owned(),
        ),
        Foundation::Stated => push(
            "rhythm_stated",
            format!(
                "{} are too few to learn a rhythm from; until about 200 are known, 50 of whom came back, it is taken to be \
                 weekly.",
                words::people(rhythm.people)
            ),
        ),
    }
    if months.last().is_some_and(|month| month.is_running) {
        push(
            "running_month",
            "The running month is not over; its moves are those up to now.".to_owned(),
        );
    }
    if months.iter().any(|month| (1..PEOPLE_MIN).contains(&month.before)) {
        push(
            "few_people",
            format!("Months that found fewer than {PEOPLE_MIN} people give counts, and no shares."),
        );
    }
    cautions
}
