//! How far the methods agree; where they don't, the sentence has to say so.

/// How far several credit tables agree about the same channels.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Every method credits the same channel most.
    pub same_first: bool,
    /// Kendall's W over the methods' rankings, 0 (none) to 1 (the same order).
    pub concordance: f64,
    /// Per channel, the least and the most any method credits it with.
    pub spread: Vec<(f64, f64)>,
}

/// Compares methods' credits, each a value per channel in the same order. `None` below two methods or two channels.
pub fn agreement(methods: &[&[f64]]) -> Option<Agreement> {
    let channels = methods.first()?.len();
    if methods.len() < 2 || channels < 2 || methods.iter().any(|credits| credits.len() != channels) {
        return None;
    }
    let ranks: Vec<Vec<f64>> = methods.iter().map(|credits| ranks(credits)).collect();
    let sums: Vec<f64> = (0..channels)
        .map(|channel| ranks.iter().map(|rank| rank[channel]).sum())
        .collect();
    let (m, n) = (methods.len() as f64, channels as f64);
    let mean = m * (n + 1.0) / 2.0;
    let spread: f64 = sums.iter().map(|sum| (sum - mean).powi(2)).sum();
    // Ties lower the most that could be reached.
    let ties: f64 = methods.iter().map(|credits| tie_term(credits)).sum();
    let most = m * m * (n * n * n - n) - m * ties;
    let first = |credits: &&[f64]| (0..channels).max_by(|&i, &j| credits[i].total_cmp(&credits[j]).then(j.cmp(&i)));
    let range = |channel: usize| {
        let values = methods.iter().map(|credits| credits[channel]);
        (
            values.clone().fold(f64::INFINITY, f64::min),
            values.fold(f64::NEG_INFINITY, f64::max),
        )
    };
    Some(Agreement {
        same_first: methods.windows(2).all(|pair| first(&pair[0]) == first(&pair[1])),
        concordance: if most > 0.0 {
            (12.0 * spread / most).clamp(0.0, 1.0)
        } else {
            0.0
        },
        spread: (0..channels).map(range).collect(),
    })
}

/// Ranks from 1, ties sharing their mean.
fn ranks(credits: &[f64]) -> Vec<f64> {
    let below = |value: f64| credits.iter().filter(|other| **other < value).count() as f64;
    let equal = |value: f64| credits.iter().filter(|other| **other == value).count() as f64;
    credits
        .iter()
        .map(|&value| below(value) + 0.5 * (equal(value) + 1.0))
        .collect()
}

fn tie_term(credits: &[f64]) -> f64 {
    let mut sorted = credits.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
        .chunk_by(|one, other| one == other)
        .map(|same| (same.len() as f64).powi(3) - same.len() as f64)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_order_is_one_and_opposite_orders_are_nothing() {
        let same = agreement(&[&[3.0, 2.0, 1.0], &[30.0, 20.0, 10.0]]).unwrap();
        assert!(same.same_first && same.concordance == 1.0 && same.spread[0] == (3.0, 30.0));
        let opposite = agreement(&[&[3.0, 2.0, 1.0], &[1.0, 2.0, 3.0]]).unwrap();
        assert!(!opposite.same_first && opposite.concordance == 0.0);
        assert!(agreement(&[&[1.0, 2.0]]).is_none());
    }
}
