//! How new people came: by acquiring piece, day, and the source or campaign of their first presence event.

use longplay_store::{Code, Column, Columns, NONE};

use super::{Origin, Weeks};
use crate::pass::{Fold, Life, TakeAway};

/// A way in which somebody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    Campaign,
    Source,
}

impl Way {
    pub const ALL: [Self; 2] = [Self::Campaign, Self::Source];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Source => "source",
        }
    }

    const fn column(self) -> Column {
        match self {
            Self::Campaign => Column::Campaign,
            Self::Source => Column::Source,
        }
    }
}

/// People by how they came. Each way stands in the channel's place.
#[derive(Debug, Default)]
pub struct Doors {
    ways: [Weeks<u32>; 2],
}

impl Doors {
    /// People by piece and day; the name of the source or campaign is in the channel's place.
    pub fn cells(&self, way: Way) -> Vec<(Origin, u32)> {
        self.ways[way as usize].cells()
    }
}

impl Fold for Doors {
    fn columns(&self) -> Columns {
        Columns::of(&Way::ALL.map(Way::column))
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        for way in Way::ALL {
            let name: Code = life.history.codes(way.column())[arrival.event];
            if name != NONE {
                self.ways[way as usize].add(name, arrival.piece, arrival.day, 1);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.ways.iter_mut().zip(other.ways) {
            mine.merge(theirs);
        }
    }

    fn finish(&mut self) {
        self.ways.iter_mut().for_each(Weeks::finish);
    }
}

impl TakeAway for Doors {
    fn take_away(&mut self, other: Self) {
        for (mine, theirs) in self.ways.iter_mut().zip(other.ways) {
            mine.take_away(theirs);
        }
    }
}
