//! Spikes: which days stood out, what shape the peak had, and what stayed.

mod bursts;
mod detector;
mod hawkes;
mod history;
mod shape;
mod virality;

pub use bursts::{Burst, RaisedPeriods, event_bursts, raised_periods};
pub use detector::{DayCount, DayVerdict, Episode, LevelShift, Scan, SpikeDetector};
pub use hawkes::{Hawkes, PowerLawMemory, SelfExciting};
pub use shape::{Floor, Reading, Shape, evergreen_floor, excess_half_life, shape, shape_around};
pub use virality::structural_virality;
