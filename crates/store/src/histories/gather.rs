//! Gathering one person's events from several pages or runs into one history.

use longplay_domain::PersonId;

use super::{History, run::Run};
use crate::{error::Result, segment::schema::Column, terms::Code};

/// Buffers that are reused from person to person.
#[derive(Default)]
pub struct Gather {
    raw: Scratch,
    sorted: Scratch,
    origins: Vec<Origin>,
    order: Vec<usize>,
    is_sorted_used: bool,
}

/// Where a gathered event came from.
#[derive(Clone, Copy)]
struct Origin {
    run: usize,
    ordinal: u64,
}

#[derive(Default)]
struct Scratch {
    times: Vec<i64>,
    acts: Vec<u8>,
    values: Vec<i64>,
    codes: Vec<Vec<Code>>,
    length: usize,
}

impl Gather {
    /// Takes every event of `person` out of the runs. Runs may then stand at the end of their last page.
    pub fn collect(&mut self, person: i64, runs: &mut [Run]) -> Result<()> {
        self.raw.clear();
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
                run.row = end;
                if end == run.page.rows() && !run.turn_page()? {
                    break;
                }
            }
            contributors += usize::from(contributed);
        }
        self.is_sorted_used = contributors > 1;
        if self.is_sorted_used { self.sort(runs) } else { Ok(()) }
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
    fn clear(&mut self) {
        self.times.clear();
        self.acts.clear();
        self.values.clear();
        self.codes.resize_with(Column::ALL.len(), Vec::new);
        self.codes.iter_mut().for_each(Vec::clear);
        self.length = 0;
    }

    fn append(&mut self, run: &Run, end: usize) {
        let rows = run.row..end;
        let page = &run.page;
        self.length += rows.len();
        extend(&mut self.times, &page.times, &rows);
        extend(&mut self.acts, &page.acts, &rows);
        extend(&mut self.values, &page.values, &rows);
        for (mine, theirs) in self.codes.iter_mut().zip(&page.codes) {
            extend(mine, theirs, &rows);
        }
    }

    fn take(&mut self, from: &Self, order: &[usize]) {
        self.clear();
        self.length = order.len();
        pick(&mut self.times, &from.times, order);
        pick(&mut self.acts, &from.acts, order);
        pick(&mut self.values, &from.values, order);
        for (mine, theirs) in self.codes.iter_mut().zip(&from.codes) {
            pick(mine, theirs, order);
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
