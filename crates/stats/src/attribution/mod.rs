//! Credit: which channels and pieces stood on the way to a goal.
//!
//! Eight answers to one question, because there is no true one: rules that look at a position, Shapley values, and
//! the removal effect of a Markov chain. None of them is causal. Only touches that can be seen get credit; show their
//! spread ([`agreement()`]) and the share nobody saw beside it.

pub mod agreement;
pub mod bootstrap;
pub mod journey;
pub mod markov;
pub mod rules;
pub mod shapley;

pub use agreement::{Agreement, agreement};
pub use bootstrap::credit_intervals;
pub use journey::{Credits, Journey, Journeys};
pub use markov::{Markov, Routes, markov, markov_on};
pub use rules::{Rule, by_rule, influenced, shares};
pub use shapley::{shapley, shapley_by_position};
