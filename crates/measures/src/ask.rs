//! The one door: a question, the store, an answer.

use longplay_domain::{Goal, Piece, Sample};
use longplay_store::{Snapshot, Store, StoreError};

use crate::{
    answer::{Answer, Grade},
    engine::LocalEngine,
    question::{Key, Question},
    questions,
};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("the data can't be read")]
    Store(#[from] StoreError),
    #[error("the level must lie between 0 and 1, not {0}")]
    Level(f64),
}

/// Everything a question rests on, frozen at one moment.
pub(crate) struct Ground {
    pub snapshot: Snapshot,
    pub engine: LocalEngine,
    pub goals: Vec<Goal>,
    pub pieces: Vec<Piece>,
    /// Day totals of views, up to the day of as_of.
    pub views: Vec<Sample>,
}

/// Platforms call their first total `views`.
const VIEWS: &str = "views";

/// Answers a question from everything accepted so far.
pub fn ask(question: &Question, store: &Store) -> Result<Answer, AskError> {
    let ground = Ground::of(question, store)?;
    answer(question, &ground)
}

/// Answers every standing question about one and the same state of the data; `question.key` is ignored.
pub fn ask_all(question: &Question, store: &Store) -> Result<Vec<Answer>, AskError> {
    let ground = Ground::of(question, store)?;
    Key::ALL
        .into_iter()
        .map(|key| {
            answer(
                &Question {
                    key,
                    ..question.clone()
                },
                &ground,
            )
        })
        .collect()
}

fn answer(question: &Question, ground: &Ground) -> Result<Answer, AskError> {
    match question.key {
        Key::Returns => questions::returns::answer(question, ground),
        Key::Goals => questions::goals::answer(question, ground),
        Key::Hits => questions::hits::answer(question, ground),
    }
}

impl Ground {
    fn of(question: &Question, store: &Store) -> Result<Self, AskError> {
        if !(question.level > 0.0 && question.level < 1.0) {
            return Err(AskError::Level(question.level));
        }
        Ok(Self {
            snapshot: store.snapshot()?,
            engine: LocalEngine::default(),
            goals: store.goals()?,
            pieces: store.pieces()?,
            views: store.day_samples(VIEWS, question.today().plus(-1))?,
        })
    }

    /// An answer of this question that says nothing yet.
    pub fn blank(&self, question: &Question) -> Answer {
        Answer {
            question: question.key.name(),
            as_of: question.as_of.to_string(),
            zone: question.zone.name().to_owned(),
            snapshot: self.snapshot.id(),
            sentence: String::new(),
            grade: Grade::Counted,
            level: question.level,
            figures: Vec::new(),
            rows: Vec::new(),
            series: Vec::new(),
            cautions: Vec::new(),
            method: format!("/methods/{}", question.key.name()),
        }
    }

    /// Runs a fold over all histories.
    pub fn fold<F: crate::pass::Fold>(&self, question: &Question, make: impl Fn() -> F + Sync) -> Result<F, AskError> {
        Ok(self.engine.run(&self.snapshot, question.as_of, &question.zone, make)?)
    }

    /// What to call a piece: its title, or its id.
    pub fn title<'a>(&'a self, id: &'a str) -> &'a str {
        let piece = self
            .pieces
            .binary_search_by(|piece| piece.id.as_str().cmp(id))
            .ok()
            .map(|index| &self.pieces[index]);
        piece.and_then(|piece| piece.title.as_deref()).unwrap_or(id)
    }
}
