//! The daily hazard: of those still waiting on day k, how many had it that day.
//!
//! h(k) = d_k/n_k, a share with Jeffreys' interval. Assumes that those no longer watched are like the others. Not for
//! comparing hazards of groups ([`super::log_rank()`], [`super::Cox`]).

use super::Duration;
use crate::{Estimate, rates};

/// For days 0 … `last`: events on the day over people still waiting and watched through it, with Jeffreys' interval.
///
/// Times are whole days. `None` for a day nobody was watched through. Weights are people and are rounded.
pub fn daily_hazard(rows: &[Duration], last: usize, level: f64) -> Vec<Option<Estimate>> {
    let mut events = vec![0.0; last + 1];
    let mut until = vec![0.0; last + 2];
    for row in rows
        .iter()
        .filter(|row| row.time >= 0.0 && row.time.is_finite() && row.weight > 0.0)
    {
        let day = row.time.floor();
        // Waiting and watched through days 0 … day.
        until[if day > last as f64 { last + 1 } else { day as usize }] += row.weight;
        if row.event && day <= last as f64 {
            events[day as usize] += row.weight;
        }
    }
    let mut at_risk = until[last + 1];
    let mut found = vec![None; last + 1];
    for day in (0..=last).rev() {
        at_risk += until[day];
        found[day] = rates::jeffreys(events[day].round() as u64, at_risk.round() as u64, level);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_people_watched_through_the_day_count() {
        let rows = [
            Duration::new(1.0, true),
            Duration::new(2.0, false),
            Duration::new(2.0, true),
            Duration::new(9.0, true),
        ];
        let found = daily_hazard(&rows, 3, 0.9);
        let counts: Vec<_> = found
            .iter()
            .map(|day| day.map(|day| (day.n, (day.value * day.n as f64).round())))
            .collect();
        assert_eq!(counts, [Some((4, 0.0)), Some((4, 1.0)), Some((3, 1.0)), Some((1, 0.0))]);
        assert_eq!(daily_hazard(&[], 1, 0.9), [None, None]);
    }
}
