//! The list of `talk`: whom to talk to today, why, and what is known of them.

use longplay_measures::Answer;
use serde_json::Value;

use crate::pages::exhibit::{Cell, Column, Exhibit, Row};
use crate::pages::{people, words};

pub fn exhibits(answer: &Answer) -> Vec<Exhibit> {
    let people: Vec<&Value> = answer.rows.iter().filter(|row| row["kind"] == "person").collect();
    if people.is_empty() {
        return Vec::new();
    }
    vec![Exhibit {
        id: "talk-people".to_owned(),
        title: "Today’s list".to_owned(),
        subtitle: "who can be written to comes first".to_owned(),
        chart: None,
        columns: vec![
            Column::text("Who", "person"),
            Column::text("Why", "reason"),
            Column::text("What is known", "evidence"),
        ],
        rows: people.iter().map(|person| row(person)).collect(),
        rest: None,
    }]
}

fn row(person: &Value) -> Row {
    let text = |key: &str| person[key].as_str().unwrap_or_default();
    Row {
        head: match person["person"].as_str() {
            Some(id) => Cell::text(who(person)).leading_to(people::address(id)),
            None => Cell::text(who(person)),
        },
        cells: vec![
            Cell::text(words::capital(&text("reason").replace('_', " "))),
            Cell::text(text("evidence")),
        ],
    }
}

/// Their name as it was given to us; the key where there is none.
fn who(person: &Value) -> String {
    match (person["handle"].as_str(), person["person"].as_str()) {
        (Some(handle), _) => handle.split_once(':').map_or(handle, |(_, name)| name).to_owned(),
        (None, Some(key)) => format!("no name known ({key})"),
        // Whoever may not see people is told why, and not of whom.
        (None, None) => "somebody".to_owned(),
    }
}
