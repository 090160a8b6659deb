//! `fit`: did this piece attract the right people? The share of the people each scope brought who are whom the owner wants, by
//! what is known of them now; of how many it is not known stands beside it, and never counts as a no.
//!
//! A share of few people says little, so each is also told drawn towards the others (models §6), and below a stated minimum of
//! known people it is too early.

mod learnt;
mod sentence;
mod shrunk;

use longplay_domain::rule::Condition;
use longplay_stats::Estimate;
use serde_json::json;

use self::{
    learnt::{Learnt, REACHED_MIN},
    shrunk::Shrunk,
};
use super::scopes::{EVERYBODY, Scopes};
use crate::{
    answer::{Answer, Caution, Figure, Grade},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    folds::{HORIZON_DAYS, Origin},
    question::{By, Question},
    words,
};

/// Below this many people of whom it is known a share is too early.
const KNOWN_MIN: u64 = 30;

/// People of one scope.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    people: u64,
    yes: u64,
    no: u64,
}

impl Tally {
    const fn known(&self) -> u64 {
        self.yes + self.no
    }

    const fn unknown(&self) -> u64 {
        self.people - self.known()
    }
}

pub const PARTS: &[Part] = &[Part::Cohorts, Part::Fits, Part::FirstContacts];

/// All that is known of the scopes.
struct Known<'a> {
    question: &'a Question,
    ground: &'a Ground,
    scopes: Scopes<'a>,
    /// Everybody first.
    order: Vec<usize>,
    tallies: Vec<Tally>,
    shrunk: Shrunk,
    learnt: Learnt,
}

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let mut scopes = Scopes::new(question, ground);
    let mut tallies = Vec::new();
    let mut add = |origin: &Origin, scopes: &mut Scopes<'_>, (people, yes, no): (u32, u32, u32)| {
        let places = scopes.of(origin);
        tallies.resize_with(scopes.len(), Tally::default);
        for &place in &*places {
            let tally: &mut Tally = &mut tallies[place];
            tally.people += u64::from(people);
            tally.yes += u64::from(yes);
            tally.no += u64::from(no);
        }
    };
    for (origin, cohort) in evidence.cohorts().cells() {
        add(&origin, &mut scopes, (cohort.people, 0, 0));
    }
    for (origin, fit) in evidence.fits().cells() {
        add(&origin, &mut scopes, (0, fit.yes, fit.no));
    }
    let learnt = Learnt::of(question, ground, evidence.first_contacts(), &mut scopes);
    tallies.resize_with(scopes.len(), Tally::default);
    let order = scopes.order(|place| tallies[place].people);
    let known = Known {
        shrunk: Shrunk::of(&order[1..], &tallies, question.level),
        question,
        ground,
        scopes,
        order,
        tallies,
        learnt,
    };
    let mut answer = ground.blank(question);
    for &place in &known.order {
        push_figures(&mut answer, &known, place);
    }
    if let Some(rule) = &ground.ideal {
        answer.rows.push(json!({ "kind": "rule", "rule": rule.to_string() }));
    }
    if ground.ideal.is_some() || known.learnt.score().is_some() {
        answer
            .rows
            .extend(known.order[1..].iter().map(|&place| known.row(place)));
    }
    answer.rows.extend(known.learnt.rows());
    answer.grade = known.grade();
    answer.sentence = sentence::of(&known);
    answer.cautions = cautions(&known);
    Ok(answer)
}

fn push_figures(answer: &mut Answer, known: &Known<'_>, place: usize) {
    let (scope, level, tally) = (known.scopes.scope(place), answer.level, &known.tallies[place]);
    let mut push = |figure| answer.figures.push(figure);
    push(Figure::counted(
        "people",
        "people",
        scope.clone(),
        (tally.people, tally.people),
    ));
    if known.ground.ideal.is_some() {
        push(share(scope.clone(), tally, level));
        let unknown = (tally.unknown(), tally.people);
        push(Figure::share("fit_unknown", scope.clone(), unknown, level));
        if let Some(estimate) = known.shrunk.at(place) {
            let figure = Figure::estimated("fit_shrunk", "share", scope.clone(), (Some(estimate), tally.known()));
            push(Figure {
                count: i64::try_from(tally.yes).unwrap_or(i64::MAX),
                ..figure.graded(Grade::Attributed)
            });
        }
    }
    if let Some(score) = known.learnt.score() {
        let mean = score.at(place).and_then(|mean| mean.estimate(level));
        let figure = Figure::estimated("learnt_fit", "share", scope, (mean.map(within), tally.people));
        push(figure.graded(Grade::Attributed));
    }
}

/// A share lies between 0 and 1.
fn within(estimate: Estimate) -> Estimate {
    Estimate {
        low: estimate.low.max(0.0),
        high: estimate.high.min(1.0),
        ..estimate
    }
}

/// Of the people of whom it is known, those whom the owner wants.
fn share(scope: crate::Scope, tally: &Tally, level: f64) -> Figure {
    let share = Figure::share("fit_share", scope, (tally.yes, tally.known()), level);
    if tally.people > 0 && tally.known() < KNOWN_MIN {
        share.too_early(None)
    } else {
        share
    }
}

impl Known<'_> {
    fn everybody(&self) -> &Tally {
        &self.tallies[EVERYBODY]
    }

    /// The sentence rests on counting where there is a rule, on the score where that is all there is.
    const fn grade(&self) -> Grade {
        match (&self.ground.ideal, self.learnt.score()) {
            (None, Some(_)) => Grade::Attributed,
            _ => Grade::Counted,
        }
    }

    /// A point of the scatter of reach against fit.
    fn row(&self, place: usize) -> serde_json::Value {
        let (name, tally) = (self.scopes.names[place].clone().flatten(), &self.tallies[place]);
        let share = share(self.scopes.scope(place), tally, self.question.level);
        let title = match (self.question.by, &name) {
            (By::Piece, Some(piece)) => Some(self.ground.title(piece)),
            (_, name) => name.as_deref(),
        };
        let learnt = self.learnt.score().and_then(|score| score.at(place));
        json!({
            "kind": "scope",
            (self.question.by.name()): name,
            "title": title,
            "people": tally.people,
            "known": tally.known(),
            "unknown": tally.unknown(),
            "fit_share": share.value,
            "low": share.low,
            "high": share.high,
            "fit_shrunk": self.shrunk.at(place).map(|estimate| estimate.value),
            "learnt_fit": learnt.map(|mean| mean.value),
        })
    }
}

fn cautions(known: &Known<'_>) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let mut say = |code, message: String| cautions.push(Caution { code, message });
    let tally = known.everybody();
    match &known.ground.ideal {
        None => say(
            "no_rule",
            "Nobody said yet whom you want: say it with `longplay ideal set \"RULE\"`, and try a rule first with \
             `longplay ideal try \"RULE\"`."
                .to_owned(),
        ),
        Some(rule) => {
            if tally.unknown() > 0 {
                let message = format!(
                    "Of {} of {} it is not known; left out of the share, not counted as the wrong ones.",
                    words::count(tally.unknown()),
                    words::people(tally.people)
                );
                say("unknown_people", message);
            }
            let conditions = rule.conditions();
            let mut later = conditions.iter().filter(|condition| takes_time(condition));
            if let Some(first) = later.next() {
                let more = if later.next().is_some() { " …" } else { "" };
                let message = format!(
                    "The rule looks at what people did after they came ({first}{more}), so those who came lately have had less \
                     time for it."
                );
                say("takes_time", message);
            }
            if known.shrunk.are_alike() {
                let message = "As far as can be told, none of them brought more of the right people than another.";
                say("alike", message.to_owned());
            }
        }
    }
    if tally.people > 0 {
        about_the_score(&known.learnt, &mut say);
    }
    cautions
}

fn about_the_score(learnt: &Learnt, say: &mut impl FnMut(&'static str, String)) {
    match learnt {
        Learnt::NoGoal => {}
        Learnt::TooFew { goal, reached } => say(
            "score_too_early",
            format!(
                "From {REACHED_MIN} people on who reached “{goal}” within {HORIZON_DAYS} days, it can be learnt which pieces bring \
                 such people; so far {}.",
                words::count(*reached)
            ),
        ),
        Learnt::Useless { goal, .. } => say(
            "score_says_nothing",
            format!("How people first came doesn't tell who will reach “{goal}”, so no score is shown."),
        ),
        Learnt::Score(score) => say(
            "score_is_of_groups",
            format!(
                "learnt_fit is learnt from {} who reached “{}” within {HORIZON_DAYS} days, by how they first came: it describes \
                 groups, never a person.",
                words::people(score.reached),
                score.goal
            ),
        ),
    }
}

/// Whether a condition may still come true of somebody who is new. Where people come from and what is said of them is not
/// something they need time for.
const fn takes_time(condition: &Condition) -> bool {
    matches!(
        condition,
        Condition::Did { .. } | Condition::Spent { .. } | Condition::DaysPresent { .. }
    )
}
