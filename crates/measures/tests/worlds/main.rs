//! Whole worlds with a known truth, asked in process: what must be true of every answer, and how every sentence must be written.
//!
//! `WORLD_SEEDS=40 cargo test --release -p longplay-measures --test worlds truths -- --nocapture` is the long run, with its table.
//! The answers themselves are kept in `crates/longplay/tests/worlds`.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod held;
mod later;
mod sentences;
mod truths;
