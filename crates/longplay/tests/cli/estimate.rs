//! `longplay estimate`: every model through the command line, against the numbers of the papers, and every way a file can
//! be wrong.

mod hardly_data;
mod published;

use std::{fmt::Write, fs, path::PathBuf};

use serde_json::Value;

use super::harness::{Done, longplay};

/// A folder with evidence files.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, content: &str) -> PathBuf {
        let count = fs::read_dir(self.0.path()).unwrap().count();
        let path = self.0.path().join(format!("evidence-{count}.csv"));
        fs::write(&path, content).unwrap();
        path
    }

    fn run(&self, model: &str, content: &str, more: &[&str]) -> Done {
        let path = self.file(content);
        let mut command = longplay();
        command
            .current_dir(self.0.path())
            .args(["estimate", model, "--input"])
            .arg(path)
            .args(more);
        Done::of(&mut command)
    }

    fn json(&self, model: &str, content: &str, more: &[&str]) -> Value {
        let done = self.run(model, content, &[more, &["--json"]].concat());
        assert_eq!(done.code, 0, "{model} {more:?}: {}", done.err);
        serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{model}: {error}: {}", done.out))
    }
}

/// A file of the tests of the models.
fn kept(file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../stats/tests/data")
        .join(file);
    fs::read_to_string(path).unwrap()
}

/// A data set that lies beside the repository; `None` with a loud line where it doesn't.
fn shared(file: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(file);
    let text = fs::read_to_string(path).ok();
    if text.is_none() {
        println!("SKIPPED: {file} is not in ../shared/data, so its published numbers were NOT checked");
    }
    text
}

/// The CDNOW sample in weeks, a column of ids in front.
fn cdnow() -> String {
    let mut text = "customer,x,t_x,T\n".to_owned();
    for (index, line) in kept("cdnow.csv").lines().skip(1).enumerate() {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        writeln!(text, "{index:05},{},{},{}", cells[0], cells[1] / 7.0, cells[2] / 7.0).unwrap();
    }
    text
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

fn near(found: &Value, wanted: f64, relative: f64) {
    let found = number(found);
    assert!(
        (found - wanted).abs() <= relative * wanted.abs(),
        "{found} is not {wanted} within {relative}"
    );
}

fn parameters(found: &Value, wanted: &[(&str, f64)]) {
    for (name, value) in wanted {
        near(&found["parameters"][name]["value"], *value, 1e-3);
    }
    assert_eq!(found["parameters"].as_object().unwrap().len(), wanted.len());
}

fn codes(found: &Value) -> Vec<&str> {
    let warnings = found["warnings"].as_array().unwrap();
    warnings
        .iter()
        .map(|warning| warning["code"].as_str().unwrap())
        .collect()
}
