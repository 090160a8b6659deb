//! Whole worlds with a known truth, taken in and asked everything through the built binary.
//!
//! `UPDATE_WORLDS=1 cargo test -p longplay --test worlds` keeps the answers as they are now: review them against the truths in
//! `crates/testkit/src/worlds` first. Whether intervals hold those truths over seeds, and whether every sentence can be
//! believed, is tested in `crates/measures/tests/worlds`.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod asked;
mod kept;
mod printed;
#[path = "../program/mod.rs"]
mod program;
