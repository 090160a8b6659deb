//! The removal effect in a Markov chain of whole journeys: of those who reached the goal and of those who did not.
//!
//! The chain tells a limited number of labels apart, those met before most conversions; the others are one state of it.

use std::sync::Arc;

use longplay_stats::{
    Bootstrap, Estimate,
    attribution::{Journey, Journeys, Routes, credit_intervals, markov_on},
};
use longplay_store::Code;

use super::tally::{DRAWS, SEED};
use crate::{
    folds::{Map, Paths, Sample},
    memory::{Given, Memory},
};

/// Labels the chain tells apart.
pub const STATES_MAX: usize = 60;

/// What the chain credits to each of `places`, in their order, and then to all others together; `None` where it says
/// nothing.
pub fn estimates(paths: &Paths, places: &Map<Code, u32>, level: f64, memory: &Memory) -> Arc<Option<Vec<Estimate>>> {
    let Ok(rest) = u32::try_from(places.len()) else {
        return Arc::new(None);
    };
    let journeys = |sample: &Sample, is_converted: bool| -> Vec<Journey> {
        let number = |code| places.get(&code).copied().unwrap_or(rest);
        let condensed = sample.condensed(number).into_iter();
        let row = |(touches, people): (Vec<u32>, u64)| {
            let people = people as f64;
            let (conversions, nulls) = if is_converted { (people, 0.0) } else { (0.0, people) };
            Journey {
                touches,
                ages: Vec::new(),
                conversions,
                value: 0.0,
                nulls,
            }
        };
        condensed.map(row).collect()
    };
    let mut rows = journeys(&paths.converted, true);
    rows.extend(journeys(&paths.others, false));
    let stands_for = [paths.converted.stands_for(), paths.others.stands_for()];
    let given = Given::of("chain").and_real(level).and(u64::from(rest));
    let given = stands_for.into_iter().fold(given, Given::and_real);
    let given = rows.iter().fold(given, |given, row| {
        let touches = row.touches.iter().map(|&touch| [u64::from(touch)]);
        given.and_real(row.conversions).and_real(row.nulls).and_each(touches)
    });
    memory.recall(given, || chained(rows, rest, stands_for, level))
}

/// The same of whole journeys among so many labels and the others, of people who stand for so many each.
fn chained(rows: Vec<Journey>, rest: u32, stands_for: [f64; 2], level: f64) -> Option<Vec<Estimate>> {
    let whole = Journeys::new(rows, rest as usize + 1)
        .ok()?
        .standing_for(stands_for[0], stands_for[1]);
    let bootstrap = Bootstrap {
        count: DRAWS,
        seed: SEED + 100,
    };
    let routes = Routes::new(&whole, 1).ok()?;
    credit_intervals(&whole, level, bootstrap, |journeys| {
        markov_on(&routes, journeys).ok().map(|chain| chain.credits)
    })
}
