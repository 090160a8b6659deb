//! The figures of answers as rows, one figure a row, the same columns for every question.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use longplay_measures::{Answer, Figure};
use serde::Serialize;

type Row<'a> = (&'a Answer, &'a Figure);

/// `scope` and `scope_value` are empty for everybody; a scope without a value is "none".
pub fn schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let whole = |name: &str| Field::new(name, DataType::Int64, true);
    let number = |name: &str| Field::new(name, DataType::Float64, true);
    Arc::new(Schema::new(vec![
        text("question"),
        text("as_of"),
        text("zone"),
        whole("snapshot"),
        text("grade"),
        number("level"),
        text("key"),
        text("unit"),
        text("scope"),
        text("scope_value"),
        whole("n"),
        whole("count"),
        number("value"),
        number("low"),
        number("high"),
        text("state"),
        text("ready_on"),
    ]))
}

pub fn batch(answer: &Answer) -> anyhow::Result<RecordBatch> {
    let rows: Vec<Row<'_>> = answer.figures.iter().map(|figure| (answer, figure)).collect();
    let columns: Vec<ArrayRef> = vec![
        texts(&rows, |(answer, _)| Some(answer.question.to_owned())),
        texts(&rows, |(answer, _)| Some(answer.as_of.clone())),
        texts(&rows, |(answer, _)| Some(answer.zone.clone())),
        wholes(&rows, |(answer, _)| answer.snapshot),
        texts(&rows, |(answer, _)| name_of(&answer.grade)),
        numbers(&rows, |(answer, _)| Some(answer.level)),
        texts(&rows, |(_, figure)| Some(figure.key.clone())),
        texts(&rows, |(_, figure)| Some(figure.unit.clone())),
        texts(&rows, |(_, figure)| {
            figure.scope.keys().next().map(|key| (*key).to_owned())
        }),
        texts(&rows, |(_, figure)| figure.scope.values().next().cloned().flatten()),
        wholes(&rows, |(_, figure)| i64::try_from(figure.n).unwrap_or(i64::MAX)),
        wholes(&rows, |(_, figure)| figure.count),
        numbers(&rows, |(_, figure)| figure.value),
        numbers(&rows, |(_, figure)| figure.low),
        numbers(&rows, |(_, figure)| figure.high),
        texts(&rows, |(_, figure)| name_of(&figure.state)),
        texts(&rows, |(_, figure)| figure.ready_on.map(|day| day.to_string())),
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}

fn texts(rows: &[Row<'_>], of: impl Fn(&Row<'_>) -> Option<String>) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<StringArray>())
}

fn wholes(rows: &[Row<'_>], of: impl Fn(&Row<'_>) -> i64) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<Int64Array>())
}

fn numbers(rows: &[Row<'_>], of: impl Fn(&Row<'_>) -> Option<f64>) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<Float64Array>())
}

/// The name under which a word without content is serialised.
fn name_of(word: &impl Serialize) -> Option<String> {
    serde_json::to_value(word).ok()?.as_str().map(str::to_owned)
}
