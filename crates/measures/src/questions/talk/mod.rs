//! `talk`: who should we talk to today? A short list with reason and evidence, and whether being on it helped.
//!
//! Must stay true: nobody is on it whom the owner wants to leave alone, whom they talked to since, or who is held out; it is
//! never longer than what the owner can do in a day; and a name is shown only where it was looked up for this answer.

mod words;
mod worth;

use longplay_domain::PersonId;
use longplay_stats::rates::{Sample, difference_of_means};
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

/// Of each reason so many times the people who come on the list are ranked by value and reachability too, for which their names
/// are looked up: even where half of them are held out, that is enough.
const SHORTLIST: usize = 4;
/// Somebody we know no way to reach counts this much less.
const UNREACHABLE: f64 = 0.2;
/// Below so many people in either arm nothing is said of the holdout.
const ARM_MIN: u64 = 20;

/// Somebody who may come on the list.
pub struct Listed<'a> {
    pub candidate: &'a Candidate,
    pub stake: Option<Stake>,
    pub handle: Option<&'a str>,
    urgency: f64,
    /// In which round their reason has its turn with them.
    round: usize,
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

/// The people whose names are worth looking up.
pub fn to_meet(ground: &Ground, evidence: &Evidence) -> Vec<PersonId> {
    shortlist(ground, evidence).map(|candidate| candidate.person).collect()
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

/// The most urgent of each reason, as the pass saw them, held out or not.
fn shortlist<'a>(ground: &Ground, evidence: &'a Evidence) -> impl Iterator<Item = &'a Candidate> + use<'a> {
    let most = SHORTLIST * ground.talk.capacity;
    let by_reason = evidence.talks().candidates().chunk_by(|a, b| a.reason == b.reason);
    by_reason.flat_map(move |of_reason| of_reason.iter().take(most))
}

/// Today's list, cut to what the owner can do.
fn list<'a>(question: &Question, ground: &'a Ground, evidence: &'a Evidence) -> Vec<Listed<'a>> {
    let mut list = ranked(question, ground, evidence);
    list.retain(|listed| !is_held_out(listed.candidate.person, ground.talk.holdout));
    list.truncate(ground.talk.capacity);
    list
}

/// The shortlist by drop × value × reachability, the reasons taking turns: in each round comes the next of every reason, the most
/// urgent first. Who is held out takes no turn.
fn ranked<'a>(question: &Question, ground: &'a Ground, evidence: &'a Evidence) -> Vec<Listed<'a>> {
    let worths = Worths::of(question, ground, evidence);
    let mut list: Vec<Listed<'_>> = shortlist(ground, evidence)
        .map(|candidate| {
            let stake = worths.stake(candidate);
            let handle = ground.talk.handle(candidate.person);
            // A comment can be answered where it stands.
            let is_reachable = handle.is_some() || candidate.reason == Reason::UnansweredComment;
            let reach = if is_reachable || !ground.talk.knows_names() {
                1.0
            } else {
                UNREACHABLE
            };
            let value = 1.0 + stake.map_or(0.0, |stake| stake.of_the_usual);
            Listed {
                candidate,
                stake,
                handle,
                urgency: candidate.drop * value * reach,
                round: 0,
            }
        })
        .collect();
    let by_urgency = |a: &Listed<'_>, b: &Listed<'_>| {
        let urgency = b.urgency.total_cmp(&a.urgency);
        urgency.then(a.candidate.person.0.cmp(&b.candidate.person.0))
    };
    list.sort_by(by_urgency);
    let mut rounds = [0; Reason::ALL.len()];
    for listed in &mut list {
        let round = &mut rounds[listed.candidate.reason as usize];
        listed.round = *round;
        *round += usize::from(!is_held_out(listed.candidate.person, ground.talk.holdout));
    }
    list.sort_by(|a, b| a.round.cmp(&b.round).then_with(|| by_urgency(a, b)));
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
