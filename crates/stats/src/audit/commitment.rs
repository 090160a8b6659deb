//! Orbit's weighted commitment (MIT licensed model of orbit-love): members by level, deeper ones counting more.
//!
//! Weights 1, 4, 7, 10 are squared; gravity is the change of the sum per member before. The weights are arbitrary, so
//! this is for comparison with what others publish; our answers show the counts that moved.

const WEIGHTS: [f64; 4] = [1.0, 4.0, 7.0, 10.0];

/// Σ weight² · members, outermost level first.
pub fn commitment(members: [u64; 4]) -> f64 {
    WEIGHTS
        .iter()
        .zip(members)
        .map(|(weight, count)| weight * weight * count as f64)
        .sum()
}

/// Change of commitment per member before; `None` when there was nobody.
pub fn gravity(before: [u64; 4], after: [u64; 4]) -> Option<f64> {
    let members: u64 = before.iter().sum();
    (members > 0).then(|| (commitment(after) - commitment(before)) / members as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// models.md §7 [P]: the example of Orbit's page on gravity.
    #[test]
    fn orbit_example() {
        let months = [[17, 8, 4, 1], [15, 9, 5, 1], [12, 10, 6, 2]];
        assert_eq!(months.map(commitment), [441.0, 504.0, 666.0]);
        let (first, second) = (
            gravity(months[0], months[1]).unwrap(),
            gravity(months[1], months[2]).unwrap(),
        );
        assert!((first - 2.1).abs() < 1e-12 && (second - 5.4).abs() < 1e-12);
        assert_eq!(gravity([0; 4], months[0]), None);
    }
}
