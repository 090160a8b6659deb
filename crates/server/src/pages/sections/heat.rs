//! Cohorts side by side as a table of shares: a row a cohort, a column an age, the deeper the colour the more were there. One
//! hue, the number in the cell; what is not over yet is hatched and has no number, so nothing young is ever a zero.

use serde_json::Value;

use crate::pages::exhibit::{Cell, Column, Exhibit, Row};
use crate::pages::words;

/// Ages shown; the full answer has them all.
const AGES: [(&str, &str); 12] = [
    ("1", "age_1"),
    ("2", "age_2"),
    ("3", "age_3"),
    ("4", "age_4"),
    ("5", "age_5"),
    ("6", "age_6"),
    ("7", "age_7"),
    ("8", "age_8"),
    ("9", "age_9"),
    ("10", "age_10"),
    ("11", "age_11"),
    ("12", "age_12"),
];
const COHORTS_MAX: usize = 14;
/// How deep a share is coloured, from the palest on.
const DEPTHS: [&str; 7] = [
    "heat h0", "heat h1", "heat h2", "heat h3", "heat h4", "heat h5", "heat h6",
];
const YOUNG: &str = "heat young";

/// What is shown, and how it is called.
pub struct Heat<'a> {
    pub id: String,
    pub title: String,
    pub subtitle: String,
    /// What heads the first column.
    pub head: &'static str,
    /// How a cohort is called.
    pub name: &'a dyn Fn(&str) -> String,
    /// Where the people of a cell are, or of the whole cohort.
    pub people: &'a dyn Fn(&str, Option<u64>) -> Option<String>,
}

/// The table of rows with `cohort`, `age`, `n`, `count` and `value`, which stand by cohort and then by age.
pub fn heat(told: &Heat<'_>, rows: &[&Value]) -> Option<Exhibit> {
    let cohort = |row: &Value| row["cohort"].as_str().unwrap_or_default().to_owned();
    let cohorts: Vec<&[&Value]> = rows.chunk_by(|a, b| cohort(a) == cohort(b)).collect();
    let oldest = cohorts
        .iter()
        .flat_map(|rows| rows.iter())
        .filter_map(|row| row["age"].as_u64())
        .max()?;
    let ages = usize::try_from(oldest).unwrap_or(AGES.len()).clamp(1, AGES.len());
    let mut columns = vec![Column::text(told.head, "cohort"), Column::number("People", "people")];
    columns.extend(
        AGES[..ages]
            .iter()
            .map(|(name, file_name)| Column::number(*name, file_name)),
    );
    let left = cohorts.len().saturating_sub(COHORTS_MAX);
    Some(Exhibit {
        id: told.id.clone(),
        title: told.title.clone(),
        subtitle: told.subtitle.clone(),
        chart: None,
        columns,
        rows: cohorts
            .iter()
            .take(COHORTS_MAX)
            .map(|rows| row(told, rows, ages))
            .collect(),
        rest: (left > 0).then(|| format!("The {COHORTS_MAX} newest are shown; {left} more in the full answer.")),
    })
}

fn row(told: &Heat<'_>, rows: &[&Value], ages: usize) -> Row {
    let cohort = rows[0]["cohort"].as_str().unwrap_or_default();
    let led = |cell: Cell, age| match (told.people)(cohort, age) {
        Some(href) => cell.leading_to(href),
        None => cell,
    };
    let mut cells = vec![led(Cell::count(rows[0]["n"].as_u64().unwrap_or(0)), None)];
    cells.extend((1..=ages as u64).map(|age| {
        let found = rows.iter().find(|row| row["age"].as_u64() == Some(age));
        match found.and_then(|row| row["value"].as_f64()) {
            Some(share) => led(shared(share), Some(age)),
            None => Cell {
                text: "not yet".to_owned(),
                raw: String::new(),
                class: YOUNG,
                href: None,
            },
        }
    }));
    Row {
        head: Cell::text((told.name)(cohort)),
        cells,
    }
}

fn shared(share: f64) -> Cell {
    // Half of a cohort is as deep as it gets: more is rare.
    let depth = (share * 2.0 * (DEPTHS.len() - 1) as f64).ceil() as usize;
    Cell {
        text: words::short(share * 100.0),
        raw: share.to_string(),
        class: DEPTHS[depth.min(DEPTHS.len() - 1)],
        href: None,
    }
}
