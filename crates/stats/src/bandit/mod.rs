//! What next: which arm (topic, format, channel) to try, how sure that is, and what a try would teach.
//!
//! Past pieces differ in date and in the platform's mood, and the newest have not matured: list those as too early.

pub mod arms;
pub mod choice;
pub mod gradient;
pub mod response;

pub use arms::{Effort, Response as ArmResponse};
pub use choice::{Arm, Plan, expected_loss, explore_share, p_best, p_greater, plan};
pub use gradient::knowledge_gradient;
pub use response::{delayed_rate, maturity_sum};
