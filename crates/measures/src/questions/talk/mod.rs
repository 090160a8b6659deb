//! `talk`: who should we talk to today? A short list with reason and evidence, and whether being on it helped.
//!
//! Must stay true: nobody is on it whom the owner wants to leave alone, whom they talked to since, or who is held out; it is
//! never longer than what the owner can do in a day; and a name is shown only where it was looked up for this answer.

mod words;
mod worth;

pub use words::without_name;

use longplay_domain::PersonId;
use longplay_stats::rates::{Sample, difference_of_means};
use longplay_store::{NONE, Store, StoreError};
use serde_json::{Value, json};

use crate::{
    answer::{Answer, Figure, Grade, Scope},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    folds::{Candidate, Reason, Talks},
    question::Question,
    talk::{Arm, is_held_out},
};
use worth::{Stake, Worths};

pub const PARTS: &[Part] = &[Part::Talks, Part::Purchases];

/// Of each reason so many times the people who come on the list are ranked by value too: even where half of them are held out,
/// that is enough.
const SHORTLIST: usize = 4;
/// Of each reason the names of so many are looked up at most, to find that many who can be written to.
const LOOKED_UP_MAX: usize = 1_000;
/// Below so many people in either arm nothing is said of the holdout.
const ARM_MIN: u64 = 20;

/// Whether the owner can say something to somebody. Who can be written to comes first: a list is for talking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// A handle is known by which one can write to them.
    Written,
    /// A comment can be answered where it stands.
    Answered,
    Nowhere,
}

/// Somebody who may come on the list.
pub struct Listed<'a> {
    pub candidate: &'a Candidate,
    pub stake: Option<Stake>,
    pub handle: Option<&'a str>,
    reach: Reach,
    urgency: f64,
    /// In which round their reason has its turn with them.
    round: usize,
}

impl Listed<'_> {
    /// Whether the owner can say something to them at all.
    pub fn is_reachable(&self) -> bool {
        self.reach != Reach::Nowhere
    }
}

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let mut answer = ground.blank(question);
    answer.grade = Grade::Attributed;
    let list = list(question, ground, evidence);
    let of_reason = |reason: Reason| evidence.talks().count(reason);
    let candidates = Reason::ALL.into_iter().map(of_reason).sum();
    let counted =
        |key, count| Figure::counted(key, "people", Scope::new(), (count, candidates)).graded(Grade::Attributed);
    answer.figures.push(counted("candidates", candidates));
    answer.figures.push(counted("listed", list.len() as u64));
    let by_reason = Reason::ALL.map(|reason| counted(reason.figure(), of_reason(reason)));
    answer.figures.extend(by_reason);
    answer.figures.extend(holdout(question, evidence.talks()));
    answer.rows = list.iter().map(|listed| row(ground, listed)).collect();
    answer.sentence = words::sentence(question, ground, &list);
    answer.cautions = words::cautions(ground, evidence);
    Ok(answer)
}

/// Looks up the names that the list needs: of each reason, until enough can be written to.
pub fn meet(ground: &Ground, evidence: &Evidence, store: &Store) -> Result<(), StoreError> {
    let most = most(ground);
    let people: Vec<Vec<PersonId>> = by_reason(evidence)
        .map(|of| {
            of.iter()
                .take(most.max(LOOKED_UP_MAX))
                .map(|candidate| candidate.person)
                .collect()
        })
        .collect();
    ground.talk.name(people.iter().map(Vec::as_slice), most, store)
}

/// Who is on today's list, and who would have been and is held out of it.
pub fn arms(question: &Question, ground: &Ground, evidence: &Evidence) -> Vec<(PersonId, Arm)> {
    let mut free = ground.talk.capacity;
    let mut arms = Vec::new();
    for listed in ranked(question, ground, evidence) {
        if free == 0 {
            break;
        }
        let person = listed.candidate.person;
        if is_held_out(person, ground.talk.holdout) {
            arms.push((person, Arm::Held));
        } else {
            arms.push((person, Arm::Shown));
            free -= 1;
        }
    }
    arms
}

/// How many of each reason are ranked.
const fn most(ground: &Ground) -> usize {
    SHORTLIST.saturating_mul(ground.talk.capacity)
}

fn by_reason(evidence: &Evidence) -> impl Iterator<Item = &[Candidate]> {
    evidence.talks().candidates().chunk_by(|a, b| a.reason == b.reason)
}

/// The most urgent of each reason, as the pass saw them, held out or not: first of those who can be written to.
fn shortlist<'a>(ground: &'a Ground, evidence: &'a Evidence) -> Vec<(&'a Candidate, Reach)> {
    let mut short = Vec::new();
    for of_reason in by_reason(evidence) {
        let mut of: Vec<(&Candidate, Reach)> = of_reason.iter().map(|of| (of, reach(ground, of))).collect();
        // Keeps the order of urgency among equals.
        of.sort_by_key(|(_, reach)| *reach);
        short.extend(of.into_iter().take(most(ground)));
    }
    short
}

fn reach(ground: &Ground, candidate: &Candidate) -> Reach {
    if !ground.talk.knows_names() || ground.talk.is_reachable(candidate.person) {
        Reach::Written
    } else if candidate.reason == Reason::UnansweredComment && candidate.piece != NONE {
        Reach::Answered
    } else {
        Reach::Nowhere
    }
}

/// Today's list, cut to what the owner can do.
fn list<'a>(question: &Question, ground: &'a Ground, evidence: &'a Evidence) -> Vec<Listed<'a>> {
    let mut list = ranked(question, ground, evidence);
    list.retain(|listed| !is_held_out(listed.candidate.person, ground.talk.holdout));
    list.truncate(ground.talk.capacity);
    list
}

/// The shortlist, first those who can be written to; among equals by drop × value, the reasons taking turns: in each round comes
/// the next of every reason, the most urgent first. Who is held out takes no turn.
fn ranked<'a>(question: &Question, ground: &'a Ground, evidence: &'a Evidence) -> Vec<Listed<'a>> {
    let worths = Worths::of(question, ground, evidence);
    let listed = |(candidate, reach): (&'a Candidate, Reach)| {
        let stake = worths.stake(candidate);
        let value = 1.0 + stake.map_or(0.0, |stake| stake.of_the_usual);
        Listed {
            candidate,
            stake,
            handle: ground.talk.handle(candidate.person),
            reach,
            urgency: candidate.drop * value,
            round: 0,
        }
    };
    let mut list: Vec<Listed<'_>> = shortlist(ground, evidence).into_iter().map(listed).collect();
    let by_urgency = |a: &Listed<'_>, b: &Listed<'_>| {
        let urgency = b.urgency.total_cmp(&a.urgency);
        urgency.then(a.candidate.person.0.cmp(&b.candidate.person.0))
    };
    list.sort_by(|a, b| a.reach.cmp(&b.reach).then_with(|| by_urgency(a, b)));
    let mut rounds = [[0; Reason::ALL.len()]; 3];
    for listed in &mut list {
        let round = &mut rounds[listed.reach as usize][listed.candidate.reason as usize];
        listed.round = *round;
        *round += usize::from(!is_held_out(listed.candidate.person, ground.talk.holdout));
    }
    list.sort_by(|a, b| {
        (a.reach, a.round)
            .cmp(&(b.reach, b.round))
            .then_with(|| by_urgency(a, b))
    });
    list
}

/// Whether those on a list came back more often than those held out of it.
fn holdout(question: &Question, talks: &Talks) -> Vec<Figure> {
    let (shown, held) = (talks.arm(Arm::Shown), talks.arm(Arm::Held));
    let share = |key, (n, came_back): (u64, u64)| Figure::share(key, Scope::new(), (came_back, n), question.level);
    let mut figures = vec![share("holdout_shown", shown), share("holdout_held", held)];
    let is_enough = shown.0 >= ARM_MIN && held.0 >= ARM_MIN;
    let sample = |(n, came_back): (u64, u64)| Sample::of_share(came_back, n);
    let difference = difference_of_means(sample(shown), sample(held), question.level).filter(|_| is_enough);
    let effect = Figure::estimated(
        "holdout_effect",
        "share",
        Scope::new(),
        (difference.map(|(estimate, _)| estimate), shown.0 + held.0),
    );
    figures.push(match difference {
        Some(_) => effect.graded(Grade::Tested),
        None => Figure {
            ready_on: talks.ready_on(),
            ..effect
        },
    });
    figures
}

fn row(ground: &Ground, listed: &Listed<'_>) -> Value {
    let candidate = listed.candidate;
    let piece = ground
        .snapshot
        .terms()
        .text(candidate.piece)
        .map(|text| text.to_string());
    json!({
        "kind": "person",
        "person": format!("{:016x}", candidate.person.0),
        "handle": listed.handle,
        "reachable": listed.is_reachable(),
        "reason": candidate.reason.name(),
        "evidence": words::evidence(ground, candidate),
        "piece": piece,
        "title": piece.as_deref().map(|piece| ground.title(piece)),
        "value_at_stake": listed.stake.map(|stake| stake.value),
        "currency": listed.stake.map(|stake| stake.currency.code().to_owned()),
        "first_seen": candidate.first_seen,
        "last_seen": candidate.last_seen,
        "usual_gap_days": candidate.usual_gap_days,
        "p_alive": candidate.p_alive,
        "p_alive_before": candidate.p_alive_before,
    })
}
