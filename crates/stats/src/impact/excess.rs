//! How many more came on some days than such days usually bring, with what usual days leave open.
//!
//! The usual number of a weekday is the mean of its days, drawn towards the mean of all (as if half a day more had brought
//! just that). Days scatter about it as a count must (Poisson), and beyond
//! that in proportion to their mean, as much as usual days did; the interval is Student's t for the sum of the days asked about less its expectation. Where few are expected that is too even, so the ends are
//! at least those of a negative binomial: a count whose mean is known as well as the usual days tell it (Jeffreys' prior), as much
//! more spread than chance as they were.

use crate::Estimate;
use crate::special::{beta, student};

/// Days that a weekday's mean is drawn to the overall one by.
const DRAWN_DAYS: f64 = 0.5;
/// Fewer usual days say nothing.
const USUAL_LEAST: usize = 14;

/// A count on a day; 0 is Monday.
pub type WeekdayCount = (usize, f64);

/// What came on top, and what was to be expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excess {
    /// Expected over all the days asked about.
    pub expected: f64,
    /// Came less expected; `n` is the number of usual days behind it.
    pub on_top: Estimate,
}

/// The days `asked` beside `usual` ones. `None` with fewer than 14 usual days, no day asked about, or numbers that aren't counts.
pub fn excess(usual: &[WeekdayCount], asked: &[WeekdayCount], level: f64) -> Option<Excess> {
    let counts = |days: &[WeekdayCount]| days.iter().all(|(_, value)| *value >= 0.0 && value.is_finite());
    if usual.len() < USUAL_LEAST
        || asked.is_empty()
        || !counts(usual)
        || !counts(asked)
        || !(level > 0.0 && level < 1.0)
    {
        return None;
    }
    let mean = usual.iter().map(|(_, value)| value).sum::<f64>() / usual.len() as f64;
    let mut weekdays = [mean; 7];
    for (weekday, of_weekday) in weekdays.iter_mut().enumerate() {
        let own = usual.iter().filter(|(day, _)| day % 7 == weekday);
        let (count, sum) = own.fold((0.0, 0.0), |(count, sum), (_, value)| (count + 1.0, sum + value));
        *of_weekday = (sum + DRAWN_DAYS * mean) / (count + DRAWN_DAYS);
    }
    let degrees = usual.len() as f64 - 7.0;
    let expected: f64 = asked.iter().map(|(day, _)| weekdays[day % 7]).sum();
    let came: f64 = asked.iter().map(|(_, value)| value).sum();
    // A count whose mean is not known scatters at least like this; the rest of the spread grows with the mean.
    let least = mean.max(1.0 / usual.len() as f64);
    let squares: f64 = usual
        .iter()
        .map(|(day, value)| (value - weekdays[day % 7]).powi(2))
        .sum();
    let chance: f64 = usual.iter().map(|(day, _)| weekdays[day % 7]).sum();
    let sizes: f64 = usual.iter().map(|(day, _)| weekdays[day % 7].powi(2)).sum();
    let more = squares * usual.len() as f64 / degrees - chance;
    let relative = if sizes > 0.0 { (more / sizes).max(0.0) } else { 0.0 };
    let of_day = |(day, _): &WeekdayCount| {
        let mean = weekdays[day % 7].max(least.min(1.0) * 0.5);
        mean + relative * mean * mean
    };
    let noise: f64 = asked.iter().map(of_day).sum();
    // Each weekday's mean is known from its own days only.
    let unknown = 7.0_f64.max(asked.len() as f64) / usual.len() as f64;
    let width = student::two_sided(level, degrees) * (noise * (1.0 + unknown)).sqrt();
    let value = came - expected;
    let few = Few::of(usual, (expected, 1.0 + relative * mean));
    let tail = 0.5 * (1.0 - level);
    Some(Excess {
        expected,
        on_top: Estimate {
            value,
            low: (value - width).min(came - few.most(tail)),
            high: (value + width).max(came - few.least(tail)),
            n: usual.len() as u64,
            level,
        },
    })
}

/// Above this expectation a sum is even enough.
const FEW_BELOW: f64 = 60.0;

/// How a small sum scatters: a negative binomial of this size and mean. `None` where it is not small.
struct Few(Option<(f64, f64)>);

impl Few {
    /// From the usual days, of so much more spread than chance.
    fn of(usual: &[WeekdayCount], (expected, times): (f64, f64)) -> Self {
        let seen: f64 = usual.iter().map(|(_, value)| value).sum();
        let mean = expected.max(0.5 / usual.len() as f64);
        // Scatter from not knowing the mean, and from days that differ.
        let inverse = 1.0 / (seen + 0.5) + (times - 1.0).max(0.0) / mean;
        Self((expected < FEW_BELOW).then_some((1.0 / inverse, mean)))
    }

    /// The largest number that so many or more reach with chance `tail`.
    fn most(&self, tail: f64) -> f64 {
        let Some((size, mean)) = self.0 else {
            return f64::NEG_INFINITY;
        };
        let reaches = |count: &f64| beta::cdf(*count, size, mean / (mean + size)) >= tail;
        let counts = std::iter::successors(Some(1.0), |count| Some(count + 1.0));
        counts.take_while(reaches).take(COUNTS_MOST).last().unwrap_or(0.0)
    }

    /// The smallest number that so many or fewer reach with chance `tail`.
    fn least(&self, tail: f64) -> f64 {
        let Some((size, mean)) = self.0 else {
            return f64::INFINITY;
        };
        let is_below = |count: &f64| 1.0 - beta::cdf(count + 1.0, size, mean / (mean + size)) < tail;
        let counts = std::iter::successors(Some(0.0), |count| Some(count + 1.0));
        counts
            .take_while(is_below)
            .take(COUNTS_MOST)
            .last()
            .map_or(0.0, |count| count + 1.0)
    }
}

/// The search for a quantile ends here at the latest.
const COUNTS_MOST: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Draws;

    /// Weeks with a rhythm and 15 % of spread beyond chance, in which nothing happens.
    fn days(seed: u64, count: usize, mean: f64) -> Vec<WeekdayCount> {
        let mut draws = Draws::new(seed, 3);
        (0..count)
            .map(|day| {
                let weekday = if day % 7 >= 5 { 0.6 } else { 1.15 };
                let own = draws.gamma(44.0) / 44.0;
                (day % 7, draws.poisson(mean * weekday * own) as f64)
            })
            .collect()
    }

    #[test]
    fn where_nothing_happens_the_interval_holds_nothing() {
        for mean in [0.2, 2.0, 30.0, 1_000.0] {
            for length in [1, 3, 7] {
                let (mut held, mut above) = (0, 0);
                const ROUNDS: u64 = 1_000;
                for seed in 0..ROUNDS {
                    let all = days(seed, 56 + length, mean);
                    let found = excess(&all[..56], &all[56..], 0.9).unwrap();
                    held += u32::from(found.on_top.low <= 0.0 && 0.0 <= found.on_top.high);
                    above += u32::from(found.on_top.low > 0.0);
                }
                println!("{mean} a day, {length} days: held {held}, above {above} of {ROUNDS}");
                assert!(
                    held >= 880 && above <= 80,
                    "{mean} a day, {length} days: held {held}, above {above}"
                );
            }
        }
    }

    #[test]
    fn what_came_on_top_is_found() {
        let mut all = days(1, 59, 30.0);
        all[57].1 += 500.0;
        let found = excess(&all[..56], &all[56..], 0.9).unwrap();
        assert!(found.on_top.low > 400.0 && found.on_top.high < 600.0, "{found:?}");
        assert!((found.expected - 90.0).abs() < 30.0, "{found:?}");
        assert!(excess(&all[..13], &all[56..], 0.9).is_none() && excess(&all[..56], &[], 0.9).is_none());
        assert!(excess(&all[..56], &[(0, f64::NAN)], 0.9).is_none());
        let none = excess(&[(0, 0.0); 56], &[(0, 0.0)], 0.9).unwrap();
        assert!(none.on_top.low < 0.0 && none.on_top.high > 0.0 && none.expected == 0.0);
    }
}
