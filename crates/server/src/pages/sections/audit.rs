//! The lists of `audit`: from period to period who stayed, who came and who went, of the audience and of buyers.

use longplay_measures::{Answer, State};
use serde_json::Value;

use super::heat::{self, Heat};
use crate::pages::exhibit::{Cell, Column, Exhibit, Row};
use crate::pages::words::Scale;

/// The audience, or the buyers in a currency.
type Base<'a> = (&'a str, Option<&'a str>);

pub fn exhibits(answer: &Answer) -> Vec<Exhibit> {
    let mut bases: Vec<Base<'_>> = periods(answer).map(base).collect();
    bases.dedup();
    let of = |of: Base<'_>| {
        let first = [lens_1(answer, of), Some(list(answer, of)), lens_3(answer, of)];
        let first = first.into_iter().flatten();
        first
            .chain(lens_4(answer, of))
            .chain(lens_5(answer, of))
            .collect::<Vec<_>>()
    };
    bases.into_iter().flat_map(of).collect()
}

/// The rows of a lens about one base.
fn rows_of<'a>(answer: &'a Answer, lens: &'static str, of: Base<'a>) -> Vec<&'a Value> {
    let is_it = |row: &&Value| row["kind"] == lens && base(row) == of;
    answer.rows.iter().filter(is_it).collect()
}

/// `audience`, `buyers-eur`, and in words.
fn called(of: Base<'_>) -> (String, String) {
    match of {
        ("audience", _) => ("audience".to_owned(), "the audience".to_owned()),
        (_, Some(currency)) => (
            format!("buyers-{}", currency.to_ascii_lowercase()),
            format!("buyers in {currency}"),
        ),
        (_, None) => ("buyers".to_owned(), "buyers".to_owned()),
    }
}

fn table(id: String, title: String, subtitle: &str, columns: Vec<Column>, rows: Vec<Row>) -> Option<Exhibit> {
    (!rows.is_empty()).then(|| Exhibit {
        id,
        title,
        subtitle: subtitle.to_owned(),
        chart: None,
        columns,
        rows,
        rest: None,
    })
}

/// How people differ in one period.
fn lens_1(answer: &Answer, of: Base<'_>) -> Option<Exhibit> {
    let (id, who) = called(of);
    let scale = Scale::of("share", [1.0]);
    let share = |row: &Value, key: &str| Cell::bound(row[key].as_f64(), &scale);
    let row = |row: &&Value| Row {
        head: Cell::text(row["period"].as_str().unwrap_or_default()),
        cells: vec![
            Cell::count(count(row, "people")),
            share(row, "top_1_share"),
            share(row, "top_10_share"),
            share(row, "top_20_share"),
            Cell::bound(row["gini"].as_f64(), &Scale::of("index", [])),
        ],
    };
    let columns = vec![
        Column::text("Period", "period"),
        Column::number("People", "people"),
        Column::number("Of the first 1 in 100", "top_1_share"),
        Column::number("Of the first 10", "top_10_share"),
        Column::number("Of the first 20", "top_20_share"),
        Column::number("Gini, 0 to 1", "gini"),
    ];
    let rows = rows_of(answer, "lens_1", of).iter().map(row).collect();
    let what = "the share, in 100, of all they did or spent that comes from those who did most";
    table(
        format!("audit-1-{id}"),
        format!("1 · How people differ: {who}"),
        what,
        columns,
        rows,
    )
}

/// One cohort over its life.
fn lens_3(answer: &Answer, of: Base<'_>) -> Option<Exhibit> {
    let (id, who) = called(of);
    let scale = Scale::of("share", [1.0]);
    let rows = rows_of(answer, "lens_3", of);
    let cohort = rows.first()?["cohort"].as_str().unwrap_or_default().to_owned();
    let row = |row: &&Value| Row {
        head: Cell::text(row["period"].as_str().unwrap_or_default()),
        cells: vec![
            Cell::count(count(row, "count")),
            Cell::bound(row["value"].as_f64(), &scale),
            Cell::bound(row["low"].as_f64(), &scale),
            Cell::bound(row["high"].as_f64(), &scale),
        ],
    };
    let columns = vec![
        Column::text("Period", "period"),
        Column::number("Were there", "count"),
        Column::number("In 100", "value"),
        Column::number("From", "low"),
        Column::number("To", "high"),
    ];
    let title = format!("3 · One cohort over time: {who} of {cohort}");
    table(
        format!("audit-3-{id}"),
        title,
        "people who were there in each later period",
        columns,
        rows.iter().map(row).collect(),
    )
}

/// Cohorts compared: those of each length by themselves.
fn lens_4(answer: &Answer, of: Base<'_>) -> Vec<Exhibit> {
    let (id, who) = called(of);
    let span = |row: &Value| row["span"].as_str().unwrap_or("period").to_owned();
    let mut rows = rows_of(answer, "lens_4", of);
    // Keeps the order within each.
    rows.sort_by_key(|row| span(row));
    let of_span = |rows: &[&Value]| {
        let span = span(rows[0]);
        let told = Heat {
            id: format!("audit-4-{id}-{span}s"),
            title: format!("4 · Cohorts compared, {span} by {span}: {who}"),
            subtitle: format!("in 100 of a cohort, those there so many {span}s later · hatched: not over yet"),
            head: "Cohort",
            name: &str::to_owned,
            people: &|_, _| None,
        };
        heat::heat(&told, rows)
    };
    rows.chunk_by(|one, other| span(one) == span(other))
        .filter_map(of_span)
        .collect()
}

/// The whole base.
fn lens_5(answer: &Answer, of: Base<'_>) -> Option<Exhibit> {
    let (id, who) = called(of);
    let scale = Scale::of("share", [1.0]);
    let row = |row: &&Value| Row {
        head: Cell::text(row["period"].as_str().unwrap_or_default()),
        cells: vec![
            Cell::text(match row["cohort"].as_str() {
                Some("before") => "earlier ones",
                other => other.unwrap_or_default(),
            }),
            Cell::count(count(row, "count")),
            Cell::bound(row["value"].as_f64(), &scale),
        ],
    };
    let columns = vec![
        Column::text("Period", "period"),
        Column::text("Cohort", "cohort"),
        Column::number("People", "count"),
        Column::number("Of the period, in 100", "value"),
    ];
    let rows = rows_of(answer, "lens_5", of).iter().map(row).collect();
    let what = "how much of each period came from which cohort";
    table(
        format!("audit-5-{id}"),
        format!("5 · The whole base: {who}"),
        what,
        columns,
        rows,
    )
}

/// The second lens: a period beside the one before.
fn periods(answer: &Answer) -> impl Iterator<Item = &Value> {
    answer.rows.iter().filter(|row| row["kind"] == "lens_2")
}

fn base(row: &Value) -> Base<'_> {
    (row["base"].as_str().unwrap_or_default(), row["currency"].as_str())
}

fn list(answer: &Answer, of: Base<'_>) -> Exhibit {
    let rows = || periods(answer).filter(|row| base(row) == of);
    let scale = Scale::of("share", rows().filter_map(kept_share));
    let (id, who) = match of {
        ("audience", _) => ("audit-audience".to_owned(), "The audience".to_owned()),
        (_, Some(currency)) => (
            format!("audit-buyers-{}", currency.to_ascii_lowercase()),
            format!("Buyers in {currency}"),
        ),
        (_, None) => ("audit-buyers".to_owned(), "Buyers".to_owned()),
    };
    Exhibit {
        id,
        title: format!("2 · {who}, period by period"),
        subtitle: format!("people; kept: of those of the period before, {}", scale.heading),
        chart: None,
        columns: vec![
            Column::text("Period", "period"),
            Column::number("Stayed", "kept"),
            Column::number("Came", "gained"),
            Column::number("Went", "lost"),
            Column::number("Kept", "kept_share"),
        ],
        rows: rows().map(|row| line(row, &scale)).collect(),
        rest: None,
    }
}

fn line(row: &Value, scale: &Scale) -> Row {
    Row {
        head: Cell::text(row["period"].as_str().unwrap_or_default()),
        cells: vec![
            Cell::count(count(row, "kept")),
            Cell::count(count(row, "gained")),
            Cell::count(count(row, "lost")),
            Cell::value(kept_share(row), State::NoData, scale),
        ],
    }
}

fn count(row: &Value, key: &str) -> u64 {
    row[key].as_u64().unwrap_or(0)
}

fn kept_share(row: &Value) -> Option<f64> {
    let (kept, lost) = (count(row, "kept"), count(row, "lost"));
    (kept + lost > 0).then(|| kept as f64 / (kept + lost) as f64)
}
