//! Conditions about what events state: a place of their own, or a topic or format of their piece.

use longplay_domain::{
    Piece, Verdict,
    rule::{Of, On, Place, Test},
};
use longplay_store::{Code, Column, NONE, Terms};

use super::codes::Codes;
use crate::pass::Life;

/// A place, and which codes of its column fit.
#[derive(Debug)]
pub struct PlaceTest {
    of: Of,
    place: Place,
    column: Column,
    fitting: Codes,
    /// Pieces that have a topic (a format) at all; `None` where any code states something.
    stating: Option<Codes>,
    asks_whether_unknown: bool,
}

/// The column a place is read from.
pub const fn column(place: Place) -> Column {
    match place {
        Place::Country => Column::Country,
        Place::Channel => Column::Channel,
        Place::Source => Column::Source,
        Place::Medium => Column::Medium,
        Place::Campaign => Column::Campaign,
        Place::Piece | Place::Topic | Place::Format => Column::Piece,
    }
}

/// Whether only acts of a person's own accord state it: a delivery does not take anybody anywhere.
const fn needs_presence(place: Place) -> bool {
    matches!(place, Place::Channel | Place::Piece | Place::Topic | Place::Format)
}

/// What a piece states of itself there.
fn of_piece(place: Place, piece: &Piece) -> &[String] {
    match place {
        Place::Topic => &piece.topics,
        Place::Format => piece.format.as_slice(),
        _ => &[],
    }
}

impl PlaceTest {
    pub fn new((of, place): (Of, Place), test: &Test, (terms, pieces): (&Terms, &[Piece])) -> Self {
        let (values, asks_whether_unknown) = match test {
            Test::OneOf(values) => (values.as_slice(), false),
            Test::Unknown => (&[][..], true),
        };
        let pieces_that = |fits: &dyn Fn(&[String]) -> bool| -> Codes {
            let fitting = pieces.iter().filter(|piece| fits(of_piece(place, piece)));
            fitting.map(|piece| terms.code(&piece.id)).collect()
        };
        let (fitting, stating) = match place {
            Place::Topic | Place::Format => (
                pieces_that(&|stated| stated.iter().any(|value| values.contains(value))),
                Some(pieces_that(&|stated| !stated.is_empty())),
            ),
            _ => (values.iter().map(|value| terms.code(value)).collect(), None),
        };
        Self {
            of,
            place,
            column: column(place),
            fitting,
            stating,
            asks_whether_unknown,
        }
    }

    pub fn on(on: &On, ground: (&Terms, &[Piece])) -> Self {
        Self::new((Of::Ever, on.place), &Test::OneOf(on.values.clone()), ground)
    }

    /// Whether an event happened there.
    #[inline]
    pub fn holds(&self, life: &Life<'_>, event: usize) -> bool {
        self.fitting.has(life.history.codes(self.column)[event])
    }

    pub fn judge(&self, life: &Life<'_>) -> Verdict {
        let verdict = match self.of {
            Of::Ever => self.ever(life),
            Of::First => self.first(life).map_or(Verdict::Unknown, |code| self.of_code(code)),
        };
        if self.asks_whether_unknown {
            return (verdict == Verdict::Unknown).into();
        }
        verdict
    }

    fn of_code(&self, code: Code) -> Verdict {
        let is_stated = self.stating.as_ref().map_or(code != NONE, |stating| stating.has(code));
        if self.fitting.has(code) {
            Verdict::Yes
        } else if is_stated {
            Verdict::No
        } else {
            Verdict::Unknown
        }
    }

    fn ever(&self, life: &Life<'_>) -> Verdict {
        let codes = life.history.codes(self.column);
        let mut is_stated = false;
        for (event, &code) in codes.iter().enumerate() {
            if needs_presence(self.place) && !life.is_presence(event) {
                continue;
            }
            match self.of_code(code) {
                Verdict::Yes => return Verdict::Yes,
                Verdict::No => is_stated = true,
                Verdict::Unknown => {}
            }
        }
        if is_stated { Verdict::No } else { Verdict::Unknown }
    }

    /// What the moment of arrival states.
    fn first(&self, life: &Life<'_>) -> Option<Code> {
        let arrival = life.arrival?;
        Some(if self.column == Column::Piece {
            arrival.piece
        } else {
            life.history.codes(self.column)[arrival.event]
        })
    }
}
