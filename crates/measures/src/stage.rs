//! How close somebody is: seven stages, each proved by what they did, and how they rise and fall through them.
//!
//! The stage of a day is the highest of which the evidence holds on that day; what happened later does not exist for it, and
//! what happened before is never forgotten, however a question is limited. Everybody who was ever present has exactly one.

use longplay_domain::{Act, Day};
use longplay_store::{Code, Column, NONE};

use crate::{
    pass::{Life, PRESENCE},
    regular::Course,
    rhythm::Patience,
};

/// How close somebody is, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Stage {
    /// Was present once.
    Reached,
    /// On two days at least, the second after their first session, and may still be there.
    Returning,
    /// A regular by the owner's rule.
    Regular,
    /// Gave permission or effort, or comes by themselves, and may still be there.
    Subscriber,
    Buyer,
    /// Bought on two days at least.
    RepeatBuyer,
    /// Referred or shared within a year.
    Advocate,
}

impl Stage {
    pub const ALL: [Self; 7] = [
        Self::Reached,
        Self::Returning,
        Self::Regular,
        Self::Subscriber,
        Self::Buyer,
        Self::RepeatBuyer,
        Self::Advocate,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Returning => "returning",
            Self::Regular => "regular",
            Self::Subscriber => "subscriber",
            Self::Buyer => "buyer",
            Self::RepeatBuyer => "repeat_buyer",
            Self::Advocate => "advocate",
        }
    }

    /// Whether a model of who leaves decides who is in it.
    pub const fn rests_on_a_model(self) -> bool {
        matches!(self, Self::Reached | Self::Returning | Self::Subscriber)
    }
}

/// Below this chance of still being there nobody is returning, or a subscriber.
pub const GONE_BELOW: f64 = 0.2;
/// An advocate is one for so many days after they last referred or shared.
const ADVOCATE_DAYS: i32 = 365;
/// Somebody who came directly on at least so many of their last so many presence days comes by themselves.
const DIRECT_OF: (u32, u32) = (3, 6);

/// A session goes on while the next act comes within so many microseconds: half an hour, as web analytics count it.
const SESSION_MICROS: i64 = 30 * 60 * 1_000_000;

const fn mask(acts: &[Act]) -> u32 {
    let (mut mask, mut index) = (0, 0);
    while index < acts.len() {
        mask |= 1 << acts[index].code();
        index += 1;
    }
    mask
}

/// Acts that give permission or take effort.
const GIVES: u32 = mask(&[
    Act::Subscribed,
    Act::Followed,
    Act::Replied,
    Act::Commented,
    Act::SignedUp,
    Act::Registered,
]);
const ENDS: u32 = mask(&[Act::Unsubscribed, Act::Unfollowed]);
const BUYS: u32 = mask(&[Act::Purchased]);
const SHARES: u32 = mask(&[Act::Referred, Act::Shared]);
/// Acts without which somebody seen on one day is reached, and no more.
pub const TELLING: u32 = GIVES | BUYS | SHARES;

/// So far ahead nobody asks.
const DAYS_AHEAD_MAX: f64 = 1e6;

/// Columns that say where a visit came from.
pub const ORIGINS: [Column; 3] = [Column::Referrer, Column::Source, Column::Campaign];

/// One person's way up and down the stages. Days are asked in ascending order, none before D0.
pub struct Climb<'a> {
    life: &'a Life<'a>,
    course: Option<Course<'a>>,
    origins: [&'a [Code]; 3],
    /// Whether their events tell anything beside that they came again: those of most people don't.
    is_told: bool,
    /// Events and presence days that are behind.
    events: usize,
    days: usize,
    /// Whether something was given and not taken back since.
    has_given: bool,
    /// The first day of a purchase, and whether there is a second.
    bought: Option<Day>,
    bought_again: bool,
    shared: Option<Day>,
    /// The last presence day.
    last: Option<Day>,
    /// The time of the last event of their first session, while it goes on; `None` once it ended.
    session: Option<i64>,
    /// Whether they were here on a later day than their first, after their first session.
    came_again: bool,
    /// One bit a presence day, the last lowest: whether it began with a direct visit.
    direct: u32,
    /// Whether anything was ever known of where this person came from. Unless it was, a visit without an origin says nothing.
    has_origin: bool,
    here: &'a Patience,
}

impl<'a> Climb<'a> {
    /// `here` says with how little chance of it somebody is still there: [`GONE_BELOW`].
    pub fn new(life: &'a Life<'a>, here: &'a Patience) -> Self {
        let origins = ORIGINS.map(|column| life.history.codes(column));
        let has_origin = origins.iter().any(|codes| codes.iter().any(|&code| code != NONE));
        Self {
            life,
            course: life.course,
            origins,
            is_told: has_origin || life.acts & (TELLING | ENDS) != 0,
            events: 0,
            days: 0,
            has_given: false,
            bought: None,
            bought_again: false,
            shared: None,
            last: None,
            session: None,
            came_again: false,
            direct: 0,
            has_origin: false,
            here,
        }
    }

    /// The stage on `day`, which is neither before D0 nor before a day asked earlier.
    pub fn on(&mut self, day: Day) -> Stage {
        while self.life.days.get(self.events).is_some_and(|&next| next <= day) {
            if self.is_told || !self.came_again {
                self.pass_event();
            }
            self.events += 1;
        }
        let presence = self.life.presence;
        while presence.get(self.days).is_some_and(|&next| next <= day) {
            self.days += 1;
        }
        if self.shared.is_some_and(|shared| day.since(shared) < ADVOCATE_DAYS) {
            Stage::Advocate
        } else if self.bought_again {
            Stage::RepeatBuyer
        } else if self.bought.is_some() {
            Stage::Buyer
        } else if self.comes_of_themselves() && self.is_here(day) {
            Stage::Subscriber
        } else if self.course.is_some_and(|course| course.at(self.days, day)) {
            Stage::Regular
        } else if self.came_again && self.is_here(day) {
            Stage::Returning
        } else {
            Stage::Reached
        }
    }

    /// What follows where nothing is left to pass: the stage until that day, as long as they may still be there, and the stage
    /// from then on. `None` where more can change on the way.
    #[inline]
    pub fn rest(&self, day: Day) -> Option<(Stage, Day, Stage)> {
        let is_over = self.events == self.life.days.len() && self.days == self.life.presence.len();
        let may_be_regular = || self.course.and_then(|course| course.may_stay_until()) >= Some(day);
        if !is_over || self.shared.is_some() || may_be_regular() {
            return None;
        }
        let bought = match (self.bought, self.bought_again) {
            (None, _) => None,
            (_, false) => Some(Stage::Buyer),
            (_, true) => Some(Stage::RepeatBuyer),
        };
        if let Some(bought) = bought {
            return Some((bought, day, bought));
        }
        let here = if self.comes_of_themselves() {
            Stage::Subscriber
        } else if self.came_again {
            Stage::Returning
        } else {
            return Some((Stage::Reached, day, Stage::Reached));
        };
        let presence = self.life.presence;
        let until = presence[0].plus(self.here.until_days(presence).clamp(0.0, DAYS_AHEAD_MAX) as i32);
        Some((here, until, Stage::Reached))
    }

    fn comes_of_themselves(&self) -> bool {
        self.has_given || self.direct.count_ones() >= DIRECT_OF.0
    }

    /// Whether they are still there with some likelihood.
    fn is_here(&self, day: Day) -> bool {
        self.here.holds(&self.life.presence[..self.days], day)
    }

    fn pass_event(&mut self) {
        let (event, day) = (self.events, self.life.days[self.events]);
        if self.life.is_presence(event) {
            self.pass_presence(event, day);
        }
        let act = 1 << self.life.history.acts[event];
        if act & TELLING == 0 && act & ENDS == 0 {
            return;
        }
        if act & GIVES != 0 {
            self.has_given = true;
        } else if act & ENDS != 0 {
            self.has_given = false;
        } else if act & BUYS != 0 {
            self.bought_again |= self.bought.is_some_and(|first| first != day);
            self.bought = self.bought.or(Some(day));
        } else {
            self.shared = Some(day);
        }
    }

    /// What the first presence event of a day says of where they came from.
    fn pass_presence(&mut self, event: usize, day: Day) {
        let time = self.life.history.times[event];
        let is_first = self.last.is_none();
        self.session = self.session.or(is_first.then_some(time));
        self.session = self.session.filter(|&last| time - last <= SESSION_MICROS).map(|_| time);
        self.came_again |= self.session.is_none() && day > self.life.presence[0];
        let came_from = self
            .origins
            .iter()
            .any(|codes| codes.get(event).is_some_and(|&code| code != NONE));
        if self.last != Some(day) {
            self.last = Some(day);
            let is_visit = self.life.history.acts[event] == Act::Viewed.code();
            let is_direct = is_visit && !came_from && self.has_origin;
            self.direct = (self.direct << 1 | u32::from(is_direct)) & ((1 << DIRECT_OF.1) - 1);
        }
        self.has_origin |= came_from;
    }

    /// The piece touched last when they had just risen to `stage` on `day`: that of the latest presence event with a piece, at
    /// or before the event of the day that proves the stage.
    pub fn piece_before(&self, stage: Stage, day: Day) -> Code {
        let proof = match stage {
            Stage::Buyer | Stage::RepeatBuyer => BUYS,
            Stage::Advocate => SHARES,
            Stage::Subscriber if self.has_given => GIVES,
            _ => PRESENCE,
        };
        let acts = self.life.history.acts;
        let is_proof = |event: usize, proof: u32| self.life.days[event] == day && proof >> acts[event] & 1 != 0;
        let proves = |proof| (0..self.events).find(|&event| is_proof(event, proof));
        // Somebody who gave long ago is a subscriber again by merely coming back.
        let Some(proof) = proves(proof).or_else(|| proves(PRESENCE)) else {
            return NONE;
        };
        let pieces = self.life.history.codes(Column::Piece);
        let touched = (0..=proof)
            .rev()
            .find(|&event| pieces[event] != NONE && self.life.is_presence(event));
        touched.map_or(NONE, |event| pieces[event])
    }
}
