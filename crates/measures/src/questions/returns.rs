//! `returns`: did they come back? Shares of mature people present again within 7, 28 and 90 days of their first day.

use std::collections::BTreeMap;

use longplay_domain::Day;

use super::scopes::{EVERYBODY, Scopes};
use crate::{
    answer::{Answer, Caution, Figure, Point, Scope, Series, State},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    folds::WINDOW_DAYS,
    question::Question,
    words,
};

/// Below this many mature people the sentence says "too early" (models §0: 30 people per curve). Figures are given from
/// one person on, with the interval that so few allow.
const PEOPLE_MIN: u64 = 30;
/// Weekly cohorts drawn at most: two years.
const WEEKS_MAX: usize = 104;

/// People of one scope and how many of them are through each window.
#[derive(Clone, Debug, Default)]
struct Tally {
    people: u64,
    windows: [Window; 3],
}

#[derive(Clone, Debug, Default)]
struct Window {
    mature: u64,
    returned: u64,
    /// The first day on which anybody is through it.
    ready_on: Option<Day>,
}

impl Tally {
    fn add(&mut self, first_day: Day, people: u64, returned: [u64; 3], today: Day) {
        self.people += people;
        for ((window, returned), days) in self.windows.iter_mut().zip(returned).zip(WINDOW_DAYS) {
            let ready_on = first_day.plus(days + 1);
            window.ready_on = Some(window.ready_on.map_or(ready_on, |known| known.min(ready_on)));
            // Mature: D0+N < today, so the whole window lies in finished days.
            if ready_on <= today {
                window.mature += people;
                window.returned += returned;
            }
        }
    }
}

pub const PARTS: &[Part] = &[Part::Cohorts];

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let mut answer = ground.blank(question);
    let mut scopes = Scopes::new(question, ground);
    let mut tallies = vec![Tally::default()];
    let mut weeks: BTreeMap<Day, Tally> = BTreeMap::new();
    let today = question.today();
    for (origin, cohort) in evidence.cohorts().cells() {
        let places = scopes.of(&origin);
        let (people, returned) = (u64::from(cohort.people), cohort.returned.map(u64::from));
        tallies.resize_with(scopes.len(), Tally::default);
        if !places.is_empty() {
            weeks
                .entry(origin.day.week_start())
                .or_default()
                .add(origin.day, people, returned, today);
        }
        for place in places {
            tallies[place].add(origin.day, people, returned, today);
        }
    }
    for place in scopes.order(|place| tallies[place].people) {
        push_figures(&mut answer, &tallies[place], scopes.scope(place));
    }
    answer.series.push(weekly(question, &weeks));
    answer.sentence = sentence(question, &tallies[EVERYBODY], &answer.figures);
    answer.cautions = cautions(&tallies[EVERYBODY]);
    Ok(answer)
}

fn push_figures(answer: &mut Answer, tally: &Tally, scope: Scope) {
    let people = tally.people;
    let counted = |key, count| Figure::counted(key, "people", scope.clone(), (count, people));
    answer.figures.push(counted("people".to_owned(), people));
    for (window, days) in tally.windows.iter().zip(WINDOW_DAYS) {
        answer
            .figures
            .push(returned(window, days, people, scope.clone(), answer.level));
    }
    for (window, days) in tally.windows.iter().zip(WINDOW_DAYS) {
        answer
            .figures
            .push(counted(format!("waiting_{days}d"), people - window.mature));
    }
}

fn returned(window: &Window, days: i32, people: u64, scope: Scope, level: f64) -> Figure {
    let share = Figure::share(
        format!("returned_{days}d"),
        scope,
        (window.returned, window.mature),
        level,
    );
    if people > 0 && window.mature == 0 {
        share.too_early(window.ready_on)
    } else {
        share
    }
}

/// The 28-day share by week of the first day. A week is told once all its people are through the window; until then the
/// point has no value, since a share of half a week would only show who happened to come first.
fn weekly(question: &Question, weeks: &BTreeMap<Day, Tally>) -> Series {
    const TWENTY_EIGHT: usize = 1;
    let skipped = weeks.len().saturating_sub(WEEKS_MAX);
    let points = weeks.iter().skip(skipped).map(|(&week, tally)| {
        let window = &tally.windows[TWENTY_EIGHT];
        let is_finished = week.plus(6 + WINDOW_DAYS[TWENTY_EIGHT]) < question.today();
        let estimate = longplay_stats::rates::jeffreys(window.returned, window.mature, question.level);
        let estimate = estimate.filter(|_| is_finished);
        Point {
            day: week,
            n: tally.people,
            value: estimate.map(|estimate| estimate.value),
            low: estimate.map(|estimate| estimate.low),
            high: estimate.map(|estimate| estimate.high),
            state: if estimate.is_some() {
                State::Known
            } else {
                State::TooEarly
            },
            marked: false,
        }
    });
    Series {
        key: "returned_28d".to_owned(),
        title: "Came back within 28 days, by week of the first visit".to_owned(),
        unit: "share".to_owned(),
        scope: Scope::new(),
        points: points.collect(),
    }
}

fn sentence(question: &Question, tally: &Tally, figures: &[Figure]) -> String {
    if tally.people == 0 {
        return "Nobody has been seen yet, so nobody can have come back.".to_owned();
    }
    let is_told = |place: usize| tally.windows[place].mature >= PEOPLE_MIN;
    let Some(place) = [1, 0].into_iter().find(|&place| is_told(place)) else {
        return too_early(question, tally);
    };
    let days = WINDOW_DAYS[place];
    let window = &tally.windows[place];
    let key = format!("returned_{days}d");
    let figure = figures
        .iter()
        .find(|figure| figure.key == key && figure.scope.is_empty());
    let (value, low, high) = figure.map_or((0.0, 0.0, 1.0), |figure| {
        (
            figure.value.unwrap_or(0.0),
            figure.low.unwrap_or(0.0),
            figure.high.unwrap_or(1.0),
        )
    });
    let share = words::Share::of(value, low, high);
    let who = words::people(window.mature);
    match window.returned {
        0 => format!("None of {who} came back within {days} days ({}).", share.range_in()),
        all if all == window.mature => format!("All of {who} came back within {days} days ({}).", share.range_in()),
        _ => format!(
            "{} came back within {days} days ({}), of {who} who have had the time.",
            share.value(),
            share.range()
        ),
    }
}

fn too_early(question: &Question, tally: &Tally) -> String {
    let window = &tally.windows[1];
    let today = question.today();
    let through = match window.mature {
        0 if tally.people == 1 => "The one person seen so far has not had 28 days".to_owned(),
        0 => format!(
            "None of the {} seen so far has had 28 days",
            words::people(tally.people)
        ),
        mature => format!(
            "{} of {} {} had 28 days",
            words::count(mature),
            words::people(tally.people),
            words::have(mature)
        ),
    };
    match window.ready_on.filter(|&ready_on| ready_on > today) {
        Some(ready_on) => format!("Too early to tell. {through}; ask again on {}.", words::day(ready_on)),
        None => format!("Too early to tell. {through}; from {PEOPLE_MIN} on it can be said."),
    }
}

fn cautions(tally: &Tally) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let window = &tally.windows[1];
    if tally.people > 0 && window.mature > 0 && window.mature < PEOPLE_MIN {
        let message = format!(
            "Only {} {} had 28 days, so the interval is wide.",
            words::people(window.mature),
            words::have(window.mature)
        );
        cautions.push(Caution {
            code: "few_people",
            message,
        });
    }
    let waiting = tally.people - window.mature;
    if waiting > 0 {
        let message = format!(
            "{} {} not had 28 days yet; left out of that share, not counted as lost.",
            words::people(waiting),
            words::have(waiting)
        );
        cautions.push(Caution {
            code: "unfinished",
            message,
        });
    }
    cautions
}
