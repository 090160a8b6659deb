//! Ids: every segment's index holds its ids and no other, and no id is held twice.

use std::collections::BTreeMap;

use super::{Repair, Report, State, Verified, journal::batch_name, segments::IdSum, with_cause};
use crate::{
    error::Result,
    segment::ids::{self, IdIndex, Walk},
};

pub fn verify(state: &State, verified: &[Verified], unsealed: Vec<(u64, i64)>, report: &mut Report) -> Result<()> {
    let (mut names, mut indexes, mut sums) = (Vec::new(), Vec::new(), Vec::new());
    for Verified { name, ids: sum } in verified {
        let opened = IdIndex::open(&ids::path(&state.directory, name));
        match opened.and_then(|index| index.verify().map(|()| index)) {
            Ok(index) => {
                names.push(name.as_str());
                indexes.push(index);
                sums.push(*sum);
            }
            Err(error) => {
                let repair = if sum.is_some() { Repair::Possible } else { Repair::None };
                report.add_about("ids_damaged", repair, (Some(name), with_cause(&error)));
            }
        }
    }
    let mut twice: BTreeMap<String, u64> = BTreeMap::new();
    let mut found = vec![IdSum::default(); indexes.len()];
    repeats(
        &indexes,
        &unsealed,
        &mut |_, _, at| {
            let holder = match at {
                At::Segment(place) => names[place].to_owned(),
                At::Batch(position) => batch_name(position),
            };
            *twice.entry(holder).or_default() += 1;
        },
        &mut |fingerprint, place| found[place].add(fingerprint),
    )?;
    for ((name, sum), found) in names.iter().zip(sums).zip(found) {
        if let Some(sum) = sum.filter(|sum| *sum != found) {
            let message = format!(
                "ids/{name}.ids doesn't hold the {} ids of its segment: it has {}",
                sum.count, found.count
            );
            report.add_about("ids_incomplete", Repair::Possible, (Some(name), message));
        }
    }
    for (holder, count) in twice {
        let message = format!("{holder}: {count} ids are held already");
        report.add_about("id_twice", Repair::Possible, (Some(&holder), message));
    }
    Ok(())
}

/// Where an id is that is held already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The place of the index.
    Segment(usize),
    /// The position of the batch.
    Batch(i64),
}

/// Walks all ids in order, telling of each that is held again where it is first and where again: segments in the order
/// given, then batches.
pub fn repeats(
    indexes: &[IdIndex],
    unsealed: &[(u64, i64)],
    repeat: &mut dyn FnMut(u64, At, At),
    each: &mut dyn FnMut(u64, usize),
) -> Result<()> {
    let mut walk = Walk::of(indexes)?;
    let mut unsealed = unsealed.iter().peekable();
    let mut first: Option<(u64, At)> = None;
    let mut take = |fingerprint, at| match first {
        Some((known, first)) if known == fingerprint => repeat(fingerprint, first, at),
        _ => first = Some((fingerprint, at)),
    };
    loop {
        let next = walk.advance()?;
        // Batches are the later ones: they come after the segments of the same fingerprint.
        while let Some((fingerprint, position)) =
            unsealed.next_if(|(fingerprint, _)| next.is_none_or(|(ahead, _)| *fingerprint < ahead))
        {
            take(*fingerprint, At::Batch(*position));
        }
        let Some((fingerprint, place)) = next else {
            return Ok(());
        };
        each(fingerprint, place);
        take(fingerprint, At::Segment(place));
    }
}
