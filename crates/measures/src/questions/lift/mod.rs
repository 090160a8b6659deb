//! `lift`: did the hit grow the business? The autopsy of each detected hit, or of any piece or days asked about.
//!
//! Whom it brought and whether they came back, beside people of ordinary weeks; and whether what lasts (people there again,
//! goals, subscriptions) rose above what it would have been. How each is counted, and the rule of the verdict, stand in
//! `docs/methods/lift.md`.

mod effects;
mod newcomers;
mod pitfalls;
mod subjects;
mod tell;
#[cfg(test)]
mod tests;
mod verdict;

use longplay_domain::Day;
use longplay_store::Code;

use self::{
    effects::{Diary, Effect, Outcome},
    newcomers::{Crowd, Ledger, Newcomers},
    pitfalls::Pitfall,
    subjects::Subject,
    verdict::Verdict,
};
use crate::{
    answer::{Answer, Figure, Grade, Scope, State},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    folds::{DayCounts, Map, Origin},
    question::{By, Question},
    questions::hits,
    stage::Stage,
};

pub const PARTS: &[Part] = &[Part::Cohorts, Part::Reach, Part::Outcomes, Part::Rungs];

/// Everything found out about one hit.
struct Autopsy {
    subject: Subject,
    /// `None` where nobody is known.
    crowd: Option<Crowd>,
    effects: Vec<Effect>,
    verdict: Verdict,
    pitfalls: Vec<Pitfall>,
}

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let episodes = subjects::episodes(question, ground, evidence);
    let asked = subjects::subjects(question, ground, evidence, &episodes);
    let newcomers = newcomers(ground, evidence);
    let diary = diary(question, ground, evidence);
    let is_recorded = |day: Day| diary.was_recorded(day);
    let ledger = Ledger {
        newcomers: &newcomers,
        episodes: &episodes,
        shifts: &hits::watched(question, ground, evidence).shifts,
        today: question.today(),
        // Broken down by source or campaign, people are known by that instead of by channel.
        has_channels: !matches!(question.by, By::Source | By::Campaign),
        goals: ground.goals.len(),
        is_recorded: &is_recorded,
    };
    let autopsies: Vec<Autopsy> = asked
        .into_iter()
        .map(|subject| autopsy(question, subject, &ledger, &diary))
        .collect();
    let mut answer = ground.blank(question);
    answer.grade = Grade::Compared;
    answer.figures = figures(question, &autopsies);
    answer.rows = autopsies.iter().map(|autopsy| tell::row(ground, autopsy)).collect();
    answer.sentence = tell::sentence(question, ground, evidence, &autopsies);
    answer.cautions = pitfalls::cautions(ground, &autopsies);
    Ok(answer)
}

fn autopsy(question: &Question, subject: Subject, ledger: &Ledger<'_>, diary: &Diary) -> Autopsy {
    let level = question.level;
    // One test for each outcome, and one for people who came back on top.
    let strict = verdict::strict(level, diary.outcomes.len() + 1);
    let crowd = (!subject.is_totals).then(|| ledger.crowd(&subject, level, strict));
    let effects = diary.effects(&subject, question.today(), level, strict);
    let pitfalls = pitfalls::of(&subject, &effects, diary, (ledger.episodes, ledger.shifts));
    let is_alone = !pitfalls.contains(&Pitfall::AnotherHit);
    Autopsy {
        verdict: verdict::judge((&subject, is_alone), question.today(), crowd.as_ref(), &effects),
        pitfalls,
        subject,
        crowd,
        effects,
    }
}

/// Who first came when, through what.
fn newcomers(ground: &Ground, evidence: &Evidence) -> Vec<Newcomers> {
    let terms = ground.snapshot.terms();
    let text = |code: Code| terms.text(code).map(|text| text.to_string());
    let goals = ground.goals.len();
    let mut reached: Map<Origin, Vec<u64>> = Map::default();
    for goal in 0..goals {
        for (origin, people) in evidence.outcomes().within(goal) {
            reached.entry(origin).or_insert_with(|| vec![0; goals])[goal] += u64::from(people);
        }
    }
    let mut stood: Map<Origin, [u64; Stage::ALL.len()]> = Map::default();
    for (origin, stage, people) in evidence.rungs().stood() {
        let upto = &mut stood.entry(origin).or_default()[..=stage as usize];
        upto.iter_mut().for_each(|count| *count += u64::from(people));
    }
    let some = |(origin, cohort): (Origin, crate::folds::Cohort)| {
        let people = u64::from(cohort.people);
        let mut stood = stood.remove(&origin).unwrap_or_default();
        stood[Stage::Reached as usize] = people;
        Newcomers {
            day: origin.day,
            channel: text(origin.channel),
            piece: text(origin.piece),
            people,
            returned: cohort.returned.map(u64::from),
            reached: reached.remove(&origin).unwrap_or_else(|| vec![0; goals]),
            stood,
        }
    };
    let mut newcomers: Vec<Newcomers> = evidence.cohorts().cells().into_iter().map(some).collect();
    newcomers.sort_by(|a, b| (a.day, &a.channel, &a.piece).cmp(&(b.day, &b.channel, &b.piece)));
    newcomers
}

/// The durable outcomes, day by day.
fn diary(question: &Question, ground: &Ground, evidence: &Evidence) -> Diary {
    let outcomes = evidence.outcomes();
    let from = outcomes.present().from();
    let days = question.today().since(from).max(0);
    let counts = |counts: &DayCounts| -> Vec<f64> {
        let count = |day| f64::from(counts.on(from.plus(day)).unwrap_or(0));
        (0..days).map(count).collect()
    };
    let outcome = |name: &str, counts, is_afterwards| Outcome {
        name: name.to_owned(),
        is_afterwards,
        counts,
    };
    let mut all = vec![
        outcome("returning", counts(outcomes.returning()), true),
        outcome("subscribers", counts(outcomes.subscribed()), false),
    ];
    for (goal, wanted) in ground.goals.iter().enumerate() {
        let is_taken = all.iter().any(|known| known.name == wanted.name);
        let name = if is_taken {
            format!("goal_{}", wanted.name)
        } else {
            wanted.name.clone()
        };
        all.push(outcome(&name, counts(outcomes.reached(goal)), false));
    }
    Diary {
        from,
        is_recorded: counts(outcomes.present())
            .into_iter()
            .map(|count| count > 0.0)
            .collect(),
        outcomes: all,
    }
}

/// Which hit a figure is about.
fn scope(subject: &Subject) -> Scope {
    let mut scope = Scope::from([("start", Some(subject.start.to_string()))]);
    match (&subject.piece, &subject.channel) {
        (Some(piece), _) => {
            scope.insert("piece", Some(piece.clone()));
        }
        (None, Some(channel)) => {
            scope.insert("channel", channel.clone());
        }
        (None, None) => {}
    }
    scope
}

fn figures(question: &Question, autopsies: &[Autopsy]) -> Vec<Figure> {
    let due = autopsies.iter().filter(|autopsy| autopsy.verdict != Verdict::TooEarly);
    let translated = due.clone().filter(|autopsy| autopsy.verdict == Verdict::Translated);
    let counted = (translated.count() as u64, due.count() as u64);
    let ready_on = autopsies
        .iter()
        .map(|autopsy| verdict::ready_on(&autopsy.subject))
        .min();
    let mut whole = Figure::counted("translated", "hits", Scope::new(), counted).graded(Grade::Compared);
    if counted.1 == 0 && !autopsies.is_empty() {
        whole = whole.too_early(ready_on);
    }
    let mut figures = vec![whole];
    for autopsy in autopsies {
        for effect in &autopsy.effects {
            figures.push(figure(question, autopsy, effect));
        }
    }
    figures
}

fn figure(question: &Question, autopsy: &Autopsy, effect: &Effect) -> Figure {
    let key = format!("effect_{}", effect.outcome);
    let figure = Figure {
        n: effect.days,
        count: effect.total.map_or(0, |total| total.round() as i64),
        ..Figure::unknown(key, "per_day", scope(&autopsy.subject)).graded(Grade::Compared)
    };
    match effect.per_day {
        Some(effect) => Figure {
            value: Some(effect.value),
            low: Some(effect.low),
            high: Some(effect.high),
            state: State::Known,
            ..figure
        },
        None if effect.ready_on > question.today() => figure.too_early(Some(effect.ready_on)),
        None => figure,
    }
}
