//! The removal effect in a Markov chain of whole journeys: of those who reached the goal and of those who did not.
//!
//! The chain tells a limited number of labels apart, those met before most conversions; the others are one state of it.

use longplay_stats::{
    Bootstrap, Estimate,
    attribution::{Journey, Journeys, Routes, credit_intervals, markov_on},
};
use longplay_store::Code;

use super::tally::{DRAWS, SEED};
use crate::folds::{Map, Paths, Sample};

/// Labels the chain tells apart.
pub const STATES_MAX: usize = 60;

/// What the chain credits to each of `places`, in their order, and then to all others together; `None` where it says
/// nothing.
pub fn estimates(paths: &Paths, places: &Map<Code, u32>, level: f64) -> Option<Vec<Estimate>> {
    let rest = u32::try_from(places.len()).ok()?;
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
    let whole = Journeys::new(rows, places.len() + 1)
        .ok()?
        .standing_for(paths.converted.stands_for(), paths.others.stands_for());
    let bootstrap = Bootstrap {
        count: DRAWS,
        seed: SEED + 100,
    };
    let routes = Routes::new(&whole, 1).ok()?;
    credit_intervals(&whole, level, bootstrap, |journeys| {
        markov_on(&routes, journeys).ok().map(|chain| chain.credits)
    })
}
