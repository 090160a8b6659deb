//! Spikes: which days stood out, what shape the peak had, and what stayed.

pub mod bursts;
pub mod cascade;
pub mod detector;
pub mod floor_lift;
pub mod hawkes;
mod history;
pub mod shape;
pub mod virality;

pub use bursts::{Burst, RaisedPeriods, event_bursts, raised_periods};
pub use cascade::{Forecast, Sharer, cascade_forecast};
pub use detector::{DayCount, DayVerdict, Episode, LevelShift, Scan, SpikeDetector};
pub use floor_lift::floor_lift;
pub use hawkes::{Hawkes, PowerLawMemory, SelfExciting};
pub use shape::{Floor, Reading, Shape, evergreen_floor, excess_half_life, shape, shape_around};
pub use virality::structural_virality;
