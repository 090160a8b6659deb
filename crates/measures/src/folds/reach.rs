//! Reach: distinct people per channel, piece and day, and per channel and day. A person counts once however often.

use longplay_domain::Day;
use longplay_store::{Code, Column, Columns, NONE};

use super::{Origin, Weeks};
use crate::pass::{Fold, Life};

/// Up to so many events, a day's earlier ones are looked through one by one.
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
    #[inline]
    fn observe_few(&mut self, life: &Life<'_>) {
        let (pieces, channels) = (life.history.codes(Column::Piece), life.history.codes(Column::Channel));
        for (event, &day) in life
            .days
            .iter()
            .enumerate()
            .filter(|&(event, _)| life.is_presence(event))
        {
            let (channel, piece) = (channels[event], pieces[event]);
            let (mut is_new_channel, mut is_new_piece) = (true, piece != NONE);
            for earlier in (0..event).rev().take_while(|&earlier| life.days[earlier] == day) {
                if channels[earlier] == channel && life.is_presence(earlier) {
                    is_new_channel = false;
                    is_new_piece &= pieces[earlier] != piece;
                }
            }
            if is_new_channel {
                self.channels.add(NONE, channel, day, 1);
            }
            if is_new_piece {
                self.pieces.add(channel, piece, day, 1);
            }
        }
    }

    fn observe_many(&mut self, life: &Life<'_>) {
        self.seen.clear();
        let (pieces, channels) = (life.history.codes(Column::Piece), life.history.codes(Column::Channel));
        for (event, &day) in life
            .days
            .iter()
            .enumerate()
            .filter(|&(event, _)| life.is_presence(event))
        {
            self.seen.push((day, channels[event], NONE));
            self.seen.push((day, channels[event], pieces[event]));
        }
        self.seen.sort_unstable();
        self.seen.dedup();
        for &(day, channel, piece) in &self.seen {
            if piece == NONE {
                self.channels.add(NONE, channel, day, 1);
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
        if life.days.len() <= FEW_EVENTS && life.days.is_sorted() {
            self.observe_few(life);
        } else {
            self.observe_many(life);
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
