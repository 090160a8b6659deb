//! Rates on counts: what share did, and how sure can so few tell.

mod jeffreys;

pub use jeffreys::jeffreys;
