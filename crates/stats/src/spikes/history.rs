//! What a series usually does, from its recent unremarkable days: level, weekday effect, spread.
//!
//! Medians only, so that a day that is strange but was not flagged can't pull the level. Weekday effects are shrunk
//! towards none by n/(n+4): with eight weeks a weekday has eight days, and a raw median of eight would chase noise.

use std::collections::VecDeque;

/// One remembered day: its weekday and ln(1 + count).
#[derive(Clone, Copy, Debug)]
pub(super) struct Remembered {
    pub weekday: usize,
    pub log: f64,
    /// The count again: every later day asks for it.
    count: f64,
}

impl Remembered {
    pub fn new(weekday: usize, log: f64) -> Self {
        Self {
            weekday,
            log,
            count: log.exp_m1(),
        }
    }
}

/// How much wider a range must be around a weekday's median taken whole, times its days.
const WHOLE_MEDIANS: f64 = 0.5;

/// How far a weekday lies from all days, and of how many days that is known.
#[derive(Clone, Copy, Debug)]
struct Gap {
    middle: f64,
    count: f64,
}

/// The last unflagged days, at most `limit`.
#[derive(Clone, Debug)]
pub(super) struct History {
    days: VecDeque<Remembered>,
    limit: usize,
}

/// What the history expects of one day, on the ln(1 + count) scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expectation {
    /// The median over all weekdays.
    pub overall: f64,
    /// The middle for this weekday.
    pub middle: f64,
    /// 1.4826 · median absolute deviation, unclamped.
    pub spread: f64,
    /// Ends of the usual range.
    pub low: f64,
    pub high: f64,
    /// The mean count over the remembered days.
    pub mean_count: f64,
}

impl History {
    pub fn new(limit: usize) -> Self {
        Self {
            days: VecDeque::with_capacity(limit + 1),
            limit,
        }
    }

    pub fn len(&self) -> usize {
        self.days.len()
    }

    pub fn remember(&mut self, day: Remembered) {
        self.days.push_back(day);
        if self.days.len() > self.limit {
            self.days.pop_front();
        }
    }

    pub fn replace(&mut self, days: impl IntoIterator<Item = Remembered>) {
        self.days.clear();
        days.into_iter().for_each(|day| self.remember(day));
    }

    /// What is usual on such a weekday; `None` while nothing is remembered.
    pub fn expect(&self, weekday: usize, range_level: f64) -> Option<Expectation> {
        if self.days.is_empty() {
            return None;
        }
        let overall = middle(&mut self.days.iter().map(|day| day.log).collect::<Vec<_>>());
        let gaps = self.weekday_gaps(overall);
        let shrunk = gaps.map(|gap| gap.middle * gap.count / (gap.count + 4.0));
        let mut residuals = self.residuals(overall, &shrunk);
        let centre = middle(&mut residuals);
        let mut sizes: Vec<f64> = residuals.iter().map(|residual| (residual - centre).abs()).collect();
        let spread = 1.4826 * middle(&mut sizes);
        let (low, high) = self.usual_range((overall, &gaps, weekday), range_level);
        let middle = overall + shrunk[weekday];
        let mean_count = self.days.iter().map(|day| day.count).sum::<f64>() / residuals.len() as f64;
        Some(Expectation {
            overall,
            middle,
            spread,
            low,
            high,
            mean_count,
        })
    }

    /// Every day less level and weekday.
    fn residuals(&self, overall: f64, effects: &[f64; 7]) -> Vec<f64> {
        let days = self.days.iter();
        days.map(|day| day.log - overall - effects[day.weekday]).collect()
    }

    /// The usual range of a weekday. Its effect is shrunk less than the detector's where the weekdays differ by more than
    /// their noise (James & Stein): where the weekly pattern is nearly all there is to see, a third of it left over
    /// would make the range far too wide.
    fn usual_range(&self, (overall, gaps, weekday): (f64, &[Gap; 7], usize), level: f64) -> (f64, f64) {
        let mut noise = self.residuals(overall, &gaps.map(|gap| gap.middle));
        let noise_centre = middle(&mut noise);
        let mut sizes: Vec<f64> = noise.iter().map(|residual| (residual - noise_centre).abs()).collect();
        let noise_variance = (1.4826 * middle(&mut sizes)).powi(2);
        let seen = gaps.iter().filter(|gap| gap.count > 0.0);
        let days = seen.clone().count().max(1) as f64;
        let mean = seen.clone().map(|gap| gap.middle).sum::<f64>() / days;
        let between = seen.clone().map(|gap| (gap.middle - mean).powi(2)).sum::<f64>() / days;
        let kept = gaps.map(|gap| {
            // The variance of a median is π/2 times that of a mean.
            let chance = 0.5 * std::f64::consts::PI * noise_variance / gap.count.max(1.0);
            let least = gap.count / (gap.count + 4.0);
            least.max(1.0 - chance / between.max(1e-300))
        });
        let effects = std::array::from_fn(|day| kept[day] * gaps[day].middle);
        let mut residuals = self.residuals(overall, &effects);
        let centre = median(&mut residuals);
        let count = residuals.len() as f64;
        // Residuals of a fitted middle are too small; by simulation, shrunk weekday medians cost the first factor, and
        // medians taken whole the second.
        let gap = gaps[weekday];
        let least = gap.count / (gap.count + 4.0);
        let whole = WHOLE_MEDIANS * (kept[weekday] - least) / (1.0 - least) / gap.count.max(1.0);
        let widen = ((count + 2.0) / (count - 2.0).max(1.0)).sqrt() * (1.0 + whole);
        let middle = overall + effects[weekday] + centre;
        let end = |share: f64| middle + widen * (order_quantile(&residuals, share) - centre);
        let tail = 0.5 * (1.0 - level);
        (end(tail), end(1.0 - tail))
    }

    fn weekday_gaps(&self, overall: f64) -> [Gap; 7] {
        let mut logs = Vec::with_capacity(self.days.len());
        std::array::from_fn(|weekday| {
            logs.clear();
            let same = self.days.iter().filter(|day| day.weekday == weekday);
            logs.extend(same.map(|day| day.log - overall));
            Gap {
                middle: middle(&mut logs),
                count: logs.len() as f64,
            }
        })
    }
}

/// The median, averaging the two middle values; sorts in place; 0 of nothing.
pub(super) fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        even if even % 2 == 0 => 0.5 * (values[middle - 1] + values[middle]),
        _ => values[middle],
    }
}

/// The same without sorting: a day is judged by half a dozen medians, and only one of them needs its values in order.
fn middle(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let is_even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(values.len() / 2, f64::total_cmp);
    if is_even {
        let lower = below.iter().copied().max_by(f64::total_cmp);
        0.5 * (lower.unwrap_or(*upper) + *upper)
    } else {
        *upper
    }
}

/// The p-quantile of sorted values at position p(n+1), which covers p of new draws whatever their distribution.
fn order_quantile(sorted: &[f64], p: f64) -> f64 {
    let place = (p * (sorted.len() as f64 + 1.0) - 1.0).clamp(0.0, sorted.len() as f64 - 1.0);
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_average_the_middle_two() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(&mut []), 0.0);
        for count in 0..20_u32 {
            let mut values: Vec<f64> = (0..count).map(|place| f64::from(place * 7 % 11)).collect();
            assert_eq!(middle(&mut values.clone()), median(&mut values));
        }
    }

    #[test]
    fn quantiles_of_nineteen_values_sit_on_them() {
        let values: Vec<f64> = (1..=19).map(f64::from).collect();
        assert_eq!(order_quantile(&values, 0.05), 1.0);
        assert_eq!(order_quantile(&values, 0.95), 19.0);
        assert_eq!(order_quantile(&values, 0.5), 10.0);
        assert_eq!(order_quantile(&[7.0], 0.95), 7.0);
    }
}
