//! An analyst's own CSV, read row by row: strict about what a number is, kind about how a table is written.
//!
//! Column names don't mind case, order, a byte order mark or company; commas, semicolons and tabs part columns. A cell that
//! is not the number it must be stops the command with file, row and column, because a model that silently drops rows
//! answers another question. Rows are counted as an editor counts lines, the header being row 1. Nothing of the file is
//! kept: who reads keeps what they need.

use std::{
    borrow::Cow,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use csv::ByteRecord;

/// Bytes looked at to tell what parts the columns.
const HEAD_BYTES_MAX: usize = 64 << 10;
const BOM: &[u8] = b"\xef\xbb\xbf";
/// Larger whole numbers are no longer exact.
const COUNT_MAX: f64 = 9.0e15;

/// The file is no table this model can read: nothing was recognised, rather than something wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotRecognised(pub String);

/// A CSV file whose header has been read.
pub struct Sheet {
    path: PathBuf,
    delimiter: u8,
    heads: Vec<String>,
}

/// A row of it.
pub struct Row<'a> {
    sheet: &'a Sheet,
    record: &'a ByteRecord,
    line: u64,
}

impl Sheet {
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let mut file = File::open(path).with_context(|| format!("{shown}: can't be opened"))?;
        let mut start = Vec::new();
        (&mut file)
            .take(HEAD_BYTES_MAX as u64)
            .read_to_end(&mut start)
            .with_context(|| format!("{shown}: can't be read"))?;
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) || start.contains(&0) {
            return Err(NotRecognised(format!(
                "{shown}: this is no text in UTF-8; save the table as “CSV UTF-8”"
            ))
            .into());
        }
        let first = start.strip_prefix(BOM).unwrap_or(&start);
        let line = first
            .split(|byte| *byte == b'\n')
            .find(|line| !line.trim_ascii().is_empty());
        let Some(line) = line else {
            return Err(NotRecognised(format!("{shown}: the file is empty; it needs a header and rows")).into());
        };
        let count = |delimiter: u8| line.iter().filter(|byte| **byte == delimiter).count();
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .rev()
            .max_by_key(|delimiter| count(*delimiter))
            .unwrap_or(b',');
        let mut sheet = Self {
            path: path.to_owned(),
            delimiter,
            heads: Vec::new(),
        };
        let mut reader = sheet.reader()?;
        let heads = reader
            .byte_headers()
            .with_context(|| format!("{shown}: the header can't be read"))?;
        sheet.heads = heads.iter().map(head_of).collect();
        for (index, head) in sheet.heads.iter().enumerate() {
            let same = |other: &String| !head.is_empty() && other.eq_ignore_ascii_case(head);
            if sheet.heads[..index].iter().any(same) {
                bail!("{shown}: two columns are called “{head}”; rename or leave out one of them");
            }
        }
        Ok(sheet)
    }

    fn reader(&self) -> anyhow::Result<csv::Reader<File>> {
        csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .buffer_capacity(1 << 18)
            .from_path(&self.path)
            .with_context(|| format!("{}: can't be opened", self.path.display()))
    }

    /// The names of the columns, as they are written.
    pub fn heads(&self) -> &[String] {
        &self.heads
    }

    /// The column of this name, if there is one.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.heads.iter().position(|head| head.eq_ignore_ascii_case(name))
    }

    /// The columns of these names, all of which must be there.
    pub fn columns<const N: usize>(&self, names: [&str; N]) -> anyhow::Result<[usize; N]> {
        let missing: Vec<&str> = names.into_iter().filter(|name| self.column(name).is_none()).collect();
        if missing.is_empty() {
            return Ok(names.map(|name| self.column(name).unwrap_or_default()));
        }
        Err(NotRecognised(format!(
            "{}: there is no column {}; this model reads {}, and the file has {}; rename or add columns in the header",
            self.path.display(),
            missing.join(", "),
            names.join(", "),
            self.heads.join(", ")
        ))
        .into())
    }

    /// Whether there is no row below the header.
    pub fn is_empty(&self) -> anyhow::Result<bool> {
        let mut record = ByteRecord::new();
        let read = self.reader()?.read_byte_record(&mut record);
        read.map(|found| !found).map_err(|error| self.in_words(error))
    }

    /// Hands out every row in order, and says how many there were.
    pub fn each_row(&self, mut take: impl FnMut(&Row<'_>) -> anyhow::Result<()>) -> anyhow::Result<u64> {
        let mut reader = self.reader()?;
        let mut record = ByteRecord::new();
        let mut rows = 0;
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(false) => return Ok(rows),
                Ok(true) => rows += 1,
                Err(error) => return Err(self.in_words(error)),
            }
            let line = record.position().map_or(0, csv::Position::line);
            take(&Row {
                sheet: self,
                record: &record,
                line,
            })?;
        }
    }

    fn in_words(&self, error: csv::Error) -> anyhow::Error {
        let shown = self.path.display();
        match error.kind() {
            csv::ErrorKind::UnequalLengths { pos, expected_len, len } => anyhow::anyhow!(
                "{shown}, row {}: it has {len} cells where the header has {expected_len}; is a comma or a quote missing?",
                pos.as_ref().map_or(0, csv::Position::line)
            ),
            _ => anyhow::Error::new(error).context(format!("{shown}: can't be read")),
        }
    }
}

fn head_of(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    String::from_utf8_lossy(bytes).trim().to_owned()
}

impl Row<'_> {
    /// The text of a cell, without blanks around it.
    pub fn text(&self, column: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.record.get(column).unwrap_or_default().trim_ascii())
    }

    /// Why this row can't be used, with its place.
    pub fn refuse(&self, column: usize, why: &str) -> anyhow::Error {
        anyhow::anyhow!(
            "{}, row {}, column {}: “{}” {why}",
            self.sheet.path.display(),
            self.line,
            self.sheet.heads[column],
            self.text(column)
        )
    }

    /// The same where no single column is to blame.
    pub fn refuse_whole(&self, why: &str) -> anyhow::Error {
        anyhow::anyhow!("{}, row {}: {why}", self.sheet.path.display(), self.line)
    }

    /// A finite number.
    pub fn number(&self, column: usize) -> anyhow::Result<f64> {
        let bytes = self.record.get(column).unwrap_or_default().trim_ascii();
        let parsed = std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| text.parse::<f64>().ok());
        match parsed {
            Some(value) if value.is_finite() => Ok(value),
            Some(_) => Err(self.refuse(column, "is not a finite number; correct it, or leave out the row")),
            None if bytes.is_empty() => Err(self.refuse(column, "is empty; a number must stand here")),
            None if bytes.contains(&b',') => Err(self.refuse(
                column,
                "is no number; write the decimal point as “.” and no separators of thousands",
            )),
            None => Err(self.refuse(column, "is no number; correct it, or leave out the row")),
        }
    }

    /// A finite number that is not negative.
    pub fn size(&self, column: usize) -> anyhow::Result<f64> {
        let value = self.number(column)?;
        if value < 0.0 {
            return Err(self.refuse(
                column,
                "is negative, which can't be here; correct it, or leave out the row",
            ));
        }
        // −0 is 0, and must be the same evidence.
        Ok(value.abs())
    }

    /// A whole number that is not negative.
    pub fn count(&self, column: usize) -> anyhow::Result<f64> {
        let value = self.size(column)?;
        if value.fract() != 0.0 || value > COUNT_MAX {
            return Err(self.refuse(column, "is no whole number; counts are 0, 1, 2 …"));
        }
        Ok(value)
    }

    /// The weight of the row; 1 without such a column.
    pub fn weight(&self, column: Option<usize>) -> anyhow::Result<f64> {
        column.map_or(Ok(1.0), |column| self.size(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &[u8]) -> anyhow::Result<Vec<(f64, f64)>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let sheet = Sheet::open(file.path())?;
        let [x, t] = sheet.columns(["x", "T"])?;
        let mut rows = Vec::new();
        sheet.each_row(|row| {
            rows.push((row.count(x)?, row.size(t)?));
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn a_table_is_read_however_it_is_written() {
        let wanted = vec![(1.0, 30.5), (0.0, 7.0)];
        for content in [
            "x,T\n1,30.5\n0,7\n",
            "\u{feff}X , t\r\n1, 30.5\r\n-0,7",
            "name;T;x\na;30.5;1\nb;7;0\n",
            "T\tx\n\n30.5\t1.0\n7\t0e3\n",
            "\"x\",\"T\"\n\"1\",\"30.5\"\n\"0\",7\n",
        ] {
            assert_eq!(read(content.as_bytes()).unwrap(), wanted, "{content}");
        }
        assert_eq!(read(b"x,T\n").unwrap(), []);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let said = |content: &str| read(content.as_bytes()).unwrap_err().to_string();
        for (content, place, reason) in [
            ("x,T\n1,5\n1,inf\n", "row 3, column T", "finite"),
            ("x,T\n1,NaN\n", "row 2, column T", "finite"),
            ("x,T\n-1,5\n", "row 2, column x", "negative"),
            ("x,T\n1.5,5\n", "row 2, column x", "whole"),
            ("x,T\n1,\n", "row 2, column T", "empty"),
            ("x;T\n1;5,5\n", "row 2, column T", "decimal point"),
            ("x,T\n1,5\n1\n", "row 3", "cells"),
            ("x,T\n1,five\n", "row 2, column T", "no number"),
        ] {
            let said = said(content);
            assert!(said.contains(place) && said.contains(reason), "{content}: {said}");
        }
        assert!(said("x,X,T\n").contains("two columns"));
        for content in [&b""[..], b"\n\n", b"\xff\xfex\0", b"a,b\n1,2\n"] {
            assert!(read(content).unwrap_err().is::<NotRecognised>(), "{content:?}");
        }
    }
}
