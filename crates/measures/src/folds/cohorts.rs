//! People by origin, and how many of them came back within 7, 28 and 90 days.

use longplay_store::Columns;

use super::{Map, Origin};
use crate::pass::{Fold, Life};

/// The windows of `returns`, in days after D0.
pub const WINDOW_DAYS: [i32; 3] = [7, 28, 90];

/// The people of one origin. `returned[i]` were present on a day in D0+1 ..= D0+`WINDOW_DAYS[i]`, whether the window is
/// over or not; only mature cohorts may be read for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    pub people: u64,
    pub returned: [u64; 3],
}

/// All cohorts.
#[derive(Debug, Default)]
pub struct Cohorts {
    pub cells: Map<Origin, Cohort>,
}

impl Fold for Cohorts {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        let cell = self.cells.entry(Origin::from(arrival)).or_default();
        cell.people += 1;
        // The second presence day is the first return; windows it misses stay missed.
        if let Some(back) = life.presence.get(1) {
            let waited_days = back.since(arrival.day);
            for (returned, window_days) in cell.returned.iter_mut().zip(WINDOW_DAYS) {
                *returned += u64::from(waited_days <= window_days);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (origin, cohort) in other.cells {
            let cell = self.cells.entry(origin).or_default();
            cell.people += cohort.people;
            for (mine, theirs) in cell.returned.iter_mut().zip(cohort.returned) {
                *mine += theirs;
            }
        }
    }
}
