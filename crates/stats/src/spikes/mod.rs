//! Spikes: which days stood out, what shape the peak had, and what stayed.

mod bursts;
mod cascade;
mod detector;
mod floor_lift;
mod hawkes;
mod history;
mod shape;
mod virality;

pub use bursts::{Burst, RaisedPeriods, event_bursts, raised_periods};
pub use cascade::{Forecast, Sharer, cascade_forecast};
pub use detector::{DayCount, DayVerdict, Episode, LevelShift, Scan, SpikeDetector};
pub use floor_lift::floor_lift;
pub use hawkes::{Hawkes, PowerLawMemory, SelfExciting};
pub use shape::{Floor, Reading, Shape, evergreen_floor, excess_half_life, shape, shape_around};
pub use virality::structural_virality;
