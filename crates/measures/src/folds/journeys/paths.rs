//! The people who reached one goal: what every rule credits to every label, and a sample of whole journeys.
//!
//! Credit is kept in 2³²nds of a person, so that sums are the same in any order. Beside each sum stand the people behind
//! it. Most journeys are a single touch, to which every rule gives all: those are counted once for all rules.

use longplay_store::{Code, Column, History, NONE};

use super::{
    sample::Sample,
    sizes::Sizes,
    split::{Credit, Split},
    walk::Walk,
};
use crate::folds::Map;

/// One whole conversion.
pub const WHOLE: f64 = (1_u64 << 32) as f64;

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
}

/// People who each give a label about as much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub people: u32,
    /// What they give together, in 2³²nds.
    pub sum: u64,
}

/// What is credited to one label.
#[derive(Debug, Default)]
struct Credited {
    /// People who gave it all of their goal, whatever the rule, and are not in the sizes yet.
    whole: u32,
    sizes: [Sizes; Method::ALL.len()],
}

impl Credited {
    #[inline]
    fn add(&mut self, credit: &Credit) {
        if credit.iter().all(|&sum| sum == WHOLE as u64) {
            self.whole += 1;
            return;
        }
        let sizes = self.sizes.iter_mut().zip(credit);
        sizes
            .filter(|(_, sum)| **sum > 0)
            .for_each(|(sizes, &sum)| sizes.add(sum));
    }

    fn finish(&mut self) {
        let whole = std::mem::take(&mut self.whole);
        if whole > 0 {
            self.sizes.iter_mut().for_each(|sizes| sizes.add_whole(whole));
        }
    }
}

/// By method, in 2³²nds of a minor unit.
type Worth = [i128; Method::ALL.len()];

/// What conversions were worth, and how many they were.
#[derive(Debug, Default)]
struct Worths {
    conversions: u64,
    by_method: Worth,
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
    credited: Map<Code, Credited>,
    /// By currency and label: what their conversions were worth by each method, in 2³²nds of a minor unit.
    worth: Map<(Code, Code), Worths>,
    split: Split,
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
                value(&mut self.worth, money, NONE, &[WHOLE as u64; Method::ALL.len()]);
            }
            return;
        }
        self.lone += u64::from(walk.labels.len() == 1);
        let Self {
            credited, worth, split, ..
        } = self;
        split.each(walk, |label, credit| {
            credited.entry(label).or_default().add(credit);
            if let Some(money) = money {
                value(worth, money, label, credit);
            }
        });
        if self.converted.counts(rank) {
            self.converted.keep(rank, walk.states());
        }
    }

    pub fn merge(&mut self, other: Self) {
        self.conversions += other.conversions;
        self.unseen += other.unseen;
        self.lone += other.lone;
        for (label, theirs) in other.credited {
            let mine = self.credited.entry(label).or_default();
            mine.whole += theirs.whole;
            let sizes = mine.sizes.iter_mut().zip(theirs.sizes);
            sizes.for_each(|(mine, theirs)| mine.merge(theirs));
        }
        for (key, theirs) in other.worth {
            let mine = self.worth.entry(key).or_default();
            mine.conversions += theirs.conversions;
            let worth = mine.by_method.iter_mut().zip(theirs.by_method);
            worth.for_each(|(mine, theirs)| *mine += theirs);
        }
        self.converted.merge(other.converted);
        self.others.merge(other.others);
    }

    /// Takes away people who came before; both are finished.
    pub fn take_away(&mut self, other: &Self) {
        self.conversions -= other.conversions;
        self.unseen -= other.unseen;
        self.lone -= other.lone;
        for (label, theirs) in &other.credited {
            if let Some(mine) = self.credited.get_mut(label) {
                let sizes = mine.sizes.iter_mut().zip(&theirs.sizes);
                sizes.for_each(|(mine, theirs)| mine.take_away(theirs));
            }
        }
        for (key, theirs) in &other.worth {
            if let Some(mine) = self.worth.get_mut(key) {
                mine.conversions -= theirs.conversions;
                let worth = mine.by_method.iter_mut().zip(theirs.by_method);
                worth.for_each(|(mine, theirs)| *mine -= theirs);
            }
        }
        self.worth.retain(|_, worth| worth.conversions > 0);
        self.converted.take_away(&other.converted);
        self.others.take_away(&other.others);
    }

    /// Whether nobody's journey is missing in the samples.
    pub fn is_whole(&self) -> bool {
        self.converted.is_whole() && self.others.is_whole()
    }

    /// Only then do the other methods tell everything.
    pub fn finish(&mut self) {
        self.credited.values_mut().for_each(Credited::finish);
        self.converted.finish();
        self.others.finish();
    }

    /// Who gives how much to which label by which method, in no particular order.
    pub fn shares(&self) -> impl Iterator<Item = (Code, Method, Share)> {
        self.credited.iter().flat_map(|(&label, credited)| {
            let sizes = Method::ALL.into_iter().zip(&credited.sizes);
            sizes.flat_map(move |(method, sizes)| sizes.iter().map(move |share| (label, method, share)))
        })
    }

    /// (currency, label, by method in 2³²nds of a minor unit), in no particular order; the label of what is not known is
    /// [`NONE`].
    pub fn worth(&self) -> impl Iterator<Item = (Code, Code, &Worth)> {
        self.worth
            .iter()
            .map(|(&(currency, label), worth)| (currency, label, &worth.by_method))
    }
}

fn value(worth: &mut Map<(Code, Code), Worths>, (currency, minor): (Code, i128), label: Code, credit: &Credit) {
    let worth = worth.entry((currency, label)).or_default();
    worth.conversions += 1;
    let shares = worth.by_method.iter_mut().zip(credit);
    shares.for_each(|(worth, &share)| *worth += minor * i128::from(share));
}
