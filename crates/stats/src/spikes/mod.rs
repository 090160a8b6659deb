//! Spikes: which days stood out, what shape the peak had, and what stayed.

mod detector;
mod history;
mod shape;

pub use detector::{DayCount, DayVerdict, Episode, LevelShift, Scan, SpikeDetector};
pub use shape::{Floor, Reading, Shape, evergreen_floor, excess_half_life, shape, shape_around};
