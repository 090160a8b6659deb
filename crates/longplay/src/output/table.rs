//! Plain tables for a terminal: a header, aligned columns, two spaces between them.

use std::io::{self, Write};

use super::cell;

/// Longest cell shown.
const CELL_CHARS_MAX: usize = 48;

pub struct Table {
    heads: Vec<Column>,
    rows: Vec<Vec<String>>,
}

struct Column {
    head: String,
    is_number: bool,
}

impl Table {
    /// Heads in order; those that start with `>` hold numbers and stand to the right.
    pub fn with(heads: &[&'static str]) -> Self {
        let column = |head: &&'static str| Column {
            head: head.trim_start_matches('>').to_owned(),
            is_number: head.starts_with('>'),
        };
        Self {
            heads: heads.iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    /// With heads that came from outside, none of them known to hold numbers.
    pub fn headed(heads: &[&str]) -> Self {
        let column = |head: &&str| Column {
            head: cell::cut(head, CELL_CHARS_MAX),
            is_number: false,
        };
        Self {
            heads: heads.iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    pub fn push(&mut self, row: Vec<String>) {
        debug_assert_eq!(row.len(), self.heads.len());
        self.rows
            .push(row.iter().map(|text| cell::cut(text, CELL_CHARS_MAX)).collect());
    }

    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let heads: Vec<String> = self.heads.iter().map(|column| column.head.clone()).collect();
        let lines = || std::iter::once(&heads).chain(&self.rows);
        let width = |index: usize| lines().map(|row| row[index].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        for row in lines() {
            let mut line = String::new();
            for ((text, column), &width) in row.iter().zip(&self.heads).zip(&widths) {
                let padded = if column.is_number {
                    format!("{text:>width$}  ")
                } else {
                    format!("{text:<width$}  ")
                };
                line.push_str(&padded);
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right_and_lines_have_no_trailing_space() {
        let mut table = Table::with(&["piece", ">n"]);
        table.push(vec!["intro".to_owned(), "7".to_owned()]);
        table.push(vec!["bench".to_owned(), "1,200".to_owned()]);
        let mut text = Vec::new();
        table.write(&mut text).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "piece      n\nintro      7\nbench  1,200\n"
        );
    }
}
