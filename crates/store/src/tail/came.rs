//! Under which keys events came in lately: so that whoever kept what held at an earlier position can tell whose histories have
//! grown since, without reading anybody's.
//!
//! Bounded: the oldest are let go of, and who asks about a position before them is told nothing.

use std::collections::VecDeque;

use longplay_domain::Event;

/// Enough for what comes in between two editions while it is quiet.
const KEPT_MAX: usize = 65_536;

/// (position, key) of counted events, by position.
#[derive(Default)]
pub struct Came {
    keys: VecDeque<(i64, i64)>,
    /// Whatever came after this position is known, and some of what came up to it may not be.
    after: i64,
}

impl Came {
    /// Notes a batch; `last` is the position of the one before it.
    pub fn note(&mut self, position: i64, last: i64, events: &[Event]) {
        if position != last + 1 {
            self.missed(position - 1);
        }
        let counted = events.iter().filter(|event| event.mark().is_none());
        self.keys.extend(counted.map(|event| (position, event.person().0)));
        if self.keys.len() > KEPT_MAX {
            let gone = self.keys.drain(..self.keys.len() - KEPT_MAX).next_back();
            self.after = gone.map_or(self.after, |(position, _)| position);
        }
    }

    /// Batches up to a position were sealed without having been seen here.
    pub fn missed(&mut self, through: i64) {
        self.keys.clear();
        self.after = self.after.max(through);
    }

    /// The key of every event that came in after one position, up to another; `None` where that is not known any more.
    pub fn between(&self, after: i64, through: i64) -> Option<Vec<i64>> {
        if after < self.after {
            return None;
        }
        let from = self.keys.partition_point(|&(position, _)| position <= after);
        let to = self.keys.partition_point(|&(position, _)| position <= through);
        Some(self.keys.range(from..to.max(from)).map(|&(_, key)| key).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_told_until_it_is_too_much_or_some_of_it_was_missed() {
        let mut came = Came::default();
        came.keys.extend([(4, 40), (5, 50), (5, 51), (6, 60)]);
        assert_eq!(came.between(4, 5), Some(vec![50, 51]));
        assert_eq!(came.between(6, 6), Some(vec![]));
        came.note(7, 6, &[]);
        assert_eq!(came.between(3, 7), Some(vec![40, 50, 51, 60]));
        came.note(9, 7, &[]);
        assert_eq!((came.between(7, 9), came.between(8, 9)), (None, Some(vec![])));
        came.keys.extend((0..KEPT_MAX as i64).map(|key| (10, key)));
        came.keys.extend([(11, 1)]);
        came.note(10, 9, &[]);
        assert_eq!((came.between(9, 11), came.between(10, 11)), (None, Some(vec![1])));
        came.missed(20);
        assert_eq!((came.between(10, 20), came.between(20, 20)), (None, Some(vec![])));
    }
}
