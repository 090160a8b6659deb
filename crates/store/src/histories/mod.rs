//! One [`History`] after another: a k-way merge of segments and tail by person, for folds to observe.
//!
//! Work is shared by cutting the key space into equal ranges; keys are uniform, so the ranges hold about as many persons
//! each. A history that lies in one page of one run is handed out as it lies there, without a copy; only those spread over
//! pages or runs are gathered. Event ids are read only where two runs hold an event of one person at the same instant.

mod gather;
mod page;
mod run;

use std::ops::RangeInclusive;

use arrow::array::{Array, StringArray};
use longplay_domain::{Act, PersonId, Time};

use self::{gather::Gather, page::Page, run::Run};
use crate::{error::Result, rows::EVERYBODY, segment::schema::Column, snapshot::Snapshot, terms::Code};

/// Which columns a pass reads beside the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Columns(u32);

impl Columns {
    pub const fn none() -> Self {
        Self(0)
    }

    pub fn of(columns: &[Column]) -> Self {
        Self(columns.iter().fold(0, |set, &column| set | 1 << column as u32))
    }

    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn has(self, column: Column) -> bool {
        self.0 & 1 << column as u32 != 0
    }

    /// The columns read from disk: those asked for, the person, and the time, which orders what several runs hold.
    pub fn to_read(self) -> Vec<Column> {
        Column::ALL.into_iter().filter(|&column| self.reads(column)).collect()
    }

    const fn reads(self, column: Column) -> bool {
        matches!(column, Column::Person) || (matches!(column, Column::Time) && self.0 != 0) || self.has(column)
    }
}

/// All events of one person in order of time (ties by event id). A column that was not asked for is empty.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    pub person: PersonId,
    /// µs, UTC, ascending.
    pub times: &'a [i64],
    /// Codes of acts: see [`Act::from_code`].
    pub acts: &'a [u8],
    /// Minor units; without meaning where the currency is [`crate::NONE`].
    pub values: &'a [i64],
    codes: &'a [Vec<Code>],
    properties: Properties<'a>,
    first: usize,
    length: usize,
}

/// Where the properties of a history lie. They hardly repeat, so they stay texts.
#[derive(Clone, Copy, Debug)]
enum Properties<'a> {
    Unread,
    Page(&'a StringArray),
    Gathered(&'a gather::Texts),
}

impl<'a> History<'a> {
    pub const fn len(&self) -> usize {
        self.length
    }

    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The codes of a repetitive text column, one an event.
    #[inline]
    pub fn codes(&self, column: Column) -> &'a [Code] {
        let codes = &self.codes[column.index()];
        if codes.is_empty() {
            &[]
        } else {
            &codes[self.first..self.first + self.length]
        }
    }

    /// What else was said with an event, one JSON object; `None` where nothing was, or the column was not asked for.
    pub fn properties(&self, event: usize) -> Option<&'a str> {
        match self.properties {
            Properties::Unread => None,
            Properties::Page(texts) => {
                let row = self.first + event;
                texts.is_valid(row).then(|| texts.value(row))
            }
            Properties::Gathered(texts) => texts.get(self.first + event),
        }
    }

    #[inline]
    pub fn act(&self, event: usize) -> Act {
        Act::from_code(self.acts[event]).unwrap_or(Act::Other)
    }

    /// The history as it was: events after `time` don't exist.
    #[inline]
    #[must_use]
    pub fn until(&self, time: Time) -> Self {
        if self.times.last().is_none_or(|&last| last <= time.micros()) {
            return *self;
        }
        let length = self.times.partition_point(|&at| at <= time.micros());
        let cut = |slice: &'a [i64]| if slice.is_empty() { slice } else { &slice[..length] };
        let acts = if self.acts.is_empty() {
            self.acts
        } else {
            &self.acts[..length]
        };
        Self {
            times: &self.times[..length],
            acts,
            values: cut(self.values),
            length,
            ..*self
        }
    }
}

/// Equal, contiguous ranges that together hold every key.
pub fn ranges(count: usize) -> Vec<RangeInclusive<i64>> {
    let count = count.clamp(1, 1 << 16) as u128;
    let bound = |index: u128| (i128::from(i64::MIN) + ((1_u128 << 64) * index / count) as i128) as i64;
    (0..count)
        .map(|index| {
            bound(index)..=if index + 1 == count {
                i64::MAX
            } else {
                bound(index + 1) - 1
            }
        })
        .collect()
}

/// Runs `work` over every key range, each on a thread of its own, and returns the results in key order.
pub fn in_parallel<T: Send>(
    snapshot: &Snapshot,
    columns: Columns,
    threads: usize,
    work: impl Fn(&mut Histories) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let run = |range| Histories::open(snapshot, columns, range).and_then(|mut histories| work(&mut histories));
    let mut ranges = ranges(threads);
    let last = ranges.pop().expect("there is at least one range");
    std::thread::scope(|scope| {
        let workers: Vec<_> = ranges.into_iter().map(|range| scope.spawn(|| run(range))).collect();
        let last = run(last);
        let mut results = Vec::with_capacity(workers.len() + 1);
        for worker in workers {
            match worker.join() {
                Ok(result) => results.push(result?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results.push(last?);
        Ok(results)
    })
}

/// Hands out the histories of the given people (ascending) who have one, in that order. Pages without them are not read.
pub fn each_of(
    snapshot: &Snapshot,
    columns: Columns,
    people: &[i64],
    mut observe: impl FnMut(&History<'_>),
) -> Result<()> {
    Histories::of_some(snapshot, columns, people)?.each(|history| {
        if people.binary_search(&history.person.0).is_ok() {
            observe(history);
        }
    })
}

/// The histories of one key range.
pub struct Histories {
    runs: Vec<Run>,
    gather: Gather,
}

/// Where a history lies that is whole on one page of one run.
struct Place {
    person: i64,
    run: usize,
    rows: (usize, usize),
}

impl Histories {
    pub fn open(snapshot: &Snapshot, columns: Columns, range: RangeInclusive<i64>) -> Result<Self> {
        let mut runs = Vec::with_capacity(snapshot.sources.len() + 2);
        for source in &snapshot.sources {
            let beside = snapshot.sources.len() - 1;
            runs.extend(Run::of_segment(
                (source, beside),
                columns,
                range.clone(),
                &snapshot.terms,
            )?);
        }
        for run in [&snapshot.moved, &snapshot.tail] {
            runs.extend(Run::of_memory(run, columns, range.clone(), &snapshot.terms)?);
        }
        Ok(Self {
            runs,
            gather: Gather::new(columns),
        })
    }

    /// Those of the given people (ascending), and of some others beside whom they lie.
    fn of_some(snapshot: &Snapshot, columns: Columns, people: &[i64]) -> Result<Self> {
        let mut runs = Vec::with_capacity(snapshot.sources.len() + 2);
        let beside = snapshot.sources.len().saturating_sub(1);
        for source in &snapshot.sources {
            runs.extend(Run::of_people((source, beside), columns, people, &snapshot.terms)?);
        }
        for run in [&snapshot.moved, &snapshot.tail] {
            runs.extend(Run::of_memory(run, columns, EVERYBODY, &snapshot.terms)?);
        }
        Ok(Self {
            runs,
            gather: Gather::new(columns),
        })
    }

    /// Hands out every history, in order of person.
    pub fn each(&mut self, mut observe: impl FnMut(&History<'_>)) -> Result<()> {
        self.each_block(1, |histories| histories.iter().for_each(&mut observe))
    }

    /// The same, up to so many histories at a time.
    pub fn each_block(&mut self, most: usize, mut observe: impl FnMut(&[History<'_>])) -> Result<()> {
        let mut places = Vec::with_capacity(most);
        while let Some((person, is_shared)) = self.next_person() {
            let first = self
                .runs
                .iter()
                .position(|run| run.person() == person)
                .expect("its run was just seen");
            let run = &mut self.runs[first];
            let end = run.end_of_person();
            if !is_shared && (end < run.page.rows() || run.is_last_page) {
                places.push(Place {
                    person,
                    run: first,
                    rows: (run.row, end),
                });
                run.advance(end);
                let is_at_the_end = run.row == run.page.rows();
                if is_at_the_end || places.len() >= most {
                    self.hand_out(&mut places, &mut observe);
                }
                if is_at_the_end {
                    self.turn_pages()?;
                }
            } else {
                self.hand_out(&mut places, &mut observe);
                self.gather.collect(person, &mut self.runs)?;
                observe(&[self.gather.history(person)]);
                self.turn_pages()?;
            }
        }
        Ok(())
    }

    /// Shows the histories in these places, all of them on pages not yet turned, and forgets the places.
    fn hand_out(&self, places: &mut Vec<Place>, observe: &mut impl FnMut(&[History<'_>])) {
        let history = |place: &Place| {
            let (from, to) = place.rows;
            self.runs[place.run].page.history(place.person, from, to)
        };
        match places.as_slice() {
            [] => return,
            [only] => observe(&[history(only)]),
            all => observe(&all.iter().map(history).collect::<Vec<_>>()),
        }
        places.clear();
    }

    /// The least person at the head of any run, and whether several runs have them.
    #[inline]
    fn next_person(&self) -> Option<(i64, bool)> {
        let (head, rest) = self.runs.split_first()?;
        let mut least = head.person();
        let mut is_shared = false;
        for run in rest {
            let person = run.person();
            if person < least {
                least = person;
                is_shared = false;
            } else if person == least {
                is_shared = true;
            }
        }
        Some((least, is_shared))
    }

    /// Brings every run that stands at the end of its page to the next, and lets go of those that have none.
    fn turn_pages(&mut self) -> Result<()> {
        let mut index = 0;
        while index < self.runs.len() {
            if self.runs[index].row >= self.runs[index].page.rows() && !self.runs[index].turn_page()? {
                self.runs.swap_remove(index);
            } else {
                index += 1;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn ranges_tile_the_key_space() {
        for count in [1, 2, 3, 7, 64] {
            let ranges = ranges(count);
            assert_eq!(ranges.len(), count);
            assert_eq!(*ranges[0].start(), i64::MIN);
            assert_eq!(*ranges[count - 1].end(), i64::MAX);
            assert!(ranges.windows(2).all(|pair| pair[0].end() + 1 == *pair[1].start()));
        }
    }
}
