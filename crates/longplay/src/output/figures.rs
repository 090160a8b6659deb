//! An answer as a person reads it at a terminal.

use std::io::{self, Write};

use longplay_measures::{Answer, Comparison, Figure, Scope, State};
use serde::Serialize;
use serde_json::Value;

use super::{cell, number, table::Table};

/// Figures shown at a terminal before pointing to `--csv`.
const FIGURES_SHOWN_MAX: usize = 60;
/// Rows of each kind shown.
const ROWS_SHOWN_MAX: usize = 20;
/// What is shown of a row, in this order.
const ROW_KEYS: [&str; 21] = [
    "title",
    "channel",
    "currency",
    "period",
    "span",
    "cohort",
    "age",
    "start",
    "end",
    "peak",
    "base",
    "ratio",
    "people",
    "n",
    "count",
    "value",
    "returned_28d",
    "ordinary_28d",
    "difference",
    "low",
    "high",
];

/// The sentence, the figures as a table, what to beware of, and where the method is explained.
pub fn write_for_people(answer: &Answer, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}\n", cell::shown(&answer.sentence))?;
    let mut table = Table::with(&["figure", "about", ">n", ">count", ">value", ">interval", "state"]);
    for figure in answer.figures.iter().take(FIGURES_SHOWN_MAX) {
        table.push(vec![
            figure.key.clone(),
            about(&figure.scope),
            number::count(figure.n),
            number::grouped(figure.count),
            figure
                .value
                .map_or_else(|| "–".to_owned(), |value| number::in_unit(value, &figure.unit)),
            interval(figure.low, figure.high, &figure.unit),
            state(figure),
        ]);
    }
    table.write(out)?;
    let hidden = answer.figures.len().saturating_sub(FIGURES_SHOWN_MAX);
    if hidden > 0 {
        writeln!(out, "… and {hidden} more figures: --csv or --json shows them all.")?;
    }
    write_comparison(answer, out)?;
    write_rows(&answer.rows, out)?;
    for caution in &answer.cautions {
        writeln!(out, "\nBeware: {}", cell::shown(&caution.message))?;
    }
    let Answer { as_of, zone, level, .. } = answer;
    writeln!(
        out,
        "\nAs of {as_of}, days in {zone}; {}, intervals at {level}.",
        name_of(&answer.grade)
    )?;
    writeln!(out, "Method: {}", answer.method)
}

/// What the other period had, and the change since.
fn write_comparison(answer: &Answer, out: &mut impl Write) -> io::Result<()> {
    let Some(comparison) = &answer.comparison else {
        return Ok(());
    };
    let Comparison { from, to, figures, .. } = comparison;
    writeln!(out, "\nCompared with {from} up to but without {to}:\n")?;
    let mut table = Table::with(&["figure", "about", ">n", ">value", ">change", ">interval"]);
    for compared in figures.iter().take(FIGURES_SHOWN_MAX) {
        let figure = &compared.figure;
        let told =
            |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| number::in_unit(value, &figure.unit));
        table.push(vec![
            figure.key.clone(),
            about(&figure.scope),
            number::count(figure.n),
            told(figure.value),
            told(compared.change),
            interval(compared.change_low, compared.change_high, &figure.unit),
        ]);
    }
    table.write(out)
}

/// Lists that are no figures, such as the episodes of `hits`: each kind by itself, of each row what a person looks for first.
fn write_rows(rows: &[Value], out: &mut impl Write) -> io::Result<()> {
    let kind = |row: &Value| row.get("kind").and_then(Value::as_str).map(str::to_owned);
    let mut kinds: Vec<Option<String>> = rows.iter().map(kind).collect();
    kinds.dedup();
    let mut written = Vec::new();
    for wanted in kinds {
        if !written.contains(&wanted) {
            let same: Vec<&Value> = rows.iter().filter(|row| kind(row) == wanted).collect();
            write_kind(&same, out)?;
            written.push(wanted);
        }
    }
    Ok(())
}

fn write_kind(rows: &[&Value], out: &mut impl Write) -> io::Result<()> {
    let first = rows.first().and_then(|row| row.as_object());
    let Some(first) = first else { return Ok(()) };
    let keys: Vec<&'static str> = ROW_KEYS.into_iter().filter(|key| first.contains_key(*key)).collect();
    let mut table = Table::with(&keys);
    for row in rows.iter().take(ROWS_SHOWN_MAX) {
        let text = |key: &&str| match &row[*key] {
            Value::String(text) => text.clone(),
            Value::Number(value) => value.as_f64().map_or_else(String::new, in_a_row),
            _ => "–".to_owned(),
        };
        table.push(keys.iter().map(text).collect());
    }
    writeln!(out)?;
    table.write(out)?;
    match rows.len().saturating_sub(ROWS_SHOWN_MAX) {
        0 => Ok(()),
        hidden => writeln!(out, "… and {hidden} more: --json shows them all."),
    }
}

/// Shares need more digits than amounts.
fn in_a_row(value: f64) -> String {
    if value.abs() < 1.0 && value != 0.0 {
        format!("{value:.3}")
    } else {
        number::number(value)
    }
}

fn about(scope: &Scope) -> String {
    if scope.is_empty() {
        return "everybody".to_owned();
    }
    let part = |(key, value): (&&str, &Option<String>)| format!("{key}: {}", value.as_deref().unwrap_or("(none)"));
    scope.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn interval(low: Option<f64>, high: Option<f64>, unit: &str) -> String {
    match (low, high) {
        (Some(low), Some(high)) => number::interval(low, high, unit),
        _ => "–".to_owned(),
    }
}

fn state(figure: &Figure) -> String {
    match (figure.state, figure.ready_on) {
        (State::Known, _) => "known".to_owned(),
        (State::NoData, _) => "no data".to_owned(),
        (State::TooEarly, Some(day)) => format!("too early, ready on {day}"),
        (State::TooEarly, None) => "too early".to_owned(),
    }
}

/// The name under which a word without content is serialised.
fn name_of(word: &impl Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}
