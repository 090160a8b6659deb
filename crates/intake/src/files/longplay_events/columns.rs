//! Longplay events as Parquet: each column is brought into one shape per batch, so a row costs no downcast.
//!
//! Timestamps are instants whatever their unit and zone; one without a zone is read as UTC, since that is what programs
//! write there, and the owner is told. Integers in `time` are epochs, texts are read like those of a CSV.

use std::{borrow::Cow, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringViewArray},
    compute::cast,
    datatypes::{DataType, Float32Type, Float64Type, Int64Type, Schema, TimeUnit},
};
use longplay_domain::{Amount, Claim, Day, Field, Time, When};

use super::{Target, set, targets};
use crate::{
    IntakeError,
    output::{Item, Output, RefusedRow, Stop},
    parquet_file::Batches,
    source::Recognised,
    text::Header,
    values::{Entries, Properties},
};

pub(super) fn read(file: &Recognised, output: &mut Output<'_>) -> Result<(), Stop> {
    let mut batches = Batches::open(&file.container)?;
    let header = Header::new(
        batches
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect(),
        "",
    );
    let targets = targets(&header);
    let unreadable = |why| IntakeError::NotRecognised {
        path: file.container.path.clone(),
        why,
    };
    if let Some(name) = time_without_zone(batches.schema(), &targets) {
        output.note(
            0,
            "time_without_zone",
            format!("the times in {name} state no zone; they were read as UTC"),
        )?;
    }
    while let Some((rows_before, batch)) = batches.next()? {
        let columns = Columns::of(&batch, &targets, &header).map_err(unreadable)?;
        for row in 0..batch.num_rows() {
            let number = rows_before + row as u64 + 1;
            match columns.claim(row, file) {
                Ok(claim) => output.give(number, Item::Claim(claim))?,
                Err(refused) => output.refuse(number, refused)?,
            }
        }
    }
    Ok(())
}

fn time_without_zone<'a>(schema: &'a Schema, targets: &[Target]) -> Option<&'a str> {
    let index = targets
        .iter()
        .position(|target| matches!(target, Target::Field(Field::Time)))?;
    let field = schema.field(index);
    matches!(field.data_type(), DataType::Timestamp(_, None)).then_some(field.name().as_str())
}

/// One batch, each column in the shape it is read in.
struct Columns<'a> {
    time: Times,
    texts: Vec<(Field, StringViewArray)>,
    nested: Option<StringViewArray>,
    properties: Vec<Property<'a>>,
}

enum Times {
    Missing,
    /// Timestamps: a number and what makes microseconds of it.
    Stamps {
        stamps: Int64Array,
        times: i64,
        over: i64,
    },
    Days(Date32Array),
    Texts(StringViewArray),
}

struct Property<'a> {
    key: &'a str,
    values: Values,
}

enum Values {
    /// JSON strings are made of these.
    Texts(StringViewArray),
    /// These are JSON already: numbers and truth values.
    Json(StringViewArray),
    /// Lists and records.
    Nested(ArrayRef),
}

impl<'a> Columns<'a> {
    fn of(batch: &RecordBatch, targets: &'a [Target], header: &Header) -> Result<Self, String> {
        let mut columns = Self {
            time: Times::Missing,
            texts: Vec::new(),
            nested: None,
            properties: Vec::new(),
        };
        for (index, target) in targets.iter().enumerate() {
            let column = batch.column(index);
            let named = |error| format!("the column {} can't be read: {error}", header.name(index));
            match target {
                Target::Field(Field::Time) => columns.time = times(column).map_err(named)?,
                Target::Field(Field::Properties) => columns.nested = Some(json_objects(column).map_err(named)?),
                Target::Field(field) => columns.texts.push((*field, texts(column).map_err(named)?)),
                Target::Property(key) => columns.properties.push(Property {
                    key,
                    values: values(column).map_err(named)?,
                }),
            }
        }
        Ok(columns)
    }

    fn claim(&self, row: usize, file: &Recognised) -> Result<Claim, RefusedRow> {
        let mut claim = Claim {
            time: self.time.at(row, file),
            ..Claim::default()
        };
        for (field, texts) in &self.texts {
            if let Some(text) = text_at(texts, row) {
                match field {
                    Field::Value => claim.value = Amount::Decimal(text.to_owned()),
                    _ => set(&mut claim, *field, text.to_owned()),
                }
            }
        }
        let mut properties = Properties::default();
        for Property { key, values } in &self.properties {
            match values {
                Values::Texts(texts) => {
                    if let Some(text) = text_at(texts, row) {
                        properties.text(key, text);
                    }
                }
                Values::Json(texts) => {
                    if let Some(text) = text_at(texts, row) {
                        properties.json(key, text);
                    }
                }
                Values::Nested(array) => {
                    if !array.is_null(row) {
                        properties.json(key, &json_of(array, row));
                    }
                }
            }
        }
        if let Some(text) = self.nested.as_ref().and_then(|texts| text_at(texts, row)) {
            let entries = Entries::parse(text).map_err(|error| super::not_an_object("properties", &error))?;
            let own = self.properties.iter().map(|property| property.key.to_owned()).collect();
            super::merge(&mut properties, &entries, &own);
        }
        claim.properties = properties.finish();
        if claim.channel.is_none() {
            claim.channel.clone_from(&file.options.channel);
        }
        Ok(claim)
    }
}

impl Times {
    fn at(&self, row: usize, file: &Recognised) -> When {
        match self {
            Self::Missing => When::Missing,
            Self::Stamps { stamps, .. } if stamps.is_null(row) => When::Missing,
            Self::Stamps { stamps, times, over } => When::At(Time::from_micros(
                stamps.value(row).div_euclid(*over).saturating_mul(*times),
            )),
            Self::Days(days) if days.is_null(row) => When::Missing,
            Self::Days(days) => When::At(file.options.zone.start_of(Day(days.value(row)))),
            Self::Texts(texts) => text_at(texts, row).map_or(When::Missing, |text| When::Text(text.to_owned())),
        }
    }
}

fn text_at(texts: &StringViewArray, row: usize) -> Option<&str> {
    if texts.is_null(row) {
        return None;
    }
    Some(texts.value(row).trim()).filter(|text| !text.is_empty())
}

fn times(column: &ArrayRef) -> Result<Times, String> {
    let (times, over) = match column.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => (1_000_000, 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) => (1_000, 1),
        DataType::Timestamp(TimeUnit::Microsecond, _) => (1, 1),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => (1, 1_000),
        DataType::Date32 => return Ok(Times::Days(column.as_primitive().clone())),
        DataType::Date64 => {
            let days = cast(column, &DataType::Date32).map_err(|error| error.to_string())?;
            return Ok(Times::Days(days.as_primitive().clone()));
        }
        _ => return texts(column).map(Times::Texts),
    };
    let stamps = cast(column, &DataType::Int64).map_err(|error| error.to_string())?;
    Ok(Times::Stamps {
        stamps: stamps.as_primitive::<Int64Type>().clone(),
        times,
        over,
    })
}

/// Any plain column as texts: numbers in full digits, never with an exponent; no number (NaN) is missing.
fn texts(column: &ArrayRef) -> Result<StringViewArray, String> {
    Ok(match column.data_type() {
        DataType::Utf8View => column.as_string_view().clone(),
        DataType::Float64 => digits(
            column
                .as_primitive::<Float64Type>()
                .iter()
                .map(|value| value.filter(|v| !v.is_nan())),
        ),
        DataType::Float32 => digits(
            column
                .as_primitive::<Float32Type>()
                .iter()
                .map(|value| value.filter(|v| !v.is_nan())),
        ),
        _ => {
            let cast = cast(column, &DataType::Utf8View)
                .or_else(|_| cast(&cast(column, &DataType::Utf8)?, &DataType::Utf8View));
            cast.map_err(|error| error.to_string())?.as_string_view().clone()
        }
    })
}

fn digits<T: ToString>(values: impl Iterator<Item = Option<T>>) -> StringViewArray {
    values.map(|value| value.map(|value| value.to_string())).collect()
}

/// The `properties` column: texts that hold JSON objects, or records.
fn json_objects(column: &ArrayRef) -> Result<StringViewArray, String> {
    match column.data_type() {
        DataType::Struct(_) | DataType::Map(..) => Ok((0..column.len())
            .map(|row| (!column.is_null(row)).then(|| json_of(column, row)))
            .collect()),
        _ => texts(column),
    }
}

fn values(column: &ArrayRef) -> Result<Values, String> {
    let kind = column.data_type();
    Ok(match kind {
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::Struct(_)
        | DataType::Map(..) => Values::Nested(Arc::clone(column)),
        DataType::Boolean => Values::Json(texts(column)?),
        DataType::Float64 => Values::Json(digits(
            column
                .as_primitive::<Float64Type>()
                .iter()
                .map(|value| value.filter(|v| v.is_finite())),
        )),
        DataType::Float32 => Values::Json(digits(
            column
                .as_primitive::<Float32Type>()
                .iter()
                .map(|value| value.filter(|v| v.is_finite())),
        )),
        _ if kind.is_integer() || kind.is_decimal() => Values::Json(texts(column)?),
        _ => Values::Texts(texts(column)?),
    })
}

/// A nested value as JSON. Depth is bounded by the file's schema.
fn json_of(array: &ArrayRef, row: usize) -> String {
    let list = |items: ArrayRef| {
        let items: Vec<_> = (0..items.len()).map(|item| json_of(&items, item)).collect();
        format!("[{}]", items.join(","))
    };
    if array.is_null(row) {
        return "null".to_owned();
    }
    match array.data_type() {
        DataType::List(_) => list(array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => list(array.as_fixed_size_list().value(row)),
        DataType::Struct(fields) => {
            let record = array.as_struct();
            let mut object = Properties::default();
            for (field, column) in fields.iter().zip(record.columns()) {
                object.json(&crate::values::json_text(field.name()), &json_of(column, row));
            }
            or_empty(object)
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let mut object = Properties::default();
            for entry in 0..entries.len() {
                let key = texts(&entries.column(0).slice(entry, 1)).ok();
                let key = key
                    .as_ref()
                    .and_then(|texts| text_at(texts, 0))
                    .map_or(Cow::Borrowed(""), Cow::Borrowed);
                object.json(&crate::values::json_text(&key), &json_of(entries.column(1), entry));
            }
            or_empty(object)
        }
        _ => match values(&array.slice(row, 1)) {
            Ok(Values::Json(texts)) => text_at(&texts, 0).unwrap_or("null").to_owned(),
            Ok(Values::Texts(texts)) => text_at(&texts, 0).map_or_else(|| "null".to_owned(), crate::values::json_text),
            Ok(Values::Nested(_)) | Err(_) => "null".to_owned(),
        },
    }
}

fn or_empty(object: Properties) -> String {
    let text = object.finish();
    if text.is_empty() { "{}".to_owned() } else { text }
}
