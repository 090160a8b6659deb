//! The one pass: what every fold sees of a person, computed once for all of them.
//!
//! A [`Life`] is a person's history up to as_of together with what the definitions rest on: the days on which they were
//! present, and their arrival (first presence event ever, its day D0, and the piece that acquired them).

use std::{borrow::Cow, ops::Range};

use longplay_domain::{Act, Day, DayClock, Time};
use longplay_store::{Code, Column, Columns, History, NONE};

use crate::regular::{Course, Regular};

/// Bit `1 << act` is set for acts that show presence.
pub(crate) const PRESENCE: u32 = presence_mask();

const fn presence_mask() -> u32 {
    let mut mask = 0;
    let mut index = 0;
    while index < Act::ALL.len() {
        if Act::ALL[index].is_presence() {
            mask |= 1 << Act::ALL[index].code();
        }
        index += 1;
    }
    mask
}

/// A question's fold over histories. Evidence of the same kind merges in any order to the same result.
pub trait Fold: Send + Sized {
    /// Which columns [`Fold::observe`] reads, beside time and act.
    fn columns(&self) -> Columns;

    /// Who counts as a regular, where [`Fold::observe`] reads [`Life::course`].
    fn courses(&self) -> Option<Regular> {
        None
    }

    fn observe(&mut self, life: &Life<'_>);

    /// Observes each of them.
    fn observe_all(&mut self, lives: &[Life<'_>]) {
        lives.iter().for_each(|life| self.observe(life));
    }

    fn merge(&mut self, other: Self);

    /// Called on every part before it is merged, where it was made, and on the whole before anything is read: it may come
    /// more than once.
    fn finish(&mut self) {}
}

/// A fold whose evidence can be brought up to date: what some people left is taken away, and what they leave now merged.
///
/// Both take place between finished parts, and the whole is finished again before anything is read.
pub trait TakeAway: Fold {
    /// Takes away what lives left that were observed before; `other` has observed those and nobody else.
    fn take_away(&mut self, other: Self);

    /// Whether this is all that there would be, had what is left been observed alone: whoever keeps but the first of many may
    /// miss those who come after one that went.
    fn is_whole(&self) -> bool {
        true
    }
}

/// How a person first appeared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Index of the first presence event.
    pub event: usize,
    /// D0: its day.
    pub day: Day,
    /// The acquiring piece: of that event, or else of the first later presence event on D0 that has one.
    pub piece: Code,
    /// The channel of that event; or its source or campaign, when that is what the question breaks people down by.
    pub channel: Code,
}

/// One person, up to as_of.
pub struct Life<'a> {
    pub history: &'a History<'a>,
    /// `None` for somebody who never did anything of their own accord.
    pub arrival: Option<Arrival>,
    /// Distinct presence days, ascending; the first is D0.
    pub presence: &'a [Day],
    /// The day of each event.
    pub days: &'a [Day],
    /// Their way in and out of being a regular; `None` where they were here too seldom to be one, or no fold asks.
    pub course: Option<Course<'a>>,
    /// Bit `1 << act` is set for every act they ever did: most folds are about acts that most people never do.
    pub acts: u32,
}

impl Life<'_> {
    #[inline]
    pub fn is_presence(&self, event: usize) -> bool {
        PRESENCE >> self.history.acts[event] & 1 != 0
    }
}

/// Turns histories into lives; keeps its buffers from block to block.
pub struct Observer<'a> {
    as_of: Time,
    clock: &'a DayClock,
    /// What stands in the place of the channel.
    channel: Column,
    /// Who counts as a regular, where a fold asks.
    regular: Option<Regular>,
    /// Of all people of a block, one behind the other.
    presence: Vec<Day>,
    days: Vec<Day>,
    proofs: Vec<bool>,
    order: Vec<u64>,
}

/// A person of a block, and where theirs lies in the buffers.
struct Begun<'h> {
    history: &'h History<'h>,
    arrival: Option<Arrival>,
    acts: u32,
    presence: Range<u32>,
    days: u32,
    proofs: Range<u32>,
}

/// Acts by which most people are known, and which tell little.
const COMMON: u32 = 1 << Act::Viewed.code()
    | 1 << Act::Opened.code()
    | 1 << Act::Clicked.code()
    | 1 << Act::Watched.code()
    | 1 << Act::Downloaded.code()
    | 1 << Act::Other.code();
/// Bits of a place in a block.
const PLACE_BITS: u32 = 16;

impl Begun<'_> {
    /// People whom folds treat alike have numbers that lie together: how many days they were there, whether they did more than
    /// most, how many events they have.
    fn kind(&self) -> u64 {
        let (days, events) = (
            self.presence.len().min(0xff) as u64,
            self.history.len().min(0xff) as u64,
        );
        let rare = u64::from(self.acts & !COMMON & ((1 << 24) - 1));
        days << 40 | rare << 16 | events
    }
}

impl<'a> Observer<'a> {
    pub const fn new(as_of: Time, clock: &'a DayClock) -> Self {
        Self {
            as_of,
            clock,
            channel: Column::Channel,
            regular: None,
            presence: Vec::new(),
            days: Vec::new(),
            proofs: Vec::new(),
            order: Vec::new(),
        }
    }

    /// The same, with the text of another column in the place of the arrival's channel.
    #[must_use]
    pub fn by(self, channel: Column) -> Self {
        Self { channel, ..self }
    }

    /// The same, with everybody's course as a regular, where somebody asks for it.
    #[must_use]
    pub fn against(self, regular: Option<Regular>) -> Self {
        Self { regular, ..self }
    }

    /// The columns a life needs beside those of the folds.
    pub fn columns() -> Columns {
        Columns::of(&[Column::Time, Column::Act, Column::Piece, Column::Channel])
    }

    /// Shows `see` the person as they were at as_of; somebody who had no event by then does not exist.
    #[inline]
    pub fn observe(&mut self, history: &History<'_>, see: impl FnOnce(&Life<'_>)) {
        let history = history.until(self.as_of);
        if !history.is_empty() {
            self.clear();
            let begun = self.begin(&history);
            see(&self.life(&begun));
        }
    }

    /// The same of several people at once, fewer than 65 thousand. They come in no order but that of their kinds, so that a
    /// processor that guesses what comes next is hardly ever wrong.
    pub fn observe_all(&mut self, histories: &[History<'_>], see: impl FnOnce(&[Life<'_>])) {
        self.clear();
        let is_whole = |history: &History<'_>| history.times.last().is_some_and(|&last| last <= self.as_of.micros());
        let known: Cow<'_, [History<'_>]> = if histories.iter().all(is_whole) {
            Cow::Borrowed(histories)
        } else {
            let until = histories.iter().map(|history| history.until(self.as_of));
            until.filter(|history| !history.is_empty()).collect()
        };
        let begun: Vec<Begun<'_>> = known.iter().map(|history| self.begin(history)).collect();
        let kinds = (0_u64..)
            .zip(&begun)
            .map(|(place, begun)| begun.kind() << PLACE_BITS | place);
        self.order.clear();
        self.order.extend(kinds);
        self.order.sort_unstable();
        let place = |kind: u64| (kind & ((1 << PLACE_BITS) - 1)) as usize;
        let lives: Vec<Life<'_>> = self.order.iter().map(|&kind| self.life(&begun[place(kind)])).collect();
        see(&lives);
    }

    fn clear(&mut self) {
        self.presence.clear();
        self.days.clear();
        self.proofs.clear();
    }

    fn life<'b>(&'b self, begun: &'b Begun<'_>) -> Life<'b> {
        let presence = &self.presence[begun.presence.start as usize..begun.presence.end as usize];
        let proofs = &self.proofs[begun.proofs.start as usize..begun.proofs.end as usize];
        let days = &self.days[begun.days as usize..][..begun.history.len()];
        let regular = self.regular.as_ref().filter(|_| !proofs.is_empty());
        Life {
            history: begun.history,
            arrival: begun.arrival,
            presence,
            course: regular.map(|regular| Course::new(regular, presence, proofs)),
            days,
            acts: begun.acts,
        }
    }

    #[inline]
    fn begin<'h>(&mut self, history: &'h History<'h>) -> Begun<'h> {
        let (presence_from, days, proofs_from) =
            (self.presence.len(), self.days.len() as u32, self.proofs.len() as u32);
        let arrival = self.read(history);
        let presence = &self.presence[presence_from..];
        if let Some(regular) = self.regular.filter(|regular| presence.len() >= regular.days_min()) {
            regular.prove(presence, &mut self.proofs);
        }
        Begun {
            history,
            arrival,
            acts: history.acts.iter().fold(0, |mask, &act| mask | 1 << act),
            presence: presence_from as u32..self.presence.len() as u32,
            days,
            proofs: proofs_from..self.proofs.len() as u32,
        }
    }

    /// Puts the days of the events and the presence days behind those of others.
    fn read(&mut self, history: &History<'_>) -> Option<Arrival> {
        let (start, own) = (self.days.len(), self.presence.len());
        let mut span = self.clock.span_at(Time::from_micros(history.times[0]));
        self.days.extend(history.times.iter().map(|&time| {
            let time = Time::from_micros(time);
            if !span.holds(time) {
                span = self.clock.span_at(time);
            }
            span.day_of(time)
        }));
        let days = &self.days[start..];
        let first = history.acts.iter().position(|&act| PRESENCE >> act & 1 != 0)?;
        let (pieces, channels) = (history.codes(Column::Piece), history.codes(self.channel));
        let mut arrival = Arrival {
            event: first,
            day: days[first],
            piece: pieces[first],
            channel: channels[first],
        };
        self.presence.push(arrival.day);
        let mut last = arrival.day;
        let mut is_ordered = true;
        for (event, (&day, &act)) in days.iter().zip(history.acts).enumerate().skip(first + 1) {
            if PRESENCE >> act & 1 == 0 {
                continue;
            }
            if day != last {
                is_ordered &= last < day;
                self.presence.push(day);
                last = day;
            } else if arrival.piece == NONE && day == arrival.day {
                arrival.piece = pieces[event];
            }
        }
        if !is_ordered {
            // Where clocks are set back shortly after midnight, a day comes back for some minutes.
            let mut days = self.presence.split_off(own);
            days.retain(|&day| arrival.day <= day);
            days.sort_unstable();
            days.dedup();
            self.presence.extend(days);
        }
        Some(arrival)
    }
}
