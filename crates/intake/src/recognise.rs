//! Finds out what a file is by looking into it: a format is asked about every row that could be a header, and its answer
//! counts, never the file's name. Two answers or none become a question to the owner, never a guess.

use serde::Deserialize;

use crate::{
    Format, IntakeError, Options,
    container::Container,
    files::{Fit, Layout},
    limits::HEADER_ROWS_SEARCHED,
    parquet_file,
    source::{Head, Part, Shape, head_of},
    text::{Header, headers_in},
};

/// Files an export may hold besides its tables; not worth unpacking.
const NO_TABLES: [&str; 14] = [
    "html", "htm", "png", "jpg", "jpeg", "gif", "webp", "svg", "mp3", "mp4", "m4a", "pdf", "css", "js",
];

pub(crate) fn recognise(container: &Container, options: &Options) -> Result<(Format, Vec<Part>), IntakeError> {
    let unrecognised = |why| {
        Err(IntakeError::NotRecognised {
            path: container.path.clone(),
            why,
        })
    };
    let names = container.parts();
    if names.iter().flatten().any(|name| name == "xl/workbook.xml") {
        return unrecognised("this is an Excel workbook; save each sheet as “CSV UTF-8” and import those".to_owned());
    }
    let formats: Vec<Format> = options
        .format
        .map_or_else(|| Format::ALL.to_vec(), |format| vec![format]);
    let mut found: Vec<(Format, Fit, Vec<Part>)> = formats
        .into_iter()
        .map(|format| (format, Fit::No, Vec::new()))
        .collect();
    let mut seen = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if name.as_deref().is_some_and(holds_no_table) {
            continue;
        }
        let head = head_of(container, index, name.as_deref())?;
        let shapes = shapes_of(container, &head, name.as_deref())?;
        for (format, fit, parts) in &mut found {
            let Some((part_fit, shape)) = best_fit(*format, &shapes) else {
                continue;
            };
            *fit = part_fit.max(*fit);
            parts.push(Part {
                index,
                name: name.clone(),
                shape,
            });
        }
        if seen.len() < 3 {
            seen.push(describe(&head, &shapes, name.as_deref()));
        }
    }
    let wanted = if options.format.is_some() {
        Fit::Asked
    } else {
        Fit::Sure
    };
    found.retain(|(_, fit, _)| *fit >= wanted);
    match found.len() {
        1 => found
            .pop()
            .map_or_else(|| unrecognised(String::new()), |(format, _, parts)| Ok((format, parts))),
        0 => unrecognised(none_fits(options.format, &seen, container)),
        _ => {
            let names: Vec<_> = found.iter().map(|(format, ..)| format.name()).collect();
            unrecognised(format!("it could be {}; say which with --as", names.join(" or ")))
        }
    }
}

/// Every way a part could be read.
fn shapes_of(container: &Container, head: &Head, name: Option<&str>) -> Result<Vec<Shape>, IntakeError> {
    if head.is_parquet {
        // Parquet is read from its end, which a packed part doesn't offer.
        return if container.is_plain() {
            Ok(vec![Shape::Parquet(parquet_file::header(container)?)])
        } else {
            Ok(Vec::new())
        };
    }
    let file_name = container
        .path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let file_name = name.unwrap_or(&file_name);
    if head.text.trim_start().starts_with('{') {
        return Ok(vec![Shape::Objects(Header::new(object_keys(&head.text), file_name))]);
    }
    Ok(headers_in(&head.text, head.is_whole, file_name)
        .into_iter()
        .map(Shape::Table)
        .collect())
}

/// The keys of the first objects, in order of appearance.
fn object_keys(text: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for line in text.lines().take(HEADER_ROWS_SEARCHED) {
        let mut json = serde_json::Deserializer::from_str(line);
        let Ok(object) = serde_json::Map::deserialize(&mut json) else {
            continue;
        };
        for (key, _) in object {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// The shape that fits a format best; of equals, the topmost header.
fn best_fit(format: Format, shapes: &[Shape]) -> Option<(Fit, Shape)> {
    let mut best: Option<(Fit, &Shape)> = None;
    for shape in shapes {
        let layout = match shape {
            Shape::Table(_) => Layout::Table,
            Shape::Objects(_) => Layout::Objects,
            Shape::Parquet(_) => Layout::Parquet,
        };
        let fit = format.reader().fit(layout, shape.header());
        if fit > best.map_or(Fit::No, |(fit, _)| fit) {
            best = Some((fit, shape));
        }
    }
    best.map(|(fit, shape)| (fit, shape.clone()))
}

fn holds_no_table(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| NO_TABLES.contains(&ending.to_ascii_lowercase().as_str()))
}

/// What a person sees in a part, for the message that it means nothing to us.
fn describe(head: &Head, shapes: &[Shape], name: Option<&str>) -> String {
    let place = name.map(|name| format!("{name}: ")).unwrap_or_default();
    let text = head.text.trim_start();
    let what = if head.is_parquet {
        match shapes.first() {
            Some(shape) => format!("a Parquet file with the columns {}", listed(&shape.header().names)),
            None => "a Parquet file inside an archive; unpack it first".to_owned(),
        }
    } else if looks_binary(text) {
        "no text but binary data".to_owned()
    } else if text.is_empty() {
        "nothing but blanks".to_owned()
    } else if text.starts_with('[') {
        "a JSON array; write one object a line instead".to_owned()
    } else {
        match shapes.first() {
            Some(Shape::Objects(header)) => format!("JSON with the keys {}", listed(&header.names)),
            Some(Shape::Table(table)) => {
                let delimiter = match table.delimiter {
                    b';' => "semicolons",
                    b'\t' => "tabs",
                    _ => "commas",
                };
                format!(
                    "a table parted by {delimiter} whose first row reads {}",
                    listed(&table.header.names)
                )
            }
            _ => {
                let line: String = text.lines().next().unwrap_or("").chars().take(80).collect();
                let pipes = if line.contains('|') {
                    ", perhaps parted by |; part columns by comma, semicolon or tab"
                } else {
                    ""
                };
                format!("text without columns that starts with “{line}”{pipes}")
            }
        }
    };
    place + &what
}

fn listed(names: &[String]) -> String {
    const NAMES_MAX: usize = 8;
    let mut list: Vec<String> = names
        .iter()
        .take(NAMES_MAX)
        .map(|name| name.chars().take(40).collect())
        .collect();
    if names.len() > NAMES_MAX {
        list.push(format!("… ({} in all)", names.len()));
    }
    if list.is_empty() {
        "none".to_owned()
    } else {
        format!("“{}”", list.join(", "))
    }
}

fn looks_binary(text: &str) -> bool {
    let odd = text
        .chars()
        .filter(|&c| (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}')) || c == '\u{fffd}')
        .count();
    odd * 50 > text.chars().count()
}

fn none_fits(asked: Option<Format>, seen: &[String], container: &Container) -> String {
    let seen = if seen.is_empty() {
        "no table in it".to_owned()
    } else {
        seen.join("; ")
    };
    match asked {
        Some(format) => format!(
            "--as {} needs {}, but this is {seen}. See docs/formats/{}.md",
            format.name(),
            format.reader().needs(),
            format.name()
        ),
        None => {
            let kind = if container.is_archive() {
                "the zip holds "
            } else {
                "it is "
            };
            let names: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
            format!(
                "{kind}{seen}. Say what it is with --as ({}), or see docs/formats for the columns each needs",
                names.join(", ")
            )
        }
    }
}
