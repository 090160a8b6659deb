//! How one goal is split over the touches before it, by every rule at once.

use longplay_stats::attribution::{Rule, shares};
use longplay_store::Code;

use super::{
    paths::{Method, WHOLE},
    walk::Walk,
};

/// After so many days a touch counts half (models §5).
const HALF_LIFE_DAYS: f64 = 7.0;
const MICROS_PER_DAY: f64 = 86_400e6;

/// What each rule gives, in the order of [`Method::ALL`], in 2³²nds.
pub type Credit = [u64; Method::ALL.len()];

/// Splits goals; keeps its room from goal to goal.
#[derive(Debug, Default)]
pub struct Split {
    ages: Vec<f64>,
    /// By method, then by touch; empty for methods that don't look at touches.
    splits: [Vec<f64>; Method::ALL.len()],
    /// Label, touch, and the part of the touch that is the label's.
    parts: Vec<(Code, usize, f64)>,
}

impl Split {
    /// Shows every label that was touched on the way, with what each rule gives it.
    pub fn each(&mut self, walk: &Walk, mut see: impl FnMut(Code, &Credit)) {
        if let [label] = walk.labels.as_slice()
            && let [under] = walk.counts_under(label)
        {
            // All rules agree on a single touch.
            return see(*under, &[WHOLE as u64; Method::ALL.len()]);
        }
        self.touches(walk);
        self.parts.clear();
        for (touch, label) in walk.labels.iter().enumerate() {
            let under = walk.counts_under(label);
            let part = 1.0 / under.len() as f64;
            self.parts.extend(under.iter().map(|&code| (code, touch, part)));
        }
        self.parts.sort_unstable_by_key(|&(code, touch, _)| (code, touch));
        let by_label = || self.parts.chunk_by(|one, other| one.0 == other.0);
        let distinct = by_label().count() as f64;
        for touches in by_label() {
            let credit = Method::ALL.map(|method| {
                let share = match method {
                    Method::Influenced => 1.0,
                    // The closed form of the Shapley value: equal shares of what is distinct.
                    Method::Shapley => 1.0 / distinct,
                    _ => {
                        let split = &self.splits[method as usize];
                        touches.iter().map(|&(_, touch, part)| split[touch] * part).sum()
                    }
                };
                (share * WHOLE).round() as u64
            });
            see(touches[0].0, &credit);
        }
    }

    /// How each method splits the goal over the touches.
    fn touches(&mut self, walk: &Walk) {
        let last = walk.labels.len() - 1;
        // Ages count from the last touch: the proportions are the same, and an old journey keeps them.
        let age = |&time: &i64| walk.times[last].abs_diff(time) as f64 / MICROS_PER_DAY;
        self.ages.clear();
        self.ages.extend(walk.times.iter().map(age));
        for (method, split) in Method::ALL.into_iter().zip(&mut self.splits) {
            let Some(rule) = rule(method) else { continue };
            let until = match method {
                // The rest comes after the last piece of the owner's own, and gets nothing.
                Method::LastPost => walk.own.unwrap_or(last),
                _ => last,
            };
            shares(rule, (&walk.labels[..=until], &self.ages[..=until]), split);
            split.resize(last + 1, 0.0);
        }
    }
}

/// How a method splits a goal over the touches before it, where it looks at touches.
const fn rule(method: Method) -> Option<Rule<'static>> {
    match method {
        Method::First => Some(Rule::First),
        Method::Last | Method::LastPost => Some(Rule::Last),
        Method::Linear => Some(Rule::Linear),
        Method::TimeDecay => Some(Rule::TimeDecay {
            half_life_days: HALF_LIFE_DAYS,
        }),
        Method::Position => Some(Rule::Position),
        Method::Shapley | Method::Influenced => None,
    }
}
