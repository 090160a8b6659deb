//! Who bought for the first time, by the piece that acquired them: how many a day, so that a piece's first days can be told
//! from its later ones.

use longplay_domain::Act;
use longplay_store::{Columns, NONE};

use super::{Origin, Weeks};
use crate::pass::{Fold, Life, TakeAway};

/// First purchases, by acquiring piece and the day of the purchase.
#[derive(Debug, Default)]
pub struct Buyers {
    cells: Weeks<u32>,
}

impl Buyers {
    /// (piece and day, people); the channel says nothing here.
    pub fn cells(&self) -> Vec<(Origin, u32)> {
        self.cells.cells()
    }
}

impl Fold for Buyers {
    fn columns(&self) -> Columns {
        Columns::none()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        const PURCHASED: u8 = Act::Purchased.code();
        if life.acts >> PURCHASED & 1 == 0 {
            return;
        }
        let Some(arrival) = life.arrival.filter(|arrival| arrival.piece != NONE) else {
            return;
        };
        // A purchase shows presence, so none comes before the first presence event.
        let bought = life.history.acts[arrival.event..]
            .iter()
            .position(|&act| act == PURCHASED);
        if let Some(after) = bought {
            self.cells.add(NONE, arrival.piece, life.days[arrival.event + after], 1);
        }
    }

    fn merge(&mut self, other: Self) {
        self.cells.merge(other.cells);
    }

    fn finish(&mut self) {
        self.cells.finish();
    }
}

impl TakeAway for Buyers {
    fn take_away(&mut self, other: Self) {
        self.cells.take_away(other.cells);
    }
}
