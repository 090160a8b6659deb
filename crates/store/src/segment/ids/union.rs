//! The ids of several indexes as one ascending row: what a merge of their segments holds. Keeps one span of blocks of each in
//! memory, so merging costs no memory that grows with the segments.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use super::{DENSE_BLOCKS, IdIndex, Reading};
use crate::error::Result;

/// Every id of every index in ascending order, with the place of the index it is from; the same id again comes right after.
pub struct Walk<'a> {
    inputs: Vec<Input<'a>>,
    /// The next fingerprint of each input that has any.
    heads: BinaryHeap<Reverse<(u64, usize)>>,
}

/// The union, each id once.
pub struct Union<'a> {
    walk: Walk<'a>,
    last: Option<u64>,
}

struct Input<'a> {
    index: &'a IdIndex,
    starts: Vec<u64>,
    next_block: usize,
    ready: VecDeque<u64>,
}

impl<'a> Walk<'a> {
    pub fn of(indexes: &'a [IdIndex]) -> Result<Self> {
        let mut walk = Self {
            inputs: Vec::with_capacity(indexes.len()),
            heads: BinaryHeap::new(),
        };
        for (place, index) in indexes.iter().enumerate() {
            index.verify()?;
            let mut input = Input {
                starts: index.starts(&index.lengths()?)?,
                index,
                next_block: 0,
                ready: VecDeque::new(),
            };
            walk.heads.extend(input.next()?.map(|first| Reverse((first, place))));
            walk.inputs.push(input);
        }
        Ok(walk)
    }

    pub fn advance(&mut self) -> Result<Option<(u64, usize)>> {
        let Some(Reverse((fingerprint, place))) = self.heads.pop() else {
            return Ok(None);
        };
        let next = self.inputs[place].next()?;
        self.heads.extend(next.map(|next| Reverse((next, place))));
        Ok(Some((fingerprint, place)))
    }
}

impl<'a> Union<'a> {
    pub fn of(indexes: &'a [IdIndex]) -> Result<Self> {
        Ok(Self {
            walk: Walk::of(indexes)?,
            last: None,
        })
    }

    fn advance(&mut self) -> Result<Option<u64>> {
        while let Some((fingerprint, _)) = self.walk.advance()? {
            if self.last != Some(fingerprint) {
                self.last = Some(fingerprint);
                return Ok(Some(fingerprint));
            }
        }
        Ok(None)
    }
}

impl Iterator for Union<'_> {
    type Item = Result<u64>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

impl Input<'_> {
    fn next(&mut self) -> Result<Option<u64>> {
        let blocks = self.index.layout.blocks();
        while self.ready.is_empty() && self.next_block < blocks {
            let end = (self.next_block + DENSE_BLOCKS).min(blocks);
            let mut reading = Reading::new(self.index, &self.starts, DENSE_BLOCKS);
            for block in self.next_block..end {
                self.ready.extend(reading.block(block)?);
            }
            self.next_block = end;
        }
        Ok(self.ready.pop_front())
    }
}
