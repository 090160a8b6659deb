//! Credit by position: first, last, last of our own, linear, U-shaped, decaying.
//!
//! Linear gives 1/m to each of m touches; position 40/20/40 (50/50 of two); decay 2^(−age/half-life). Each is a
//! convention, none is causal, and each flatters its own end of the journey: never show one alone.

use super::journey::{Credits, Journeys};

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
    let mut split = Vec::new();
    for journey in &journeys.rows {
        shares(rule, (&journey.touches, &journey.ages), &mut split);
        for (&channel, &share) in journey.touches.iter().zip(&split) {
            if share > 0.0 {
                credits.add(channel, share, journey);
            }
        }
    }
    credits
}

/// How one journey's goal is split over its touches, written to `split`; the shares add up to 1. `ages` (in days before
/// the goal) may be empty.
pub fn shares(rule: Rule<'_>, (touches, ages): (&[u32], &[f64]), split: &mut Vec<f64>) {
    split.clear();
    split.extend((0..touches.len()).map(|index| weight(rule, (touches, ages), index)));
    let whole: f64 = split.iter().sum();
    if whole > 0.0 {
        split.iter_mut().for_each(|share| *share /= whole);
    } else if let Some(last) = split.last_mut() {
        // Every touch is so old that its weight vanished: the latest is the least old.
        *last = 1.0;
    }
}

fn weight(rule: Rule<'_>, (touches, ages): (&[u32], &[f64]), index: usize) -> f64 {
    let last = touches.len() - 1;
    let is = |wanted: usize| f64::from(u8::from(index == wanted));
    match rule {
        Rule::First => is(0),
        Rule::Last => is(last),
        Rule::LastOf(ours) => {
            let own = |&touch: &u32| ours.get(touch as usize).copied().unwrap_or(false);
            is(touches.iter().rposition(own).unwrap_or(last))
        }
        Rule::Linear => 1.0,
        Rule::Position if last <= 1 => 1.0,
        Rule::Position if index == 0 || index == last => 0.4,
        Rule::Position => 0.2 / (last as f64 - 1.0),
        Rule::TimeDecay { half_life_days } if !ages.is_empty() && half_life_days > 0.0 => {
            (-ages[index] / half_life_days).exp2()
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
