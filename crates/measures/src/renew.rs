//! An edition from the one before: where only a few people's histories changed since, these alone are read, as they were then and as
//! they are now, and what they leave is taken out of the evidence and put in again.
//!
//! What must stay true: the answers are those of a pass over everybody, to the last digit. So it is done only where everybody else's
//! part of the evidence is what it was: the same day, the same goals, rules and notes, and a store that vouches for who did not
//! change. Parts that judge people by the rhythm of everybody are gathered anew when that is another; and what none of this holds
//! of is worked out from scratch, and says why ([`Why`]).

use std::sync::Arc;

use longplay_domain::{Day, Goal, PersonId, Piece, RegularRule, Rule, Time, Zone};
use longplay_store::{Snapshot, Store, StoreError};

use crate::{
    answer::Edition,
    ask::{AskError, Ground, standing},
    engine::LocalEngine,
    evidence::{Evidence, Part},
    folds::Map,
    memory::Memory,
    pass::{Fold, TakeAway},
    question::{Key, Question},
    rhythm::Rhythm,
    talk::Notes,
};

/// With more people than this a pass over everybody is not much slower.
const PEOPLE_MAX: usize = 16_384;

/// What an edition was made of, kept for the next.
pub struct Foundation {
    as_of: Time,
    terms: Terms,
    rhythm: Rhythm,
    snapshot: Snapshot,
    evidence: Evidence,
    memory: Arc<Memory>,
}

/// What a person's part of the evidence hangs on beside their history.
#[derive(PartialEq)]
struct Terms {
    today: Day,
    zone: String,
    goals: Vec<Goal>,
    /// Pieces of which anything is stated that people are judged by.
    pieces: Vec<Piece>,
    ideal: Option<Rule>,
    regular: RegularRule,
    notes: Arc<Map<PersonId, Notes>>,
}

/// Why everything was worked out from scratch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There was nothing to go on from.
    First,
    /// Another day, or other goals, rules, pieces or notes.
    Terms,
    /// People were forgotten, names got another meaning, old events went, or more came in than is remembered.
    History,
    /// So many people changed that all of them are as quick.
    People,
}

/// How an edition was worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    FromScratch(Why),
    /// So many people were read, and so many parts of the evidence gathered anew from everybody.
    FromChanges {
        people: usize,
        anew: usize,
    },
}

/// An edition, how it came about, and what the next can go on from.
pub struct Renewed {
    pub edition: Edition,
    pub way: Way,
    pub foundation: Foundation,
}

/// The answers to every standing question as of `as_of`, from `last` where that can be.
pub fn renew(
    (as_of, zone): (Time, Zone),
    store: &Store,
    engine: LocalEngine,
    last: Option<Foundation>,
) -> Result<Renewed, AskError> {
    // Any key will do: an edition holds them all.
    let question = Question::new(Key::ALL[0], as_of, zone);
    let mut ground = Ground::of(&question, store)?;
    ground.engine = engine;
    if let Some(last) = &last {
        ground.memory = Arc::clone(&last.memory);
        ground.memory.turn();
    }
    let terms = Terms::of(&question, &ground);
    let brought = match last {
        None => Err(Why::First),
        Some(last) => last.brought_to(&question, &ground, &terms, store)?,
    };
    let (evidence, way) = match brought {
        Ok((evidence, way)) => (evidence, way),
        Err(why) => (ground.gather(&question, &standing())?, Way::FromScratch(why)),
    };
    ground.meet(Key::Talk, &evidence, store)?;
    let snapshot = ground.snapshot.clone();
    ground.snapshot.let_go_of_rows();
    let answers = ground.told_at_once(&question, &evidence)?;
    Ok(Renewed {
        edition: ground.edition_with(&question, answers),
        way,
        foundation: Foundation {
            as_of,
            terms,
            rhythm: *ground.rhythm(),
            snapshot,
            evidence,
            memory: ground.memory,
        },
    })
}

impl Terms {
    fn of(question: &Question, ground: &Ground) -> Self {
        let judged_by = |piece: &&Piece| piece.channel.is_some() || piece.format.is_some() || !piece.topics.is_empty();
        let pieces = ground.pieces.iter().filter(judged_by).map(|piece| Piece {
            id: piece.id.clone(),
            channel: piece.channel.clone(),
            format: piece.format.clone(),
            topics: piece.topics.clone(),
            ..Piece::default()
        });
        Self {
            today: question.today(),
            zone: question.zone.name().to_owned(),
            goals: ground.goals.clone(),
            pieces: pieces.collect(),
            ideal: ground.ideal.clone(),
            regular: ground.regular_rule,
            notes: Arc::clone(&ground.talk.notes),
        }
    }
}

impl Foundation {
    /// The evidence of the question's snapshot, or why it has to be gathered from everybody.
    fn brought_to(
        self,
        question: &Question,
        ground: &Ground,
        terms: &Terms,
        store: &Store,
    ) -> Result<Result<(Evidence, Way), Why>, AskError> {
        if self.terms != *terms || question.as_of < self.as_of {
            return Ok(Err(Why::Terms));
        }
        let Some(people) = self.changed(question, ground, store)? else {
            return Ok(Err(Why::History));
        };
        if people.len() > PEOPLE_MAX {
            return Ok(Err(Why::People));
        }
        let is_judged_anew = !self.has_rhythm_of(question, ground, &people)?;
        let (anew, kept): (Vec<Part>, Vec<Part>) = standing()
            .into_iter()
            .partition(|part| is_judged_anew && part.rests_on_rhythm());
        let [before, now] = self.read(question, ground, (&people, &kept))?;
        let mut evidence = self.evidence;
        evidence.take_away(before);
        evidence.merge(now);
        evidence.finish();
        let torn = evidence.torn().into_iter().filter(|part| kept.contains(part));
        let anew: Vec<Part> = anew.into_iter().chain(torn).collect();
        if !anew.is_empty() {
            evidence.replace(ground.gather(question, &anew)?);
        }
        let way = Way::FromChanges {
            people: people.len(),
            anew: anew.len(),
        };
        Ok(Ok((evidence, way)))
    }

    /// Whose histories up to as-of differ; `None` where it can't be told.
    fn changed(&self, question: &Question, ground: &Ground, store: &Store) -> Result<Option<Vec<i64>>, StoreError> {
        let Some(mut people) = store.changed_between(&self.snapshot, &ground.snapshot)? else {
            return Ok(None);
        };
        if self.as_of < question.as_of {
            // What lay in the future then may not any more.
            let Some(later) = self.snapshot.with_events_after(self.as_of) else {
                return Ok(None);
            };
            people.extend(later);
            people.sort_unstable();
            people.dedup();
        }
        Ok(Some(people))
    }

    /// Sees to it that the ground goes by its own rhythm; whether everybody was judged by the same.
    fn has_rhythm_of(&self, question: &Question, ground: &Ground, people: &[i64]) -> Result<bool, StoreError> {
        let points = [(&self.snapshot, self.as_of), (&ground.snapshot, question.as_of)];
        let rhythm = if self.rhythm.is_left_by(question, people, points)? {
            self.rhythm
        } else {
            Rhythm::of(ground.engine, &ground.snapshot, question)?
        };
        ground.goes_by(rhythm);
        Ok(rhythm.judges_as(&self.rhythm))
    }

    /// What the people left then, and what they leave now.
    fn read(
        &self,
        question: &Question,
        ground: &Ground,
        (people, parts): (&[i64], &[Part]),
    ) -> Result<[Evidence; 2], StoreError> {
        let of = |snapshot: &Snapshot, as_of| {
            let evidence = Evidence::begin(parts, question, ground);
            LocalEngine::run_of(people, snapshot, (as_of, &question.zone), evidence)
        };
        let before = || of(&self.snapshot, self.as_of);
        if ground.engine.threads == 1 {
            return Ok([before()?, of(&ground.snapshot, question.as_of)?]);
        }
        std::thread::scope(|scope| {
            let before = scope.spawn(before);
            let now = of(&ground.snapshot, question.as_of)?;
            let before = before.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            Ok([before, now])
        })
    }
}
