//! What was worked out once, kept for when the very same is asked again: by the next edition, or by another question of this one.
//!
//! A model, a draw of samples or a look through a series is told by its numbers alone, and between two editions most of those
//! numbers stay: a thousand people who looked at something today change no purchase and no day that is over.
//!
//! What must stay true: all that a result hangs on is given, and compared in full, so that what is remembered is what would be
//! worked out again, to the last digit. What one edition did not ask for is forgotten after it, and there is a bound to all of it.

use std::{
    any::Any,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::folds::Map;

/// So many numbers given are remembered at most, 16 MiB; what was worked out of them is a few times as large at most.
const NUMBERS_MAX: usize = 1 << 21;

/// What something is worked out of: its kind, and every number that it hangs on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Given {
    kind: &'static str,
    numbers: Vec<u64>,
}

impl Given {
    pub const fn of(kind: &'static str) -> Self {
        Self {
            kind,
            numbers: Vec::new(),
        }
    }

    pub fn and(mut self, number: u64) -> Self {
        self.numbers.push(number);
        self
    }

    /// Bit for bit.
    pub fn and_real(self, number: f64) -> Self {
        self.and(number.to_bits())
    }

    /// Lists of which each item has the same number of numbers, so that two different ones never read alike.
    pub fn and_each<const N: usize>(mut self, items: impl Iterator<Item = [u64; N]>) -> Self {
        let at = self.numbers.len();
        self.numbers.push(0);
        items.for_each(|item| self.numbers.extend(item));
        self.numbers[at] = (self.numbers.len() - at - 1) as u64;
        self
    }
}

type Results = Map<Given, Arc<dyn Any + Send + Sync>>;

#[derive(Default)]
struct Kept {
    /// Of the edition before.
    before: Results,
    now: Results,
    numbers: usize,
}

/// Results by what they were worked out of.
#[derive(Default)]
pub struct Memory(Mutex<Kept>);

impl Memory {
    /// What `work_out` makes of what is given, which is all that it may read.
    pub fn recall<T: Any + Send + Sync>(&self, given: Given, work_out: impl FnOnce() -> T) -> Arc<T> {
        if let Some(result) = self.kept().find(&given)
            && let Ok(result) = result.downcast()
        {
            return result;
        }
        // Two threads that ask at once both work it out, and to the same.
        let result = Arc::new(work_out());
        self.kept()
            .keep(given, Arc::clone(&result) as Arc<dyn Any + Send + Sync>);
        result
    }

    /// Begins another edition: what the last did not ask for goes.
    pub fn turn(&self) {
        let mut kept = self.kept();
        kept.before = std::mem::take(&mut kept.now);
        kept.numbers = 0;
    }

    /// Whole whatever panicked: every change is one call.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn find(&mut self, given: &Given) -> Option<Arc<dyn Any + Send + Sync>> {
        if let Some(result) = self.now.get(given) {
            return Some(Arc::clone(result));
        }
        let (given, result) = self.before.remove_entry(given)?;
        self.keep(given, Arc::clone(&result));
        Some(result)
    }

    fn keep(&mut self, given: Given, result: Arc<dyn Any + Send + Sync>) {
        if self.numbers + given.numbers.len() <= NUMBERS_MAX {
            self.numbers += given.numbers.len();
            self.now.insert(given, result);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum_of(memory: &Memory, numbers: &[u64]) -> (u64, bool) {
        let mut is_new = false;
        let given = Given::of("sum").and_each(numbers.iter().map(|&number| [number]));
        let sum = memory.recall(given, || {
            is_new = true;
            numbers.iter().sum::<u64>()
        });
        (*sum, is_new)
    }

    #[test]
    fn the_same_is_worked_out_once_and_forgotten_when_an_edition_went_without_it() {
        let memory = Memory::default();
        assert_eq!(sum_of(&memory, &[1, 2]), (3, true));
        assert_eq!(sum_of(&memory, &[1, 2]), (3, false));
        assert_eq!(sum_of(&memory, &[2, 1]), (3, true));
        memory.turn();
        assert_eq!(sum_of(&memory, &[1, 2]), (3, false));
        memory.turn();
        assert_eq!(sum_of(&memory, &[1, 2]), (3, false));
        assert_eq!(sum_of(&memory, &[2, 1]), (3, true));
    }

    #[test]
    fn what_is_given_is_told_apart_by_kind_and_by_where_lists_end() {
        let given = |one: &[u64], other: &[u64]| {
            let list = |numbers: &[u64]| numbers.iter().map(|&number| [number]).collect::<Vec<_>>();
            Given::of("lists")
                .and_each(list(one).into_iter())
                .and_each(list(other).into_iter())
        };
        assert_ne!(given(&[1], &[]), given(&[], &[1]));
        assert_ne!(Given::of("one").and(1), Given::of("other").and(1));
        assert_ne!(Given::of("zero").and_real(0.0), Given::of("zero").and_real(-0.0));
    }

    #[test]
    fn beyond_the_bound_nothing_is_kept() {
        let memory = Memory::default();
        let many = vec![0; NUMBERS_MAX];
        assert_eq!(sum_of(&memory, &many), (0, true));
        assert_eq!(sum_of(&memory, &many), (0, true));
        assert_eq!(sum_of(&memory, &many[1..]), (0, true));
        assert_eq!(sum_of(&memory, &many[1..]), (0, false));
    }
}
