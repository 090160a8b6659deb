//! The one door: a question, the store, an answer.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use longplay_domain::{Advice, Day, Goal, HitNote, PersonId, Piece, RegularRule, Rule, Sample};
use longplay_store::{Marked, Snapshot, Store, StoreError};

use crate::{
    answer::{Answer, Caution, Edition, Grade},
    compare::{Against, Comparison},
    engine::LocalEngine,
    evidence::{Evidence, Part},
    memory::Memory,
    over_time,
    question::{Key, Question},
    questions,
    regular::Regular,
    rhythm::Rhythm,
    talk::{Arm, Talking},
};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("the data can't be read")]
    Store(#[from] StoreError),
    #[error("a comparison needs the first and the last day of the period: say both `from` and `to`")]
    OpenPeriod,
    #[error("the level must lie between 0 and 1, not {0}")]
    Level(f64),
    #[error("there is no goal “{asked}”; there are {known}")]
    Goal { asked: String, known: String },
}

/// Everything a question rests on, frozen at one moment, as of the question's.
pub struct Ground {
    pub snapshot: Snapshot,
    pub engine: LocalEngine,
    pub goals: Vec<Goal>,
    pub pieces: Vec<Piece>,
    /// Every advice kept, also later than as_of.
    pub advice: Vec<Advice>,
    /// Whom the owner wants, if they said so.
    pub ideal: Option<Rule>,
    /// Day totals of views, up to the day of as_of; none where the question is about some people only, for totals are nobody's.
    pub views: Vec<Sample>,
    /// The same of every metric, for whole channels.
    pub platform: Vec<Sample>,
    /// Events that every answer leaves out, up to as_of.
    pub marked: Marked,
    /// What the owner says of unusual days.
    pub hit_notes: Vec<HitNote>,
    /// Who counts as a regular.
    pub regular_rule: RegularRule,
    /// What was noted of talking to people.
    pub talk: Talking,
    /// How often people come; known once a pass needed it.
    rhythm: OnceLock<Rhythm>,
    /// What was worked out before, by what it was worked out of.
    pub(crate) memory: Arc<Memory>,
}

/// What is done with the evidence before answers are made of it.
type Meet<'a> = &'a dyn Fn(&Evidence) -> Result<(), AskError>;

/// Platforms call their first total `views`.
const VIEWS: &str = "views";

/// Answers a question from everything accepted so far.
pub fn ask(question: &Question, store: &Store) -> Result<Answer, AskError> {
    let mut answer = answered(question, store)?;
    if question.key.is_told_by_month() && question.months > 0 {
        over_time::tell(&mut answer, question, store)?;
    }
    Ok(answer)
}

/// The same as of one moment.
pub(crate) fn answered(question: &Question, store: &Store) -> Result<Answer, AskError> {
    let ground = Ground::of(question, store)?;
    ground.answer_to(question, &|evidence| ground.meet(question.key, evidence, store))
}

/// The answer to `talk`, with who is on the list and who would have been and is held out of it: what there is to note when
/// the list is taken to work.
pub fn todays_list(question: &Question, store: &Store) -> Result<(Answer, Vec<(PersonId, Arm)>), AskError> {
    let question = Question {
        key: Key::Talk,
        ..question.clone()
    };
    let ground = Ground::of(&question, store)?;
    let arms = OnceLock::new();
    let answer = ground.answer_to(&question, &|evidence| {
        ground.meet(Key::Talk, evidence, store)?;
        arms.get_or_init(|| questions::arms(&question, &ground, evidence));
        Ok(())
    })?;
    Ok((answer, arms.into_inner().unwrap_or_default()))
}

/// Answers every standing question about one and the same state of the data, from one pass; `question.key` is ignored.
pub fn ask_all(question: &Question, store: &Store) -> Result<Edition, AskError> {
    ask_all_on(question, store, LocalEngine::default())
}

/// The same, on the threads of `engine` and no others.
pub fn ask_all_on(question: &Question, store: &Store, engine: LocalEngine) -> Result<Edition, AskError> {
    let mut ground = Ground {
        engine,
        ..Ground::of(question, store)?
    };
    if question.against.is_some() {
        return ground.edition_of(question, &|evidence| ground.meet(Key::Talk, evidence, store));
    }
    let evidence = ground.gather(question, &standing())?;
    ground.meet(Key::Talk, &evidence, store)?;
    // Answers are made of the evidence alone, and what they take of the memory comes on top of it.
    ground.snapshot.let_go_of_rows();
    let answers = ground.told_at_once(question, &evidence)?;
    Ok(ground.edition_with(question, answers))
}

/// Totals of finished days; none where the question is about some people only.
fn totals(
    question: &Question,
    read: impl FnOnce(Day) -> Result<Vec<Sample>, StoreError>,
) -> Result<Vec<Sample>, StoreError> {
    match question.whose {
        None => read(question.today().plus(-1)),
        Some(_) => Ok(Vec::new()),
    }
}

impl Ground {
    /// The ground of a question, from everything accepted so far. Which key is asked does not matter.
    pub fn of(question: &Question, store: &Store) -> Result<Self, AskError> {
        if !(question.level > 0.0 && question.level < 1.0) {
            return Err(AskError::Level(question.level));
        }
        let goals = store.goals()?;
        if let Some(asked) = &question.goal
            && !goals.iter().any(|goal| goal.name == *asked)
        {
            let names: Vec<&str> = goals.iter().map(|goal| goal.name.as_str()).collect();
            return Err(AskError::Goal {
                asked: asked.clone(),
                known: if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                },
            });
        }
        Ok(Self {
            snapshot: store.snapshot()?,
            engine: LocalEngine::default(),
            goals,
            pieces: store.pieces()?,
            advice: store.advice()?,
            ideal: store.ideal()?,
            views: totals(question, |last| store.day_samples(VIEWS, last))?,
            platform: totals(question, |last| store.channel_day_samples(last))?,
            marked: store.marked(question.as_of)?,
            hit_notes: store.hit_notes()?,
            regular_rule: store.regular_rule()?,
            talk: Talking::of(question, store)?,
            rhythm: OnceLock::new(),
            memory: Arc::default(),
        })
    }

    /// The answer to one question; people are told by their keys alone.
    pub fn answer(&self, question: &Question) -> Result<Answer, AskError> {
        self.answer_to(question, &|_| Ok(()))
    }

    fn answer_to(&self, question: &Question, meet: Meet<'_>) -> Result<Answer, AskError> {
        let evidence = self.gather(question, questions::parts(question.key))?;
        meet(&evidence)?;
        let mut answer = self.told(question, &evidence)?;
        if let Some((against, other)) = Self::other_period(question)? {
            let evidence = self.gather(&other, questions::parts(other.key))?;
            let then = self.told(&other, &evidence)?;
            answer.comparison = Comparison::of(against, other.period, (&answer.figures, then.figures), question.level);
        }
        Ok(answer)
    }

    /// What the evidence says, and whom it is about.
    pub fn told(&self, question: &Question, evidence: &Evidence) -> Result<Answer, AskError> {
        let mut answer = questions::answer(question, self, evidence)?;
        if let (Some(among), Some(rule)) = (evidence.among(), &question.whose) {
            answer.cautions.push(among.caution(rule));
            if question.key == Key::Hits {
                let message = "Platform totals can't be told apart by person, so they are left out.".to_owned();
                answer.cautions.push(Caution {
                    code: "totals_left_out",
                    message,
                });
            }
        }
        Ok(answer)
    }

    /// The same question about the period that it is to be compared with.
    fn other_period(question: &Question) -> Result<Option<(Against, Question)>, AskError> {
        let Some(against) = question.against else {
            return Ok(None);
        };
        let other = Question {
            period: against.period(question.period).ok_or(AskError::OpenPeriod)?,
            against: None,
            ..question.clone()
        };
        Ok(Some((against, other)))
    }

    /// The answers to all standing questions; `question.key` is ignored, and people are told by their keys alone.
    pub fn edition(&self, question: &Question) -> Result<Edition, AskError> {
        self.edition_of(question, &|_| Ok(()))
    }

    /// Looks up the names of those who may be on the list of `talk`.
    pub(crate) fn meet(&self, key: Key, evidence: &Evidence, store: &Store) -> Result<(), AskError> {
        if key == Key::Talk {
            questions::meet(self, evidence, store)?;
        }
        Ok(())
    }

    fn edition_of(&self, question: &Question, meet: Meet<'_>) -> Result<Edition, AskError> {
        let of = |question: &Question| {
            let evidence = self.gather(question, &standing())?;
            meet(&evidence)?;
            self.told_at_once(question, &evidence)
        };
        let mut answers = of(question)?;
        if let Some((against, other)) = Self::other_period(question)? {
            for (answer, then) in answers.iter_mut().zip(of(&other)?) {
                answer.comparison =
                    Comparison::of(against, other.period, (&answer.figures, then.figures), question.level);
            }
        }
        Ok(self.edition_with(question, answers))
    }

    pub(crate) fn edition_with(&self, question: &Question, answers: Vec<Answer>) -> Edition {
        Edition {
            as_of: question.as_of.to_string(),
            zone: question.zone.name().to_owned(),
            snapshot: self.snapshot.id(),
            answers,
        }
    }

    /// What the evidence says to every question. They are shared out among threads, the longest first; an answer doesn't depend
    /// on which thread gives it.
    pub(crate) fn told_at_once(&self, question: &Question, evidence: &Evidence) -> Result<Vec<Answer>, AskError> {
        let next = AtomicUsize::new(0);
        let answers: [OnceLock<Result<Answer, AskError>>; Key::ALL.len()] = Default::default();
        let work = || {
            while let Some(&key) = questions::LONGEST_FIRST.get(next.fetch_add(1, Ordering::Relaxed)) {
                let question = Question {
                    key,
                    ..question.clone()
                };
                let place = Key::ALL.iter().position(|&other| other == key).expect("all are listed");
                answers[place].get_or_init(|| self.told(&question, evidence));
            }
        };
        std::thread::scope(|scope| {
            (1..self.engine.threads).for_each(|_| drop(scope.spawn(work)));
            work();
        });
        let told = |answer: OnceLock<_>| answer.into_inner().expect("every key was taken by somebody");
        answers.into_iter().map(told).collect()
    }

    /// One pass over all histories, for the evidence asked for.
    pub fn gather(&self, question: &Question, parts: &[Part]) -> Result<Evidence, AskError> {
        if parts.iter().any(|part| part.rests_on_rhythm()) {
            self.learn_rhythm(question)?;
        }
        let begin = || Evidence::begin(parts, question, self);
        let point = (question.as_of, &question.zone);
        Ok(self.engine.run_by(question.by.column(), &self.snapshot, point, begin)?)
    }

    /// Learns how often people come, once.
    pub(crate) fn learn_rhythm(&self, question: &Question) -> Result<(), AskError> {
        if self.rhythm.get().is_none() {
            self.goes_by(Rhythm::of(self.engine, &self.snapshot, question)?);
        }
        Ok(())
    }

    /// Lets passes go by a rhythm that is known.
    pub(crate) fn goes_by(&self, rhythm: Rhythm) {
        self.rhythm.get_or_init(|| rhythm);
    }

    /// How often people come.
    ///
    /// # Panics
    /// When no part of the evidence gathered rests on it: a mistake in the question's file.
    pub(crate) fn rhythm(&self) -> &Rhythm {
        self.rhythm.get().expect("a pass that needs the rhythm prepares it")
    }

    /// Who counts as a regular, and against which rhythm.
    ///
    /// # Panics
    /// As [`Ground::rhythm`].
    pub(crate) fn regular(&self) -> Regular {
        Regular {
            rule: self.regular_rule,
            rhythm: *self.rhythm(),
        }
    }

    /// An answer of this question that says nothing yet.
    pub(crate) fn blank(&self, question: &Question) -> Answer {
        Answer {
            question: question.key.name(),
            as_of: question.as_of.to_string(),
            zone: question.zone.name().to_owned(),
            snapshot: self.snapshot.id(),
            sentence: String::new(),
            grade: Grade::Counted,
            level: question.level,
            figures: Vec::new(),
            comparison: None,
            rows: Vec::new(),
            series: Vec::new(),
            curves: Vec::new(),
            cautions: Vec::new(),
            method: format!("/methods/{}", question.key.name()),
        }
    }

    /// The goal from which it is learnt who is likely to reach it: the one asked about, else purchases, else the first by name.
    pub(crate) fn learnt_goal(&self, question: &Question) -> Option<&Goal> {
        let asked = question.goal.as_deref().unwrap_or("purchase");
        let named = self.goals.iter().find(|goal| goal.name == asked);
        named.or(self.goals.first())
    }

    /// What to call a piece: its title, or its id.
    pub(crate) fn title<'a>(&'a self, id: &'a str) -> &'a str {
        let piece = self
            .pieces
            .binary_search_by(|piece| piece.id.as_str().cmp(id))
            .ok()
            .map(|index| &self.pieces[index]);
        piece.and_then(|piece| piece.title.as_deref()).unwrap_or(id)
    }
}

/// What all standing questions read, each once.
pub fn standing() -> Vec<Part> {
    let is_read = |part: &Part| Key::ALL.iter().any(|&key| questions::parts(key).contains(part));
    Part::ALL.iter().copied().filter(is_read).collect()
}
