//! What an import tells: the JSON other programs rely on, and the same for people.

use std::io::{self, Write};

use serde::Serialize;

use crate::output::{cell, number, table::Table};

/// Reasons shown per file at a terminal.
const REASONS_SHOWN_MAX: usize = 5;
/// How much of a path a line shows.
const PATH_CHARS_MAX: usize = 40;
/// Notes kept per file.
const NOTES_MAX: usize = 50;

#[derive(Debug, Default, Serialize)]
pub struct ImportReport {
    pub files: Vec<FileReport>,
    pub events_total: u64,
    pub people_total: u64,
    #[serde(skip_serializing_if = "is_false")]
    pub dry_run: bool,
}

/// One file. `claims` is always `admitted + duplicates + refused`.
#[derive(Debug, Default, Serialize)]
pub struct FileReport {
    pub path: String,
    /// `null` when the file was not recognised.
    pub format: Option<String>,
    pub claims: u64,
    pub admitted: u64,
    pub duplicates: u64,
    pub refused: u64,
    /// By code, in order of first appearance.
    pub refusals: Vec<Reason>,
    pub samples: u64,
    pub pieces: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Remark>,
    /// The CSV that lists every refused row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusals_file: Option<String>,
    /// Why the file failed as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Remark>,
}

/// Refusals of one code.
#[derive(Debug, Serialize)]
pub struct Reason {
    pub code: &'static str,
    pub count: u64,
    pub example: Example,
}

/// The first refused row of its code.
#[derive(Debug, Serialize)]
pub struct Example {
    /// The file inside an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    pub row: u64,
    pub column: Option<String>,
    pub message: String,
}

#[derive(Debug, Serialize)]
pub struct Remark {
    pub code: &'static str,
    pub message: String,
}

/// A refused row, whoever refused it.
#[derive(Debug)]
pub struct RefusedAt<'a> {
    pub part: Option<&'a str>,
    pub row: u64,
    pub column: Option<&'a str>,
    pub code: &'static str,
    pub message: String,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl FileReport {
    pub fn of(path: &std::path::Path) -> Self {
        Self {
            path: path.display().to_string(),
            ..Self::default()
        }
    }

    pub fn refuse(&mut self, refused: RefusedAt<'_>) {
        self.claims += 1;
        self.refused += 1;
        match self.refusals.iter_mut().find(|reason| reason.code == refused.code) {
            Some(reason) => reason.count += 1,
            None => self.refusals.push(Reason {
                code: refused.code,
                count: 1,
                example: Example {
                    part: refused.part.map(str::to_owned),
                    row: refused.row,
                    column: refused.column.map(str::to_owned),
                    message: refused.message,
                },
            }),
        }
    }

    pub fn note(&mut self, code: &'static str, message: String) {
        if self.notes.len() < NOTES_MAX {
            self.notes.push(Remark { code, message });
        }
    }

    /// Whether anything of the file is now known, or was before.
    pub fn took_anything(&self) -> bool {
        self.admitted + self.duplicates + self.samples + self.pieces > 0
    }

    /// Why nothing at all of a recognised file came in, in one line; `None` when something did.
    pub fn in_vain(&self) -> Option<String> {
        if self.took_anything() || self.error.is_some() {
            return None;
        }
        let Some(most) = self.refusals.iter().max_by_key(|reason| reason.count) else {
            let format = self.format.as_deref().unwrap_or_default();
            let why = self
                .notes
                .first()
                .map_or("there is no row in it; export it again", |note| note.message.as_str());
            return Some(format!(
                "{}: recognised as {format}, but nothing came of it: {why}",
                self.path
            ));
        };
        let Example { row, message, .. } = &most.example;
        let refused = number::count(self.refused);
        Some(format!(
            "{}: nothing was admitted; {refused} rows were refused, such as row {row}: {message}",
            self.path
        ))
    }

    /// What was admitted is taken back in the report, because the file was not accepted after all.
    pub fn nothing_accepted(&mut self) {
        self.claims = self.refused;
        (self.admitted, self.duplicates, self.samples, self.pieces) = (0, 0, 0, 0);
    }
}

impl ImportReport {
    pub fn write_for_people(&self, out: &mut impl Write) -> io::Result<()> {
        let admitted = if self.dry_run {
            ">would be admitted"
        } else {
            ">admitted"
        };
        let mut table = Table::with(&[
            "file",
            "format",
            admitted,
            ">known already",
            ">refused",
            ">samples",
            ">pieces",
        ]);
        for file in self.files.iter().filter(|file| file.format.is_some()) {
            let counts = [file.admitted, file.duplicates, file.refused, file.samples, file.pieces];
            let mut row = vec![file_name(&file.path), file.format.clone().unwrap_or_default()];
            row.extend(counts.map(number::count));
            table.push(row);
        }
        if self.files.iter().any(|file| file.format.is_some()) {
            table.write(out)?;
        }
        for file in &self.files {
            file.write_details(out)?;
        }
        let (events, people) = (number::count(self.events_total), number::count(self.people_total));
        match self.dry_run {
            true => writeln!(
                out,
                "\nNothing was written (--dry-run); events known already were not looked for."
            ),
            false => {
                let noun = |number, one, many| if number == 1 { one } else { many };
                let events_noun = noun(self.events_total, "event", "events");
                let people_noun = noun(self.people_total, "person", "people");
                writeln!(
                    out,
                    "\nThe workspace holds {events} {events_noun} of {people} {people_noun}."
                )
            }
        }
    }
}

impl FileReport {
    fn write_details(&self, out: &mut impl Write) -> io::Result<()> {
        for note in &self.notes {
            writeln!(out, "\n{}: {}", file_name(&self.path), cell::shown(&note.message))?;
        }
        if self.refused == 0 {
            return Ok(());
        }
        writeln!(
            out,
            "\n{}: {} rows refused",
            file_name(&self.path),
            number::count(self.refused)
        )?;
        let mut reasons: Vec<&Reason> = self.refusals.iter().collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
        for reason in reasons.iter().take(REASONS_SHOWN_MAX) {
            let Example {
                part,
                row,
                column,
                message,
            } = &reason.example;
            let part = part.as_ref().map_or_else(String::new, |part| format!("{part}, "));
            let column = column
                .as_ref()
                .map_or_else(String::new, |column| format!(", column {column}"));
            let said = format!(
                "  {} × {} – {part}row {row}{column}: {message}",
                number::count(reason.count),
                reason.code
            );
            writeln!(out, "{}", cell::shown(&said))?;
        }
        if let Some(path) = &self.refusals_file {
            writeln!(out, "  All of them: {}", cell::shown(path))?;
        }
        Ok(())
    }
}

/// The path's end, which tells files apart better than its beginning.
fn file_name(path: &str) -> String {
    let path = cell::shown(path);
    match path.chars().count().checked_sub(PATH_CHARS_MAX) {
        None | Some(0) => path.into_owned(),
        Some(hidden) => std::iter::once('…').chain(path.chars().skip(hidden + 1)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &'static str, row: u64) -> RefusedAt<'static> {
        RefusedAt {
            part: None,
            row,
            column: Some("When"),
            code,
            message: format!("row {row}"),
        }
    }

    #[test]
    fn the_shape_other_programs_rely_on() {
        let mut file = FileReport {
            path: "a.csv".to_owned(),
            format: Some("longplay-events".to_owned()),
            ..Default::default()
        };
        file.refuse(refused("time_missing", 3));
        file.refuse(refused("time_missing", 9));
        let report = ImportReport {
            files: vec![file],
            events_total: 1,
            people_total: 1,
            dry_run: false,
        };
        let expected = serde_json::json!({
            "files": [{
                "path": "a.csv", "format": "longplay-events", "claims": 2, "admitted": 0, "duplicates": 0, "refused": 2,
                "refusals": [{"code": "time_missing", "count": 2, "example": {"row": 3, "column": "When", "message": "row 3"}}],
                "samples": 0, "pieces": 0
            }],
            "events_total": 1, "people_total": 1
        });
        assert_eq!(serde_json::to_value(report).unwrap(), expected);
    }
}
