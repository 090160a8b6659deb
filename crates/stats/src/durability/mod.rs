//! Durability: a lasting catalogue, or a one-hit wonder?

pub mod concentration;
mod crowd;
pub mod index;
pub mod parts;

pub use concentration::{Concentration, concentration};
pub use index::{
    Audience, Durability, DurabilityVerdict, Factors, PEOPLE_LEAST, PIECES_LEAST, PersonPiece, durability,
    durability_and_parts,
};
pub use parts::{Parts, parts};
