//! The language in which an owner says which people: the ideal audience, and segments of people saved under a name.
//!
//! `country in (AT, DE) and (did purchased or trait role contains "buyer")`. A rule is conditions about one person, joined by
//! `and`, `or`, `not` and parentheses. It is judged in three values, because a country that nobody stated is not another
//! country: [`Verdict`]. What each condition means stands in `docs/rules.md`, which the tests read.
//!
//! What must stay true: every rule writes itself in one form that reads back as the same rule; a text that is no rule gives an
//! error that points at the word and says what would be right; no text makes the parser panic or recurse without limit.

mod condition;
mod error;
mod lex;
mod parse;
#[cfg(test)]
mod tests;
mod tree;
mod verdict;
mod write;

pub use condition::{Comparison, Condition, Deed, Of, On, Place, SeenTest, Test, TraitTest, Which};
pub use error::RuleError;
pub use tree::Tree;
pub use verdict::Verdict;

/// Conditions joined by and, or and not.
pub type Rule = Tree<Condition>;

/// Longest rule, in bytes.
pub const BYTES_MAX: usize = 4_096;
/// Most parentheses and nots inside each other.
pub const DEPTH_MAX: usize = 32;
/// Most conditions in one rule.
pub const CONDITIONS_MAX: usize = 256;

impl std::str::FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        parse::rule(text)
    }
}
