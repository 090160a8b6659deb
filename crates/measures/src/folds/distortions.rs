//! What makes counts differ from people: mail programs that open by themselves, and visitors who were seen once and never said
//! who they are.
//!
//! An open counts as a program's own when it came within seconds of the delivery it answers (an event about the same piece
//! that shows no presence), or when the person "opened" several pieces within seconds.

use longplay_domain::{Act, Period};
use longplay_store::{Column, Columns, NONE};

use crate::pass::{Fold, Life, TakeAway};

/// So soon after the delivery nobody has read.
const DELIVERY_MICROS: i64 = 10_000_000;
/// So many pieces opened …
const PIECES_AT_ONCE: usize = 3;
/// … within this time.
const AT_ONCE_MICROS: i64 = 5_000_000;

/// Acts that need no name: whoever did nothing else is known by a cookie at most.
const NAMELESS: u32 =
    1 << Act::Viewed.code() | 1 << Act::Watched.code() | 1 << Act::Clicked.code() | 1 << Act::Other.code();

/// Counts of the people whose D0 lies in the question's period.
#[derive(Debug, Default)]
pub struct Distortions {
    period: Period,
    /// People present.
    pub people: u64,
    /// Of them, on one day only and without ever doing something that tells who they are.
    pub fleeting: u64,
    pub opens: u64,
    /// Of them, a program's own.
    pub opened_by_programs: u64,
}

impl Distortions {
    pub fn new(period: Period) -> Self {
        Self {
            period,
            ..Self::default()
        }
    }
}

/// Whether that open is a program's own.
fn is_by_program(life: &Life<'_>, open: usize) -> bool {
    let (times, acts) = (life.history.times, life.history.acts);
    let pieces = life.history.codes(Column::Piece);
    let piece = pieces[open];
    let since = |span: i64| move |&event: &usize| times[open] - times[event] <= span;
    let mut before = (0..open).rev().take_while(since(DELIVERY_MICROS));
    if piece != NONE && before.any(|event| pieces[event] == piece && !life.is_presence(event)) {
        return true;
    }
    let first = (0..open).rev().take_while(since(AT_ONCE_MICROS)).last().unwrap_or(open);
    let near = (first..times.len()).take_while(|&event| times[event] - times[open] <= AT_ONCE_MICROS);
    let mut opened: [u32; PIECES_AT_ONCE] = [NONE; PIECES_AT_ONCE];
    let mut count = 0;
    for event in near.filter(|&event| acts[event] == Act::Opened.code() && pieces[event] != NONE) {
        if !opened[..count].contains(&pieces[event]) {
            opened[count] = pieces[event];
            count += 1;
        }
        if count == PIECES_AT_ONCE {
            return true;
        }
    }
    false
}

impl Fold for Distortions {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        if life.arrival.is_none_or(|arrival| !self.period.holds(arrival.day)) {
            return;
        }
        let acts = life.history.acts;
        self.people += 1;
        if life.presence.len() == 1 {
            self.fleeting += u64::from(life.acts & !NAMELESS == 0);
        }
        if life.acts >> Act::Opened.code() & 1 == 0 {
            return;
        }
        for open in (0..acts.len()).filter(|&event| acts[event] == Act::Opened.code()) {
            self.opens += 1;
            self.opened_by_programs += u64::from(is_by_program(life, open));
        }
    }

    fn merge(&mut self, other: Self) {
        self.people += other.people;
        self.fleeting += other.fleeting;
        self.opens += other.opens;
        self.opened_by_programs += other.opened_by_programs;
    }
}

impl TakeAway for Distortions {
    fn take_away(&mut self, other: Self) {
        self.people -= other.people;
        self.fleeting -= other.fleeting;
        self.opens -= other.opens;
        self.opened_by_programs -= other.opened_by_programs;
    }
}
