//! What tests are made of: random audiences, worlds with a known truth, tiny ones worked out by hand, and a clock that stands still.
//!
//! A dev-dependency only; `cargo xtask tidy` fails when anything that ships uses it. Everything is seeded and reads no clock.

#![doc = "\nDeliberately absent: anything that computes an answer. What a test expects is written down, not derived."]

mod clock;
pub mod golden;
mod random;
mod row;
pub mod worlds;

pub use clock::FixedClock;
pub use random::RandomAudience;
pub use row::{Row, to_csv, to_jsonl};
