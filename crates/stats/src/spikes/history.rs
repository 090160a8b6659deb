//! What a series usually does, from its recent unremarkable days: level, weekday effect, spread.
//!
//! Medians only, so that a day that is strange but was not flagged can't pull the level. Weekday effects are shrunk towards
//! none by n/(n+4): with eight weeks a weekday has eight days, and a raw median of eight would chase noise.

use std::collections::VecDeque;

/// One remembered day: its weekday and ln(1 + count).
#[derive(Clone, Copy, Debug)]
pub(super) struct Remembered {
    pub weekday: usize,
    pub log: f64,
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
        let overall = median(&mut self.days.iter().map(|day| day.log).collect::<Vec<_>>());
        let effects = self.weekday_effects(overall);
        let mut residuals: Vec<f64> = self
            .days
            .iter()
            .map(|day| day.log - overall - effects[day.weekday])
            .collect();
        let centre = median(&mut residuals);
        let mut sizes: Vec<f64> = residuals.iter().map(|residual| (residual - centre).abs()).collect();
        let spread = 1.4826 * median(&mut sizes);
        let middle = overall + effects[weekday];
        // Residuals of a fitted middle are too small; by simulation, the shrunk weekday medians cost about this much.
        let count = residuals.len() as f64;
        let widen = ((count + 2.0) / (count - 2.0).max(1.0)).sqrt();
        let tail = 0.5 * (1.0 - range_level);
        let low = middle + centre + widen * (order_quantile(&residuals, tail) - centre);
        let high = middle + centre + widen * (order_quantile(&residuals, 1.0 - tail) - centre);
        let mean_count = self.days.iter().map(|day| day.log.exp_m1()).sum::<f64>() / count;
        Some(Expectation {
            overall,
            middle,
            spread,
            low: low.min(middle),
            high: high.max(middle),
            mean_count,
        })
    }

    fn weekday_effects(&self, overall: f64) -> [f64; 7] {
        let mut effects = [0.0; 7];
        let mut gaps = Vec::with_capacity(self.days.len());
        for (weekday, effect) in effects.iter_mut().enumerate() {
            gaps.clear();
            gaps.extend(
                self.days
                    .iter()
                    .filter(|day| day.weekday == weekday)
                    .map(|day| day.log - overall),
            );
            if !gaps.is_empty() {
                let count = gaps.len() as f64;
                *effect = median(&mut gaps) * count / (count + 4.0);
            }
        }
        effects
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
