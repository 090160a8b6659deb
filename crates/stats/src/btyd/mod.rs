//! Customer-base models: who is still there, and how much they will do.
//!
//! "Buy till you die": people act at their own rate until they drop out unseen; the rates and the drop-out differ
//! between people. Which fits what: purchases and downloads at irregular times, [`MbgNbd`] (a one-time buyer may be
//! gone), with [`BgNbd`] and [`ParetoNbd`] as cross-checks; attention with natural opportunities, [`BgBb`];
//! clockwork, [`MbgCnbd`]; no visible drop-out, [`Nbd`]; contracts, [`Sbg`] and [`Bdw`], picked by [`Contract`]; spend per order,
//! [`GammaGamma`]. Each is one file: likelihood, fit, presence, expectations. [`choose`] picks among the purchase
//! models.

pub mod bdw;
pub mod bg_bb;
pub mod bg_nbd;
pub mod choice;
pub mod contract;
pub mod evidence;
pub mod gamma_gamma;
pub mod mbg_cnbd;
pub mod mbg_nbd;
pub mod nbd;
pub mod pareto_nbd;
pub mod recurring;
pub mod sbg;

pub use bdw::Bdw;
pub use bg_bb::{BgBb, Opportunities};
pub use bg_nbd::BgNbd;
pub use choice::{Choice, ChoiceReason, DropOut, choose, drop_out_shows};
pub use contract::Contract;
pub use evidence::{Condensed, Evidence};
pub use gamma_gamma::{GammaGamma, Spend};
pub use mbg_cnbd::{MbgCnbd, MbgCnbdFitted, regularity};
pub use mbg_nbd::MbgNbd;
pub use nbd::Nbd;
pub use pareto_nbd::ParetoNbd;
pub use recurring::Recurring;
pub use sbg::{Sbg, Survivors};
