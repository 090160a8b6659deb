//! Rows out of the workspace as CSV, JSON Lines or Parquet. What the rows are stands in one file each.

pub mod answers;
pub mod events;
pub mod recurrence;
mod sheet;
mod target;

pub use sheet::{Shape, Sheet};
