//! And, or and not over conditions of any kind: those an owner wrote, or the same ones made ready for a pass.

use super::Verdict;

/// A rule over conditions `C`. An `All` holds no `All` and an `Any` no `Any`, and both at least two: [`Tree::and`] and
/// [`Tree::or`] see to it, so that a rule has one shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree<C> {
    Is(C),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl<C> Tree<C> {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let parts = |tree| match tree {
            Self::All(parts) => parts,
            single => vec![single],
        };
        let mut all = parts(self);
        all.extend(parts(other));
        Self::All(all)
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let parts = |tree| match tree {
            Self::Any(parts) => parts,
            single => vec![single],
        };
        let mut any = parts(self);
        any.extend(parts(other));
        Self::Any(any)
    }

    /// What the rule says when `judge` says it of a condition. Asks no more conditions than settle it.
    #[inline]
    pub fn judge(&self, judge: &mut impl FnMut(&C) -> Verdict) -> Verdict {
        match self {
            Self::Is(condition) => judge(condition),
            Self::Not(rule) => !rule.judge(judge),
            Self::All(rules) => {
                let mut verdict = Verdict::Yes;
                for rule in rules {
                    verdict = verdict.and(rule.judge(judge));
                    if verdict == Verdict::No {
                        break;
                    }
                }
                verdict
            }
            Self::Any(rules) => {
                let mut verdict = Verdict::No;
                for rule in rules {
                    verdict = verdict.or(rule.judge(judge));
                    if verdict == Verdict::Yes {
                        break;
                    }
                }
                verdict
            }
        }
    }

    /// Every condition, in the order in which they are written.
    pub fn conditions(&self) -> Vec<&C> {
        match self {
            Self::Is(condition) => vec![condition],
            Self::Not(rule) => rule.conditions(),
            Self::All(rules) | Self::Any(rules) => rules.iter().flat_map(Self::conditions).collect(),
        }
    }

    /// The same rule over other conditions.
    pub fn map<D>(&self, change: &mut impl FnMut(&C) -> D) -> Tree<D> {
        match self {
            Self::Is(condition) => Tree::Is(change(condition)),
            Self::Not(rule) => Tree::Not(Box::new(rule.map(change))),
            Self::All(rules) => Tree::All(rules.iter().map(|rule| rule.map(change)).collect()),
            Self::Any(rules) => Tree::Any(rules.iter().map(|rule| rule.map(change)).collect()),
        }
    }
}

impl<C> std::ops::Not for Tree<C> {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}
