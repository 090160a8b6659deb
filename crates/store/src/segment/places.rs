//! Where in a segment the rows of a few people lie, so that pages without them are passed over.
//!
//! The first time it is asked, every so many rows' person is noted: a few bytes for a thousand rows, for as long as the segment is
//! open. What is found is at least every row of those asked for, and a few of their neighbours'.

use std::ops::Range;

use arrow::{array::AsArray, datatypes::Int64Type};
use parquet::arrow::arrow_reader::RowSelection;

use super::{
    read::{Form, RangeReader, Segment},
    schema::Column,
};
use crate::{error::Result, rows::EVERYBODY};

/// Every so many rows the person is noted.
const APART_ROWS: usize = 128;

/// Rows of some row groups.
#[derive(Clone, Debug)]
pub struct Places {
    groups: Vec<usize>,
    rows: RowSelection,
}

impl Segment {
    /// Where the rows of the given people (ascending) lie; `None` where there are none of theirs.
    pub fn places(&self, people: &[i64]) -> Result<Option<Places>> {
        let blocks = blocks(self.signposts()?, people);
        let rows = blocks
            .into_iter()
            .map(|block| block.start * APART_ROWS..block.end * APART_ROWS);
        Ok(within_groups(&self.group_rows(), rows))
    }

    /// Reads `columns` at those places.
    pub fn read_at(&self, columns: &[Column], places: &Places, form: Form) -> Result<RangeReader> {
        self.read_groups(columns, places.groups.clone(), Some(places.rows.clone()), form)
    }

    fn signposts(&self) -> Result<&[i64]> {
        if let Some(known) = self.signposts.get() {
            return Ok(known);
        }
        let mut signposts = Vec::with_capacity(self.info.rows as usize / APART_ROWS + 1);
        let mut reader = self.read(&[Column::Person], &EVERYBODY, Form::Plain)?;
        let mut row = 0;
        while let Some(batch) = reader.next_batch()? {
            let persons = batch.column(0).as_primitive::<Int64Type>().values();
            let first = usize::next_multiple_of(row, APART_ROWS) - row;
            signposts.extend(persons.iter().skip(first).step_by(APART_ROWS));
            row += persons.len();
        }
        Ok(self.signposts.get_or_init(|| signposts))
    }
}

/// Runs of blocks that may hold any of the people, in order and apart from each other, by the first person of each block.
fn blocks(firsts: &[i64], people: &[i64]) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    for person in people {
        let from = firsts.partition_point(|first| first < person).saturating_sub(1);
        let to = firsts.partition_point(|first| first <= person);
        match blocks.last_mut() {
            _ if from >= to => {}
            Some(last) if from <= last.end => last.end = last.end.max(to),
            _ => blocks.push(from..to),
        }
    }
    blocks
}

/// The same rows by row group: those groups that hold any, and which of their rows.
fn within_groups(group_rows: &[usize], rows: impl Iterator<Item = Range<usize>>) -> Option<Places> {
    let (mut groups, mut ranges): (Vec<usize>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
    let mut rows = rows.peekable();
    // Rows of groups passed, and of those among them that are read.
    let (mut passed, mut read) = (0, 0);
    for (group, &count) in group_rows.iter().enumerate() {
        let end = passed + count;
        let mut is_read = false;
        while let Some(range) = rows.peek().filter(|range| range.start < end).cloned() {
            let (from, to) = (range.start.max(passed), range.end.min(end));
            if from < to {
                ranges.push(from - passed + read..to - passed + read);
                is_read = true;
            }
            if range.end > end {
                break;
            }
            rows.next();
        }
        if is_read {
            groups.push(group);
            read += count;
        }
        passed = end;
    }
    let rows = RowSelection::from_consecutive_ranges(ranges.into_iter(), read);
    (read > 0).then_some(Places { groups, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_everybody_asked_for() {
        let firsts = [10, 20, 20, 20, 30, 40];
        let of = |people: &[i64]| -> Vec<_> {
            let blocks = blocks(&firsts, people).into_iter();
            blocks.map(|block| (block.start, block.end)).collect()
        };
        assert_eq!(of(&[5]), []);
        assert_eq!(of(&[10]), [(0, 1)]);
        assert_eq!(of(&[15, 16]), [(0, 1)]);
        assert_eq!(of(&[20]), [(0, 4)], "the first of them may begin in the block before");
        assert_eq!(of(&[11, 35, 90]), [(0, 1), (4, 6)]);
    }

    #[test]
    fn rows_are_told_by_the_groups_that_are_read() {
        let places = within_groups(&[100, 100, 100, 30], [90..110, 305..400].into_iter()).unwrap();
        assert_eq!(places.groups, [0, 1, 3]);
        let expected = RowSelection::from_consecutive_ranges([90..100, 100..110, 205..230].into_iter(), 230);
        assert_eq!(places.rows, expected);
        assert!(within_groups(&[100], std::iter::empty()).is_none());
    }
}
