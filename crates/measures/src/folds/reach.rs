//! Reach: distinct people per channel, piece and day, and per channel and day. A person counts once however often.

use longplay_domain::Day;
use longplay_store::{Code, Column, Columns, NONE};

use super::{Origin, Weeks};
use crate::pass::{Fold, Life};

/// Keys of one day that are looked through one by one.
const BUSY_DAY_KEYS: usize = 16;

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
        let mut first_of_day = 0;
        let mut needs_sort = false;
        for (event, &day) in life
            .days
            .iter()
            .enumerate()
            .filter(|&(event, _)| life.is_presence(event))
        {
            if let Some(&(last, ..)) = self.seen.last()
                && last != day
            {
                first_of_day = self.seen.len();
                needs_sort |= day < last;
            }
            let whole = (day, channels[event], NONE);
            let piece = (day, channels[event], pieces[event]);
            for key in [whole, piece] {
                // Few things are done in a day; whoever does many is sorted out below.
                let today = &self.seen[first_of_day..];
                let is_busy = today.len() > BUSY_DAY_KEYS;
                needs_sort |= is_busy;
                if is_busy || !today.contains(&key) {
                    self.seen.push(key);
                }
            }
        }
        if needs_sort {
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
