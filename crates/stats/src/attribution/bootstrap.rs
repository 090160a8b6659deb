//! Intervals of credits: the same method over bootstrap samples of people.
//!
//! Each person counts Poisson(1) times (a bootstrap that needs no total); a row of many people alike counts as many
//! Poisson draws as its people.

use super::journey::{Credits, Journeys};
use crate::Estimate;
use crate::fitted::{Bootstrap, interval_of_draws};
use crate::random::Draws;

/// Conversions credited to each channel by `method`, with intervals over people. Draws in which the method has no answer
/// are left out; `None` when fewer than nine of ten have one.
pub fn credit_intervals(
    journeys: &Journeys,
    level: f64,
    bootstrap: Bootstrap,
    method: impl Fn(&Journeys) -> Option<Credits>,
) -> Option<Vec<Estimate>> {
    let whole = method(journeys)?;
    let mut drawn = journeys.clone();
    let samples: Vec<Credits> = (0..bootstrap.count)
        .filter_map(|index| {
            draw(journeys, &mut drawn, &mut Draws::new(bootstrap.seed, index as u64));
            method(&drawn)
        })
        .collect();
    if samples.len() * 10 < bootstrap.count * 9 || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let n = journeys.conversions().round() as u64;
    (0..journeys.channels)
        .map(|channel| {
            let mut values: Vec<f64> = samples.iter().map(|credits| credits.conversions[channel]).collect();
            values.sort_unstable_by(f64::total_cmp);
            let value = whole.conversions[channel];
            let (low, high) = interval_of_draws(&values, level)?;
            let (low, high) = (low.min(value), high.max(value));
            Some(Estimate {
                value,
                low,
                high,
                n,
                level,
            })
        })
        .collect()
}

/// Draws the people of all journeys again, into the same journeys with other numbers.
fn draw(journeys: &Journeys, drawn: &mut Journeys, draws: &mut Draws) {
    let (converted, others) = journeys.stand_for;
    for (journey, drawn) in journeys.rows.iter().zip(&mut drawn.rows) {
        drawn.conversions = draws.poisson(journey.conversions / converted) as f64 * converted;
        drawn.nulls = draws.poisson(journey.nulls / others) as f64 * others;
        let worth = if journey.conversions > 0.0 {
            journey.value / journey.conversions
        } else {
            0.0
        };
        drawn.value = worth * drawn.conversions;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::{Journey, Rule, by_rule};

    /// 400 people told whole, and as a sample of 40 who stand for ten each: the same credit, √10 times as wide.
    #[test]
    fn a_sample_says_the_same_less_surely() {
        let row = |channel: u32, conversions: f64| Journey {
            touches: vec![channel],
            ages: vec![],
            conversions,
            value: 0.0,
            nulls: 0.0,
        };
        let whole = Journeys::new(vec![row(0, 300.0), row(1, 100.0)], 2).unwrap();
        let sample = Journeys::new(vec![row(0, 30.0), row(1, 10.0)], 2).unwrap();
        let told = |journeys: &Journeys| {
            let last = |journeys: &Journeys| Some(by_rule(journeys, Rule::Last));
            credit_intervals(journeys, 0.9, Bootstrap::default(), last).unwrap()
        };
        let (whole, sample) = (told(&whole), told(&sample.standing_for(10.0, 1.0)));
        assert_eq!((whole[0].value, whole[1].value), (sample[0].value, sample[1].value));
        let wider = sample[0].width() / whole[0].width();
        assert!((2.6..3.8).contains(&wider), "{wider}");
    }
}
