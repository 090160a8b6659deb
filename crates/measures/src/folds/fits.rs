//! People by origin who are whom the owner wants, and who aren't, by what is known of them at as-of. Of whom it is not known
//! are all the others of the origin.

use longplay_domain::Verdict;
use longplay_store::Columns;

use super::{Count, Origin, Weeks};
use crate::{
    pass::{Fold, Life, TakeAway},
    rule::Judge,
};

/// People of one origin of whom it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    pub yes: u32,
    pub no: u32,
}

impl Count for Fit {
    #[inline]
    fn add(&mut self, other: Self) {
        self.yes += other.yes;
        self.no += other.no;
    }

    fn take_away(&mut self, other: Self) {
        self.yes -= other.yes;
        self.no -= other.no;
    }
}

/// All people, judged by the owner's rule; without one nothing is known of anybody.
#[derive(Debug, Default)]
pub struct Fits {
    judge: Option<Judge>,
    cells: Weeks<Fit>,
}

impl Fits {
    pub fn new(judge: Option<Judge>) -> Self {
        Self {
            judge,
            cells: Weeks::default(),
        }
    }

    pub fn cells(&self) -> Vec<(Origin, Fit)> {
        self.cells.cells()
    }
}

impl Fold for Fits {
    fn columns(&self) -> Columns {
        self.judge.as_ref().map_or(Columns::none(), Judge::columns)
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let (Some(judge), Some(arrival)) = (&self.judge, life.arrival) else {
            return;
        };
        let fit = match judge.judge(life) {
            Verdict::Yes => Fit { yes: 1, no: 0 },
            Verdict::No => Fit { yes: 0, no: 1 },
            Verdict::Unknown => return,
        };
        self.cells.add(arrival.channel, arrival.piece, arrival.day, fit);
    }

    fn merge(&mut self, other: Self) {
        self.cells.merge(other.cells);
    }

    fn finish(&mut self) {
        self.cells.finish();
    }
}

impl TakeAway for Fits {
    fn take_away(&mut self, other: Self) {
        self.cells.take_away(other.cells);
    }
}
