//! A clock that stands still until it is told to move.

use std::sync::atomic::{AtomicI64, Ordering};

use longplay_domain::{Time, Zone};

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// Shared freely between threads; every reader sees the same instant.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Stands at an instant written as RFC 3339.
    ///
    /// # Panics
    /// When the text is no time: a test that says so is wrong.
    pub fn at(text: &str) -> Self {
        let time = Time::parse(text, &Zone::utc()).expect("a test states its time as RFC 3339");
        Self(AtomicI64::new(time.micros()))
    }

    pub fn now(&self) -> Time {
        Time::from_micros(self.0.load(Ordering::SeqCst))
    }

    pub fn advance_hours(&self, hours: i64) {
        self.0.fetch_add(hours * MICROS_PER_HOUR, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_only_when_told() {
        let clock = FixedClock::at("2024-03-31T00:30:00Z");
        assert_eq!(clock.now(), clock.now());
        clock.advance_hours(25);
        assert_eq!(clock.now().to_string(), "2024-04-01T01:30:00Z");
    }
}
