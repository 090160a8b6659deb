//! Lift: did the hit cause growth? A goal series against what it would have been.
//!
//! The ladder of honesty: tested (a holdout) above compared with controls, above compared with one's own past. The
//! outcome is a durable one (new regulars, subscribers, revenue), never the views of the same piece. Say so when it
//! applies: the hit and a launch fell together; controls share the audience; the season was seen once; the piece was
//! posted because things were growing; after a record day things fall by themselves; tracking changed.

mod centre;
pub mod counterfactual;
pub mod difference;
pub mod excess;
mod forecast;
pub mod local_level;
pub mod regression;

pub use counterfactual::{Impact, ImpactVerdict, Series, impact};
pub use difference::{Panel, StaggeredEffects, Unit, staggered};
pub use excess::{Excess, WeekdayCount, excess};
pub use local_level::LocalLevel;
pub use regression::{Regression, regress};
