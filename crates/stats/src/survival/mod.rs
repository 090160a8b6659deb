//! Time until something happens, when for many it has not happened yet.
//!
//! Who has not come back by today is not lost, only not yet seen; counting them as lost makes every young cohort look
//! bad. Everything here takes [`Duration`]s: a time, whether it ended in the event, and a weight.

pub mod cox;
pub mod cox_cure;
pub mod cure;
pub mod duration;
pub mod hazard;
pub mod kaplan_meier;
pub mod log_rank;
pub mod weibull;

pub use cox::Cox;
pub use cox_cure::{CoxCure, CureRows};
pub use cure::{CureVerdict, ExponentialCure, WeibullCure};
pub use duration::Duration;
pub use hazard::daily_hazard;
pub use kaplan_meier::{KaplanMeier, Step};
pub use log_rank::{LogRank, log_rank};
pub use weibull::Weibull;
