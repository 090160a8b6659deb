//! What lasts, day by day: people who were there again, goals reached, new subscribers. Read by `lift`, which asks whether a
//! hit changed any of it.
//!
//! Counted day by day in dense arrays over the days that can be asked about; nothing hangs on who brought whom, but for who
//! reached a goal within 28 days, which is kept by origin so that a hit's people can be set beside ordinary ones.

use longplay_domain::{Act, Day, Goal};
use longplay_store::{Columns, Terms};

use super::{Origin, Weeks, matcher::Matcher};
use crate::pass::{Fold, Life, TakeAway};

/// Days looked back: three years.
const BACK_DAYS: i32 = 1_100;
/// Days counted before one that is asked about.
const BEFORE_ASKED_DAYS: i32 = 400;
/// A goal reached within so many days of D0 counts for comparing people.
pub const GOAL_DAYS: i32 = 28;

/// A count for each day from `from` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCounts {
    from: Day,
    counts: Vec<u32>,
}

impl DayCounts {
    fn new(from: Day, until: Day) -> Self {
        let days = until.since(from).max(0) as usize;
        Self {
            from,
            counts: vec![0; days],
        }
    }

    #[inline]
    fn add(&mut self, day: Day) {
        if let Ok(place) = usize::try_from(day.since(self.from))
            && let Some(count) = self.counts.get_mut(place)
        {
            *count += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.counts
            .iter_mut()
            .zip(&other.counts)
            .for_each(|(mine, theirs)| *mine += theirs);
    }

    fn take_away(&mut self, other: &Self) {
        self.counts
            .iter_mut()
            .zip(&other.counts)
            .for_each(|(mine, theirs)| *mine -= theirs);
    }

    /// The first day counted.
    pub const fn from(&self) -> Day {
        self.from
    }

    /// The count of a day; `None` where it was not counted.
    pub fn on(&self, day: Day) -> Option<u32> {
        self.counts.get(usize::try_from(day.since(self.from)).ok()?).copied()
    }
}

/// Daily outcomes of everybody.
#[derive(Debug)]
pub struct Outcomes {
    matchers: Vec<Matcher>,
    any_act: u32,
    /// Anybody at all.
    present: DayCounts,
    /// People present who first came on an earlier day.
    returning: DayCounts,
    /// People by the day on which they subscribed for the first time.
    subscribed: DayCounts,
    /// By goal, people by the day on which they reached it.
    reached: Vec<DayCounts>,
    /// By goal, people who reached it within 28 days, by origin.
    within: Vec<Weeks<u32>>,
}

const SUBSCRIBED: u32 = 1 << Act::Subscribed.code();

impl Outcomes {
    /// Days before `today` are counted: three years of them, or from `asked` on where that is earlier.
    pub fn new(goals: &[Goal], terms: &Terms, today: Day, asked: Option<Day>) -> Self {
        let usual = today.plus(-BACK_DAYS);
        let from = asked.map_or(usual, |asked| asked.plus(-BEFORE_ASKED_DAYS).min(usual));
        let matchers: Vec<Matcher> = goals.iter().map(|goal| Matcher::new(goal, terms)).collect();
        let none = DayCounts::new(from, today);
        Self {
            any_act: matchers.iter().fold(SUBSCRIBED, |mask, matcher| mask | matcher.acts),
            present: none.clone(),
            returning: none.clone(),
            subscribed: none.clone(),
            reached: vec![none; matchers.len()],
            within: matchers.iter().map(|_| Weeks::default()).collect(),
            matchers,
        }
    }

    /// People a day.
    pub const fn present(&self) -> &DayCounts {
        &self.present
    }

    /// People a day who first came on an earlier day.
    pub const fn returning(&self) -> &DayCounts {
        &self.returning
    }

    /// New subscribers a day.
    pub const fn subscribed(&self) -> &DayCounts {
        &self.subscribed
    }

    /// People a day who reached the goal with that number.
    pub fn reached(&self, goal: usize) -> &DayCounts {
        &self.reached[goal]
    }

    /// People who reached the goal with that number within 28 days of their first, by origin.
    pub fn within(&self, goal: usize) -> Vec<(Origin, u32)> {
        self.within[goal].cells()
    }
}

impl Fold for Outcomes {
    fn columns(&self) -> Columns {
        Matcher::columns(&self.matchers)
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        self.present.add(arrival.day);
        for &day in &life.presence[1..] {
            self.present.add(day);
            self.returning.add(day);
        }
        if life.acts & self.any_act == 0 {
            return;
        }
        let from = Matcher::from(life, arrival);
        if life.history.acts[from..].contains(&Act::Subscribed.code())
            && let Some(event) = life.history.acts.iter().position(|&act| act == Act::Subscribed.code())
        {
            self.subscribed.add(life.days[event]);
        }
        for (goal, matcher) in self.matchers.iter().enumerate() {
            if matcher.acts & life.acts == 0 {
                continue;
            }
            let Some(event) = matcher.first(life, from) else {
                continue;
            };
            self.reached[goal].add(life.days[event]);
            if life.days[event].since(arrival.day) <= GOAL_DAYS {
                self.within[goal].add(arrival.channel, arrival.piece, arrival.day, 1);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.present.merge(&other.present);
        self.returning.merge(&other.returning);
        self.subscribed.merge(&other.subscribed);
        for (mine, theirs) in self.reached.iter_mut().zip(&other.reached) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.within.iter_mut().zip(other.within) {
            mine.merge(theirs);
        }
    }

    fn finish(&mut self) {
        self.within.iter_mut().for_each(Weeks::finish);
    }
}

impl TakeAway for Outcomes {
    fn take_away(&mut self, other: Self) {
        self.present.take_away(&other.present);
        self.returning.take_away(&other.returning);
        self.subscribed.take_away(&other.subscribed);
        for (mine, theirs) in self.reached.iter_mut().zip(&other.reached) {
            mine.take_away(theirs);
        }
        for (mine, theirs) in self.within.iter_mut().zip(other.within) {
            mine.take_away(theirs);
        }
    }
}
