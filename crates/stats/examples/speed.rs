//! Times the models on the data its arguments name, for `cargo xtask bench models`: `speed NAME FILE` prints milliseconds of
//! the best of several runs, and what was found, so that the peers can be held to the same result.
//!
//! The times are of the model alone, from rows in memory to parameters; reading the file is not counted, for the peers
//! neither. Files are plain tables of numbers without a header.

use std::time::Instant;

use longplay_stats::attribution::{Journey, Journeys, markov};
use longplay_stats::btyd::{BgNbd, Condensed, Evidence, MbgNbd, ParetoNbd};
use longplay_stats::rates::{Logistic, Table};
use longplay_stats::survival::{Duration, KaplanMeier, WeibullCure};

const RUNS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, file] = arguments.as_slice() else {
        eprintln!("usage: speed NAME FILE");
        std::process::exit(2);
    };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{file}: {error}");
            std::process::exit(1);
        }
    };
    let (milliseconds, found) = measured(name, &text);
    println!("{milliseconds:.4} {found}");
}

fn numbers(text: &str) -> Vec<Vec<f64>> {
    let cells = |line: &str| line.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN)).collect();
    text.lines().map(cells).collect()
}

fn measured(name: &str, text: &str) -> (f64, String) {
    match name {
        "bg-nbd" | "mbg-nbd" | "pareto-nbd" => {
            let rows: Vec<Evidence> = numbers(text)
                .iter()
                .map(|row| Evidence::new(row[0], row[1], row[2]))
                .collect();
            best(|| people(name, &rows))
        }
        "kaplan-meier" => {
            let rows: Vec<Duration> = durations(text);
            best(|| {
                KaplanMeier::new(&rows)
                    .map(|curve| format!("{:.9}", curve.survival(30.0, 0.9).map_or(0.0, |s| s.value)))
            })
        }
        "weibull-cure" => {
            let rows = durations(text);
            best(|| WeibullCure::fit(&rows).map(|fit| format!("{:.5}", fit.log_likelihood)))
        }
        "markov" => {
            let (rows, channels) = journeys(text);
            best(|| {
                let journeys = Journeys::new(rows.clone(), channels)?;
                markov(&journeys, 1).map(|found| {
                    format!(
                        "{:.4}",
                        found.credits.conversions.iter().fold(0.0_f64, |a, b| a.max(*b))
                    )
                })
            })
        }
        "logistic" => {
            let rows = numbers(text);
            let table = Table {
                features: rows.iter().map(|row| row[1..].to_vec()).collect(),
                outcomes: rows.iter().map(|row| row[0] > 0.5).collect(),
                weights: Vec::new(),
            };
            best(|| Logistic::fit(&table, 0.0).map(|fit| format!("{:.4}", fit.log_likelihood)))
        }
        other => (f64::NAN, format!("no bench is called {other}")),
    }
}

fn people(name: &str, rows: &[Evidence]) -> Result<String, longplay_stats::FitError> {
    let people = Condensed::new(rows)?;
    let found = match name {
        "bg-nbd" => BgNbd::fit(&people)?.log_likelihood,
        "mbg-nbd" => MbgNbd::fit(&people)?.log_likelihood,
        _ => ParetoNbd::fit(&people)?.log_likelihood,
    };
    Ok(format!("{found:.4}"))
}

fn durations(text: &str) -> Vec<Duration> {
    numbers(text)
        .iter()
        .map(|row| Duration::new(row[0], row[1] > 0.5))
        .collect()
}

/// `path,conversions,value,nulls`, steps joined by “ > ”.
fn journeys(text: &str) -> (Vec<Journey>, usize) {
    let mut names: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split(',').collect();
        let touches = cells[0].split(" > ").map(|name| {
            let known = names.iter().position(|known| *known == name);
            known.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            }) as u32
        });
        let number = |index: usize| cells[index].parse().unwrap_or(0.0);
        rows.push(Journey {
            touches: touches.collect(),
            ages: Vec::new(),
            conversions: number(1),
            value: number(2),
            nulls: number(3),
        });
    }
    (rows, names.len())
}

/// The fastest of a few runs, and what they found.
fn best<E: std::fmt::Display>(run: impl Fn() -> Result<String, E>) -> (f64, String) {
    let mut least = f64::INFINITY;
    let mut found = String::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        found = run().unwrap_or_else(|error| error.to_string());
        least = least.min(begun.elapsed().as_secs_f64() * 1e3);
    }
    (least, found)
}
