//! Whom it may be worth talking to: candidates with their reason, and how those fared who were on a list or held out of it.
//!
//! Everybody is looked at and counted, few are kept: the most urgent of each reason, so that evidence stays small however many
//! drift, and a sale's crowd of new buyers hides no regular. What the owner noted decides here already, so that people who are to
//! be left alone take nobody's place.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashSet;
use longplay_domain::{Act, Day, Period, PersonId, Time};
use longplay_store::{Code, Column, Columns, NONE};

use super::Map;
use crate::{
    pass::{Fold, Life, TakeAway},
    regular::Regular,
    talk::{Arm, Notes},
};

/// A comment, a first purchase or a first sharing is a reason for so many days, that of it included.
const FRESH_DAYS: i32 = 14;
/// Who was here on fewer days has no rhythm to drift from (models §0).
const DAYS_MIN: usize = 5;
/// A smaller drop of the chance to be there is no drift.
const DROP_MIN: f64 = 0.1;
/// After a contact the reminder starts anew: it takes at least so many days to drift again.
const REST_DAYS: i32 = 28;
/// The most urgent candidates kept, of each reason.
const KEPT_MAX: usize = 2_000;
/// So many are held, of whom the last are in reserve: when one of the others goes, who comes next is at hand.
const HELD_MAX: usize = KEPT_MAX + KEPT_MAX / 8;
/// Sorted out whenever so many wait.
const WAITING_MAX: usize = 2 * KEPT_MAX * Reason::ALL.len();
/// People on a list are watched for so many days after it.
pub const WATCHED_DAYS: i32 = 28;

/// Why somebody is worth talking to, the most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Commented or replied, and no contact is noted since.
    UnansweredComment,
    /// Came regularly, and has been silent for longer than usual.
    DriftingRegular,
    /// Shared or referred for the first time.
    NewAdvocate,
    /// Bought for the first time.
    FirstTimeBuyer,
}

impl Reason {
    pub const ALL: [Self; 4] = [
        Self::UnansweredComment,
        Self::DriftingRegular,
        Self::NewAdvocate,
        Self::FirstTimeBuyer,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::UnansweredComment => "unanswered_comment",
            Self::DriftingRegular => "drifting_regular",
            Self::NewAdvocate => "new_advocate",
            Self::FirstTimeBuyer => "first_time_buyer",
        }
    }

    /// The figure that counts its candidates.
    pub const fn figure(self) -> &'static str {
        match self {
            Self::UnansweredComment => "candidates_unanswered_comment",
            Self::DriftingRegular => "candidates_drifting_regular",
            Self::NewAdvocate => "candidates_new_advocate",
            Self::FirstTimeBuyer => "candidates_first_time_buyer",
        }
    }
}

/// Somebody worth talking to.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub person: PersonId,
    pub reason: Reason,
    /// The day of what they did, or the last on which they were here.
    pub since: Day,
    /// The piece of that.
    pub piece: Code,
    pub first_seen: Day,
    pub last_seen: Day,
    pub days: usize,
    pub usual_gap_days: i32,
    pub p_alive: f64,
    /// One of their own periods ago.
    pub p_alive_before: f64,
    /// What is lost by waiting: the drop since then, or the drop that one more silent period would bring.
    pub drop: f64,
    /// Purchases with a value: currency, day, minor units; in that order.
    pub bought: Vec<(Code, Day, i64)>,
}

impl Candidate {
    /// What decides who is kept, before anybody's money can be told: the drop, times one more than their purchases.
    fn urgency(&self) -> f64 {
        self.drop * (1.0 + self.bought.len() as f64)
    }

    /// The most urgent first; among equals the person's key decides.
    fn place(&self) -> (f64, PersonId) {
        (self.urgency(), self.person)
    }
}

/// Candidates, and the people of earlier lists.
#[derive(Debug)]
pub struct Talks {
    regular: Regular,
    today: Day,
    period: Period,
    notes: Arc<Map<PersonId, Notes>>,
    candidates: Vec<Candidate>,
    reserve: Vec<Candidate>,
    /// Of each reason the last up to whom everybody is here, once somebody was let go of.
    through: [Option<(f64, PersonId)>; Reason::ALL.len()],
    /// All candidates by reason, kept or not.
    counts: [u64; Reason::ALL.len()],
    /// (people, came back) of those shown and those held out.
    arms: [(u64, u64); 2],
    /// When the first of them will have been watched for long enough.
    ready_on: Option<Day>,
    /// That day, where whom it was of was taken away.
    owed: Option<Day>,
}

impl Talks {
    pub fn new(regular: Regular, (today, period): (Day, Period), notes: Arc<Map<PersonId, Notes>>) -> Self {
        Self {
            regular,
            today,
            period,
            notes,
            candidates: Vec::new(),
            reserve: Vec::new(),
            through: [None; Reason::ALL.len()],
            counts: [0; Reason::ALL.len()],
            arms: [(0, 0); 2],
            ready_on: None,
            owed: None,
        }
    }

    /// The most urgent candidates of each reason, by reason and then in that order.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    fn held(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().chain(&self.reserve)
    }

    /// How many candidates there are with a reason, kept or not.
    pub const fn count(&self, reason: Reason) -> u64 {
        self.counts[reason as usize]
    }

    /// Of the people shown, or held out, who have been watched for long enough: how many, and how many came back.
    pub const fn arm(&self, arm: Arm) -> (u64, u64) {
        self.arms[arm as usize]
    }

    /// The day from which the first of those not counted yet will be.
    pub const fn ready_on(&self) -> Option<Day> {
        self.ready_on
    }

    /// How somebody fared who was once on a list or held out of it.
    fn watch(&mut self, life: &Life<'_>, (arm, day): (Arm, Day)) {
        let until = day.plus(WATCHED_DAYS);
        if until >= self.today {
            let ready_on = until.plus(1);
            self.ready_on = Some(self.ready_on.map_or(ready_on, |known| known.min(ready_on)));
            return;
        }
        let came_back = life.presence.iter().any(|&present| day < present && present <= until);
        let counts = &mut self.arms[arm as usize];
        *counts = (counts.0 + 1, counts.1 + u64::from(came_back));
    }

    /// Why to talk to them, the day and the event that say so.
    fn reason(&self, life: &Life<'_>, notes: &Notes) -> Option<(Reason, usize)> {
        let fresh = |day: Day| self.today.since(day) < FRESH_DAYS;
        let acts = life.history.acts;
        let of = |event: usize, wanted: &[Act]| wanted.iter().any(|act| act.code() == acts[event]);
        let is_news =
            |event: usize| fresh(life.days[event]) && notes.is_news(Time::from_micros(life.history.times[event]));
        let first = |wanted: &[Act]| {
            (0..acts.len())
                .find(|&event| of(event, wanted))
                .filter(|&event| is_news(event))
        };
        if life.days.last().is_some_and(|&last| fresh(last)) {
            let said = (0..acts.len()).rfind(|&event| of(event, &[Act::Commented, Act::Replied]));
            if let Some(event) = said.filter(|&event| is_news(event)) {
                return Some((Reason::UnansweredComment, event));
            }
            if let Some(event) = first(&[Act::Referred, Act::Shared]) {
                return Some((Reason::NewAdvocate, event));
            }
            if let Some(event) = first(&[Act::Purchased]) {
                return Some((Reason::FirstTimeBuyer, event));
            }
        }
        if !self.drifts(life) || !notes.has_rested(self.today, REST_DAYS) {
            return None;
        }
        let last = (0..acts.len()).rfind(|&event| life.is_presence(event))?;
        Some((Reason::DriftingRegular, last))
    }

    fn drifts(&self, life: &Life<'_>) -> bool {
        let presence = life.presence;
        if presence.len() < DAYS_MIN {
            return false;
        }
        let Some(course) = &life.course else { return false };
        let last = presence[presence.len() - 1];
        let gap_days = self.gap_days(presence);
        if self.today.since(last) <= gap_days {
            return false;
        }
        let rhythm = &self.regular.rhythm;
        let drop = rhythm.p_alive(presence, self.today.plus(-gap_days)) - rhythm.p_alive(presence, self.today);
        drop >= DROP_MIN && course.at(presence.len(), last)
    }

    fn gap_days(&self, presence: &[Day]) -> i32 {
        let age_days = self.today.since(presence[0]);
        self.regular.rhythm.own_gap_days(presence.len() as u32 - 1, age_days)
    }

    fn candidate(&self, life: &Life<'_>, (reason, event): (Reason, usize)) -> Candidate {
        let presence = life.presence;
        let rhythm = &self.regular.rhythm;
        let usual_gap_days = self.gap_days(presence);
        let before = self.today.plus(-usual_gap_days);
        let known = &presence[..presence.partition_point(|&day| day <= before)];
        let p_alive = rhythm.p_alive(presence, self.today);
        // Who was not known yet a period ago could not be gone.
        let p_alive_before = if known.is_empty() {
            1.0
        } else {
            rhythm.p_alive(known, before)
        };
        let drop = match reason {
            Reason::DriftingRegular => p_alive_before - p_alive,
            _ => p_alive - rhythm.p_alive(presence, self.today.plus(usual_gap_days)),
        };
        Candidate {
            person: life.history.person,
            reason,
            since: life.days[event],
            piece: piece_until(life, event),
            first_seen: presence[0],
            last_seen: presence[presence.len() - 1],
            days: presence.len(),
            usual_gap_days,
            p_alive,
            p_alive_before,
            drop: drop.max(0.0),
            bought: bought(life),
        }
    }

    fn keep_the_most_urgent(&mut self) {
        let mut all = std::mem::take(&mut self.candidates);
        all.append(&mut self.reserve);
        let rank = |a: &(f64, PersonId), b: &(f64, PersonId)| b.0.total_cmp(&a.0).then(a.1.0.cmp(&b.1.0));
        all.sort_unstable_by(|a, b| a.reason.cmp(&b.reason).then_with(|| rank(&a.place(), &b.place())));
        let mut held = [0; Reason::ALL.len()];
        let mut through = self.through;
        for candidate in all {
            let reason = candidate.reason as usize;
            let place = candidate.place();
            if self.through[reason].is_some_and(|last| rank(&last, &place).is_lt()) {
                continue;
            }
            held[reason] += 1;
            if held[reason] <= KEPT_MAX {
                self.candidates.push(candidate);
            } else if held[reason] <= HELD_MAX {
                self.reserve.push(candidate);
            }
            if held[reason] == HELD_MAX {
                through[reason] = Some(place);
            }
        }
        self.through = through;
    }
}

/// The piece of the latest presence event with one, at or before `event`.
fn piece_until(life: &Life<'_>, event: usize) -> Code {
    let pieces = life.history.codes(Column::Piece);
    let touched = (0..=event)
        .rev()
        .find(|&event| pieces[event] != NONE && life.is_presence(event));
    touched.map_or(NONE, |event| pieces[event])
}

fn bought(life: &Life<'_>) -> Vec<(Code, Day, i64)> {
    let currencies = life.history.codes(Column::Currency);
    let is_bought = |&event: &usize| life.history.acts[event] == Act::Purchased.code() && currencies[event] != NONE;
    let purchases = (0..life.history.len()).filter(is_bought);
    let mut bought: Vec<_> = purchases
        .map(|event| (currencies[event], life.days[event], life.history.values[event]))
        .collect();
    bought.sort_unstable();
    bought
}

impl Fold for Talks {
    fn columns(&self) -> Columns {
        Columns::of(&[Column::Piece, Column::ValueMinor, Column::Currency])
    }

    fn courses(&self) -> Option<Regular> {
        Some(self.regular)
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        if life.presence.is_empty() {
            return;
        }
        let notes = self.notes.get(&life.history.person).copied().unwrap_or(Notes::NONE);
        if let Some(listed) = notes.listed {
            self.watch(life, listed);
        }
        if notes.is_left_alone(self.today) || !self.period.holds(life.presence[0]) {
            return;
        }
        let Some(reason) = self.reason(life, &notes) else {
            return;
        };
        self.counts[reason.0 as usize] += 1;
        self.candidates.push(self.candidate(life, reason));
        if self.candidates.len() >= WAITING_MAX {
            self.keep_the_most_urgent();
        }
    }

    fn merge(&mut self, other: Self) {
        self.candidates.extend(other.candidates);
        self.reserve.extend(other.reserve);
        self.keep_the_most_urgent();
        self.counts
            .iter_mut()
            .zip(other.counts)
            .for_each(|(mine, theirs)| *mine += theirs);
        for (mine, theirs) in self.arms.iter_mut().zip(other.arms) {
            *mine = (mine.0 + theirs.0, mine.1 + theirs.1);
        }
        self.ready_on = self.ready_on.into_iter().chain(other.ready_on).min();
    }

    fn finish(&mut self) {
        self.keep_the_most_urgent();
    }
}

impl TakeAway for Talks {
    fn take_away(&mut self, other: Self) {
        let gone: HashSet<i64, RandomState> = other.held().map(|candidate| candidate.person.0).collect();
        for held in [&mut self.candidates, &mut self.reserve] {
            held.retain(|candidate| !gone.contains(&candidate.person.0));
        }
        self.counts
            .iter_mut()
            .zip(other.counts)
            .for_each(|(mine, theirs)| *mine -= theirs);
        for (mine, theirs) in self.arms.iter_mut().zip(other.arms) {
            *mine = (mine.0 - theirs.0, mine.1 - theirs.1);
        }
        // The day of nobody else's watching is earlier, so it is right as soon as it is back.
        if other.ready_on.is_some() && other.ready_on == self.ready_on {
            self.owed = self.ready_on.take();
        }
    }

    fn is_whole(&self) -> bool {
        let mut held = [0; Reason::ALL.len()];
        self.candidates
            .iter()
            .for_each(|candidate| held[candidate.reason as usize] += 1);
        let has_all = |(held, count): (u64, u64)| held >= count.min(KEPT_MAX as u64);
        held.into_iter().zip(self.counts).all(has_all) && (self.owed.is_none() || self.owed == self.ready_on)
    }
}
