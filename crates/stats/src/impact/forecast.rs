//! What a series would have done, and within which range, whether its level drifts or not.
//!
//! How much a level drifts is the least sure thing in a short series: of n days a drift below some 20/n of a day's noise can
//! hardly be told from none (Stock & Watson, JASA 93:349, 1998, whose λ = n·drift this is). Yet over the coming days it
//! matters. An interval around the most likely forecast, or around an average over drifts, is then too wide for steady
//! series and too narrow for restless ones. So the interval stands around a forecast that forgets ([`Centre`]): it takes
//! the level from the last days, as if it drifted by just what the days can't show, and what drifts below that do to it
//! is small. Its width is averaged over drifts: none, or any from 20/n on, each by its marginal likelihood (coefficients
//! and variance integrated out) and a prior that holds four of five levels for steady. Given a drift its error is one of
//! Student's t. The two numbers were sought once, by simulation, so that each drift by itself is held as often as said
//! (`docs/methods/coverage.md`). The best guess itself is the average over drifts.

use super::centre::Centre;
use super::local_level::LocalLevel;
use crate::special::student;

/// Days times the drift a day (in units of the noise) that they can barely show.
const BARELY_SHOWN: f64 = 20.0;
/// From one drift of the grid to the next.
const STEP: f64 = 1.35;
/// A level drifts no more a day than this, in units of the noise; beyond it there is no level.
const DRIFT_MOST: f64 = 1.2;
/// For how likely the prior holds a steady level, beside one that drifts.
const STEADY: f64 = 4.0;

/// A forecast given one drift.
struct Part {
    weight: f64,
    /// The most likely mean of the coming days.
    value: f64,
    /// The standard error of the forgetting forecast.
    error: f64,
    degrees: f64,
}

/// The mean of the coming days, over all drifts.
pub(super) struct Forecast {
    parts: Vec<Part>,
    centre: f64,
}

/// Drifts a day worth telling apart from `days` days, in units of the noise.
fn drifts(days: usize) -> Vec<f64> {
    let least = BARELY_SHOWN / days as f64;
    let others = std::iter::successors(Some(least), |drift| Some(drift * STEP));
    let enough = others.take_while(|drift| *drift <= DRIFT_MOST.max(least));
    std::iter::once(0.0).chain(enough).collect()
}

impl Forecast {
    /// Of the days with the regressors `coming`, from those before. `None` when there is no fit.
    pub fn new(rows: &[Vec<f64>], y: &[f64], coming: &[Vec<f64>]) -> Option<Self> {
        LocalLevel::fits(rows, y).then_some(())?;
        let drifts = drifts(y.len());
        let centre = Centre::new(rows, y, drifts[1].powi(2), coming)?;
        let each = f64::ln((drifts.len() - 1) as f64);
        let part = |&drift: &f64| {
            let ratio = drift * drift;
            let fit = LocalLevel::at_ratio(rows, y, ratio)?;
            let (value, _) = fit.predict_mean(coming);
            let error = (fit.noise() * centre.spread(ratio)).sqrt();
            let prior = if drift == 0.0 { STEADY.ln() } else { -each };
            (value.is_finite() && error.is_finite()).then_some(Part {
                weight: fit.ln_marginal() + prior,
                value,
                error,
                degrees: fit.degrees(),
            })
        };
        let mut parts: Vec<Part> = drifts.iter().filter_map(part).collect();
        let best = parts.iter().map(|part| part.weight).fold(f64::NEG_INFINITY, f64::max);
        parts
            .iter_mut()
            .for_each(|part| part.weight = (part.weight - best).exp());
        let whole: f64 = parts.iter().map(|part| part.weight).sum();
        parts.iter_mut().for_each(|part| part.weight /= whole);
        (whole > 0.0 && centre.value.is_finite()).then_some(Self {
            parts,
            centre: centre.value,
        })
    }

    /// The best guess.
    pub fn mean(&self) -> f64 {
        self.parts.iter().map(|part| part.weight * part.value).sum()
    }

    /// The ends within which it falls with chance `level`, `times` as wide.
    pub fn interval(&self, level: f64, times: f64) -> (f64, f64) {
        let half = self.half_width(level) * times;
        (self.centre - half, self.centre + half)
    }

    /// The level of the interval at whose end `value` stands.
    pub fn level_of(&self, value: f64) -> f64 {
        self.within((value - self.centre).abs())
    }

    /// The chance that the mean of the coming days is no further than this from the centre.
    fn within(&self, distance: f64) -> f64 {
        let chance =
            |part: &Part| part.weight * (2.0 * student::cdf(distance / part.error, part.degrees) - 1.0).max(0.0);
        self.parts.iter().map(chance).sum()
    }

    /// By bisection between the parts' own quantiles, one of which lies on each side.
    fn half_width(&self, level: f64) -> f64 {
        let ends = || {
            self.parts
                .iter()
                .map(|part| part.error * student::two_sided(level, part.degrees))
        };
        let mut low = ends().fold(f64::INFINITY, f64::min);
        let mut high = ends().fold(0.0, f64::max);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.within(middle) < level {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}
