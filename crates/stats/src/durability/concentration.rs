//! How concentrated something is over pieces, artists or people.
//!
//! Gini alone is 0 for a single piece and grows with the length of a catalogue; the Herfindahl index mixes size and
//! spread. N_eff = 1/Σs², the number of equal pieces that would be as concentrated, is the one people understand.

/// Measures of concentration of shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concentration {
    /// Gini's coefficient: 0 when all are equal. It grows with the length of a catalogue, so never compare two
    /// lengths by it.
    pub gini: f64,
    /// Herfindahl–Hirschman, Σs².
    pub hhi: f64,
    /// 1/Σs².
    pub effective: f64,
    /// The share of the largest.
    pub top: f64,
    /// The sum of all values.
    pub total: f64,
    /// Cumulated shares of the largest 1, 3 and 10.
    tops: [f64; 3],
}

impl Concentration {
    /// What remains without the top 1, 3 and 10.
    pub fn without_top(&self) -> [f64; 3] {
        self.tops.map(|share| (1.0 - share).max(0.0))
    }
}

/// Measures of non-negative values; zeros count as pieces. `None` when nothing is positive or a value is not a number.
pub fn concentration(values: &[f64]) -> Option<Concentration> {
    if values.iter().any(|value| !(*value >= 0.0 && value.is_finite())) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let total: f64 = sorted.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let n = sorted.len() as f64;
    let ranked: f64 = sorted
        .iter()
        .enumerate()
        .map(|(index, value)| (index as f64 + 1.0) * value)
        .sum();
    let hhi: f64 = sorted.iter().map(|value| (value / total).powi(2)).sum();
    let top = |k: usize| sorted.iter().rev().take(k).sum::<f64>() / total;
    Some(Concentration {
        gini: (2.0 * ranked / (n * total) - (n + 1.0) / n).max(0.0),
        hhi,
        effective: 1.0 / hhi,
        top: top(1),
        total,
        tops: [top(1), top(3), top(10)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// models.md §8.
    #[test]
    fn small_sets() {
        let table: [(&[f64], f64, f64, f64); 4] = [
            (&[1.0, 1.0, 1.0, 1.0], 0.0, 0.25, 4.0),
            (&[0.0, 0.0, 0.0, 1.0], 0.75, 1.0, 1.0),
            (&[1.0, 2.0, 3.0, 4.0], 0.25, 0.3, 3.3333),
            (&[10.0, 1.0, 1.0, 1.0, 1.0], 0.514286, 0.530612, 1.884615),
        ];
        for (values, gini, hhi, effective) in table {
            let found = concentration(values).unwrap();
            assert!(
                (found.gini - gini).abs() < 1e-6 && (found.hhi - hhi).abs() < 1e-6,
                "{found:?}"
            );
            assert!((found.effective - effective).abs() < 1e-4, "{found:?}");
        }
        assert!(
            concentration(&[]).is_none() && concentration(&[0.0]).is_none() && concentration(&[f64::NAN]).is_none()
        );
        assert_eq!(concentration(&[6.0, 3.0, 1.0]).unwrap().without_top(), [0.4, 0.0, 0.0]);
    }
}
