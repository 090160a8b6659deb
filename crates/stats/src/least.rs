//! How much a model must have seen before its intervals are given: the “too early” of every estimate.
//!
//! Measured, not guessed: from these sizes on nominal 90 % intervals held 88 to 92 % of simulated truths
//! (`docs/methods/coverage.md`, written by `cargo xtask coverage`, which leaves out what is too early by the same
//! numbers). Values without an interval may be shown below them; an interval may not.

/// People for the NBD and the BG/NBD.
pub const PEOPLE_BG_NBD: f64 = 200.0;
/// People for the Pareto/NBD: of 500 its intervals of presence held 87 % only.
pub const PEOPLE_PARETO_NBD: f64 = 1_000.0;
/// People for the MBG/NBD and the MBG/CNBD-k: where a one-time buyer may be gone, presence is told by others only.
pub const PEOPLE_MBG_NBD: f64 = 2_000.0;
/// Of them, people who came back at all.
pub const PEOPLE_WHO_CAME_BACK: f64 = 50.0;
/// People for the BG/BB.
pub const PEOPLE_BG_BB: f64 = 200.0;
/// People with a repeat order for the Gamma–Gamma.
pub const PEOPLE_GAMMA_GAMMA: f64 = 50.0;
/// Contracts of a cohort for the sBG.
pub const CONTRACTS: f64 = 100.0;
/// Contracts of a cohort for the BdW, whose third parameter few tell apart: of 100 its intervals held 84 % only, of 300
/// 87.
pub const CONTRACTS_BDW: f64 = 500.0;
/// People under a Kaplan–Meier curve.
pub const PEOPLE_UNDER_A_CURVE: f64 = 30.0;
/// Events for the Weibull and the Weibull cure.
pub const EVENTS_WEIBULL: f64 = 20.0;
/// Conversions for credit with intervals.
pub const CONVERSIONS_CREDITED: f64 = 30.0;
/// Items for rates drawn towards each other.
pub const ITEMS_POOLED: usize = 5;
