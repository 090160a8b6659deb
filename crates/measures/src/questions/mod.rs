//! One question a file: which evidence, which model, which figures, which sentence.
//!
//! Each has `PARTS`, the evidence it reads, and `answer`, which makes an answer of it. A new question is a file here, a
//! key in `question.rs`, and its two lines below.

mod audit;
mod credit;
mod durability;
mod fit;
mod goals;
mod hits;
mod ladder;
mod lift;
mod plan;
mod reconciliation;
mod returns;
mod scopes;
pub(crate) mod talk;

pub use talk::{arms, meet};

pub use hits::Watch;
pub use plan::advice_of;

use crate::{
    answer::Answer,
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    question::{Key, Question},
};

/// All questions, those that take longest to answer first, so that threads that share them end together; but those that read what
/// `returns` finds out about spikes come after others, or they would wait for it.
pub const LONGEST_FIRST: [Key; Key::ALL.len()] = [
    Key::Returns,
    Key::Goals,
    Key::Credit,
    Key::Audit,
    Key::Ladder,
    Key::Fit,
    Key::Talk,
    Key::Lift,
    Key::Durability,
    Key::Plan,
    Key::Hits,
];

/// The evidence a question reads.
pub const fn parts(key: Key) -> &'static [Part] {
    match key {
        Key::Hits => hits::PARTS,
        Key::Returns => returns::PARTS,
        Key::Ladder => ladder::PARTS,
        Key::Goals => goals::PARTS,
        Key::Lift => lift::PARTS,
        Key::Durability => durability::PARTS,
        Key::Credit => credit::PARTS,
        Key::Fit => fit::PARTS,
        Key::Plan => plan::PARTS,
        Key::Talk => talk::PARTS,
        Key::Audit => audit::PARTS,
    }
}

/// The answer that the evidence gives.
pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    match question.key {
        Key::Hits => hits::answer(question, ground, evidence),
        Key::Returns => returns::answer(question, ground, evidence),
        Key::Ladder => ladder::answer(question, ground, evidence),
        Key::Goals => goals::answer(question, ground, evidence),
        Key::Lift => lift::answer(question, ground, evidence),
        Key::Durability => durability::answer(question, ground, evidence),
        Key::Credit => credit::answer(question, ground, evidence),
        Key::Fit => fit::answer(question, ground, evidence),
        Key::Plan => plan::answer(question, ground, evidence),
        Key::Talk => talk::answer(question, ground, evidence),
        Key::Audit => audit::answer(question, ground, evidence),
    }
}
