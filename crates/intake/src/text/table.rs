//! Tables: finds the header in a file's head whatever the delimiter and however much stands above it, and walks the rows.

use std::io;

use super::{
    Header,
    records::{Next, Record, Records},
};
use crate::{
    IntakeError,
    limits::{COLUMNS_MAX, HEADER_ROWS_SEARCHED, ROW_BYTES_MAX},
    output::{Output, RefusedRow, Stop},
};

/// Where a table's header stands and how its cells are parted.
#[derive(Clone, Debug)]
pub(crate) struct TableHead {
    pub delimiter: u8,
    /// Rows above the header: a title, comments, `sep=;`.
    pub rows_above: usize,
    pub header: Header,
}

/// Every row of the head that could be a header, the topmost first; within a row, the delimiter that parts most cells first.
pub(crate) fn headers_in(head: &str, is_whole: bool, file: &str) -> Vec<TableHead> {
    let mut found: Vec<TableHead> = Vec::new();
    for delimiter in [b',', b';', b'\t'] {
        let mut rows = first_rows(head, delimiter);
        if !is_whole && rows.len() <= HEADER_ROWS_SEARCHED {
            rows.pop(); // the last one may be cut
        }
        let rows = rows
            .into_iter()
            .take(HEADER_ROWS_SEARCHED)
            .enumerate()
            .filter(|(_, names)| names.len() > 1);
        found.extend(rows.map(|(rows_above, names)| TableHead {
            delimiter,
            rows_above,
            header: Header::new(names, file),
        }));
    }
    found.sort_by_key(|head| (head.rows_above, std::cmp::Reverse(head.header.names.len())));
    found
}

fn first_rows(head: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut records = Records::new(Box::new(io::Cursor::new(head.as_bytes().to_vec())), delimiter);
    let mut record = Record::default();
    let mut rows = Vec::new();
    while rows.len() <= HEADER_ROWS_SEARCHED && matches!(records.next(&mut record), Ok(Next::Row)) {
        rows.push(record.cells().map(str::to_owned).collect());
    }
    rows
}

/// The rows under a header.
pub(crate) struct Rows<'a> {
    records: Records,
    record: Record,
    header: &'a Header,
    failed: Box<dyn Fn(u64, io::Error) -> IntakeError + 'a>,
    is_latin_noted: bool,
}

impl<'a> Rows<'a> {
    /// `failed` says what an error of the stream at a line means.
    pub fn new(
        records: Records,
        head: &'a TableHead,
        failed: impl Fn(u64, io::Error) -> IntakeError + 'a,
    ) -> Result<Self, IntakeError> {
        let failed = Box::new(failed);
        let mut rows = Self {
            records,
            record: Record::default(),
            header: &head.header,
            failed,
            is_latin_noted: false,
        };
        for _ in 0..=head.rows_above {
            rows.advance()?;
        }
        Ok(rows)
    }

    fn advance(&mut self) -> Result<Next, IntakeError> {
        self.records
            .next(&mut self.record)
            .map_err(|error| (self.failed)(self.records.line(), error))
    }

    /// Moves to the next row that says something; refuses, on the way, what is no row. `false` at the end.
    pub fn next(&mut self, output: &mut Output<'_>) -> Result<bool, Stop> {
        loop {
            let (line, code, message) = match self.advance()? {
                Next::End => return Ok(false),
                Next::Row if self.says_nothing() => continue,
                Next::Row => {
                    if self.record.was_latin && !self.is_latin_noted {
                        self.is_latin_noted = true;
                        output.note(self.record.line, "latin1", LATIN)?;
                    }
                    match self.cell_too_many() {
                        None => return Ok(true),
                        Some(message) => (self.record.line, "row_unreadable", message),
                    }
                }
                Next::TooLong { line } => (
                    line,
                    "row_too_long",
                    format!("the row is longer than {ROW_BYTES_MAX} bytes; is a quote missing?"),
                ),
                Next::TooManyCells { line } => (
                    line,
                    "row_unreadable",
                    format!("the row has more than {COLUMNS_MAX} cells; is a quote missing?"),
                ),
                Next::QuoteNeverClosed { line } => (
                    line,
                    "row_unreadable",
                    "a quote in this row is never closed; double it or remove it".to_owned(),
                ),
            };
            output.refuse(line, RefusedRow::new(code, None, message))?;
        }
    }

    /// A row of blanks, or the header once more in a file that was put together from several.
    fn says_nothing(&self) -> bool {
        self.record.cells().all(str::is_empty)
            || (self.record.len() == self.header.names.len()
                && self.record.cells().eq(self.header.names.iter().map(|name| name.trim())))
    }

    /// Short rows have lost their trailing blanks; a long one has an unquoted delimiter in a cell, so all its cells behind
    /// it are off by one.
    fn cell_too_many(&self) -> Option<String> {
        let columns = self.header.names.len();
        let extra = self.record.cells().skip(columns).find(|cell| !cell.is_empty())?;
        let extra: String = extra.chars().take(40).collect();
        Some(format!(
            "the row has {} cells under {columns} headers (“{extra}” has none); a cell that holds the delimiter must stand in quotes",
            self.record.len()
        ))
    }

    pub fn line(&self) -> u64 {
        self.record.line
    }

    pub fn len(&self) -> usize {
        self.record.len()
    }

    pub fn get(&self, index: usize) -> &str {
        self.record.get(index)
    }

    /// The cell of a column that may not exist.
    pub fn maybe(&self, index: Option<usize>) -> &str {
        index.map_or("", |index| self.record.get(index))
    }
}

pub(crate) const LATIN: &str = "some rows are no UTF-8, as when a spreadsheet saved the file; they were read as Windows-1252. \
    Check names with accents, or save the file as “CSV UTF-8”";
