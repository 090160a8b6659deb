//! Where folds run: here, on threads, one key range each. The result is the same for any number of threads.

use longplay_domain::Time;
use longplay_domain::Zone;
use longplay_store::{
    Column, Columns, Snapshot, StoreError,
    histories::{self, Histories},
};

use crate::pass::{Fold, Observer};

/// So many lives are shown to each fold in turn: what one fold needs stays near for all of them, and so do the lives.
const BLOCK_LIVES: usize = 512;

/// Runs folds on this machine.
#[derive(Clone, Copy, Debug)]
pub struct LocalEngine {
    pub threads: usize,
}

impl Default for LocalEngine {
    /// One thread a core.
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }
}

impl LocalEngine {
    /// One pass over all histories of a snapshot as they were at `as_of`.
    pub fn run<F: Fold>(
        &self,
        snapshot: &Snapshot,
        as_of: Time,
        zone: &Zone,
        make: impl Fn() -> F + Sync,
    ) -> Result<F, StoreError> {
        self.run_by(Column::Channel, snapshot, (as_of, zone), make)
    }

    /// The same, with the text of another column in the place of the channel of every arrival.
    pub fn run_by<F: Fold>(
        &self,
        by: Column,
        snapshot: &Snapshot,
        (as_of, zone): (Time, &Zone),
        make: impl Fn() -> F + Sync,
    ) -> Result<F, StoreError> {
        let clock = zone.clock();
        let columns = Observer::columns().with(Columns::of(&[by])).with(make().columns());
        let parts = histories::in_parallel(snapshot, columns, self.threads, |histories| {
            let mut fold = make();
            let mut observer = Observer::new(as_of, &clock).by(by).against(fold.courses());
            histories.each_block(BLOCK_LIVES, |block| {
                observer.observe_all(block, |lives| fold.observe_all(lives))
            })?;
            fold.finish();
            Ok(fold)
        })?;
        let mut parts = parts.into_iter();
        let mut whole = parts.next().unwrap_or_else(make);
        parts.for_each(|part| whole.merge(part));
        whole.finish();
        Ok(whole)
    }

    /// The same over these people (ascending) alone, on this thread.
    pub fn run_of<F: Fold>(
        people: &[i64],
        snapshot: &Snapshot,
        (as_of, zone): (Time, &Zone),
        mut fold: F,
    ) -> Result<F, StoreError> {
        let clock = zone.clock();
        let columns = Observer::columns().with(fold.columns());
        let mut observer = Observer::new(as_of, &clock).against(fold.courses());
        histories::each_of(snapshot, columns, people, |history| {
            observer.observe(history, |life| fold.observe(life));
        })?;
        fold.finish();
        Ok(fold)
    }

    /// The same over the first of so many equal ranges of the key space: as keys are uniform, a uniform sample of people that
    /// does not depend on threads.
    pub fn run_first<F: Fold>(
        &self,
        parts: usize,
        snapshot: &Snapshot,
        (as_of, zone): (Time, &Zone),
        make: impl Fn() -> F + Sync,
    ) -> Result<F, StoreError> {
        if parts <= 1 {
            return self.run(snapshot, as_of, zone, make);
        }
        let clock = zone.clock();
        let mut fold = make();
        let columns = Observer::columns().with(fold.columns());
        let range = histories::ranges(parts).swap_remove(0);
        let mut observer = Observer::new(as_of, &clock).against(fold.courses());
        Histories::open(snapshot, columns, range)?.each_block(BLOCK_LIVES, |block| {
            observer.observe_all(block, |lives| fold.observe_all(lives))
        })?;
        fold.finish();
        Ok(fold)
    }
}
