//! A run: the rows of one segment or of the tail in a key range, page after page.

use std::{ops::RangeInclusive, sync::Arc};

use arrow::array::{Array, AsArray, RecordBatch, StringArray};

use super::{Columns, Page, page::Decoder};
use crate::{
    error::Result,
    people::moved::Source,
    rows::EVERYBODY,
    segment::{
        places::Places,
        read::{Form, RangeReader, Segment},
        schema::Column,
    },
    tail::SortedRun,
    terms::Terms,
};

/// One sorted input with the page it stands on.
pub struct Run {
    input: Input,
    names: Vec<Column>,
    decoder: Decoder,
    range: RangeInclusive<i64>,
    pub page: Page,
    /// The next row of the page.
    pub row: usize,
    /// Whether no page follows.
    pub is_last_page: bool,
    next_ordinal: u64,
    ahead: Option<RecordBatch>,
    /// Persons, ascending, whose rows here are passed over.
    hidden: Arc<[i64]>,
    next_hidden: usize,
}

enum Input {
    Segment {
        segment: Arc<Segment>,
        reader: Box<RangeReader>,
        ids: Option<Box<IdReader>>,
        /// Which of its rows are read, where not all in the range are.
        places: Option<Places>,
    },
    Memory {
        run: Arc<SortedRun>,
        next: usize,
    },
}

/// The id column of a segment's range, read alongside only where it is needed.
struct IdReader {
    reader: RangeReader,
    first_ordinal: u64,
    ids: StringArray,
}

impl Run {
    /// Of one segment beside so many others; `None` when it holds nobody in `range`.
    pub fn of_segment(
        (Source { segment, hidden }, beside): (&Source, usize),
        columns: Columns,
        range: RangeInclusive<i64>,
        terms: &Arc<Terms>,
    ) -> Result<Option<Self>> {
        let names = columns.to_read();
        let reader = Box::new(segment.read(&names, &range, Form::Dictionary { beside })?);
        let input = Input::Segment {
            segment: Arc::clone(segment),
            reader,
            ids: None,
            places: None,
        };
        Self::start(input, names, Decoder::new(columns, terms), (range, Arc::clone(hidden)))
    }

    /// Of those rows of one segment that may be the people's, and some of others beside them; `None` when there are none.
    pub fn of_people(
        (Source { segment, hidden }, beside): (&Source, usize),
        columns: Columns,
        people: &[i64],
        terms: &Arc<Terms>,
    ) -> Result<Option<Self>> {
        let Some(places) = segment.places(people)? else {
            return Ok(None);
        };
        let names = columns.to_read();
        let reader = Box::new(segment.read_at(&names, &places, Form::Dictionary { beside })?);
        let input = Input::Segment {
            segment: Arc::clone(segment),
            reader,
            ids: None,
            places: Some(places),
        };
        Self::start(
            input,
            names,
            Decoder::new(columns, terms),
            (EVERYBODY, Arc::clone(hidden)),
        )
    }

    /// `None` when the run in memory holds nobody in `range`.
    pub fn of_memory(
        run: &Arc<SortedRun>,
        columns: Columns,
        range: RangeInclusive<i64>,
        terms: &Arc<Terms>,
    ) -> Result<Option<Self>> {
        let input = Input::Memory {
            run: Arc::clone(run),
            next: 0,
        };
        let everybody = (range, Arc::default());
        Self::start(input, Column::ALL.to_vec(), Decoder::new(columns, terms), everybody)
    }

    fn start(
        input: Input,
        names: Vec<Column>,
        decoder: Decoder,
        (range, hidden): (RangeInclusive<i64>, Arc<[i64]>),
    ) -> Result<Option<Self>> {
        let page = Page::default();
        let mut run = Self {
            input,
            names,
            decoder,
            page,
            row: 0,
            is_last_page: false,
            next_ordinal: 0,
            ahead: None,
            next_hidden: hidden.partition_point(|person| person < range.start()),
            range,
            hidden,
        };
        run.ahead = run.read()?;
        Ok(run.turn_page()?.then_some(run))
    }

    #[inline]
    pub fn person(&self) -> i64 {
        self.page.persons[self.row]
    }

    /// The row behind the last one on this page of the person at hand.
    #[inline]
    pub fn end_of_person(&self) -> usize {
        let persons = &self.page.persons[..];
        let person = persons[self.row];
        let mut end = self.row + 1;
        while end < persons.len() && persons[end] == person {
            end += 1;
        }
        end
    }

    /// Goes on to `row`, and past hidden persons; that may be the end of the page.
    #[inline]
    pub fn advance(&mut self, row: usize) {
        self.row = row;
        if self.next_hidden < self.hidden.len() {
            self.pass_hidden();
        }
    }

    fn pass_hidden(&mut self) {
        while self.row < self.page.rows() && self.next_hidden < self.hidden.len() {
            let (person, hidden) = (self.person(), self.hidden[self.next_hidden]);
            if hidden < person {
                self.next_hidden += 1;
            } else if hidden == person {
                // Stays the next hidden one: the rows may go on on the next page.
                self.row = self.end_of_person();
            } else {
                return;
            }
        }
    }

    /// Goes to the next page that holds somebody in the range. Returns whether there is one.
    pub fn turn_page(&mut self) -> Result<bool> {
        while let Some(batch) = self.ahead.take() {
            self.ahead = self.read()?;
            self.page.first_ordinal = self.next_ordinal;
            self.next_ordinal += batch.num_rows() as u64;
            self.decoder.decode(&batch, &self.names, &mut self.page);
            let persons = &self.page.persons;
            let from = persons.partition_point(|person| person < self.range.start());
            let to = persons.partition_point(|person| person <= self.range.end());
            if to < persons.len() {
                self.ahead = None;
                self.page.persons = persons.slice(0, to);
            }
            self.is_last_page = self.ahead.is_none();
            self.advance(from);
            if self.row < to {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn read(&mut self) -> Result<Option<RecordBatch>> {
        match &mut self.input {
            Input::Segment { reader, .. } => reader.next_batch(),
            Input::Memory { run, next } => {
                *next += 1;
                Ok(run.batches.get(*next - 1).cloned())
            }
        }
    }

    /// The id of the event with that number in this run. Numbers asked for may only grow.
    pub fn id(&mut self, ordinal: u64) -> Result<String> {
        match &mut self.input {
            Input::Memory { run, .. } => {
                let mut row = ordinal as usize;
                for batch in &run.batches {
                    if row < batch.num_rows() {
                        return Ok(batch
                            .column(Column::Id.index())
                            .as_string::<i32>()
                            .value(row)
                            .to_owned());
                    }
                    row -= batch.num_rows();
                }
                Ok(String::new())
            }
            Input::Segment {
                segment, ids, places, ..
            } => {
                if ids.is_none() {
                    let reader = match places {
                        None => segment.read(&[Column::Id], &self.range, Form::Plain)?,
                        Some(places) => segment.read_at(&[Column::Id], places, Form::Plain)?,
                    };
                    *ids = Some(Box::new(IdReader {
                        reader,
                        first_ordinal: 0,
                        ids: StringArray::from(Vec::<&str>::new()),
                    }));
                }
                ids.as_mut().map_or_else(|| Ok(String::new()), |ids| ids.at(ordinal))
            }
        }
    }
}

impl IdReader {
    fn at(&mut self, ordinal: u64) -> Result<String> {
        while self.first_ordinal + self.ids.len() as u64 <= ordinal {
            self.first_ordinal += self.ids.len() as u64;
            match self.reader.next_batch()? {
                Some(batch) => self.ids = batch.column(0).as_string::<i32>().clone(),
                None => return Ok(String::new()),
            }
        }
        Ok(self.ids.value((ordinal - self.first_ordinal) as usize).to_owned())
    }
}
