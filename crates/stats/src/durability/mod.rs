//! Durability: a lasting catalogue, or a one-hit wonder?

mod concentration;
mod index;

pub use concentration::{Concentration, concentration};
pub use index::{Audience, Durability, DurabilityVerdict, Factors, PersonPiece, durability};
