//! Reach: distinct people per channel, piece and day, and per channel and day. A person counts once however often.

use longplay_domain::Day;
use longplay_store::{Code, Column, Columns, NONE};

use super::{Origin, Weeks};
use crate::pass::{Fold, Life};

/// People by piece and day; the piece [`NONE`] stands for the whole channel.
#[derive(Debug, Default)]
pub struct Reach {
    people: Weeks<u32>,
    seen: Vec<(Day, Code, Code)>,
}

impl Reach {
    pub fn into_cells(self) -> Vec<(Origin, u32)> {
        self.people.into_cells()
    }
}

impl Fold for Reach {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        self.seen.clear();
        let (pieces, channels) = (life.history.codes(Column::Piece), life.history.codes(Column::Channel));
        for (event, &day) in life
            .days
            .iter()
            .enumerate()
            .filter(|&(event, _)| life.is_presence(event))
        {
            self.seen.push((day, channels[event], NONE));
            if pieces[event] != NONE {
                self.seen.push((day, channels[event], pieces[event]));
            }
        }
        if self.seen.len() > 2 {
            self.seen.sort_unstable();
            self.seen.dedup();
        }
        for &(day, channel, piece) in &self.seen {
            self.people.add(channel, piece, day, 1);
        }
    }

    fn merge(&mut self, other: Self) {
        self.people.merge(other.people);
    }
}
