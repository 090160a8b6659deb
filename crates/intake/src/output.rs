//! What a reader hands out, and the one funnel through which every format hands it out.

use std::ops::ControlFlow;

use longplay_domain::{Claim, Piece, Sample};

use crate::IntakeError;

/// One thing a file says.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Claim(Claim),
    Piece(Piece),
    Sample(Sample),
    Refused(RefusedRow),
    Note(Note),
}

/// An item and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// 1-based line (text) or row (Parquet) in its file, header included; 0 for what concerns the whole file.
    pub row: u64,
    /// The file inside an archive.
    pub part: Option<String>,
    pub item: Item,
}

/// A row that can't be read as anything. The code is stable; the words may improve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRow {
    pub code: &'static str,
    /// The column as the file names it.
    pub column: Option<String>,
    pub message: String,
}

/// Something the owner should know about a file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub code: &'static str,
    pub message: String,
}

/// Why a format stopped reading.
pub(crate) enum Stop {
    /// The sink wants no more.
    Sink,
    Failed(IntakeError),
}

impl From<IntakeError> for Stop {
    fn from(error: IntakeError) -> Self {
        Self::Failed(error)
    }
}

/// The funnel: knows which part is being read, so formats needn't say it each time.
pub(crate) struct Output<'a> {
    sink: &'a mut dyn FnMut(Located) -> ControlFlow<()>,
    part: Option<String>,
}

impl<'a> Output<'a> {
    pub fn new(sink: &'a mut dyn FnMut(Located) -> ControlFlow<()>) -> Self {
        Self { sink, part: None }
    }

    /// From now on items come from this file of the archive.
    pub fn enter(&mut self, part: Option<String>) {
        self.part = part;
    }

    pub fn give(&mut self, row: u64, item: Item) -> Result<(), Stop> {
        match (self.sink)(Located {
            row,
            part: self.part.clone(),
            item,
        }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Sink),
        }
    }

    pub fn refuse(&mut self, row: u64, refused: RefusedRow) -> Result<(), Stop> {
        self.give(row, Item::Refused(refused))
    }

    pub fn note(&mut self, row: u64, code: &'static str, message: impl Into<String>) -> Result<(), Stop> {
        self.give(
            row,
            Item::Note(Note {
                code,
                message: message.into(),
            }),
        )
    }
}

impl RefusedRow {
    pub(crate) fn new(code: &'static str, column: Option<&str>, message: impl Into<String>) -> Self {
        Self {
            code,
            column: column.map(str::to_owned),
            message: message.into(),
        }
    }
}
