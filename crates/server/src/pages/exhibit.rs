//! An exhibit: a chart and its table, made from the same numbers in one step so that they can't disagree.
//!
//! The chart travels as JSON inside a `<script type="application/json">`, which browsers never execute; the table is
//! plain HTML and is there without script. Raw numbers stand in `data-value`, words in the cell.

use longplay_domain::Day;
use longplay_measures::{Figure, Point, State};
use serde::Serialize;

use super::words::{self, Scale};

/// A picture with its title, and the same numbers as a table.
pub struct Exhibit {
    /// Unique on the page; part of element ids.
    pub id: String,
    pub title: String,
    /// Unit, n and level.
    pub subtitle: String,
    /// Absent for a list that no picture would make clearer.
    pub chart: Option<Chart>,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// What the table leaves out, if anything.
    pub rest: Option<String>,
}

/// What the script draws.
#[derive(Serialize)]
pub struct Chart {
    pub kind: Kind,
    /// What the picture shows, for who can't see it.
    pub alt: String,
    /// Raw value × factor = what the axis shows.
    pub factor: f64,
    /// Stands behind the numbers of the axis.
    pub axis: String,
    pub today: Option<Day>,
    pub reference: Option<Reference>,
    /// What the numbers of people are compared with, on a scatter.
    pub middle: Option<Reference>,
    pub marks: Vec<Mark>,
    /// What happened on its days: pieces that came out, and what the owner noted.
    pub moments: Vec<Moment>,
}

/// Something that happened on a day, marked on the axis of a chart over days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    pub at: Day,
    /// Whether the owner noted it; else a piece came out.
    pub is_note: bool,
    /// What it was.
    pub words: String,
}

/// How it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A share per week with its interval as a band; unfinished weeks dashed.
    Weeks,
    /// The same per month, each at its last day.
    Months,
    /// Horizontal bars from zero with whiskers.
    Bars,
    /// A daily line over its usual range, unusual days marked.
    Days,
    /// A share by days since somebody's first, with its interval as a band.
    Ages,
    /// A share against how many people it is of, on a logarithmic axis.
    Scatter,
}

/// What the marks are compared with: one value, labelled.
#[derive(Serialize)]
pub struct Reference {
    pub value: f64,
    pub label: String,
}

/// One point or bar; all values raw.
#[derive(Serialize)]
pub struct Mark {
    /// Its place on the axis: a day, a number of days, or the name of a bar.
    pub at: String,
    pub n: u64,
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub state: State,
    pub marked: bool,
    /// The same of everybody, where it is set beside them.
    pub beside: Option<f64>,
    /// What hovering or arriving by key tells.
    pub words: String,
    /// A short label beside a marked point.
    pub label: String,
}

impl Mark {
    /// A point of a line over days.
    pub fn of_point(point: &Point, words: String, label: String) -> Self {
        Self {
            at: point.day.to_string(),
            n: point.n,
            value: point.value,
            low: point.low,
            high: point.high,
            state: point.state,
            marked: point.marked,
            beside: None,
            words,
            label,
        }
    }

    /// A bar of that name.
    pub fn of_figure(name: &str, figure: &Figure, words: String, label: String) -> Self {
        Self {
            at: name.to_owned(),
            n: figure.n,
            value: figure.value,
            low: figure.low,
            high: figure.high,
            state: figure.state,
            marked: false,
            beside: None,
            words,
            label,
        }
    }
}

/// A column: its name for people, and for a file, where raw values stand under it.
pub struct Column {
    pub name: String,
    pub file_name: &'static str,
    pub numeric: bool,
}

impl Column {
    pub fn text(name: impl Into<String>, file_name: &'static str) -> Self {
        Self {
            name: name.into(),
            file_name,
            numeric: false,
        }
    }

    pub fn number(name: impl Into<String>, file_name: &'static str) -> Self {
        Self {
            name: name.into(),
            file_name,
            numeric: true,
        }
    }
}

pub struct Row {
    /// Heads the row.
    pub head: Cell,
    pub cells: Vec<Cell>,
}

/// A cell: words for people, the raw value for sorting, CSV and checking.
pub struct Cell {
    pub text: String,
    pub raw: String,
    /// How it is set: `number`, `day`, or as text.
    pub class: &'static str,
    /// Where it leads.
    pub href: Option<String>,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            raw: text.clone(),
            text,
            class: "text",
            href: None,
        }
    }

    /// The same, leading somewhere.
    #[must_use]
    pub fn leading_to(self, href: String) -> Self {
        Self {
            href: Some(href),
            ..self
        }
    }

    pub fn day(day: Day) -> Self {
        Self {
            text: words::day(day),
            raw: day.to_string(),
            class: "day",
            href: None,
        }
    }

    pub fn count(n: u64) -> Self {
        Self {
            text: words::count(n),
            raw: n.to_string(),
            class: "number",
            href: None,
        }
    }

    /// A value, or why there is none.
    pub fn value(value: Option<f64>, state: State, scale: &Scale) -> Self {
        let text = match (value, state) {
            (Some(value), State::TooEarly) => format!("{} so far", scale.number(value)),
            (Some(value), _) => scale.number(value),
            (None, State::TooEarly) => "too early".to_owned(),
            (None, _) => "not known".to_owned(),
        };
        Self {
            text,
            raw: raw(value),
            class: "number",
            href: None,
        }
    }

    /// A number that is not known.
    pub fn unknown() -> Self {
        Self {
            text: "not known".to_owned(),
            raw: String::new(),
            class: "number",
            href: None,
        }
    }

    /// One end of an interval or of a usual range.
    pub fn bound(value: Option<f64>, scale: &Scale) -> Self {
        Self {
            text: value.map_or_else(|| "–".to_owned(), |value| scale.number(value)),
            raw: raw(value),
            class: "number",
            href: None,
        }
    }
}

fn raw(value: Option<f64>) -> String {
    value
        .filter(|value| value.is_finite())
        .map(|value| value.to_string())
        .unwrap_or_default()
}

impl Chart {
    /// The chart as JSON that can stand inside a script element: no `<`, `>`, `&` or line separator survives.
    pub fn json(&self) -> String {
        let text = serde_json::to_string(self).expect("a chart holds only strings, numbers and lists of them");
        let mut safe = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", u32::from(letter))),
                _ => safe.push(letter),
            }
        }
        safe
    }
}

impl Chart {
    /// The same with what happened between its first and its last day told by the mark that stands for the day: the last one
    /// that does not begin later.
    #[must_use]
    pub fn with_moments(mut self, moments: Vec<Moment>) -> Self {
        let days: Vec<Option<Day>> = self.marks.iter().map(|mark| Day::parse(&mark.at)).collect();
        // A month stands at its end, a week and a day at their beginning.
        let holds = |moment: &Moment| match self.kind {
            Kind::Months => days.iter().position(|day| day.is_some_and(|day| moment.at <= day)),
            _ => days.iter().rposition(|day| day.is_some_and(|day| day <= moment.at)),
        };
        for moment in moments {
            let Some(mark) = holds(&moment).and_then(|at| self.marks.get_mut(at)) else {
                continue;
            };
            match moment.is_note {
                true => mark.words.push_str(&format!(" You noted: {}", moment.words)),
                false => mark.words.push_str(&format!(" “{}” came out.", moment.words)),
            }
            self.moments.push(moment);
        }
        self
    }
}

impl Exhibit {
    /// Takes off whatever leads somewhere else.
    pub fn lead_nowhere(&mut self) {
        let rows = self.rows.iter_mut();
        for cell in rows.flat_map(|row| std::iter::once(&mut row.head).chain(&mut row.cells)) {
            cell.href = None;
        }
    }

    /// A class that reserves the height before the script runs, so that nothing jumps.
    pub fn size(&self) -> String {
        match &self.chart {
            None => String::new(),
            Some(chart) if chart.kind == Kind::Bars => format!("bars-{}", chart.marks.len().clamp(1, 10)),
            Some(_) => "tall".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chart_json_cannot_end_its_script_element() {
        let nasty = "</script><script>alert(1)</script><!-- & \u{2028}".to_owned();
        let mark = Mark {
            at: nasty.clone(),
            n: 1,
            value: Some(f64::NAN),
            low: None,
            high: None,
            state: State::Known,
            marked: false,
            beside: None,
            words: nasty.clone(),
            label: nasty.clone(),
        };
        let chart = Chart {
            kind: Kind::Bars,
            alt: nasty.clone(),
            factor: 1.0,
            axis: String::new(),
            today: None,
            reference: None,
            middle: None,
            marks: vec![mark],
            moments: Vec::new(),
        };
        let json = chart.json();
        assert!(!json.contains(['<', '>', '&', '\u{2028}']), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["alt"], serde_json::Value::String(nasty));
        assert!(
            read["marks"][0]["value"].is_null(),
            "what is no number is missing, not zero"
        );
    }
}
