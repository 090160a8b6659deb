//! What is true of a world, as data: which figures should hold which value, which rows an answer must and must not have.
//!
//! A truth is a consequence of the constants in the world's own file and stands beside them; nothing here looks at the rows.

use serde_json::{Value, json};

/// Everything known to be true of a world.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    pub figures: Vec<TrueFigure>,
    pub rows: Vec<TrueRow>,
}

/// What is true of one figure of one answer.
#[derive(Clone, Debug)]
pub struct TrueFigure {
    pub question: &'static str,
    pub key: String,
    /// As the figure's own scope, e.g. `{"piece": "hit"}`; empty for everybody.
    pub scope: Value,
    pub holds: Holds,
}

/// In which way a figure is true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Holds {
    /// The interval must hold this value as often as its level says, over many seeds.
    Within(f64),
    /// The figure's value is this, whatever chance did.
    Exactly(f64),
    /// It can't be known yet, and will be from this day on.
    ReadyOn(&'static str),
    /// There is nothing it could be about.
    NoData,
}

/// A row of an answer, by some of its fields.
#[derive(Clone, Debug)]
pub struct TrueRow {
    pub question: &'static str,
    /// Fields that must equal those of one and the same row.
    pub fields: Value,
    pub holds: RowHolds,
}

/// In which way a row is true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowHolds {
    There,
    Absent,
    /// It is a verdict, so it is there as often as verdicts should be right: nine times in ten.
    Usually,
    /// It is there, and its `low` and `high` must hold this value as often as their level says, over many seeds.
    Within(f64),
}

impl Truth {
    /// A figure of everybody.
    #[must_use]
    pub fn all(self, question: &'static str, key: impl Into<String>, holds: Holds) -> Self {
        self.with(question, key.into(), json!({}), holds)
    }

    /// A figure of those whom a piece brought.
    #[must_use]
    pub fn piece(self, question: &'static str, piece: &'static str, key: impl Into<String>, holds: Holds) -> Self {
        self.with(question, key.into(), json!({ "piece": piece }), holds)
    }

    /// A figure of those whom pieces on a topic brought.
    #[must_use]
    pub fn topic(self, question: &'static str, topic: &'static str, key: impl Into<String>, holds: Holds) -> Self {
        self.with(question, key.into(), json!({ "topic": topic }), holds)
    }

    /// A figure of the hit that a piece had from a day on.
    #[must_use]
    pub fn hit(self, question: &'static str, (piece, start): (&str, &str), key: &str, holds: Holds) -> Self {
        let scope = json!({"piece": piece, "start": start});
        self.with(question, key.to_owned(), scope, holds)
    }

    /// An answer has a row with these fields, by what it judges right nine times in ten.
    #[must_use]
    pub fn usually(mut self, question: &'static str, fields: Value) -> Self {
        self.rows.push(TrueRow {
            question,
            fields,
            holds: RowHolds::Usually,
        });
        self
    }

    /// An answer has a row with these fields.
    #[must_use]
    pub fn has(mut self, question: &'static str, fields: Value) -> Self {
        self.rows.push(TrueRow {
            question,
            fields,
            holds: RowHolds::There,
        });
        self
    }

    /// An answer has a row with these fields, and its interval holds the value.
    #[must_use]
    pub fn row_within(mut self, question: &'static str, fields: Value, value: f64) -> Self {
        self.rows.push(TrueRow {
            question,
            fields,
            holds: RowHolds::Within(value),
        });
        self
    }

    /// An answer has no row with these fields.
    #[must_use]
    pub fn lacks(mut self, question: &'static str, fields: Value) -> Self {
        self.rows.push(TrueRow {
            question,
            fields,
            holds: RowHolds::Absent,
        });
        self
    }

    fn with(mut self, question: &'static str, key: String, scope: Value, holds: Holds) -> Self {
        self.figures.push(TrueFigure {
            question,
            key,
            scope,
            holds,
        });
        self
    }
}
