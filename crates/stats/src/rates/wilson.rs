//! Wilson's score interval for k of n (JASA 22:209, 1927): a closed form where one is needed. Jeffreys is for display.

use crate::Estimate;
use crate::special::normal;

/// The share `count` of `n` with Wilson's interval. `None` as for [`super::jeffreys()`].
pub fn wilson(count: u64, n: u64, level: f64) -> Option<Estimate> {
    if n == 0 || count > n || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let (people, z) = (n as f64, normal::two_sided(level));
    let value = count as f64 / people;
    let weight = z * z / people;
    let middle = (value + 0.5 * weight) / (1.0 + weight);
    let half = (weight * (value * (1.0 - value) + 0.25 * weight)).sqrt() / (1.0 + weight);
    Some(Estimate {
        value,
        low: if count == 0 { 0.0 } else { (middle - half).max(0.0) },
        high: if count == n { 1.0 } else { (middle + half).min(1.0) },
        n,
        level,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcombe_1998_table_1_method_3() {
        let table = [
            (81, 263, 0.255289, 0.366210),
            (15, 148, 0.062386, 0.160487),
            (0, 20, 0.0, 0.161125),
            (1, 29, 0.006113, 0.171755),
            (2, 10, 0.056682, 0.509838),
        ];
        for (k, n, low, high) in table {
            let found = wilson(k, n, 0.95).unwrap();
            assert!(
                (found.low - low).abs() < 1e-6 && (found.high - high).abs() < 1e-6,
                "{k}/{n}: {found:?}"
            );
        }
        assert!(wilson(1, 0, 0.9).is_none() && wilson(2, 1, 0.9).is_none() && wilson(1, 2, 1.0).is_none());
    }
}
