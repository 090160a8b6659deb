//! What people did in the last 28 days, piece by piece: what durability reads of today.
//!
//! Only people who were there lately leave anything, and those who did exactly the same are kept once with their number.
//! A row is a word for who brought the person, one for what kind of person it is, then piece and days in turn.

use longplay_domain::{Day, Period};
use longplay_store::{Code, Column, Columns, NONE};

use super::Map;
use crate::pass::{Fold, Life, TakeAway};

/// "Lately": so many whole days before the day of as-of.
pub const RECENT_DAYS: i32 = 28;
/// Came back within so many days of D0.
const BACK_DAYS: i32 = 90;
/// Present on so many days before those 28: somebody who returns.
const EARLIER_DAYS: usize = 2;

const BACK: u32 = 1;
const RETURNING: u32 = 2;
/// Words of a row before its pieces.
const HEAD: usize = 2;

/// One kind of person who was there lately.
#[derive(Clone, Copy, Debug)]
pub struct Recently<'a> {
    /// The piece that acquired them, or [`NONE`].
    pub brought_by: Code,
    /// Came back within 90 days of D0.
    pub is_back: bool,
    /// Was there on at least two days before the 28.
    pub is_returning: bool,
    /// How many people did exactly this.
    pub people: u64,
    pieces: &'a [u32],
}

impl Recently<'_> {
    /// Pieces, by code, and the days each was used on.
    pub fn pieces(&self) -> impl Iterator<Item = (Code, u32)> {
        self.pieces.chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }
}

/// Everybody who was present with a piece in the last 28 days.
#[derive(Debug)]
pub struct Recent {
    from: Day,
    today: Day,
    period: Period,
    rows: Map<Box<[u32]>, u64>,
    seen: Vec<(Code, Day)>,
    row: Vec<u32>,
}

impl Recent {
    /// `today` is the day of as-of; `period` limits whom it is about by D0.
    pub fn new(today: Day, period: Period) -> Self {
        Self {
            from: today.plus(-RECENT_DAYS),
            today,
            period,
            rows: Map::default(),
            seen: Vec::new(),
            row: Vec::new(),
        }
    }

    /// Every kind of person, in no particular order.
    pub fn rows(&self) -> impl Iterator<Item = Recently<'_>> {
        self.rows.iter().map(|(row, &people)| Recently {
            brought_by: row[0],
            is_back: row[1] & BACK != 0,
            is_returning: row[1] & RETURNING != 0,
            people,
            pieces: &row[HEAD..],
        })
    }

    fn note(&mut self, life: &Life<'_>) {
        self.seen.clear();
        let pieces = life.history.codes(Column::Piece);
        // Where clocks are set back a day may come back for some minutes, so one day more is looked through.
        let floor = self.from.plus(-1);
        for event in (0..life.days.len())
            .rev()
            .take_while(|&event| life.days[event] >= floor)
        {
            let (day, piece) = (life.days[event], pieces[event]);
            if piece != NONE && self.from <= day && day < self.today && life.is_presence(event) {
                self.seen.push((piece, day));
            }
        }
        self.seen.sort_unstable();
        self.seen.dedup();
    }
}

impl Fold for Recent {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        if life.presence.last().is_none_or(|&last| last < self.from) || !self.period.holds(arrival.day) {
            return;
        }
        self.note(life);
        if self.seen.is_empty() {
            return;
        }
        let is_back = life
            .presence
            .get(1)
            .is_some_and(|back| back.since(arrival.day) <= BACK_DAYS);
        let is_returning = life.presence.get(EARLIER_DAYS - 1).is_some_and(|&day| day < self.from);
        self.row.clear();
        self.row.push(arrival.piece);
        self.row
            .push(if is_back { BACK } else { 0 } | if is_returning { RETURNING } else { 0 });
        for days in self.seen.chunk_by(|a, b| a.0 == b.0) {
            self.row.extend([days[0].0, days.len() as u32]);
        }
        match self.rows.get_mut(self.row.as_slice()) {
            Some(people) => *people += 1,
            None => {
                self.rows.insert(self.row.as_slice().into(), 1);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        if self.rows.is_empty() {
            self.rows = other.rows;
            return;
        }
        for (row, people) in other.rows {
            *self.rows.entry(row).or_default() += people;
        }
    }
}

impl TakeAway for Recent {
    fn take_away(&mut self, other: Self) {
        for (row, people) in other.rows {
            if let Some(mine) = self.rows.get_mut(&row) {
                *mine -= people;
            }
        }
        self.rows.retain(|_, people| *people > 0);
    }
}
