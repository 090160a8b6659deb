//! The sentence, the evidence beside each name, and what must be known.

use longplay_domain::Day;
use longplay_store::NONE;

use super::Listed;
use crate::{
    answer::Caution,
    ask::Ground,
    evidence::Evidence,
    folds::{Candidate, Reason},
    question::Question,
    rhythm::Foundation,
    words,
};

pub fn sentence(question: &Question, ground: &Ground, list: &[Listed<'_>]) -> String {
    let Some(first) = list.first() else {
        return "Nobody needs you today.".to_owned();
    };
    if !first.is_reachable() {
        return match list.len() {
            1 => "Nobody you could write to needs you today; one more has a reason, without a name or an address."
                .to_owned(),
            others => format!(
                "Nobody you could write to needs you today; {} more have a reason, without a name or an address.",
                words::count(others as u64)
            ),
        };
    }
    let candidate = first.candidate;
    let who = first
        .handle
        .map_or_else(|| "Somebody whose name we don't know".to_owned(), name);
    let about = match candidate.reason {
        Reason::DriftingRegular => format!(
            "{who} was here about every {} for {} and has been away {}.{}",
            gap(candidate.usual_gap_days),
            span(candidate.last_seen.since(candidate.first_seen)),
            span(question.today().since(candidate.last_seen)),
            last_piece(ground, candidate)
        ),
        Reason::UnansweredComment => format!("{who} {}.", did(ground, candidate, "commented")),
        Reason::NewAdvocate => format!(
            "{who} {}.",
            did(ground, candidate, "shared or referred for the first time")
        ),
        Reason::FirstTimeBuyer => format!("{who} bought for the first time on {}.", words::day(candidate.since)),
    };
    match list.len() - 1 {
        0 => about,
        1 => format!("{about} One more person is on today's list."),
        more => format!("{about} {} more are on today's list.", words::count(more as u64)),
    }
}

/// `ada@example.com` of `email:ada@example.com`; other handles as they stand.
fn name(handle: &str) -> String {
    handle.strip_prefix("email:").unwrap_or(handle).to_owned()
}

/// A sentence about whoever has that handle, where it must name nobody.
pub fn without_name(sentence: &str, handle: &str) -> String {
    sentence
        .strip_prefix(name(handle).as_str())
        .map_or_else(|| sentence.to_owned(), |rest| format!("Somebody{rest}"))
}

/// `day`, `7 days`: after "every".
fn gap(days: i32) -> String {
    if days == 1 {
        "day".to_owned()
    } else {
        words::days(days.max(0) as u64)
    }
}

/// `3 days`, `5 weeks`, `4 months`, `2 years`: whole ones, rounded down.
fn span(days: i32) -> String {
    let said = |number: i32, unit: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{} {unit}{plural}", words::count(number.max(0) as u64))
    };
    match days {
        ..14 => said(days, "day"),
        14..60 => said(days / 7, "week"),
        60..730 => said(days * 12 / 365, "month"),
        _ => said(days / 365, "year"),
    }
}

fn last_piece(ground: &Ground, candidate: &Candidate) -> String {
    title(ground, candidate).map_or_else(String::new, |title| format!(" The last they saw was “{title}”."))
}

fn title(ground: &Ground, candidate: &Candidate) -> Option<String> {
    let id = (candidate.piece != NONE).then(|| ground.snapshot.terms().text(candidate.piece));
    let id = id.flatten()?.to_string();
    Some(ground.title(&id).to_owned())
}

fn did(ground: &Ground, candidate: &Candidate, what: &str) -> String {
    let on = title(ground, candidate).map_or_else(String::new, |title| format!(" (“{title}”)"));
    let since = match candidate.reason {
        Reason::UnansweredComment => ", and no answer is noted",
        _ => "",
    };
    format!("{what} on {}{on}{since}", words::day(candidate.since))
}

/// Why somebody is on the list, with dates and the piece.
pub fn evidence(ground: &Ground, candidate: &Candidate) -> String {
    let seen = |day: Day| words::day(day);
    match candidate.reason {
        Reason::UnansweredComment => format!("Said something: {}.", did(ground, candidate, "commented or replied")),
        Reason::NewAdvocate => format!(
            "New advocate: {}.",
            did(ground, candidate, "shared or referred for the first time")
        ),
        Reason::FirstTimeBuyer => format!("First purchase on {}.", seen(candidate.since)),
        Reason::DriftingRegular => format!(
            "Here on {} since {}, about every {}; last on {}.{}",
            words::days(candidate.days as u64),
            seen(candidate.first_seen),
            gap(candidate.usual_gap_days),
            seen(candidate.last_seen),
            last_piece(ground, candidate)
        ),
    }
}

pub fn cautions(ground: &Ground, evidence: &Evidence) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let mut push = |code, message: String| cautions.push(Caution { code, message });
    if evidence.talks().candidates().is_empty() {
        return cautions;
    }
    push(
        "a_bet",
        "For a single person the chance to be still there is a bet, right on average.".to_owned(),
    );
    push(
        "answers_unseen",
        "An answer you gave elsewhere is not seen here until you note it: longplay talk contact PERSON --channel WHERE."
            .to_owned(),
    );
    match ground.rhythm().foundation {
        Foundation::Fitted => {}
        Foundation::NobodyLeaves => push(
            "nobody_leaves",
            "How people come does not tell who has left from who comes seldom, so nobody can be seen to drift."
                .to_owned(),
        ),
        Foundation::Stated => push(
            "rhythm_stated",
            "Too few people are known to learn a rhythm from; it is taken to be weekly.".to_owned(),
        ),
    }
    if ground.talk.holdout > 0.0 {
        push(
            "holdout",
            "Some people are held out of the list at random, to learn whether talking helps.".to_owned(),
        );
    }
    cautions
}
