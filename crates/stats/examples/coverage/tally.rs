//! Counting how often an interval held the truth, and one line of the table for each kind.

use std::ops::Range;

use longplay_stats::Estimate;

/// One line of the table: what was tried, on what, and how often it held.
#[derive(Clone, Debug)]
pub struct Held {
    pub what: &'static str,
    pub data: String,
    held: u32,
    of: u32,
    /// Below the least data: no interval was given, on purpose.
    early: u32,
}

impl Held {
    pub fn new(what: &'static str, data: impl Into<String>) -> Self {
        Self {
            what,
            data: data.into(),
            held: 0,
            of: 0,
            early: 0,
        }
    }

    pub fn note(&mut self, estimate: Option<Estimate>, truth: f64) {
        match estimate {
            Some(estimate) => self.note_range(estimate.low, estimate.high, truth),
            None => self.early += 1,
        }
    }

    pub fn note_range(&mut self, low: f64, high: f64, truth: f64) {
        self.of += 1;
        self.held += u32::from(low <= truth && truth <= high);
    }

    /// The share that held; NaN when no interval was given at all.
    pub fn share(&self) -> f64 {
        f64::from(self.held) / f64::from(self.of)
    }

    pub fn tried(&self) -> u32 {
        self.of
    }

    pub fn early(&self) -> u32 {
        self.early
    }

    /// The same line of other rounds.
    fn add(&mut self, other: &Self) {
        self.held += other.held;
        self.of += other.of;
        self.early += other.early;
    }
}

/// Threads for one table's rounds; counts don't depend on it.
const PARTS: u64 = 8;

/// Runs the rounds in parts beside each other; every part gives the same lines, of its own rounds.
pub fn in_parts(rounds: u64, part: impl Fn(Range<u64>) -> Vec<Held> + Sync) -> Vec<Held> {
    let bound = |index: u64| rounds * index / PARTS;
    let ranges = (0..PARTS).map(|index| bound(index)..bound(index + 1));
    std::thread::scope(|threads| {
        let part = &part;
        let running: Vec<_> = ranges.map(|range| threads.spawn(move || part(range))).collect();
        let found = running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        found
            .reduce(|mut lines, others| {
                lines.iter_mut().zip(&others).for_each(|(line, other)| line.add(other));
                lines
            })
            .unwrap_or_default()
    })
}
