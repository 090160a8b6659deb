//! The one pass: what every fold sees of a person, computed once for all of them.
//!
//! A [`Life`] is a person's history up to as_of together with what the definitions rest on: the days on which they were
//! present, and their arrival (first presence event ever, its day D0, and the piece that acquired them).

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

    fn merge(&mut self, other: Self);

    /// Called on every part before it is merged, where it was made, and on the whole before anything is read: it may come
    /// more than once.
    fn finish(&mut self) {}
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

/// Turns histories into lives; keeps its buffers from person to person.
pub struct Observer<'a> {
    as_of: Time,
    clock: &'a DayClock,
    /// What stands in the place of the channel.
    channel: Column,
    /// Who counts as a regular, where a fold asks.
    regular: Option<Regular>,
    presence: Vec<Day>,
    days: Vec<Day>,
    proofs: Vec<bool>,
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
        if history.is_empty() {
            return;
        }
        let arrival = self.read(&history);
        let acts = history.acts.iter().fold(0, |mask, &act| mask | 1 << act);
        let regular = self.regular.as_ref();
        let presence = &self.presence[..];
        let course = regular
            .filter(|regular| presence.len() >= regular.days_min())
            .map(|regular| Course::new(regular, presence, &mut self.proofs));
        see(&Life {
            history: &history,
            arrival,
            presence,
            course,
            days: &self.days,
            acts,
        });
    }

    fn read(&mut self, history: &History<'_>) -> Option<Arrival> {
        self.presence.clear();
        self.days.clear();
        let mut span = self.clock.span_at(Time::from_micros(history.times[0]));
        self.days.extend(history.times.iter().map(|&time| {
            let time = Time::from_micros(time);
            if !span.holds(time) {
                span = self.clock.span_at(time);
            }
            span.day_of(time)
        }));
        let first = history.acts.iter().position(|&act| PRESENCE >> act & 1 != 0)?;
        let (pieces, channels) = (history.codes(Column::Piece), history.codes(self.channel));
        let mut arrival = Arrival {
            event: first,
            day: self.days[first],
            piece: pieces[first],
            channel: channels[first],
        };
        self.presence.push(arrival.day);
        let mut last = arrival.day;
        let mut is_ordered = true;
        for (event, (&day, &act)) in self.days.iter().zip(history.acts).enumerate().skip(first + 1) {
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
            self.presence.retain(|&day| arrival.day <= day);
            self.presence.sort_unstable();
            self.presence.dedup();
        }
        Some(arrival)
    }
}
