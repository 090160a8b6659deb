//! Longplay's statistics: every model the product's answers rest on, pure and deterministic.
//!
//! This crate knows no people, files, clocks or threads. A model takes plain weighted rows and gives back values with
//! their intervals; randomness comes in as a seed. Each file is one method, with its equation and paper on top, and its
//! tests carry the name of the table they reproduce. What must stay true: no rate leaves without an interval and an `n`
//! ([`Estimate`]), no input makes it panic, hang or answer NaN, and the order of the rows changes no digit that is
//! shown.

#![warn(missing_docs)]

pub mod attribution;
pub mod audit;
pub mod bandit;
pub mod btyd;
pub mod durability;
mod estimate;
mod fitted;
mod gradient;
pub mod impact;
pub mod least;
mod linear;
mod optimise;
pub mod random;
pub mod rates;
pub mod special;
pub mod spikes;
pub mod survival;

pub use estimate::Estimate;
pub use fitted::{Bootstrap, FitError, FitWarning, Fitted, Parameters};
