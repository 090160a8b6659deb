//! The log-rank test (Mantel 1966): do groups wait equally long?
//!
//! Observed against expected events per group under one common curve; hypergeometric variance at ties. χ² with groups
//! − 1 degrees of freedom. Least sensitive where curves cross.

use super::Duration;
use super::duration::condensed;
use crate::fitted::FitError;
use crate::special::incomplete_gamma::chi_squared_upper;

/// The test's outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogRank {
    /// Σ over groups of what happened against what was to be expected.
    pub chi_squared: f64,
    /// Groups less one.
    pub degrees: u32,
    /// The chance of so much or more if the groups wait alike.
    pub p: f64,
}

/// Compares two or more groups. An error when fewer than two groups hold anybody, or no event separates them.
pub fn log_rank(groups: &[&[Duration]]) -> Result<LogRank, FitError> {
    let groups: Vec<Vec<Duration>> = groups.iter().map(|rows| condensed(rows)).collect::<Result<_, _>>()?;
    let count = groups.len();
    if count < 2 {
        return Err(FitError::NotIdentified("a comparison needs at least two groups"));
    }
    let mut times: Vec<f64> = groups
        .iter()
        .flatten()
        .filter(|row| row.event)
        .map(|row| row.time)
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    let mut at_risk: Vec<f64> = groups
        .iter()
        .map(|rows| rows.iter().map(|row| row.weight).sum())
        .collect();
    let mut place = vec![0; count];
    let mut gap = vec![0.0; count - 1];
    let mut variance = vec![vec![0.0; count - 1]; count - 1];
    for time in times {
        let mut events = vec![0.0; count];
        for (group, rows) in groups.iter().enumerate() {
            while place[group] < rows.len() && rows[place[group]].time < time {
                at_risk[group] -= rows[place[group]].weight;
                place[group] += 1;
            }
            if let Some(row) = rows.get(place[group]).filter(|row| row.time == time && row.event) {
                events[group] = row.weight;
            }
        }
        let (all, happened): (f64, f64) = (at_risk.iter().sum(), events.iter().sum());
        for i in 0..count - 1 {
            gap[i] += events[i] - happened * at_risk[i] / all;
            if all > 1.0 {
                let spread = happened * (all - happened) / (all - 1.0) * at_risk[i] / all;
                for (j, entry) in variance[i].iter_mut().enumerate() {
                    *entry += spread * (f64::from(u8::from(i == j)) - at_risk[j] / all);
                }
            }
        }
    }
    let solved = crate::linear::solve(variance, gap.clone()).ok_or(FitError::NotIdentified(
        "no event falls where more than one group is still watched",
    ))?;
    let chi_squared: f64 = gap.iter().zip(&solved).map(|(one, other)| one * other).sum();
    let degrees = count as u32 - 1;
    Ok(LogRank {
        chi_squared,
        degrees,
        p: chi_squared_upper(f64::from(degrees), chi_squared),
    })
}
