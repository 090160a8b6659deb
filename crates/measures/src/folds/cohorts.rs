//! People by origin, and how many of them came back within 7, 28 and 90 days.

use longplay_store::Columns;

use super::{Count, Origin, Weeks};
use crate::pass::{Fold, Life, TakeAway};

/// The windows of `returns`, in days after D0.
pub const WINDOW_DAYS: [i32; 3] = [7, 28, 90];

/// The people of one origin. `returned[i]` were present on a day in D0+1 ..= D0+`WINDOW_DAYS[i]`, whether the window is
/// over or not; only mature cohorts may be read for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    pub people: u32,
    pub returned: [u32; 3],
}

impl Count for Cohort {
    #[inline]
    fn add(&mut self, other: Self) {
        self.people += other.people;
        self.returned
            .iter_mut()
            .zip(other.returned)
            .for_each(|(mine, theirs)| *mine += theirs);
    }

    fn take_away(&mut self, other: Self) {
        self.people -= other.people;
        self.returned
            .iter_mut()
            .zip(other.returned)
            .for_each(|(mine, theirs)| *mine -= theirs);
    }
}

/// All cohorts.
#[derive(Debug, Default)]
pub struct Cohorts {
    cells: Weeks<Cohort>,
}

impl Cohorts {
    pub fn cells(&self) -> Vec<(Origin, Cohort)> {
        self.cells.cells()
    }
}

impl Fold for Cohorts {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        let mut cohort = Cohort {
            people: 1,
            returned: [0; 3],
        };
        // The second presence day is the first return; windows it misses stay missed.
        if let Some(back) = life.presence.get(1) {
            let waited_days = back.since(arrival.day);
            cohort.returned = WINDOW_DAYS.map(|window_days| u32::from(waited_days <= window_days));
        }
        self.cells.add(arrival.channel, arrival.piece, arrival.day, cohort);
    }

    fn merge(&mut self, other: Self) {
        self.cells.merge(other.cells);
    }

    fn finish(&mut self) {
        self.cells.finish();
    }
}

impl TakeAway for Cohorts {
    fn take_away(&mut self, other: Self) {
        self.cells.take_away(other.cells);
    }
}
