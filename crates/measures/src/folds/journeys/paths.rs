//! The people who reached one goal: what every rule credits to every label, and a sample of whole journeys.
//!
//! Credit is kept in 2³²nds of a person, so that sums are the same in any order. Beside each sum stand the people behind
//! it, grouped by the size of their share, so that an interval can be drawn over people without anybody's journey.

use longplay_stats::attribution::{Rule, shares};
use longplay_store::{Code, Column, History, NONE};

use super::{sample::Sample, walk::Walk};
use crate::folds::Map;

/// One whole conversion.
pub const WHOLE: f64 = (1_u64 << 32) as f64;
/// After so many days a touch counts half (models §5).
const HALF_LIFE_DAYS: f64 = 7.0;
const MICROS_PER_DAY: f64 = 86_400e6;
/// Sizes of shares, four to each halving.
const SIZES: f64 = 60.0;

/// How the goals of people are credited to what they met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    First,
    Last,
    LastPost,
    Linear,
    TimeDecay,
    Position,
    Shapley,
    Influenced,
}

impl Method {
    pub const ALL: [Self; 8] = [
        Self::First,
        Self::Last,
        Self::LastPost,
        Self::Linear,
        Self::TimeDecay,
        Self::Position,
        Self::Shapley,
        Self::Influenced,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
            Self::LastPost => "last_post",
            Self::Linear => "linear",
            Self::TimeDecay => "time_decay",
            Self::Position => "position",
            Self::Shapley => "shapley",
            Self::Influenced => "influenced",
        }
    }

    /// How it splits a goal over the touches before it, where it looks at touches.
    const fn rule(self) -> Option<Rule<'static>> {
        match self {
            Self::First => Some(Rule::First),
            Self::Last | Self::LastPost => Some(Rule::Last),
            Self::Linear => Some(Rule::Linear),
            Self::TimeDecay => Some(Rule::TimeDecay {
                half_life_days: HALF_LIFE_DAYS,
            }),
            Self::Position => Some(Rule::Position),
            Self::Shapley | Self::Influenced => None,
        }
    }
}

/// People who each give a label about as much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub people: u32,
    /// What they give together, in 2³²nds.
    pub sum: u64,
}

/// How people came to one goal.
#[derive(Debug, Default)]
pub struct Paths {
    /// People who reached it in the period.
    pub conversions: u64,
    /// Those of them before whose goal nothing is known.
    pub unseen: u64,
    /// Those of them with a single touch, on which all methods agree.
    pub lone: u64,
    shares: Map<(Code, Method, u8), Share>,
    /// By currency and label: what their conversions were worth by each method, in 2³²nds of a minor unit.
    worth: Map<(Code, Code), [i128; Method::ALL.len()]>,
    /// Those who reached it after something that is known.
    pub converted: Sample,
    /// Those who never reached it.
    pub others: Sample,
}

impl Paths {
    /// Somebody whose touches `walk` has just read reached the goal with that event.
    pub fn convert(&mut self, walk: &mut Walk, rank: u64, history: &History<'_>, event: usize) {
        self.conversions += 1;
        let currency = history.codes(Column::Currency)[event];
        let money = (currency != NONE).then(|| (currency, i128::from(history.values[event])));
        if walk.labels.is_empty() {
            self.unseen += 1;
            if let Some(money) = money {
                self.value(money, NONE, [WHOLE as u64; Method::ALL.len()]);
            }
            return;
        }
        self.lone += u64::from(walk.labels.len() == 1);
        let splits = splits(walk);
        let mut parts: Vec<(Code, usize, f64)> = Vec::with_capacity(walk.labels.len());
        for (touch, label) in walk.labels.iter().enumerate() {
            let under = walk.counts_under(label);
            let part = 1.0 / under.len() as f64;
            parts.extend(under.iter().map(|&code| (code, touch, part)));
        }
        parts.sort_unstable_by_key(|&(code, touch, _)| (code, touch));
        let distinct = parts.chunk_by(|one, other| one.0 == other.0).count() as f64;
        for touches in parts.chunk_by(|one, other| one.0 == other.0) {
            let label = touches[0].0;
            let credit = Method::ALL.map(|method| {
                let share = match method {
                    Method::Influenced => 1.0,
                    // The closed form of the Shapley value: equal shares of what is distinct.
                    Method::Shapley => 1.0 / distinct,
                    _ => {
                        let split = &splits[method as usize];
                        touches.iter().map(|&(_, touch, part)| split[touch] * part).sum()
                    }
                };
                (share * WHOLE).round() as u64
            });
            self.credit(label, &credit);
            if let Some(money) = money {
                self.value(money, label, credit);
            }
        }
        if self.converted.counts(rank) {
            self.converted.keep(rank, walk.states());
        }
    }

    fn credit(&mut self, label: Code, credit: &[u64; Method::ALL.len()]) {
        for (method, &sum) in Method::ALL.into_iter().zip(credit).filter(|(_, sum)| **sum > 0) {
            let size = (-4.0 * (sum as f64 / WHOLE).log2()).round().clamp(0.0, SIZES) as u8;
            let share = self.shares.entry((label, method, size)).or_default();
            share.people += 1;
            share.sum += sum;
        }
    }

    fn value(&mut self, (currency, minor): (Code, i128), label: Code, credit: [u64; Method::ALL.len()]) {
        let worth = self.worth.entry((currency, label)).or_default();
        worth
            .iter_mut()
            .zip(credit)
            .for_each(|(worth, share)| *worth += minor * i128::from(share));
    }

    pub fn merge(&mut self, other: Self) {
        self.conversions += other.conversions;
        self.unseen += other.unseen;
        self.lone += other.lone;
        for (key, theirs) in other.shares {
            let mine = self.shares.entry(key).or_default();
            mine.people += theirs.people;
            mine.sum += theirs.sum;
        }
        for (key, theirs) in other.worth {
            let mine = self.worth.entry(key).or_default();
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
        self.converted.merge(other.converted);
        self.others.merge(other.others);
    }

    /// Who gives how much to which label by which method, in no particular order.
    pub fn shares(&self) -> impl Iterator<Item = (Code, Method, Share)> {
        self.shares
            .iter()
            .map(|(&(label, method, _), &share)| (label, method, share))
    }

    /// (currency, label, by method in 2³²nds of a minor unit), in no particular order; the label of what is not known is
    /// [`NONE`].
    pub fn worth(&self) -> impl Iterator<Item = (Code, Code, &[i128; Method::ALL.len()])> {
        self.worth
            .iter()
            .map(|(&(currency, label), worth)| (currency, label, worth))
    }
}

/// How each method splits one goal over the touches; empty for methods that don't look at touches.
fn splits(walk: &Walk) -> [Vec<f64>; Method::ALL.len()] {
    let last = walk.labels.len() - 1;
    // Ages count from the last touch: the proportions are the same, and an old journey keeps them.
    let age = |&time: &i64| walk.times[last].abs_diff(time) as f64 / MICROS_PER_DAY;
    let ages: Vec<f64> = walk.times.iter().map(age).collect();
    Method::ALL.map(|method| {
        let mut split = Vec::new();
        if let Some(rule) = method.rule() {
            let until = match method {
                // The rest comes after the last piece of the owner's own, and gets nothing.
                Method::LastPost => walk.own.unwrap_or(last),
                _ => last,
            };
            shares(rule, (&walk.labels[..=until], &ages[..=until]), &mut split);
            split.resize(last + 1, 0.0);
        }
        split
    })
}
