//! `returns`: did they come back? Shares of mature people present again within 7, 28 and 90 days of their first day, how long
//! it took, cohorts side by side, and the people of hits against those of ordinary weeks.

mod curve;
mod hit_cohorts;
mod triangle;

use std::collections::BTreeMap;

use longplay_domain::Day;

use self::hit_cohorts::HitCohort;
use super::{
    reconciliation,
    scopes::{EVERYBODY, Scopes},
};
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

pub const PARTS: &[Part] = &[Part::Cohorts, Part::Gaps, Part::Ages, Part::Reach, Part::Distortions];

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
        for &place in &*places {
            tallies[place].add(origin.day, people, returned, today);
        }
    }
    let people: Vec<u64> = tallies.iter().map(|tally| tally.people).collect();
    let waits = curve::waits(&mut scopes, evidence, &people, today);
    let places = scopes.order(|place| people[place]);
    for &place in &places {
        push_figures(&mut answer, &tallies[place], scopes.scope(place));
        let median = curve::median(&waits[place], scopes.scope(place), question.level);
        answer.figures.push(median);
    }
    answer.series.push(weekly(question, &weeks));
    curve::draw(&mut answer, &scopes, &places, &waits);
    let hit_cohorts = hit_cohorts::compare(question, ground, evidence);
    let rows = hit_cohorts.iter();
    answer.rows = rows
        .map(|cohort| hit_cohorts::row(ground, cohort, question.level))
        .collect();
    answer.rows.extend(triangle::rows(question, evidence.ages()));
    answer.sentence = sentence(question, &tallies[EVERYBODY], &answer.figures);
    if is_told(&tallies[EVERYBODY], 1)
        && let Some(about_hit) = about_hit(question, ground, &hit_cohorts)
    {
        answer.sentence = format!("{} {about_hit}", answer.sentence);
    }
    answer.cautions = cautions(&tallies[EVERYBODY]);
    answer
        .cautions
        .extend(median_caution(&waits[EVERYBODY], &answer.figures));
    reconciliation::of_people(question, ground, evidence).join(&mut answer);
    Ok(answer)
}

/// Whether enough people are through that window for a sentence.
fn is_told(tally: &Tally, place: usize) -> bool {
    tally.windows[place].mature >= PEOPLE_MIN
}

/// The latest hit whose people can be told, beside those of ordinary weeks.
fn about_hit(question: &Question, ground: &Ground, cohorts: &[HitCohort]) -> Option<String> {
    let cohort = cohorts.iter().find(|cohort| cohort.state == State::Known)?;
    let share = |group: &hit_cohorts::Group| {
        let share = group.share(question.level)?;
        if group.returned == 0 {
            return Some("none".to_owned());
        }
        Some(words::Share::of(share.value, share.low, share.high).value())
    };
    let (hit, ordinary) = (share(&cohort.hit)?, share(&cohort.ordinary)?);
    let who = match (&cohort.piece, &cohort.channel) {
        (Some(piece), _) => format!("“{}” brought on its unusual days", ground.title(piece)),
        (None, Some(channel)) => format!("the channel {channel} brought on its unusual days"),
        (None, None) => "that came on unusual days".to_owned(),
    };
    Some(format!(
        "Of the people {who} from {} on, {hit} did; of those of ordinary weeks before, {ordinary}.",
        words::day(cohort.start)
    ))
}

fn median_caution(waits: &curve::Waits, figures: &[Figure]) -> Option<Caution> {
    let median = figures.iter().find(|figure| figure.key == "median_return_days")?;
    (median.value.is_none() && waits.watched >= PEOPLE_MIN).then(|| Caution {
        code: "median_not_reached",
        message: "Fewer than half have come back so far, so there is no number of days within which half did."
            .to_owned(),
    })
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
    let Some(place) = [1, 0].into_iter().find(|&place| is_told(tally, place)) else {
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
