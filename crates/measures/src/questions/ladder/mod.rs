//! `ladder`: how close are they to us? Regulars, stages that partition everybody, how people moved, and after which piece.
//!
//! Must stay true: the stages of a scope sum to its people; held, moved up and moved down of a month sum to the people at the
//! end of the month before; and a person's past is whole, however the question is limited.

mod months;
mod rows;
mod standing;
mod words;

use crate::{
    answer::{Answer, Figure, Grade, Scope},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    folds::Presence,
    question::Question,
    stage::Stage,
};

use super::scopes::{EVERYBODY, Scopes};
use standing::Tally;

pub const PARTS: &[Part] = &[Part::Cohorts, Part::Regulars, Part::Rungs];

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let mut answer = ground.blank(question);
    let mut scopes = Scopes::new(question, ground);
    let tallies = standing::tally(question, evidence, &mut scopes);
    for place in scopes.order(|place| tallies[place].people) {
        push_scope(&mut answer, &tallies[place], scopes.scope(place));
    }
    let everybody = &tallies[EVERYBODY];
    push_presence(&mut answer, everybody);
    let months = months::told(question, evidence);
    for month in &months {
        months::push_figures(&mut answer, month);
    }
    answer.rows.push(rows::definition(ground));
    answer.rows.extend(months.iter().map(rows::month));
    answer.rows.extend(rows::steps(ground, evidence));
    answer.series.push(months::regulars(evidence, everybody));
    answer.sentence = words::sentence(question, evidence, everybody);
    answer.cautions = words::cautions(ground, everybody, &months);
    Ok(answer)
}

fn push_scope(answer: &mut Answer, tally: &Tally, scope: Scope) {
    let is_everybody = scope.is_empty();
    let people = tally.people;
    let mut counted = |key: &str, count: u64| {
        let figure = Figure::counted(key, "people", scope.clone(), (count, people));
        answer.figures.push(figure);
    };
    counted("people", people);
    counted("regulars", tally.regulars.now.into());
    counted("regulars_month_ago", tally.regulars.month_ago.into());
    if is_everybody {
        counted("regulars_gained", tally.regulars.gained.into());
        counted("regulars_lost", tally.regulars.lost.into());
    }
    for stage in Stage::ALL {
        let key = format!("stage_{}", stage.name());
        let figure = Figure::counted(key, "people", scope.clone(), (tally.stages[stage as usize], people));
        answer.figures.push(if stage.rests_on_a_model() {
            figure.graded(Grade::Attributed)
        } else {
            figure
        });
    }
}

fn push_presence(answer: &mut Answer, tally: &Tally) {
    for presence in Presence::ALL {
        let count = (tally.presence[presence as usize], tally.people);
        let figure = Figure::counted(presence.name(), "people", Scope::new(), count);
        answer.figures.push(figure.graded(Grade::Attributed));
    }
}
