//! One segment file: there, of the bytes that were published, sorted, and as the catalog describes it.

use std::collections::BTreeSet;

use longplay_domain::PersonKey;
use rusqlite::Connection;

use super::{Repair, Report, State, with_cause};
use crate::{
    error::{Context, Result, StoreError},
    lake::{catalog, stats},
    order::Keys,
    rows::EVERYBODY,
    segment::{
        ColumnStats, SegmentInfo,
        bounds::Bounds,
        read::{Form, Segment},
        schema::Column,
        write::{rekeyed_pairs, sizes},
    },
};

/// What reading a segment whole came to.
pub struct Verified {
    pub name: String,
    /// Sum over its rows of a mix of the fingerprints of their ids; `None` when they could not be read.
    pub ids: Option<IdSum>,
}

/// A sum that tells sets of ids apart, whatever their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IdSum {
    pub count: u64,
    sum: u128,
}

impl IdSum {
    pub fn add(&mut self, fingerprint: u64) {
        // Squares keep two changed ids from making up for each other.
        let mixed = u128::from(fingerprint).wrapping_mul(u128::from(fingerprint) | 1);
        self.count += 1;
        self.sum = self.sum.wrapping_add(mixed);
    }
}

/// What reading measured.
pub struct Measured {
    pub rows: u64,
    ids: IdSum,
    pub columns: Vec<ColumnStats>,
    marked: u64,
    pub rekeyed: BTreeSet<(i64, i64)>,
    /// The first row that is out of order or comes twice.
    unsorted: Option<u64>,
}

pub fn verify(state: &State, info: &SegmentInfo, report: &mut Report) -> Result<Verified> {
    let mut verified = Verified {
        name: info.name.clone(),
        ids: None,
    };
    report.checked.segments += 1;
    let name = Some(info.name.as_str());
    let segment = match Segment::open(info.clone(), Vec::new()) {
        Ok(segment) => segment,
        Err(error) => {
            let is_count = matches!(error, StoreError::Damaged { .. });
            let code = if is_count { "row_count" } else { "unreadable" };
            report.add_about(code, Repair::None, (name, with_cause(&error)));
            return Ok(verified);
        }
    };
    if let Err(error) = segment.verify() {
        report.add_about("segment_damaged", Repair::None, (name, with_cause(&error)));
        return Ok(verified);
    }
    verify_sizes(state, info, report)?;
    match measure(state.key.as_ref(), &segment) {
        Err(error) => report.add_about("segment_unreadable", Repair::None, (name, with_cause(&error))),
        Ok(measured) => {
            report.checked.rows += measured.rows;
            report.checked.bytes += info.bytes;
            verified.ids = state.key.map(|_| measured.ids);
            compare(state, info, &measured, report)?;
        }
    }
    Ok(verified)
}

fn verify_sizes(state: &State, info: &SegmentInfo, report: &mut Report) -> Result<()> {
    let footer: u64 = state
        .registry
        .query_row(
            "SELECT footer_size FROM ducklake_data_file WHERE data_file_id = ?1",
            [info.file_id],
            |row| row.get(0),
        )
        .doing("read the lake catalog")?;
    let found = sizes(&info.path)?;
    if found != (info.bytes, footer) {
        let message = format!(
            "segments/{} is {} bytes long with a footer of {} where the catalog says {} and {footer}",
            info.name, found.0, found.1, info.bytes
        );
        report.add_about("file_size", Repair::Possible, (Some(&info.name), message));
    }
    Ok(())
}

/// Reads a whole segment, batch by batch.
pub fn measure(key_of_ids: Option<&PersonKey>, segment: &Segment) -> Result<Measured> {
    let mut reader = segment.read(&Column::ALL, &EVERYBODY, Form::Plain)?;
    let mut bounds = Column::ALL.map(|_| Bounds::default());
    let mut measured = Measured {
        rows: 0,
        ids: IdSum::default(),
        columns: Vec::new(),
        marked: 0,
        rekeyed: BTreeSet::new(),
        unsorted: None,
    };
    let mut last: Option<(i64, i64, String)> = None;
    while let Some(batch) = reader.next_batch()? {
        let keys = Keys::of(&batch);
        let rows = batch.num_rows();
        let mut before = last.as_ref().map(|(person, time, id)| (*person, *time, id.as_str()));
        for row in 0..rows {
            let key = keys.at(row);
            if before.is_some_and(|before| before >= key) {
                measured.unsorted = measured.unsorted.or(Some(measured.rows + row as u64));
            }
            before = Some(key);
            if let Some(key_of_ids) = key_of_ids {
                measured.ids.add(key_of_ids.fingerprint(key.2.as_bytes()));
            }
        }
        last = before.map(|(person, time, id)| (person, time, id.to_owned()));
        for (column, bounds) in Column::ALL.into_iter().zip(&mut bounds) {
            bounds.widen(column, batch.column(column.index()).as_ref());
        }
        let marks = batch.column(Column::Mark.index());
        measured.marked += (rows - marks.null_count()) as u64;
        rekeyed_pairs(&batch, &mut |pair| {
            measured.rekeyed.insert(pair);
        });
        measured.rows += rows as u64;
    }
    let columns = Column::ALL.into_iter().zip(bounds).take(segment.width());
    let rows = measured.rows;
    measured.columns = columns
        .map(|(column, bounds)| bounds.into_stats(column, segment.bytes_of(column.index()), rows))
        .collect();
    Ok(measured)
}

fn compare(state: &State, info: &SegmentInfo, measured: &Measured, report: &mut Report) -> Result<()> {
    let name = Some(info.name.as_str());
    if let Some(row) = measured.unsorted {
        let message = format!("segments/{}: row {row} is out of order or comes twice", info.name);
        report.add_about("segment_unsorted", Repair::Possible, (name, message));
    }
    if measured.rows != info.rows {
        let message = format!(
            "segments/{} holds {} rows where the catalog says {}",
            info.name, measured.rows, info.rows
        );
        report.add_about("row_count", Repair::None, (name, message));
    }
    for (column, found) in Column::ALL.into_iter().zip(&measured.columns) {
        let said = stats::of_file(&state.registry, info.file_id, column)?;
        if said.as_ref() != Some(found) {
            let message = format!(
                "segments/{}: the catalog's statistics of column {} are not those of the file",
                info.name,
                column.name()
            );
            report.add_about("column_stats", Repair::Possible, (name, message));
        }
    }
    let marked = if info.is_marked { measured.rows } else { 0 };
    if measured.marked != marked {
        let message = format!(
            "segments/{} holds {} marked events of {} where the catalog says {marked}",
            info.name, measured.marked, measured.rows
        );
        report.add_about("marks_mixed", Repair::Possible, (name, message));
    }
    if rekeyed(&state.registry, &info.name)? != measured.rekeyed {
        let message = format!("segments/{}: table `rekeyed` doesn't name the keys it holds", info.name);
        report.add_about("rekeyed_pairs", Repair::Possible, (name, message));
    }
    Ok(())
}

fn rekeyed(connection: &Connection, name: &str) -> Result<BTreeSet<(i64, i64)>> {
    Ok(catalog::rekeyed(connection, name)?.into_iter().collect())
}
