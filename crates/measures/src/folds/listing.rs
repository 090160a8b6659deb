//! People one by one: those of whom everything asked is true, counted all and kept few — the first in the order asked that
//! come after a given place.
//!
//! What must stay true: the count is that of the figure it is drilled from, because the same functions decide (`stage`,
//! `regular`, `Presence`, the goals' matcher, the calendar of cohorts); and what is kept never grows with the number of people.

use std::{collections::BTreeMap, sync::Arc};

use hashbrown::HashSet;
use longplay_domain::{Act, Day, Goal, Month, Period, PersonId};
use longplay_store::{Code, Column, Columns, NONE, Terms};

use super::{Ages, Presence, matcher::Matcher};
use crate::{
    calendar::month_of,
    pass::{Arrival, Fold, Life},
    regular::Regular,
    rhythm::Patience,
    stage::{Climb, GONE_BELOW, ORIGINS, Stage, TELLING},
};

/// How a month left somebody it had found, or that it brought them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Arrived,
    Up,
    Held,
    Down,
}

impl Move {
    pub const ALL: [Self; 4] = [Self::Arrived, Self::Up, Self::Held, Self::Down];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::Up => "up",
            Self::Held => "held",
            Self::Down => "down",
        }
    }
}

/// The people who first came in one week or month, and of them those present so many weeks or months later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CohortCell {
    pub span: CohortSpan,
    /// A day of that week or month.
    pub day: Day,
    pub age: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CohortSpan {
    Week,
    Month,
}

impl CohortSpan {
    fn number(self, day: Day) -> i32 {
        match self {
            Self::Week => Ages::week_of(day),
            Self::Month => month_of(day).0,
        }
    }
}

/// Which people: all that is said holds of them.
#[derive(Clone, Debug, Default)]
pub struct Which {
    pub stage: Option<Stage>,
    pub presence: Option<Presence>,
    pub is_regular: bool,
    pub moved: Option<(Month, Move)>,
    pub cohort: Option<CohortCell>,
    /// The piece that acquired them; `Some(None)`: no piece did.
    pub piece: Option<Option<String>>,
    /// A goal they reached.
    pub goal: Option<Goal>,
    /// Only these.
    pub among: Option<Arc<HashSet<i64, foldhash::fast::RandomState>>>,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Who was here last comes first.
    #[default]
    LastSeen,
    /// Who came first most lately.
    FirstSeen,
    /// Who is away for longest, in their own usual gaps.
    Away,
    /// Who was here on most days.
    Days,
    /// Who spent most, in one currency.
    Spent,
}

impl Order {
    pub const ALL: [Self; 5] = [Self::LastSeen, Self::Away, Self::FirstSeen, Self::Days, Self::Spent];

    pub const fn name(self) -> &'static str {
        match self {
            Self::LastSeen => "last_seen",
            Self::FirstSeen => "first_seen",
            Self::Away => "away",
            Self::Days => "days",
            Self::Spent => "spent",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }
}

/// A place in the order: rank, then person. Smaller comes first.
pub type Place = (u64, i64);

/// What is listed, ready for a pass.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub which: Which,
    pub order: Order,
    /// The currency of [`Order::Spent`].
    pub currency: Code,
    pub after: Option<Place>,
    pub most: usize,
    pub today: Day,
    pub period: Period,
}

/// One of the people.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub person: PersonId,
    pub first_seen: Day,
    pub last_seen: Day,
    /// Presence days.
    pub days: usize,
    pub usual_gap_days: i32,
    pub p_alive: f64,
    pub presence: Presence,
    pub stage: Stage,
    /// The piece that acquired them.
    pub piece: Code,
    /// Purchases less refunds in minor units, by currency.
    pub spent: Vec<(Code, i64)>,
}

/// The list while it is made.
pub struct Listing<'a> {
    wanted: &'a Wanted,
    regular: Regular,
    here: Patience,
    goal: Option<Matcher>,
    /// The code of the piece asked for, where one is.
    piece: Option<Code>,
    people: u64,
    kept: BTreeMap<Place, Listed>,
}

impl<'a> Listing<'a> {
    pub fn new(wanted: &'a Wanted, regular: Regular, terms: &Terms) -> Self {
        let code = |piece: &Option<String>| piece.as_deref().map_or(NONE, |piece| terms.code(piece));
        Self {
            here: Patience::of(&regular.rhythm, GONE_BELOW),
            regular,
            goal: wanted.which.goal.as_ref().map(|goal| Matcher::new(goal, terms)),
            piece: wanted.which.piece.as_ref().map(code),
            wanted,
            people: 0,
            kept: BTreeMap::new(),
        }
    }

    /// How many there are.
    pub const fn people(&self) -> u64 {
        self.people
    }

    /// Those kept, in order, each with its place.
    pub fn kept(self) -> impl Iterator<Item = (Place, Listed)> {
        self.kept.into_iter()
    }

    /// One person as a list tells them.
    pub fn tell(life: &Life<'_>, regular: &Regular, here: &Patience, today: Day) -> Option<Listed> {
        let arrival = life.arrival?;
        let rhythm = &regular.rhythm;
        let p_alive = rhythm.p_alive(life.presence, today);
        Some(Listed {
            person: life.history.person,
            first_seen: arrival.day,
            last_seen: *life.presence.last()?,
            days: life.presence.len(),
            usual_gap_days: rhythm.own_gap_days(life.presence.len() as u32 - 1, today.since(arrival.day)),
            p_alive,
            presence: Presence::of(p_alive),
            stage: Climb::new(life, here).on(today),
            piece: arrival.piece,
            spent: spent(life),
        })
    }

    fn holds(&self, life: &Life<'_>, arrival: Arrival) -> bool {
        let which = &self.wanted.which;
        let is_of = |among: &Arc<HashSet<i64, _>>| among.contains(&life.history.person.0);
        which.among.as_ref().is_none_or(is_of)
            && self.piece.is_none_or(|piece| piece == arrival.piece)
            && which.cohort.is_none_or(|cell| is_in(cell, life.presence))
            && self.goal.as_ref().is_none_or(|goal| reached(goal, life, arrival))
            && (!which.is_regular || self.is_regular(life))
            && which.presence.is_none_or(|presence| {
                presence == Presence::of(self.regular.rhythm.p_alive(life.presence, self.wanted.today))
            })
            && self.stands(life, arrival)
    }

    fn is_regular(&self, life: &Life<'_>) -> bool {
        life.course.is_some_and(|course| course.on(self.wanted.today))
    }

    /// Whether they stand where is asked, and moved as is asked.
    fn stands(&self, life: &Life<'_>, arrival: Arrival) -> bool {
        let which = &self.wanted.which;
        if which.stage.is_none() && which.moved.is_none() {
            return true;
        }
        let mut climb = (life.presence.len() > 1 || life.acts & TELLING != 0).then(|| Climb::new(life, &self.here));
        let mut on = |day: Day| climb.as_mut().map_or(Stage::Reached, |climb| climb.on(day));
        let has_moved = which.moved.is_none_or(|(month, how)| {
            let (since, until) = (month.plus(-1).last_day(), month.last_day().min(self.wanted.today));
            if arrival.day > until || since >= until {
                return false;
            }
            if arrival.day > since {
                return how == Move::Arrived;
            }
            let (before, after) = (on(since), on(until));
            how == match after.cmp(&before) {
                std::cmp::Ordering::Greater => Move::Up,
                std::cmp::Ordering::Equal => Move::Held,
                std::cmp::Ordering::Less => Move::Down,
            }
        });
        has_moved && which.stage.is_none_or(|stage| stage == on(self.wanted.today))
    }

    fn rank(&self, life: &Life<'_>, arrival: Arrival) -> u64 {
        let last = life.presence[life.presence.len() - 1];
        let day = |day: Day| signed(i64::from(day.0));
        match self.wanted.order {
            Order::LastSeen => !day(last),
            Order::FirstSeen => !day(arrival.day),
            Order::Days => !(life.presence.len() as u64),
            Order::Away => {
                let age_days = self.wanted.today.since(arrival.day);
                let gap_days = self
                    .regular
                    .rhythm
                    .own_gap_days(life.presence.len() as u32 - 1, age_days);
                let away = f64::from(self.wanted.today.since(last).max(0)) / f64::from(gap_days);
                // The bits of numbers that aren't negative stand in their order.
                !away.to_bits()
            }
            Order::Spent => {
                let spent = spent(life);
                let of = spent.iter().find(|(code, _)| *code == self.wanted.currency);
                !signed(of.map_or(0, |(_, minor)| *minor))
            }
        }
    }
}

/// Whole numbers in their order, as such that have no sign.
const fn signed(number: i64) -> u64 {
    (number as u64) ^ (1 << 63)
}

fn is_in(cell: CohortCell, presence: &[Day]) -> bool {
    let cohort = cell.span.number(cell.day);
    let is_at = |number: i32| presence.iter().any(|&day| cell.span.number(day) == number);
    presence.first().is_some_and(|&first| cell.span.number(first) == cohort)
        && cell.age.is_none_or(|age| is_at(cohort.saturating_add_unsigned(age)))
}

fn reached(goal: &Matcher, life: &Life<'_>, arrival: Arrival) -> bool {
    goal.acts & life.acts != 0 && goal.first(life, Matcher::from(life, arrival)).is_some()
}

/// The goals of the workspace, for one person at a time.
pub struct Goals(Vec<Matcher>);

impl Goals {
    pub fn new(goals: &[Goal], terms: &Terms) -> Self {
        Self(goals.iter().map(|goal| Matcher::new(goal, terms)).collect())
    }

    pub fn columns(&self) -> Columns {
        Matcher::columns(&self.0)
    }

    /// The goals that somebody reached, by number, each with the day on which they first did.
    pub fn first_days(&self, life: &Life<'_>) -> impl Iterator<Item = (usize, Day)> {
        let from = life.arrival.map(|arrival| Matcher::from(life, arrival));
        let first = move |matcher: &Matcher| Some(life.days[matcher.first(life, from?)?]);
        self.0
            .iter()
            .enumerate()
            .filter_map(move |(goal, matcher)| Some((goal, first(matcher)?)))
    }
}

/// Purchases less refunds, by currency.
fn spent(life: &Life<'_>) -> Vec<(Code, i64)> {
    const MONEY: u32 = 1 << Act::Purchased.code() | 1 << Act::Refunded.code();
    let mut spent: Vec<(Code, i64)> = Vec::new();
    if life.acts & MONEY == 0 {
        return spent;
    }
    let currencies = life.history.codes(Column::Currency);
    for (event, &act) in life.history.acts.iter().enumerate() {
        let (currency, minor) = (currencies[event], life.history.values[event]);
        let minor = match act {
            _ if currency == NONE => continue,
            act if act == Act::Purchased.code() => minor,
            act if act == Act::Refunded.code() => minor.saturating_neg(),
            _ => continue,
        };
        match spent.iter_mut().find(|(code, _)| *code == currency) {
            Some((_, sum)) => *sum = sum.saturating_add(minor),
            None => spent.push((currency, minor)),
        }
    }
    spent
}

/// What a person is told from, beside what every life needs.
pub fn told_columns() -> Columns {
    Columns::of(&ORIGINS).with(Columns::of(&[Column::Piece, Column::ValueMinor, Column::Currency]))
}

impl Fold for Listing<'_> {
    fn courses(&self) -> Option<Regular> {
        Some(self.regular)
    }

    fn columns(&self) -> Columns {
        let goal = self.goal.as_slice();
        told_columns().with(Matcher::columns(goal))
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        if !self.wanted.period.holds(arrival.day) || !self.holds(life, arrival) {
            return;
        }
        self.people += 1;
        let place = (self.rank(life, arrival), life.history.person.0);
        if self.wanted.after.is_some_and(|after| place <= after) {
            return;
        }
        let is_full = self.kept.len() >= self.wanted.most;
        if is_full && self.kept.last_key_value().is_none_or(|(&last, _)| place > last) {
            return;
        }
        if let Some(listed) = Self::tell(life, &self.regular, &self.here, self.wanted.today) {
            self.kept.insert(place, listed);
        }
        if is_full {
            self.kept.pop_last();
        }
    }

    fn merge(&mut self, other: Self) {
        self.people += other.people;
        self.kept.extend(other.kept);
        while self.kept.len() > self.wanted.most {
            self.kept.pop_last();
        }
    }
}
