//! Files that were brought over the web, imported by the same code as the command's: looked into first, then taken.

use std::path::Path;

use longplay_server::{Order, Outcome};
use longplay_store::Store;

use super::{FileReport, Importer};

/// Reasons told of one file.
const REASONS_MAX: usize = 20;

/// Looks into a file, or imports it. A list of refused rows is told by its name alone.
pub fn import(store: &Store, order: Order<'_>) -> Outcome {
    let gate = match store.gate(order.now) {
        Ok(gate) => gate,
        Err(error) => {
            return Outcome {
                error: Some(crate::exit::in_words(&error.into())),
                ..Outcome::default()
            };
        }
    };
    let importer = Importer {
        store: (!order.is_dry_run).then_some(store),
        data: store.directory(),
        gate,
        format: None,
        channel: None,
        strict: false,
    };
    told(importer.import(order.path), order.path)
}

fn told(report: FileReport, path: &Path) -> Outcome {
    let folder = path
        .parent()
        .map(|folder| format!("{}/", folder.display()))
        .unwrap_or_default();
    // Where a file lies on the server is nothing to tell.
    let plain = |text: &str| text.replace(&folder, "");
    let refusals = report.refusals.iter().take(REASONS_MAX).map(|reason| {
        let example = &reason.example;
        let column = example
            .column
            .as_ref()
            .map_or(String::new(), |column| format!(", {column}"));
        let part = example
            .part
            .as_ref()
            .map_or(String::new(), |part| format!(" of {part}"));
        let first = format!(
            "first in row {}{part}{column}: {}",
            example.row,
            plain(&example.message)
        );
        (reason.code.to_owned(), reason.count, first)
    });
    let list = report.refusals_file.as_deref().map(Path::new).and_then(Path::file_name);
    Outcome {
        refusals: refusals.collect(),
        notes: report.notes.iter().map(|note| plain(&note.message)).collect(),
        refusals_file: list.map(|name| name.to_string_lossy().into_owned()),
        error: report.error.as_ref().map(|error| plain(&error.message)),
        format: report.format,
        claims: report.claims,
        admitted: report.admitted,
        duplicates: report.duplicates,
        refused: report.refused,
        pieces: report.pieces,
        samples: report.samples,
    }
}
