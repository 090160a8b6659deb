//! Reach: distinct people per channel, piece and day, and per channel and day. A person counts once however often.

use longplay_domain::Day;
use longplay_store::{Code, Column, Columns, NONE};

use super::Map;
use crate::pass::{Fold, Life};

/// A channel's day, or with a piece, that piece's day on the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReachKey {
    pub channel: Code,
    /// `NONE` stands for the whole channel.
    pub piece: Code,
    pub day: Day,
}

/// People by piece and day.
#[derive(Debug, Default)]
pub struct Reach {
    pub people: Map<ReachKey, u64>,
    seen: Vec<ReachKey>,
}

impl Fold for Reach {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    fn observe(&mut self, life: &Life<'_>) {
        self.seen.clear();
        let (pieces, channels) = (life.history.codes(Column::Piece), life.history.codes(Column::Channel));
        for (event, &day) in life
            .days
            .iter()
            .enumerate()
            .filter(|&(event, _)| life.is_presence(event))
        {
            let whole = ReachKey {
                channel: channels[event],
                piece: NONE,
                day,
            };
            self.seen.push(whole);
            if pieces[event] != NONE {
                self.seen.push(ReachKey {
                    piece: pieces[event],
                    ..whole
                });
            }
        }
        if self.seen.len() > 2 {
            self.seen.sort_unstable();
            self.seen.dedup();
        }
        for &key in &self.seen {
            *self.people.entry(key).or_default() += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        other
            .people
            .into_iter()
            .for_each(|(key, people)| *self.people.entry(key).or_default() += people);
    }
}
