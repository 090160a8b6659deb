//! A row of Longplay's own event format, before anybody has judged it, and the two texts it can be written as.

use longplay_domain::{Also, Amount, Claim, Mark, Time, When};
use serde_json::{Map, Value};

/// One row as a program would send it; blank or missing is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub time: Time,
    pub person: String,
    pub event: String,
    pub id: Option<String>,
    pub piece: Option<String>,
    pub channel: Option<String>,
    pub referrer: Option<String>,
    pub source: Option<String>,
    pub medium: Option<String>,
    pub campaign: Option<String>,
    pub country: Option<String>,
    pub value: Option<String>,
    pub currency: Option<String>,
    /// A JSON object as text.
    pub properties: Option<String>,
    /// Other handles of the same person: a program can say so, a file has no column for it.
    pub also: Vec<Also>,
    /// Why it is left out of answers: a program can say so, a file has no column for it.
    pub mark: Option<Mark>,
}

const COLUMNS: [&str; 14] = [
    "time",
    "person",
    "event",
    "id",
    "piece",
    "channel",
    "referrer",
    "source",
    "medium",
    "campaign",
    "country",
    "value",
    "currency",
    "properties",
];

impl Row {
    pub fn new(time: Time, person: impl Into<String>, event: impl Into<String>) -> Self {
        let (person, event) = (person.into(), event.into());
        Self {
            time,
            person,
            event,
            id: None,
            piece: None,
            channel: None,
            referrer: None,
            source: None,
            medium: None,
            campaign: None,
            country: None,
            value: None,
            currency: None,
            properties: None,
            also: Vec::new(),
            mark: None,
        }
    }

    /// Whether a file can say all of it.
    pub fn fits_a_file(&self) -> bool {
        self.also.is_empty() && self.mark.is_none()
    }

    /// The claim a reader of this row must make.
    pub fn claim(&self) -> Claim {
        Claim {
            time: When::At(self.time),
            person: self.person.clone(),
            also: self.also.clone(),
            mark: self.mark,
            event: self.event.clone(),
            id: self.id.clone(),
            piece: self.piece.clone(),
            channel: self.channel.clone(),
            referrer: self.referrer.clone(),
            source: self.source.clone(),
            medium: self.medium.clone(),
            campaign: self.campaign.clone(),
            country: self.country.clone(),
            value: self.value.clone().map_or(Amount::Missing, Amount::Decimal),
            currency: self.currency.clone(),
            properties: self.properties.clone().unwrap_or_default(),
        }
    }

    fn cells(&self) -> [Option<String>; 14] {
        [
            Some(self.time.to_string()),
            Some(self.person.clone()),
            Some(self.event.clone()),
            self.id.clone(),
            self.piece.clone(),
            self.channel.clone(),
            self.referrer.clone(),
            self.source.clone(),
            self.medium.clone(),
            self.campaign.clone(),
            self.country.clone(),
            self.value.clone(),
            self.currency.clone(),
            self.properties.clone(),
        ]
    }
}

/// The rows as CSV, header first.
pub fn to_csv(rows: &[Row]) -> String {
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let body = rows.iter().map(|row| {
        line(
            row.cells()
                .into_iter()
                .map(|cell| quoted(&cell.unwrap_or_default()))
                .collect(),
        )
    });
    line(COLUMNS.map(str::to_owned).to_vec()) + &body.collect::<String>()
}

pub(crate) fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// The rows as JSON Lines; what is missing is left out.
pub fn to_jsonl(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let cells = COLUMNS.into_iter().zip(row.cells());
        let object: Map<_, _> = cells
            .filter_map(|(name, cell)| Some((name.to_owned(), Value::String(cell?))))
            .collect();
        Value::Object(object).to_string() + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_written_both_ways() {
        let mut row = Row::new(Time::from_micros(1_700_000_000_000_000), "ada", "viewed");
        row.piece = Some("a, \"b\"".to_owned());
        let time = "2023-11-14T22:13:20Z";
        let csv = to_csv(std::slice::from_ref(&row));
        assert_eq!(
            csv,
            format!("{}\n{time},ada,viewed,,\"a, \"\"b\"\"\",,,,,,,,,\n", COLUMNS.join(","))
        );
        let jsonl = to_jsonl(&[row]);
        assert_eq!(
            jsonl,
            format!("{{\"event\":\"viewed\",\"person\":\"ada\",\"piece\":\"a, \\\"b\\\"\",\"time\":\"{time}\"}}\n")
        );
    }
}
