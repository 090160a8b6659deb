//! Durability: a lasting catalogue, or a one-hit wonder?

pub mod concentration;
pub mod index;

pub use concentration::{Concentration, concentration};
pub use index::{Audience, Durability, DurabilityVerdict, Factors, PersonPiece, durability};
