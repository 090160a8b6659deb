//! Credit by position: first, last, last of our own, linear, U-shaped, decaying.
//!
//! Linear gives 1/m to each of m touches; position 40/20/40 (50/50 of two); decay 2^(−age/half-life). Each is a
//! convention, none is causal, and each flatters its own end of the journey: never show one alone.

use super::journey::{Credits, Journey, Journeys};

/// A rule that splits one conversion over the touches before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule<'a> {
    /// All to the first touch. Flatters what is seen early by everybody; not for the question who closed.
    First,
    /// All to the last touch. Flatters the page on which people buy.
    Last,
    /// The last touch among these channels (the owner's own pieces); the last touch where there is none.
    LastOf(&'a [bool]),
    /// Equally to every touch, 1/m of m, repeats counted.
    Linear,
    /// 40 % first, 40 % last, 20 % over those between; 50/50 for two.
    Position,
    /// Halves per touch from the end; for when only the order is known.
    DecayByPosition,
    /// Halves every so many days before the goal; by position where a journey has no ages.
    TimeDecay {
        /// The age at which a touch counts half, in days.
        half_life_days: f64,
    },
}

/// Credits by one rule.
pub fn by_rule(journeys: &Journeys, rule: Rule<'_>) -> Credits {
    let mut credits = Credits::none(journeys.channels);
    let mut weights = Vec::new();
    for journey in &journeys.rows {
        weights.clear();
        weights.extend((0..journey.touches.len()).map(|index| weight(rule, journey, index)));
        let whole: f64 = weights.iter().sum();
        if whole > 0.0 {
            for (&channel, weight) in journey.touches.iter().zip(&weights) {
                credits.add(channel, weight / whole, journey);
            }
        } else {
            // Every touch is so old that its weight vanished: the latest is the least old.
            credits.add(journey.touches[journey.touches.len() - 1], 1.0, journey);
        }
    }
    credits
}

fn weight(rule: Rule<'_>, journey: &Journey, index: usize) -> f64 {
    let last = journey.touches.len() - 1;
    let is = |wanted: usize| f64::from(u8::from(index == wanted));
    match rule {
        Rule::First => is(0),
        Rule::Last => is(last),
        Rule::LastOf(ours) => {
            let own = |&touch: &u32| ours.get(touch as usize).copied().unwrap_or(false);
            is(journey.touches.iter().rposition(own).unwrap_or(last))
        }
        Rule::Linear => 1.0,
        Rule::Position if last <= 1 => 1.0,
        Rule::Position if index == 0 || index == last => 0.4,
        Rule::Position => 0.2 / (last as f64 - 1.0),
        Rule::TimeDecay { half_life_days } if !journey.ages.is_empty() && half_life_days > 0.0 => {
            (-journey.ages[index] / half_life_days).exp2()
        }
        Rule::DecayByPosition | Rule::TimeDecay { .. } => (-((last - index) as f64)).exp2(),
    }
}

/// Conversions whose journey contains the channel at all. Sums to more than all of them; say so.
pub fn influenced(journeys: &Journeys) -> Credits {
    let mut credits = Credits::none(journeys.channels);
    let mut seen = Vec::new();
    for journey in &journeys.rows {
        seen.clear();
        seen.extend_from_slice(&journey.touches);
        seen.sort_unstable();
        seen.dedup();
        seen.iter().for_each(|&channel| credits.add(channel, 1.0, journey));
    }
    credits
}
