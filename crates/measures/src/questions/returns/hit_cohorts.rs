//! The people a hit brought against those of ordinary weeks: did they come back as often?
//!
//! A hit's people are those its piece acquired on the days of its episode. Ordinary people are those who first came through
//! the same channel in the eight weeks before, on days that belong to no episode of that channel. Both are counted only
//! once their 28 days are over. It is a difference between two groups of people, and no claim about what made it.

use longplay_domain::Day;
use longplay_stats::{Estimate, rates};
use longplay_store::Code;
use serde_json::{Value, json};

use super::PEOPLE_MIN;
use crate::{
    answer::State,
    ask::Ground,
    evidence::Evidence,
    folds::{Map, WINDOW_DAYS},
    question::Question,
    questions::hits::{self, Hit},
};

/// Ordinary people are those of so many days before the episode.
const ORDINARY_DAYS: i32 = 56;
/// Hits listed, the latest first.
const HITS_LISTED: usize = 50;
/// The place of 28 days among the windows.
const WINDOW: usize = 1;

/// One hit's people beside ordinary ones.
pub struct HitCohort {
    pub piece: Option<String>,
    pub channel: Option<String>,
    pub start: Day,
    pub end: Day,
    pub people: u64,
    pub hit: Group,
    pub ordinary: Group,
    pub difference: Option<Estimate>,
    pub state: State,
    pub ready_on: Option<Day>,
}

/// People through their 28 days, and who of them came back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Group {
    pub mature: u64,
    pub returned: u64,
}

impl Group {
    pub fn share(&self, level: f64) -> Option<Estimate> {
        rates::jeffreys(self.returned, self.mature, level)
    }
}

/// Who first came through a channel on a day and by what piece.
struct Newcomers {
    day: Day,
    piece: Code,
    people: u64,
    returned: u64,
}

/// The hits whose people the question is about, the latest first.
pub fn compare(question: &Question, ground: &Ground, evidence: &Evidence) -> Vec<HitCohort> {
    // Every episode counts, whatever period is asked about: it decides which days were ordinary.
    let mut all = hits::watched(question, ground, evidence).hits.clone();
    all.sort_by(|a, b| {
        let key = |hit: &Hit| (hit.start, hit.end, hit.channel.clone(), hit.piece.clone());
        key(b).cmp(&key(a))
    });
    if all.is_empty() {
        return Vec::new();
    }
    let newcomers = by_channel(ground, evidence);
    let compared = all.iter().filter_map(|hit| {
        let came = newcomers.get(&hit.channel)?;
        Some(one(question, ground, hit, (came, &all))).filter(|cohort| cohort.people > 0)
    });
    compared.take(HITS_LISTED).collect()
}

fn by_channel(ground: &Ground, evidence: &Evidence) -> Map<Option<String>, Vec<Newcomers>> {
    let terms = ground.snapshot.terms();
    let mut by_code: Map<Code, Vec<Newcomers>> = Map::default();
    for (origin, cohort) in evidence.cohorts().cells() {
        by_code.entry(origin.channel).or_default().push(Newcomers {
            day: origin.day,
            piece: origin.piece,
            people: u64::from(cohort.people),
            returned: u64::from(cohort.returned[WINDOW]),
        });
    }
    let named = by_code.into_iter().map(|(channel, mut newcomers)| {
        newcomers.sort_unstable_by_key(|newcomers| (newcomers.day, newcomers.piece));
        (terms.text(channel).map(|text| text.to_string()), newcomers)
    });
    named.collect()
}

fn one(question: &Question, ground: &Ground, hit: &Hit, (came, all): (&[Newcomers], &[Hit])) -> HitCohort {
    let piece = hit.piece.as_deref().map(|piece| ground.snapshot.terms().find(piece));
    let during = between(came, hit.start, hit.end.plus(1));
    let during = during.iter().filter(|newcomers| {
        piece.is_none_or(|piece| piece == Some(newcomers.piece)) && question.period.holds(newcomers.day)
    });
    let (people, group, ready_on) = tally(during, question.today());
    let is_ordinary = |day: Day| {
        let mut episodes = all.iter().filter(|other| other.channel == hit.channel);
        !episodes.any(|other| other.start <= day && day <= other.end)
    };
    let before = between(came, hit.start.plus(-ORDINARY_DAYS), hit.start);
    let ordinary = before.iter().filter(|newcomers| is_ordinary(newcomers.day));
    let (ordinary_people, ordinary, ordinary_ready_on) = tally(ordinary, question.today());
    let is_enough = group.mature >= PEOPLE_MIN && ordinary.mature >= PEOPLE_MIN;
    let state = match is_enough {
        true => State::Known,
        // So few came that no day will change it.
        false if people.min(ordinary_people) < PEOPLE_MIN => State::NoData,
        false => State::TooEarly,
    };
    let difference = rates::difference_of_shares(
        (group.returned, group.mature),
        (ordinary.returned, ordinary.mature),
        question.level,
    );
    HitCohort {
        piece: hit.piece.clone(),
        channel: hit.channel.clone(),
        start: hit.start,
        end: hit.end,
        people,
        hit: group,
        ordinary,
        difference: difference.filter(|_| is_enough),
        state,
        ready_on: ready_on.max(ordinary_ready_on).filter(|_| state == State::TooEarly),
    }
}

/// Those of the days `from` to before `to`.
fn between(came: &[Newcomers], from: Day, to: Day) -> &[Newcomers] {
    let start = came.partition_point(|newcomers| newcomers.day < from);
    let end = came.partition_point(|newcomers| newcomers.day < to);
    &came[start..end.max(start)]
}

/// How many people, those through their window, and the day on which enough are.
fn tally<'a>(came: impl Iterator<Item = &'a Newcomers>, today: Day) -> (u64, Group, Option<Day>) {
    let (mut people, mut group, mut ready_on) = (0, Group::default(), None);
    for newcomers in came {
        people += newcomers.people;
        let through_on = newcomers.day.plus(WINDOW_DAYS[WINDOW] + 1);
        if people >= PEOPLE_MIN {
            ready_on = ready_on.or(Some(through_on));
        }
        if through_on <= today {
            group.mature += newcomers.people;
            group.returned += newcomers.returned;
        }
    }
    (people, group, ready_on)
}

pub fn row(ground: &Ground, cohort: &HitCohort, level: f64) -> Value {
    let known = |group: &Group| group.share(level).filter(|_| cohort.state == State::Known);
    json!({
        "kind": "hit_cohort",
        "channel": cohort.channel,
        "piece": cohort.piece,
        "title": cohort.piece.as_deref().map(|piece| ground.title(piece)),
        "start": cohort.start,
        "end": cohort.end,
        "people": cohort.people,
        "n": cohort.hit.mature,
        "ordinary_n": cohort.ordinary.mature,
        "returned_28d": known(&cohort.hit).map(|share| share.value),
        "ordinary_28d": known(&cohort.ordinary).map(|share| share.value),
        "difference": cohort.difference.map(|difference| difference.value),
        "low": cohort.difference.map(|difference| difference.low),
        "high": cohort.difference.map(|difference| difference.high),
        "state": cohort.state,
        "ready_on": cohort.ready_on,
    })
}
