//! A world in a data directory of its own, filled and asked through the binary as an owner would.

use std::fs;

use longplay_domain::Time;
use longplay_store::Store;
use longplay_testkit::{Row, to_csv, worlds::World};
use serde_json::Value;

use crate::program::longplay;

/// All worlds lie before it.
const NOW: Time = Time::from_micros(1_790_000_000_000_000);

/// A world taken in by the binary.
pub struct Imported {
    folder: tempfile::TempDir,
    zone: &'static str,
    as_of: &'static str,
}

impl Imported {
    pub fn new(world: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let imported = Self {
            zone: world.zone,
            as_of: world.as_of,
            folder,
        };
        let files = [
            ("pieces", world.pieces_csv(), world.pieces.len()),
            ("samples", world.samples_csv(), world.samples.len()),
            ("events", to_csv(&world.rows), world.rows.len()),
        ];
        for (what, text, rows) in files.into_iter().filter(|(.., rows)| *rows > 0) {
            if what == "events" && !world.rows.iter().all(Row::fits_a_file) {
                accept(&Store::open(&imported.data(), NOW).unwrap(), &world.rows);
                continue;
            }
            let path = imported.folder.path().join(format!("{what}.csv"));
            fs::write(&path, text).unwrap();
            let format = format!("longplay-{what}");
            let report = imported.json(&["import", "--json", "--strict", "--as", &format, path.to_str().unwrap()]);
            let counted = if what == "events" { "admitted" } else { what };
            assert_eq!(report["files"][0][counted], rows, "{}: {report}", world.name);
        }
        if let Some(rule) = world.ideal {
            longplay(&imported.data(), world.zone, &["ideal", "set", rule]);
        }
        imported
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let text = longplay(&self.data(), self.zone, arguments);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}"))
    }

    /// Asks a question, or `all` of them.
    pub fn ask(&self, key: &str) -> Value {
        self.json(&["ask", key, "--json", "--as-of", self.as_of])
    }
}

fn accept(store: &Store, rows: &[Row]) {
    let receipt = store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
    assert_eq!(receipt.verdicts.len(), rows.len());
    store.seal(NOW).unwrap();
}
