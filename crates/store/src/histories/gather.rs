//! Gathering one person's events from several pages or runs into one history.

use arrow::array::Array;
use longplay_domain::PersonId;

use super::{Columns, History, Properties, run::Run};
use crate::{error::Result, segment::schema::Column, terms::Code};

/// Buffers that are reused from person to person.
pub struct Gather {
    raw: Scratch,
    sorted: Scratch,
    origins: Vec<Origin>,
    order: Vec<usize>,
    is_sorted_used: bool,
    parts: Vec<Part>,
}

/// The rows of one run's page that hold the person being gathered.
struct Part {
    run: usize,
    end: usize,
    first_time: i64,
    last_time: i64,
}

/// Where a gathered event came from.
#[derive(Clone, Copy)]
struct Origin {
    run: usize,
    ordinal: u64,
}

/// Gathered columns; of the texts only those that are read.
struct Scratch {
    texts: Vec<usize>,
    times: Vec<i64>,
    acts: Vec<u8>,
    values: Vec<i64>,
    codes: Vec<Vec<Code>>,
    properties: Option<Texts>,
    length: usize,
}

/// Texts one behind the other in one buffer; an empty one stands for none, since a JSON object is never empty.
#[derive(Debug, Default)]
pub struct Texts {
    bytes: String,
    ends: Vec<usize>,
}

impl Texts {
    pub fn get(&self, index: usize) -> Option<&str> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        let text = &self.bytes[start..self.ends[index]];
        (!text.is_empty()).then_some(text)
    }

    fn push(&mut self, text: Option<&str>) {
        self.bytes.push_str(text.unwrap_or_default());
        self.ends.push(self.bytes.len());
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

impl Gather {
    pub fn new(columns: Columns) -> Self {
        Self {
            raw: Scratch::new(columns),
            sorted: Scratch::new(columns),
            origins: Vec::new(),
            order: Vec::new(),
            is_sorted_used: false,
            parts: Vec::new(),
        }
    }

    /// Takes every event of `person` out of the runs. Runs may then stand at the end of their last page.
    pub fn collect(&mut self, person: i64, runs: &mut [Run]) -> Result<()> {
        self.raw.clear();
        if self.append_disjoint(person, runs) {
            self.is_sorted_used = false;
            return Ok(());
        }
        self.origins.clear();
        let mut contributors = 0;
        for (index, run) in runs.iter_mut().enumerate() {
            let mut contributed = false;
            while run.row < run.page.rows() && run.person() == person {
                contributed = true;
                let end = run.end_of_person();
                self.raw.append(run, end);
                let first = run.page.first_ordinal;
                self.origins.extend((run.row..end).map(|row| Origin {
                    run: index,
                    ordinal: first + row as u64,
                }));
                run.advance(end);
                if run.row == run.page.rows() && !run.turn_page()? {
                    break;
                }
            }
            contributors += usize::from(contributed);
        }
        self.is_sorted_used = contributors > 1;
        if self.is_sorted_used { self.sort(runs) } else { Ok(()) }
    }

    /// The usual case: no page ends inside the person's events, and each run's lie wholly before the next one's, so that
    /// putting one behind the other is all the ordering there is.
    fn append_disjoint(&mut self, person: i64, runs: &mut [Run]) -> bool {
        self.parts.clear();
        for (index, run) in runs.iter().enumerate() {
            if run.row >= run.page.rows() || run.person() != person {
                continue;
            }
            let end = run.end_of_person();
            if end == run.page.rows() && !run.is_last_page {
                return false;
            }
            let time = |row: usize| run.page.times.get(row).copied().unwrap_or(index as i64);
            self.parts.push(Part {
                run: index,
                end,
                first_time: time(run.row),
                last_time: time(end - 1),
            });
        }
        self.parts.sort_unstable_by_key(|part| part.first_time);
        if !self.parts.is_sorted_by(|a, b| a.last_time < b.first_time) {
            return false;
        }
        for part in &self.parts {
            let run = &mut runs[part.run];
            self.raw.append(run, part.end);
            run.advance(part.end);
        }
        true
    }

    /// Orders by time, ties by event id, and drops what comes twice.
    fn sort(&mut self, runs: &mut [Run]) -> Result<()> {
        let times = &self.raw.times;
        self.order.clear();
        self.order.extend(0..self.raw.length);
        if !times.is_empty() {
            self.order.sort_by_key(|&event| times[event]);
        }
        let mut from = 0;
        while from < self.order.len() {
            let time = times.get(self.order[from]);
            let mut to = from + 1;
            while to < self.order.len() && times.get(self.order[to]) == time {
                to += 1;
            }
            let origins = &self.origins;
            let first_run = origins[self.order[from]].run;
            let is_shared = self.order[from + 1..to]
                .iter()
                .any(|&event| origins[event].run != first_run);
            if is_shared && time.is_some() {
                to -= settle_tie(&mut self.order, from..to, origins, runs)?;
            }
            from = to;
        }
        self.sorted.take(&self.raw, &self.order);
        Ok(())
    }

    pub fn history(&self, person: i64) -> History<'_> {
        let scratch = if self.is_sorted_used { &self.sorted } else { &self.raw };
        History {
            person: PersonId(person),
            times: &scratch.times,
            acts: &scratch.acts,
            values: &scratch.values,
            codes: &scratch.codes,
            properties: scratch
                .properties
                .as_ref()
                .map_or(Properties::Unread, Properties::Gathered),
            first: 0,
            length: scratch.length,
        }
    }
}

/// Orders events of one instant from several runs by id; returns how many repeats were dropped from `order`.
fn settle_tie(
    order: &mut Vec<usize>,
    tied: std::ops::Range<usize>,
    origins: &[Origin],
    runs: &mut [Run],
) -> Result<usize> {
    let mut with_ids = Vec::with_capacity(tied.len());
    // Within a run, numbers ascend with the gathered order, as reading ids needs.
    let mut events = order[tied.clone()].to_vec();
    events.sort_unstable();
    for event in events {
        let origin = origins[event];
        with_ids.push((runs[origin.run].id(origin.ordinal)?, event));
    }
    with_ids.sort();
    let before = with_ids.len();
    with_ids.dedup_by(|a, b| a.0 == b.0);
    let dropped = before - with_ids.len();
    order.splice(tied, with_ids.into_iter().map(|(_, event)| event));
    Ok(dropped)
}

impl Scratch {
    fn new(columns: Columns) -> Self {
        let is_text = |column: &Column| column.is_repetitive() && *column != Column::Act && columns.has(*column);
        Self {
            texts: Column::ALL.into_iter().filter(is_text).map(Column::index).collect(),
            times: Vec::new(),
            acts: Vec::new(),
            values: Vec::new(),
            codes: Column::ALL.map(|_| Vec::new()).into(),
            properties: columns.has(Column::Properties).then(Texts::default),
            length: 0,
        }
    }

    fn clear(&mut self) {
        self.times.clear();
        self.acts.clear();
        self.values.clear();
        for &text in &self.texts {
            self.codes[text].clear();
        }
        if let Some(properties) = &mut self.properties {
            properties.clear();
        }
        self.length = 0;
    }

    fn append(&mut self, run: &Run, end: usize) {
        let rows = run.row..end;
        let page = &run.page;
        self.length += rows.len();
        extend(&mut self.times, &page.times, &rows);
        extend(&mut self.acts, &page.acts, &rows);
        extend(&mut self.values, &page.values, &rows);
        for &text in &self.texts {
            extend(&mut self.codes[text], &page.codes[text], &rows);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.properties, &page.properties) {
            rows.for_each(|row| mine.push(theirs.is_valid(row).then(|| theirs.value(row))));
        }
    }

    fn take(&mut self, from: &Self, order: &[usize]) {
        self.clear();
        self.length = order.len();
        pick(&mut self.times, &from.times, order);
        pick(&mut self.acts, &from.acts, order);
        pick(&mut self.values, &from.values, order);
        for &text in &self.texts {
            pick(&mut self.codes[text], &from.codes[text], order);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.properties, &from.properties) {
            order.iter().for_each(|&event| mine.push(theirs.get(event)));
        }
    }
}

fn extend<T: Copy>(to: &mut Vec<T>, from: &[T], rows: &std::ops::Range<usize>) {
    if !from.is_empty() {
        to.extend_from_slice(&from[rows.clone()]);
    }
}

fn pick<T: Copy>(to: &mut Vec<T>, from: &[T], order: &[usize]) {
    if !from.is_empty() {
        to.extend(order.iter().map(|&event| from[event]));
    }
}
