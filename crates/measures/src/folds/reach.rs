//! Reach: distinct people per channel, piece and day, and per channel and day. A person counts once however often.

use std::ops::Range;

use longplay_domain::Day;
use longplay_store::{Code, Column, Columns, NONE};

use super::{Origin, Weeks};
use crate::pass::{Fold, Life, TakeAway};

/// Up to so many events of a day, the earlier ones are looked through one by one.
const FEW_EVENTS: usize = 16;

/// People by piece and day, and by channel and day. Kept apart: the few channels then stay in the nearest cache.
#[derive(Debug, Default)]
pub struct Reach {
    pieces: Weeks<u32>,
    /// Each channel stands in the piece's place, where a cube is quickest.
    channels: Weeks<u32>,
    seen: Vec<(Day, Code, Code)>,
}

impl Reach {
    /// Every cell; the piece [`NONE`] stands for the whole channel.
    pub fn cells(&self) -> Vec<(Origin, u32)> {
        let channels = self.channels.cells().into_iter();
        let turned = |(origin, people): (Origin, u32)| {
            let (channel, piece) = (origin.piece, NONE);
            (
                Origin {
                    channel,
                    piece,
                    ..origin
                },
                people,
            )
        };
        let mut cells: Vec<_> = channels.map(turned).collect();
        cells.extend(self.pieces.cells());
        cells
    }
}

impl Reach {
    /// The events of one day, looked through for each of them.
    #[inline]
    fn observe_few(&mut self, life: &Life<'_>, day: Day, events: Range<usize>) {
        let (pieces, channels) = (life.history.codes(Column::Piece), life.history.codes(Column::Channel));
        for event in events.clone().filter(|&event| life.is_presence(event)) {
            let (channel, piece) = (channels[event], pieces[event]);
            let (mut is_new_channel, mut is_new_piece) = (true, piece != NONE);
            for earlier in events.start..event {
                if channels[earlier] == channel && life.is_presence(earlier) {
                    is_new_channel = false;
                    is_new_piece &= pieces[earlier] != piece;
                }
            }
            if is_new_channel {
                self.channels.add_now(NONE, channel, day, 1);
            }
            if is_new_piece {
                self.pieces.add(channel, piece, day, 1);
            }
        }
    }

    /// Events of any days, sorted.
    fn observe_many(&mut self, life: &Life<'_>, events: Range<usize>) {
        self.seen.clear();
        let (pieces, channels) = (life.history.codes(Column::Piece), life.history.codes(Column::Channel));
        for event in events.filter(|&event| life.is_presence(event)) {
            let day = life.days[event];
            self.seen.push((day, channels[event], NONE));
            self.seen.push((day, channels[event], pieces[event]));
        }
        self.seen.sort_unstable();
        self.seen.dedup();
        for &(day, channel, piece) in &self.seen {
            if piece == NONE {
                self.channels.add_now(NONE, channel, day, 1);
            } else {
                self.pieces.add(channel, piece, day, 1);
            }
        }
    }
}

impl Fold for Reach {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        if !life.days.is_sorted() {
            return self.observe_many(life, 0..life.days.len());
        }
        let mut from = 0;
        for day in life.days.chunk_by(|one, other| one == other) {
            let events = from..from + day.len();
            from = events.end;
            if day.len() <= FEW_EVENTS {
                self.observe_few(life, day[0], events);
            } else {
                self.observe_many(life, events);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.pieces.merge(other.pieces);
        self.channels.merge(other.channels);
    }

    fn finish(&mut self) {
        self.pieces.finish();
        self.channels.finish();
    }
}

impl TakeAway for Reach {
    fn take_away(&mut self, other: Self) {
        self.pieces.take_away(other.pieces);
        self.channels.take_away(other.channels);
    }
}
