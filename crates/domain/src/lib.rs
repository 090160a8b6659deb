//! The words of Longplay as types: who did what, when, with which piece, and what the owner wants of it.
//!
//! Everything the outside says arrives as a [`Claim`]; [`Gate::admit`] is the one gate that turns it into an [`Event`] or
//! a [`Refusal`] from a closed list. Nothing here knows files, sockets, columns, JSON text or logging.

#![doc = "\nDeliberately absent: async, I/O, Arrow, clocks (now is an argument), randomness."]

pub mod act;
pub mod admit;
pub mod advice;
pub mod claim;
pub mod event;
pub mod forgotten;
mod former;
pub mod goal;
pub mod link;
pub mod money;
pub mod month;
pub mod note;
pub mod person;
pub mod piece;
pub mod refusal;
pub mod regular;
pub mod rule;
pub mod sample;
pub mod time;

pub use act::{Act, Acts};
pub use admit::Gate;
pub use advice::Advice;
pub use claim::{Also, Amount, Claim, Mark, When};
pub use event::{Event, EventId};
pub use forgotten::Forgotten;
pub use former::FormerEvent;
pub use goal::{Goal, Renewal};
pub use link::{Evidence, Link};
pub use money::{Currency, Money};
pub use month::Month;
pub use note::{HitMark, HitNote};
pub use person::{Handle, PersonId, PersonKey};
pub use piece::Piece;
pub use refusal::{Field, Refusal};
pub use regular::RegularRule;
pub use rule::{Rule, RuleError, Verdict};
pub use sample::Sample;
pub use time::{Day, DayClock, Period, Time, Zone};
