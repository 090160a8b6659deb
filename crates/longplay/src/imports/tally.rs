//! Keeps count of one file's rows while they are judged, and lists the refused ones.

use std::path::Path;

use longplay_domain::Refusal;
use longplay_intake::{RefusedRow, Source};

use super::{
    Failed,
    refusals::RefusalsFile,
    report::{FileReport, RefusedAt},
};

/// Where a row stands.
pub struct Place {
    pub row: u64,
    /// The file inside an archive.
    pub part: Option<String>,
}

pub struct Tally {
    pub report: FileReport,
    list: Option<RefusalsFile>,
}

impl Tally {
    pub fn new(path: &Path, list: Option<RefusalsFile>) -> Self {
        Self {
            report: FileReport::of(path),
            list,
        }
    }

    pub fn admit(&mut self) {
        self.report.claims += 1;
        self.report.admitted += 1;
    }

    pub fn know_already(&mut self) {
        self.report.claims += 1;
        self.report.duplicates += 1;
    }

    /// A claim the gate refused.
    pub fn refuse(&mut self, source: &Source, place: &Place, refusal: &Refusal) -> anyhow::Result<()> {
        let column = source.column_of(refusal.field());
        self.count(RefusedAt {
            part: place.part.as_deref(),
            row: place.row,
            column: column.as_deref(),
            code: refusal.code(),
            message: refusal.to_string(),
        })
    }

    /// A row its reader could make nothing of.
    pub fn refuse_row(&mut self, place: &Place, refused: RefusedRow) -> anyhow::Result<()> {
        self.count(RefusedAt {
            part: place.part.as_deref(),
            row: place.row,
            column: refused.column.as_deref(),
            code: refused.code,
            message: refused.message,
        })
    }

    fn count(&mut self, refused: RefusedAt<'_>) -> anyhow::Result<()> {
        if let Some(list) = &mut self.list {
            list.list(&refused)?;
        }
        self.report.refuse(refused);
        Ok(())
    }

    /// With `--strict` one refused row refuses the file.
    pub fn must_hold_no_refusal(&mut self) -> Result<(), Failed> {
        let refused = self.report.refused;
        if refused == 0 {
            return Ok(());
        }
        self.report.nothing_accepted();
        let path = &self.report.path;
        let message = format!(
            "{path}: nothing was imported, because {refused} rows were refused and --strict allows none; correct them, or \
             import without --strict to take the others"
        );
        Err(Failed {
            code: "strict",
            message,
        })
    }

    /// Forgets the first pass before the second one counts. Returns how many claims it saw.
    pub fn begin_again(&mut self) -> u64 {
        let first = std::mem::take(&mut self.report);
        self.report = FileReport {
            path: first.path,
            format: first.format,
            ..FileReport::default()
        };
        first.claims
    }

    /// Completes the list of refused rows and notes where it is.
    pub fn close_list(&mut self) -> anyhow::Result<()> {
        if let Some(list) = self.list.take() {
            self.report.refusals_file = list.finish()?.map(|path| path.display().to_string());
        }
        Ok(())
    }
}
