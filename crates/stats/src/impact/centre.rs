//! A forecast that forgets: what the coming days bring on average if the level drifts by a given amount, and how far
//! that misses when it drifts by another.
//!
//! The forecast is a weighted sum of the days before. Its weights don't depend on what those days brought, so its error is
//! exactly normal about 0 whatever the drift: of the variance σ²ε (noise + q · steps), q = σ²η/σ²ε. The weights come from
//! the filter run backwards (its adjoint), in time linear in the days.

use super::local_level::{LocalLevel, Whitened, whiten};

/// The forecast and the parts of its error.
pub(super) struct Centre {
    /// The mean of the coming days.
    pub value: f64,
    /// Its error's variance from the noise of days, in units of σ²ε.
    noise: f64,
    /// Its error's variance from the level's steps, in units of σ²η.
    steps: f64,
}

impl Centre {
    /// From the days before with regressors `rows`, for days with the regressors `coming`, as if q were `ratio`.
    pub fn new(rows: &[Vec<f64>], y: &[f64], ratio: f64, coming: &[Vec<f64>]) -> Option<Self> {
        let fit = LocalLevel::at_ratio(rows, y, ratio)?;
        let (value, _) = fit.predict_mean(coming);
        let weights = weights(&whiten(rows, y, ratio), &fit.leverage(coming));
        let days = coming.len() as f64;
        // Σ of the weights from a day on: how much of that day's step ends up in the error. Of the coming days 1, less 1/H a day.
        let mut after = 1.0;
        let mut steps: f64 = (1..=coming.len()).map(|left| (left as f64 / days).powi(2)).sum();
        for weight in weights.iter().skip(1).rev() {
            after -= weight;
            steps += after * after;
        }
        Some(Self {
            value,
            noise: 1.0 / days + weights.iter().map(|weight| weight * weight).sum::<f64>(),
            steps,
        })
    }

    /// The variance of its error, in units of σ²ε, when the level drifts with q = `ratio`.
    pub fn spread(&self, ratio: f64) -> f64 {
        self.noise + ratio * self.steps
    }
}

/// What each day before counts in level(y) + Σ leverage·(innovations of x)·(innovations of y)/F.
fn weights(found: &Whitened, leverage: &[f64]) -> Vec<f64> {
    let days = found.spreads.len();
    let mut weights = vec![0.0; days + 1];
    // What a change of the filtered level would do to the forecast, from the last day back.
    let mut reach = 1.0;
    for day in (0..days).rev() {
        let regressors = &found.innovations[day][1..];
        let learnt: f64 = regressors.iter().zip(leverage).map(|(v, by)| v * by).sum();
        let gain = 1.0 - 1.0 / found.spreads[day];
        let weight = reach * gain + learnt / found.spreads[day];
        weights[day + 1] = weight;
        reach -= weight;
    }
    weights[0] = reach;
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Draws;

    fn days(count: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
        let mut draws = Draws::new(5, 1);
        (0..count)
            .map(|day| {
                (
                    vec![draws.normal(), f64::from(u8::from(day % 7 > 4))],
                    3.0 + draws.normal(),
                )
            })
            .unzip()
    }

    /// The weights give the forecast, sum to one, and take the coming regressors' mean from those before.
    #[test]
    fn weights_are_those_of_the_forecast() {
        let (rows, y) = days(70);
        for ratio in [0.0, 0.01, 0.5] {
            let (before, coming) = rows.split_at(60);
            let fit = LocalLevel::at_ratio(before, &y[..60], ratio).unwrap();
            let found = weights(&whiten(before, &y[..60], ratio), &fit.leverage(coming));
            let sum: f64 = found.iter().zip(&y).map(|(weight, y)| weight * y).sum();
            assert!((sum - fit.predict_mean(coming).0).abs() < 1e-9);
            assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            for column in 0..2 {
                let before: f64 = found.iter().zip(before).map(|(weight, row)| weight * row[column]).sum();
                let mean = coming.iter().map(|row| row[column]).sum::<f64>() / 10.0;
                assert!((before - mean).abs() < 1e-9);
            }
        }
    }

    /// At the ratio it was made for the error is the one the filter knows.
    #[test]
    fn spread_is_the_filters_own_at_its_own_ratio() {
        let (rows, y) = days(70);
        let (before, coming) = rows.split_at(60);
        for ratio in [0.0, 0.01, 0.5] {
            let fit = LocalLevel::at_ratio(before, &y[..60], ratio).unwrap();
            let own = fit.predict_mean(coming).1.powi(2) / fit.observation_variance;
            let centre = Centre::new(before, &y[..60], ratio, coming).unwrap();
            assert!((centre.spread(ratio) / own - 1.0).abs() < 1e-9, "{ratio}");
            assert!(centre.spread(ratio + 0.1) > own);
        }
    }
}
