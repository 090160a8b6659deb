//! James–Stein shrinkage of equally sized rates (Efron & Morris, JASA 70:311, 1975).
//!
//! Kept because it is the classical yardstick; [`super::BetaBinomial`] handles unequal sizes and is what answers use.

/// Shrunk rates and how much of each item's own difference was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct JamesStein {
    /// 0: everybody gets the common mean; 1: nothing is shrunk.
    pub factor: f64,
    /// The shrunk rates, in the order given.
    pub rates: Vec<f64>,
}

/// Shrinks the rates of k of n, the same n for all, on the scale of the rates. `None` below four items, for n = 0, or when
/// all rates are the same.
pub fn james_stein(counts: &[u64], n: u64) -> Option<JamesStein> {
    if counts.len() < 4 || n == 0 || counts.iter().any(|&k| k > n) {
        return None;
    }
    let raw: Vec<f64> = counts.iter().map(|&k| k as f64 / n as f64).collect();
    let mean = raw.iter().sum::<f64>() / raw.len() as f64;
    let spread: f64 = raw.iter().map(|rate| (rate - mean).powi(2)).sum();
    let variance = mean * (1.0 - mean) / n as f64;
    if spread <= 0.0 {
        return None;
    }
    let factor = (1.0 - (raw.len() as f64 - 3.0) * variance / spread).max(0.0);
    Some(JamesStein {
        factor,
        rates: raw.iter().map(|rate| mean + factor * (rate - mean)).collect(),
    })
}
