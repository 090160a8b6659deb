//! Longplay events, our own open format: CSV, JSON Lines and Parquet with `time`, `person` and `event`.
//!
//! Whatever column or key isn't one of ours becomes a property. Nothing is judged here: a time that is no time travels on
//! as text and is refused at admission, with the name of its column. See docs/formats/longplay-events.md.

mod columns;

use std::collections::HashSet;

use longplay_domain::{Amount, Claim, Field, When};
use serde_json::value::RawValue;

use super::{ExportFormat, Fit, Layout};
use crate::{
    address,
    output::{Item, Output, RefusedRow, Stop},
    source::{Part, Recognised, Shape},
    text::{Header, Rows, TableHead, key},
    values::{Entries, Properties, is_spreadsheet_damage, json_text},
};

pub(crate) struct Reader;

impl ExportFormat for Reader {
    fn fit(&self, _: Layout, header: &Header) -> Fit {
        if header.has_all(&["time", "person", "event"]) {
            Fit::Sure
        } else {
            Fit::No
        }
    }

    fn needs(&self) -> &'static str {
        "the columns (or keys) time, person and event"
    }

    fn columns(&self, field: Field) -> &'static [&'static str] {
        column(field)
    }

    fn read(&self, file: &Recognised, output: &mut Output<'_>) -> Result<(), Stop> {
        for part in &file.parts {
            output.enter(part.name.clone());
            match &part.shape {
                Shape::Table(head) => read_table(file, part, head, output)?,
                Shape::Objects(_) => read_objects(file, part, output)?,
                Shape::Parquet(_) => columns::read(file, output)?,
            }
        }
        Ok(())
    }
}

/// The column of a field is named like the field.
const fn column(field: Field) -> &'static [&'static str] {
    match field {
        Field::Time => &["time"],
        Field::Person => &["person"],
        Field::Event => &["event"],
        Field::Id => &["id"],
        Field::Piece => &["piece"],
        Field::Channel => &["channel"],
        Field::Referrer => &["referrer"],
        Field::Source => &["source"],
        Field::Medium => &["medium"],
        Field::Campaign => &["campaign"],
        Field::Country => &["country"],
        Field::Value => &["value"],
        Field::Currency => &["currency"],
        Field::Properties => &["properties"],
    }
}

/// What a column or key means.
enum Target {
    Field(Field),
    /// A property, by its key as JSON.
    Property(String),
}

fn field_of(key: &str) -> Option<Field> {
    Some(match key {
        "time" => Field::Time,
        "person" => Field::Person,
        "event" => Field::Event,
        "id" => Field::Id,
        "piece" => Field::Piece,
        "channel" => Field::Channel,
        "referrer" => Field::Referrer,
        "source" => Field::Source,
        "medium" => Field::Medium,
        "campaign" => Field::Campaign,
        "country" => Field::Country,
        "value" => Field::Value,
        "currency" => Field::Currency,
        "properties" => Field::Properties,
        _ => return None,
    })
}

/// The columns of a table and what they mean.
struct Columns {
    targets: Vec<Target>,
    property_keys: HashSet<String>,
}

impl Columns {
    fn new(header: &Header) -> Self {
        let targets = targets(header);
        let property_keys = targets
            .iter()
            .filter_map(|target| match target {
                Target::Property(key) => Some(key.clone()),
                Target::Field(_) => None,
            })
            .collect();
        Self { targets, property_keys }
    }
}

/// The first column of a name is the field; a second one of that name is a property, told apart by its place.
fn targets(header: &Header) -> Vec<Target> {
    let mut targets = Vec::with_capacity(header.keys.len());
    for (index, key) in header.keys.iter().enumerate() {
        let is_first = header.find(key) == Some(index);
        targets.push(match field_of(key).filter(|_| is_first) {
            Some(field) => Target::Field(field),
            None if key.is_empty() => Target::Property(json_text(&format!("column {}", index + 1))),
            None if is_first => Target::Property(json_text(header.name(index).trim())),
            None => Target::Property(json_text(&format!("{} ({})", header.name(index).trim(), index + 1))),
        });
    }
    targets
}

fn set(claim: &mut Claim, field: Field, text: String) {
    match field {
        Field::Time => claim.time = When::Text(text),
        Field::Person => claim.person = address::person(&text),
        Field::Event => claim.event = text,
        Field::Id => claim.id = Some(text),
        Field::Piece => claim.piece = Some(text),
        Field::Channel => claim.channel = Some(text),
        Field::Referrer => claim.referrer = Some(text),
        Field::Source => claim.source = Some(text),
        Field::Medium => claim.medium = Some(text),
        Field::Campaign => claim.campaign = Some(text),
        Field::Country => claim.country = Some(text),
        Field::Value => claim.value = Amount::Decimal(text),
        Field::Currency => claim.currency = Some(text),
        Field::Properties => claim.properties = text,
    }
}

fn read_table(file: &Recognised, part: &Part, head: &TableHead, output: &mut Output<'_>) -> Result<(), Stop> {
    let columns = Columns::new(&head.header);
    let mut rows = file.rows(part, head)?;
    while rows.next(output)? {
        match claim_of_row(&rows, &columns, head) {
            Ok(mut claim) => {
                claim.channel = claim.channel.or_else(|| file.options.channel.clone());
                output.give(rows.line(), Item::Claim(claim))?;
            }
            Err(refused) => output.refuse(rows.line(), refused)?,
        }
    }
    Ok(())
}

fn claim_of_row(rows: &Rows<'_>, columns: &Columns, head: &TableHead) -> Result<Claim, RefusedRow> {
    let mut claim = Claim::default();
    let mut properties = Properties::default();
    let mut nested = None;
    for (index, target) in columns.targets.iter().enumerate().take(rows.len()) {
        let cell = rows.get(index);
        if cell.is_empty() {
            continue;
        }
        match target {
            Target::Property(key) => properties.text(key, cell),
            Target::Field(Field::Properties) => nested = Some((index, cell)),
            Target::Field(Field::Value) => claim.value = Amount::Decimal(amount(cell, head.delimiter)),
            Target::Field(field) => {
                if matches!(field, Field::Id | Field::Person | Field::Piece) && is_spreadsheet_damage(cell) {
                    let name = head.header.name(index);
                    let message = format!(
                        "“{cell}” was an id before a spreadsheet rounded it; export the file again and don't save it there"
                    );
                    return Err(RefusedRow::new("spreadsheet_damage", Some(name), message));
                }
                set(&mut claim, *field, cell.to_owned());
            }
        }
    }
    if let Some((index, cell)) = nested {
        let entries = Entries::parse(cell).map_err(|error| not_an_object(head.header.name(index), &error))?;
        merge(&mut properties, &entries, &columns.property_keys);
    }
    claim.properties = properties.finish();
    Ok(claim)
}

fn not_an_object(column: &str, error: &serde_json::Error) -> RefusedRow {
    RefusedRow::new(
        "properties_unreadable",
        Some(column),
        format!("properties must be one JSON object ({error})"),
    )
}

/// Adds what the `properties` object holds; a column of the same name wins.
fn merge(properties: &mut Properties, entries: &Entries<'_>, own: &HashSet<String>) {
    for (key, value) in &entries.0 {
        let key = json_text(key);
        if value.get() != "null" && !own.contains(&key) {
            properties.json(&key, value.get());
        }
    }
}

/// Where columns are parted by semicolons, the comma is the decimal point: `12,50` and `1.234,50`.
fn amount(cell: &str, delimiter: u8) -> String {
    let is_decimal_comma = delimiter == b';'
        && match (cell.rfind(','), cell.rfind('.')) {
            (Some(comma), Some(point)) => comma > point,
            (comma, None) => comma.is_some() && cell.matches(',').count() == 1,
            _ => false,
        };
    if is_decimal_comma {
        cell.replace('.', "").replace(',', ".")
    } else {
        cell.to_owned()
    }
}

fn read_objects(file: &Recognised, part: &Part, output: &mut Output<'_>) -> Result<(), Stop> {
    let mut objects = file.objects(part)?;
    while let Some((line, text)) = objects.next(output)? {
        match claim_of_object(text) {
            Ok(mut claim) => {
                claim.channel = claim.channel.or_else(|| file.options.channel.clone());
                output.give(line, Item::Claim(claim))?;
            }
            Err(refused) => output.refuse(line, refused)?,
        }
    }
    Ok(())
}

fn claim_of_object(text: &str) -> Result<Claim, RefusedRow> {
    let entries = Entries::parse(text)
        .map_err(|error| RefusedRow::new("row_unreadable", None, format!("the line is no JSON object ({error})")))?;
    let mut claim = Claim::default();
    let mut properties = Properties::default();
    let mut own = Vec::new();
    let mut nested = None;
    let mut given: Vec<Field> = Vec::with_capacity(entries.0.len().min(16));
    for (name, value) in &entries.0 {
        let field = field_of(name)
            .or_else(|| field_of(&key(name)))
            .filter(|field| !given.contains(field));
        match field {
            Some(field) => {
                given.push(field);
                match field {
                    _ if value.get() == "null" => {}
                    Field::Properties => nested = Some((name, *value)),
                    _ => set(&mut claim, field, plain_text(name, value)?),
                }
            }
            None if value.get() == "null" || value.get() == "\"\"" => {}
            None => {
                let key = json_text(name);
                properties.json(&key, value.get());
                own.push(key);
            }
        }
    }
    if let Some((name, value)) = nested {
        let entries = Entries::parse(value.get()).map_err(|error| not_an_object(name, &error))?;
        merge(&mut properties, &entries, &own.into_iter().collect());
    }
    claim.properties = properties.finish();
    Ok(claim)
}

/// A field's text: a JSON string, or a number or truth value as written.
fn plain_text(name: &str, value: &RawValue) -> Result<String, RefusedRow> {
    let json = value.get();
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json)
            .map_err(|error| RefusedRow::new("row_unreadable", Some(name), format!("{name} is no text ({error})"))),
        Some(b'{' | b'[') => Err(RefusedRow::new(
            "row_unreadable",
            Some(name),
            format!("{name} must be a text or a number"),
        )),
        _ => Ok(json.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_is_a_decimal_point_only_between_semicolons() {
        for (cell, delimiter, read) in [
            ("12,50", b';', "12.50"),
            ("1.234,50", b';', "1234.50"),
            ("1,234.50", b';', "1,234.50"),
            ("12,50", b',', "12,50"),
            ("1,234,567", b';', "1,234,567"),
            ("7", b';', "7"),
        ] {
            assert_eq!(amount(cell, delimiter), read, "{cell}");
        }
    }

    #[test]
    fn keys_are_fields_whatever_their_case_and_everything_else_is_a_property() {
        let claim = claim_of_object(r#"{"Time":1700000000,"person":7,"event":"viewed","n":{"b":1,"a":2},"properties":{"n":1,"m":true,"z":null}}"#).unwrap();
        assert_eq!(claim.time, When::Text("1700000000".to_owned()));
        assert_eq!(claim.person, "7");
        assert_eq!(claim.properties, r#"{"n":{"b":1,"a":2},"m":true}"#);
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_reason() {
        for (text, code) in [
            ("[1]", "row_unreadable"),
            ("{\"time\":", "row_unreadable"),
            (r#"{"person":{"id":1}}"#, "row_unreadable"),
            (r#"{"properties":[1]}"#, "properties_unreadable"),
        ] {
            assert_eq!(claim_of_object(text).unwrap_err().code, code, "{text}");
        }
    }
}
