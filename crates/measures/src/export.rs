//! Evidence handed out person by person, for analysts' own models.

use longplay_domain::{Day, PersonId, Time, Zone};
use longplay_store::{
    Snapshot, StoreError,
    histories::{self, Histories},
};

use crate::{folds::RecurrenceCell, pass::Observer};

/// One person's recurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecurrenceRow {
    pub person: PersonId,
    /// D0.
    pub first_day: Day,
    pub cell: RecurrenceCell,
}

/// Hands out everybody who was ever present, in order of person, as things were at `as_of`. Stops at the first error of
/// the sink.
pub fn each_recurrence<E: From<StoreError>>(
    snapshot: &Snapshot,
    as_of: Time,
    zone: &Zone,
    mut sink: impl FnMut(RecurrenceRow) -> Result<(), E>,
) -> Result<(), E> {
    let clock = zone.clock();
    let today = zone.day_of(as_of);
    let mut observer = Observer::new(as_of, &clock);
    let mut result = Ok(());
    for range in histories::ranges(RANGES) {
        let mut histories = Histories::open(snapshot, Observer::columns(), range)?;
        histories.each(|history| {
            observer.observe(history, |life| {
                if result.is_ok()
                    && let Some(cell) = RecurrenceCell::of(life, today)
                {
                    result = sink(RecurrenceRow {
                        person: life.history.person,
                        first_day: life.presence[0],
                        cell,
                    });
                }
            });
        })?;
        if result.is_err() {
            break;
        }
    }
    result
}

/// The sink is asked between ranges whether to go on, so that a closed pipe ends a long export early.
const RANGES: usize = 64;
