//! Jeffreys' interval for k of n: the interval shown beside every counted share.
//!
//! The posterior of the share under Jeffreys' prior is Beta(k + ½, n − k + ½); the interval is its equal-tailed one,
//! with the convention of Brown, Cai & DasGupta (Statistical Science 16:101, 2001, §4.1): the lower end is 0 at k = 0
//! and the upper end is 1 at k = n, since otherwise nobody could ever be told that a share may be 0 or 1.
//!
//! What it covers. Counted out exactly (summed over every possible k) for the nominal 90 %: averaged over true shares
//! from .01 to .99, coverage is .908 at n = 5, .904 at n = 10, .902 at n = 20, .899 at n = 100 and .900 at n = 1,000
//! and 10,000. At a single unlucky share it is less: the worst over .01 to .99 is .806 at n = 5, .771 at n = 10, .820
//! at n = 20, .811 at n = 100, .868 at n = 1,000 and .893 at n = 10,000, always where n·p or n·(1−p) is a handful;
//! every interval on counts that is not made conservative on purpose dips there. Not for shares of sums (money,
//! minutes), nor for people who were drawn in clumps.

use crate::Estimate;
use crate::special::beta;

/// The share `count` of `n` with its equal-tailed Jeffreys interval.
///
/// `None` when n is 0, `count` exceeds n, or `level` is not inside (0, 1). At levels near 0 the posterior's middle can
/// miss the share itself; the interval is then stretched to hold it.
pub fn jeffreys(count: u64, n: u64, level: f64) -> Option<Estimate> {
    if n == 0 || count > n || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let value = count as f64 / n as f64;
    let (low, high) = beta::equal_tailed(count as f64 + 0.5, (n - count) as f64 + 0.5, level);
    Some(Estimate {
        value,
        low: if count == 0 { 0.0 } else { low.min(value) },
        high: if count == n { 1.0 } else { high.max(value) },
        n,
        level,
    })
}

#[cfg(test)]
mod tests;
