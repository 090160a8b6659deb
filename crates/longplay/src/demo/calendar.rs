//! The demo's year: 365 days ending yesterday, in its zone, and the draws that place things in it.

use longplay_domain::{Day, Time, Zone};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Days in the year, so offsets are 0 to 364.
pub const DAYS: u32 = 365;

/// How busy each weekday is, Monday first: the workshop's readers come less at weekends.
const WEEKDAYS: [f64; 7] = [1.0, 1.05, 1.1, 1.15, 0.9, 0.6, 0.7];
const WEEKDAY_MAX: f64 = 1.15;

/// The year's days and where each begins. A clock change is in it, so a day is no fixed number of seconds.
pub struct Calendar {
    pub zone: Zone,
    pub first: Day,
    starts: Vec<Time>,
}

impl Calendar {
    /// The year whose last day is the day before `now`'s.
    pub fn ending_before(now: Time, zone: Zone) -> Self {
        let first = zone.day_of(now).plus(-(DAYS as i32));
        let starts = (0..DAYS as i32)
            .map(|offset| zone.start_of(first.plus(offset)))
            .collect();
        Self { zone, first, starts }
    }

    pub fn day(&self, offset: u32) -> Day {
        self.first.plus(offset as i32)
    }

    pub fn weekday_weight(&self, offset: u32) -> f64 {
        WEEKDAYS[self.day(offset).weekday()]
    }

    /// Whether something that happens at random on `offset` is let through, so that weekdays differ as they should.
    pub fn weekday_admits(&self, offset: u32, rng: &mut ChaCha8Rng) -> bool {
        rng.random::<f64>() * WEEKDAY_MAX < self.weekday_weight(offset)
    }

    /// A time of that day, mostly in waking hours, `step` minutes after the person arrived. Stays inside even a day of 23 hours.
    pub fn at(&self, offset: u32, arrived_seconds: u32, step: u32) -> Time {
        let start = self.starts[offset as usize];
        Time::from_micros(start.micros() + i64::from(arrived_seconds + step * 60) * 1_000_000)
    }
}

/// When in the day somebody arrives, in seconds: the mean of three draws between 07:00 and 22:00, so most come around 14:30.
pub fn arrival_seconds(rng: &mut ChaCha8Rng) -> u32 {
    let mean = (rng.random::<f64>() + rng.random::<f64>() + rng.random::<f64>()) / 3.0;
    7 * 3_600 + (mean * 15.0 * 3_600.0) as u32
}

/// An exponential draw with that mean.
pub fn exponential(mean: f64, rng: &mut ChaCha8Rng) -> f64 {
    -(1.0 - rng.random::<f64>()).ln() * mean
}

pub fn happens(probability: f64, rng: &mut ChaCha8Rng) -> bool {
    rng.random::<f64>() < probability
}
