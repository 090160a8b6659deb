//! An autopsy as a row and as a sentence.

use serde_json::{Value, json};

use super::{
    Autopsy,
    newcomers::{Beside, Crowd, TWENTY_EIGHT},
    verdict::{self, Verdict},
};
use crate::{ask::Ground, evidence::Evidence, folds::WINDOW_DAYS, question::Question, stage::Stage, words};

/// One hit with everything found out about it.
pub fn row(ground: &Ground, autopsy: &Autopsy) -> Value {
    let subject = &autopsy.subject;
    let mut row = json!({
        "kind": "autopsy",
        "channel": subject.channel.clone().flatten(),
        "piece": subject.piece,
        "title": subject.piece.as_deref().map(|piece| ground.title(piece)),
        "start": subject.start,
        "end": subject.end,
        "verdict": autopsy.verdict,
        "ready_on": verdict::ready_on(subject),
        "pitfalls": autopsy.pitfalls,
        "people": autopsy.crowd.as_ref().map(|crowd| crowd.hit.people),
        "ordinary_people": autopsy.crowd.as_ref().map(|crowd| crowd.ordinary.people),
    });
    let mut put = |key: String, value: Value| row[key] = value;
    let came = autopsy.crowd.as_ref().and_then(|crowd| crowd.came);
    let back = autopsy.crowd.as_ref().and_then(|crowd| crowd.came_back);
    for (name, excess) in [("", came), ("returned_28d_", back)] {
        put(format!("{name}expected"), json!(excess.map(|excess| excess.expected)));
        put(format!("{name}on_top"), json!(excess.map(|excess| excess.on_top.value)));
        put(
            format!("{name}on_top_low"),
            json!(excess.map(|excess| excess.on_top.low)),
        );
        put(
            format!("{name}on_top_high"),
            json!(excess.map(|excess| excess.on_top.high)),
        );
    }
    for (window, days) in WINDOW_DAYS.into_iter().enumerate() {
        let beside = autopsy.crowd.as_ref().map(|crowd| crowd.returned[window]);
        let of = |take: fn(&Beside) -> Option<f64>| json!(beside.as_ref().and_then(take));
        put(format!("returned_{days}d"), of(hit_share));
        put(format!("ordinary_{days}d"), of(ordinary_share));
        put(
            format!("difference_{days}d"),
            of(|beside| Some(beside.difference?.value)),
        );
        put(
            format!("difference_{days}d_low"),
            of(|beside| Some(beside.difference?.low)),
        );
        put(
            format!("difference_{days}d_high"),
            of(|beside| Some(beside.difference?.high)),
        );
        put(
            format!("returned_{days}d_ready_on"),
            json!(beside.map(|beside| beside.ready_on)),
        );
    }
    row["goals"] = goals(ground, autopsy);
    row["stages"] = stages(autopsy);
    row["effects"] = autopsy.effects.iter().map(effect).collect();
    row
}

fn share((count, n): (u64, u64)) -> Option<f64> {
    (n > 0).then(|| count as f64 / n as f64)
}

fn hit_share(beside: &Beside) -> Option<f64> {
    share(beside.hit).filter(|_| beside.is_ready)
}

fn ordinary_share(beside: &Beside) -> Option<f64> {
    share(beside.ordinary).filter(|_| beside.is_ready)
}

fn goals(ground: &Ground, autopsy: &Autopsy) -> Value {
    let Some(crowd) = &autopsy.crowd else { return json!([]) };
    let goal = |(goal, beside): (&longplay_domain::Goal, &Beside)| {
        json!({
            "goal": goal.name,
            "within_days": crate::folds::GOAL_DAYS,
            "reached": beside.is_ready.then_some(beside.hit.0),
            "share": hit_share(beside),
            "ordinary": ordinary_share(beside),
            "difference": beside.difference.map(|difference| difference.value),
            "low": beside.difference.map(|difference| difference.low),
            "high": beside.difference.map(|difference| difference.high),
        })
    };
    ground.goals.iter().zip(&crowd.reached).map(goal).collect()
}

/// Who stood at each stage above the first, or higher, 28 days after their own first day.
fn stages(autopsy: &Autopsy) -> Value {
    let Some(crowd) = &autopsy.crowd else { return json!([]) };
    let stage = |(stage, beside): (Stage, &Beside)| {
        json!({
            "stage": stage.name(),
            "after_days": crate::folds::STOOD_DAYS,
            "people": beside.is_ready.then_some(beside.hit.0),
            "share": hit_share(beside),
            "ordinary": ordinary_share(beside),
            "difference": beside.difference.map(|difference| difference.value),
            "low": beside.difference.map(|difference| difference.low),
            "high": beside.difference.map(|difference| difference.high),
        })
    };
    Stage::ALL.into_iter().zip(&crowd.stood).skip(1).map(stage).collect()
}

fn effect(effect: &super::Effect) -> Value {
    json!({
        "outcome": effect.outcome,
        "usual_per_day": effect.usual,
        "smallest_per_day": effect.smallest,
        "days": effect.days,
        "per_day": effect.per_day.map(|found| found.value),
        "low": effect.per_day.map(|found| found.low),
        "high": effect.per_day.map(|found| found.high),
        "total": effect.total,
        "never_happened": effect.is_absent,
    })
}

/// Speaks of the most telling hit that can be judged and says how many more there are; of the first that will be where none can.
pub fn sentence(question: &Question, ground: &Ground, evidence: &Evidence, autopsies: &[Autopsy]) -> String {
    let Some(told) = most_telling(autopsies) else {
        let next = autopsies
            .iter()
            .min_by_key(|autopsy| verdict::ready_on(&autopsy.subject));
        return match next {
            Some(next) => format!(
                "Too early. Verdict on {} on {}.",
                what(ground, next, false),
                words::day(verdict::ready_on(&next.subject))
            ),
            None if question.about.is_some() => {
                "Nobody was ever seen with that, so there is nothing to judge.".to_owned()
            }
            None if evidence.reach().cells().is_empty() && ground.views.is_empty() => {
                "Nothing has been seen yet, so there is nothing to judge.".to_owned()
            }
            None => "No day stood out, so there is no hit to judge.".to_owned(),
        };
    };
    let mut parts = vec![brought(ground, told)];
    parts.extend(came_back(told));
    parts.extend(lasted(told));
    parts.push(told.verdict.words().to_owned());
    parts.extend(others(autopsies));
    parts.join(" ")
}

/// Of the hits that can be judged the one that brought most people on top of the usual, the latest of equals; one whose people
/// nobody knows only where no other can be judged.
fn most_telling(autopsies: &[Autopsy]) -> Option<&Autopsy> {
    let on_top = |autopsy: &Autopsy| {
        let crowd = autopsy.crowd.as_ref().filter(|crowd| crowd.hit.people > 0);
        crowd.map_or(f64::NEG_INFINITY, Crowd::people_on_top)
    };
    // Of equals `max_by` takes the last; the latest comes first.
    let due = autopsies.iter().rev().filter(|autopsy| is_due(autopsy));
    due.max_by(|a, b| on_top(a).total_cmp(&on_top(b)))
}

fn is_due(autopsy: &Autopsy) -> bool {
    autopsy.verdict != Verdict::TooEarly
}

/// What became of the hits that are not told.
fn others(autopsies: &[Autopsy]) -> Option<String> {
    let due: Vec<&Autopsy> = autopsies.iter().filter(|autopsy| is_due(autopsy)).collect();
    let translated = due
        .iter()
        .filter(|autopsy| autopsy.verdict == Verdict::Translated)
        .count() as u64;
    let others = due.len().checked_sub(1).filter(|others| *others > 0)? as u64;
    let is_told = most_telling(autopsies).is_some_and(|told| told.verdict == Verdict::Translated);
    Some(match (others, translated - u64::from(is_told)) {
        (1, 0) => "One other hit was judged; it is not known to have translated.".to_owned(),
        (1, _) => "One other hit was judged; it translated.".to_owned(),
        (others, 0) => format!(
            "{} other hits were judged; none of them is known to have translated.",
            words::count(others)
        ),
        (others, translated) => format!(
            "{} other hits were judged; {} of them translated.",
            words::count(others),
            words::count(translated)
        ),
    })
}

/// `the hit of 9 May 2026`, `the days from 3 to 9 May 2026`
fn what(ground: &Ground, autopsy: &Autopsy, is_first: bool) -> String {
    let subject = &autopsy.subject;
    let day = words::day(subject.start);
    let the = if is_first { "The" } else { "the" };
    match &subject.piece {
        Some(piece) => format!("“{}” of {day}", ground.title(piece)),
        None if subject.start == subject.end => format!("{the} hit of {day}"),
        None => format!("{the} days from {day} to {}", words::day(subject.end)),
    }
}

fn brought(ground: &Ground, autopsy: &Autopsy) -> String {
    let what = what(ground, autopsy, true);
    match &autopsy.crowd {
        None => format!("{what} was seen in totals, so whom it brought is not known."),
        Some(crowd) if crowd.hit.people == 0 => format!("{what} brought nobody who had not been there before."),
        Some(crowd) => format!("{what} brought {}.", words::people(crowd.hit.people)),
    }
}

fn came_back(autopsy: &Autopsy) -> Option<String> {
    let beside = autopsy.crowd.as_ref()?.returned[TWENTY_EIGHT];
    let (hit, ordinary) = (hit_share(&beside)?, ordinary_share(&beside)?);
    beside.difference?;
    let say = |share, none: &str| match share {
        0.0 => none.to_owned(),
        share => words::Share::of(share, share, share).value(),
    };
    if hit != ordinary && say(hit, "none") == say(ordinary, "none") {
        return Some(format!(
            "{} of them came back within 28 days, about as many as of people of ordinary weeks.",
            say(hit, "None")
        ));
    }
    Some(format!(
        "{} of them came back within 28 days; of people of ordinary weeks, {}.",
        say(hit, "None"),
        say(ordinary, "none")
    ))
}

/// What became of what lasts, in words that claim no more than the intervals.
fn lasted(autopsy: &Autopsy) -> Option<String> {
    let told: Vec<&super::Effect> = autopsy
        .effects
        .iter()
        .filter(|effect| effect.per_day.is_some())
        .collect();
    if told.is_empty() {
        return None;
    }
    let names = |effects: &[&super::Effect]| {
        let names: Vec<String> = effects.iter().map(|effect| name(&effect.outcome)).collect();
        listed(&names)
    };
    let above: Vec<&super::Effect> = told.iter().copied().filter(|effect| effect.is_above_zero()).collect();
    if above.is_empty() && told.iter().all(|effect| effect.is_too_small()) {
        return Some("What lasts was afterwards what it would have been anyway.".to_owned());
    }
    if above.is_empty() {
        return Some("Nothing that lasts rose clearly above what it would have been anyway.".to_owned());
    }
    let mut text = names(&above);
    if let Some(first) = text.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    let were = match autopsy.verdict {
        Verdict::Translated => "were",
        // Above zero at the level that is shown, and not as surely as several looks at once ask for.
        _ => "may have been",
    };
    Some(format!("{text} {were} above what they would have been anyway."))
}

/// `a`, `a and b`, `a, b and c`
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn name(outcome: &str) -> String {
    match outcome {
        "returning" => "people there again".to_owned(),
        "subscribers" => "new subscribers".to_owned(),
        "purchase" => "first purchases".to_owned(),
        "signup" => "sign-ups".to_owned(),
        "download" => "first downloads".to_owned(),
        goal => format!("conversions to “{}”", goal.strip_prefix("goal_").unwrap_or(goal)),
    }
}
