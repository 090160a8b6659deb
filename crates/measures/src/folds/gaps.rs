//! How long people stayed away before they came back: the days from D0 to the second presence day, by origin.

use longplay_store::Columns;

use super::Delays;
use crate::pass::{Fold, Life, TakeAway};

/// All gaps, each at least one day.
#[derive(Debug, Default)]
pub struct Gaps {
    delays: Delays,
}

impl Gaps {
    pub const fn delays(&self) -> &Delays {
        &self.delays
    }
}

impl Fold for Gaps {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        if let (Some(arrival), Some(back)) = (life.arrival, life.presence.get(1)) {
            self.delays.add(arrival.into(), back.since(arrival.day));
        }
    }

    fn merge(&mut self, other: Self) {
        self.delays.merge(other.delays);
    }

    fn finish(&mut self) {
        self.delays.finish();
    }
}

impl TakeAway for Gaps {
    fn take_away(&mut self, other: Self) {
        self.delays.take_away(&other.delays);
    }
}
