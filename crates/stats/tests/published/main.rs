//! Every number that a paper, a package or an independent computation gives for our models, by paper and table.

#![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping, in its helpers too")]

mod attribution;
mod audit;
mod btyd_fits;
mod btyd_values;
mod cascades;
mod counts;
mod durability_and_plan;
mod impact;
mod rates;
mod shared_data;
mod spikes;
mod survival;
