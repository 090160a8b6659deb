//! The effect of something that happened on a day, against what the series would have done without it.
//!
//! The counterfactual is a local level with weekday effects and control series, fitted before the day. The interval
//! is the larger of the model's own and that of placebos in time: the same estimate at fake days, where nothing
//! happened. A model that is too sure of itself is caught by its own past: where the effects at fake days lie further out
//! than its intervals there allow, the interval is widened in proportion, the less the fewer windows the past holds.

use super::forecast::Forecast;
use crate::Estimate;
use crate::fitted::sorted_quantile;
use crate::special::normal;

const BEFORE_LEAST: usize = 56;
const AFTER_LEAST: usize = 14;
const PLACEBOS_MOST: usize = 60;
const PLACEBOS_LEAST: usize = 8;
/// So many windows beside each other count as much as the model's own word.
const WINDOWS_OF_THE_MODEL: f64 = 5.0;
/// Placebos can't be further out than this level, so that no width is infinite.
const LEVEL_MOST: f64 = 1.0 - 1e-12;

/// A goal series with what else is known of each day.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// The outcome, one value per day or week without gaps.
    pub y: Vec<f64>,
    /// Control series per day, untouched by what happened; each row equally long, possibly empty.
    pub controls: Vec<Vec<f64>>,
    /// 0 = Monday, per day; empty for weekly data or none.
    pub weekdays: Vec<usize>,
}

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImpactVerdict {
    /// The interval lies above 0 and the effect is still there in the last third of the window.
    Translated,
    /// Whatever it did is smaller than the smallest lift the owner cares about.
    DidNot,
    /// The interval holds both worth-while lifts and none.
    CantTell,
    /// Fewer than 14 days have passed.
    TooEarly,
}

impl ImpactVerdict {
    /// What to tell the owner.
    pub fn words(self) -> &'static str {
        match self {
            Self::Translated => "translated into growth",
            Self::DidNot => "did not translate",
            Self::CantTell => "can't tell",
            Self::TooEarly => "too early",
        }
    }
}

/// The effect per day.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact {
    /// Mean of observed less expected; `n` is the number of days after.
    pub effect: Estimate,
    /// Over all days after.
    pub cumulative: f64,
    /// Mean effect in the last third of the window: what has lasted.
    pub last_third: f64,
    /// Effects at fake days.
    pub placebos: Vec<f64>,
    /// What may be said.
    pub verdict: ImpactVerdict,
}

impl Series {
    fn rows(&self) -> Option<Vec<Vec<f64>>> {
        let days = self.y.len();
        let bare = self.controls.is_empty();
        if (!bare && self.controls.len() != days) || (!self.weekdays.is_empty() && self.weekdays.len() != days) {
            return None;
        }
        let row = |day: usize| -> Vec<f64> {
            let mut row = if bare { Vec::new() } else { self.controls[day].clone() };
            if let Some(weekday) = self.weekdays.get(day) {
                row.extend((1..7).map(|other| f64::from(u8::from(weekday % 7 == other))));
            }
            row
        };
        Some((0..days).map(row).collect())
    }
}

/// What the days `window` would have brought on average, from the days before `start`, and what they did.
fn compared(rows: &[Vec<f64>], y: &[f64], start: usize, window: std::ops::Range<usize>) -> Option<(Forecast, f64)> {
    let forecast = Forecast::new(&rows[..start], &y[..start], &rows[window.clone()])?;
    let days = window.len() as f64;
    Some((forecast, y[window].iter().sum::<f64>() / days))
}

/// The effect of what happened on day `start` (an index), at `level`; `smallest` is the least lift per day the owner cares
/// about. `None` when the series can't be modelled: lengths that don't fit, numbers that aren't, less than 56 days before.
pub fn impact(series: &Series, start: usize, level: f64, smallest: f64) -> Option<Impact> {
    let rows = series.rows()?;
    let days = series.y.len();
    if start < BEFORE_LEAST || start >= days || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let (forecast, observed) = compared(&rows, &series.y, start, start..days)?;
    let value = observed - forecast.mean();
    let after = days - start;
    let third = (after / 3).max(1);
    let (late, seen_late) = compared(&rows, &series.y, start, days - third..days)?;
    let last_third = seen_late - late.mean();
    let window = after.min(start / 4);
    let placebos = placebos(&rows, &series.y, start, window);
    let (low, high) = forecast.interval(level, widened(&placebos, level, (start - start / 2) / window.max(1))?);
    let effect = Estimate {
        value,
        low: (observed - high).min(value),
        high: (observed - low).max(value),
        n: after as u64,
        level,
    };
    let verdict = if after < AFTER_LEAST {
        ImpactVerdict::TooEarly
    } else if effect.low > 0.0 && last_third > 0.0 {
        ImpactVerdict::Translated
    } else if effect.high < smallest {
        ImpactVerdict::DidNot
    } else {
        ImpactVerdict::CantTell
    };
    Some(Impact {
        effect,
        cumulative: value * after as f64,
        last_third,
        placebos: placebos.iter().map(|placebo| placebo.effect).collect(),
        verdict,
    })
}

/// The effect at a fake day, and the level of the model's own interval at whose end no effect would stand.
struct Placebo {
    effect: f64,
    level: f64,
}

/// Placebos over the second half of the days before, each over `window` days, fitted on what came before.
fn placebos(rows: &[Vec<f64>], y: &[f64], start: usize, window: usize) -> Vec<Placebo> {
    let (first, last) = (start / 2, start - window);
    if window == 0 || last < first {
        return Vec::new();
    }
    let step = ((last - first) / PLACEBOS_MOST).max(1);
    (first..=last)
        .step_by(step)
        .filter_map(|fake| {
            let (forecast, observed) = compared(rows, y, fake, fake..fake + window)?;
            Some(Placebo {
                effect: observed - forecast.mean(),
                level: forecast.level_of(observed),
            })
        })
        .collect()
}

/// How many times as wide the interval has to be, for placebos to lie in theirs as often as said. Never less than 1; drawn
/// towards it, since neighbouring placebos share most of their days: `windows` is how many stand beside each other.
fn widened(placebos: &[Placebo], level: f64, windows: usize) -> Option<f64> {
    if placebos.len() < PLACEBOS_LEAST {
        return Some(1.0);
    }
    let mut levels: Vec<f64> = placebos.iter().map(|placebo| placebo.level).collect();
    levels.sort_unstable_by(f64::total_cmp);
    let seen = sorted_quantile(&levels, level)?.clamp(level, LEVEL_MOST.max(level));
    let ratio = normal::two_sided(seen) / normal::two_sided(level);
    let windows = windows as f64;
    // At a level that rounds to 1 the ratio is not a number.
    Some(ratio.max(1.0).powf(windows / (windows + WINDOWS_OF_THE_MODEL)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Draws;

    /// A weekly pattern, noise, a slow drift and a control that shares it; `lift` from day 84 on.
    fn series(seed: u64, lift: f64, drift: f64) -> Series {
        let mut draws = Draws::new(seed, 0);
        let mut found = Series::default();
        let mut level = 50.0;
        for day in 0..112 {
            level += drift * draws.normal();
            let control = 20.0 + 3.0 * draws.normal();
            let week = if day % 7 >= 5 { -8.0 } else { 0.0 };
            let extra = if day >= 84 { lift } else { 0.0 };
            found
                .y
                .push(level + 0.8 * control + week + 4.0 * draws.normal() + extra);
            found.controls.push(vec![control]);
            found.weekdays.push(day % 7);
        }
        found
    }

    /// A/A and with a known effect: nominal 90 % intervals hold the truth, seeded.
    #[test]
    fn intervals_hold_the_truth_with_and_without_an_effect() {
        for (lift, drift) in [(0.0, 0.0), (6.0, 0.0), (0.0, 0.5), (6.0, 0.5)] {
            let (mut held, mut seen) = (0, 0);
            for seed in 0..40 {
                let found = impact(&series(seed, lift, drift), 84, 0.9, 1.0).unwrap();
                held += u32::from(found.effect.low <= lift && lift <= found.effect.high);
                seen += u32::from(found.verdict == ImpactVerdict::Translated);
            }
            println!("lift {lift}, drift {drift}: held {held} of 40, called a success {seen}");
            assert!(held >= 33, "lift {lift}, drift {drift}: {held} of 40");
            // A steady series shows the lift nearly always, a drifting one less often; nothing is called a success by luck.
            let (least, most) = if lift == 0.0 {
                (0, 5)
            } else if drift == 0.0 {
                (32, 40)
            } else {
                (20, 40)
            };
            assert!(
                (least..=most).contains(&seen),
                "lift {lift}, drift {drift}: called a success {seen} of 40"
            );
        }
    }

    #[test]
    fn too_little_and_degenerate_series() {
        let whole = series(1, 0.0, 0.0);
        assert!(impact(&whole, 30, 0.9, 1.0).is_none());
        assert!(impact(&whole, 112, 0.9, 1.0).is_none());
        let few = impact(
            &Series {
                y: whole.y[..90].to_vec(),
                ..Series::default()
            },
            84,
            0.9,
            1.0,
        )
        .unwrap();
        assert_eq!(few.verdict, ImpactVerdict::TooEarly);
        let flat = impact(
            &Series {
                y: vec![5.0; 112],
                ..Series::default()
            },
            84,
            0.9,
            1.0,
        )
        .unwrap();
        assert!(
            flat.effect.value.abs() < 1e-9 && flat.effect.width().is_finite(),
            "{flat:?}"
        );
        let zero = impact(
            &Series {
                y: vec![0.0; 112],
                ..Series::default()
            },
            84,
            0.9,
            1.0,
        )
        .unwrap();
        assert_eq!(zero.effect.value, 0.0);
        let holes = Series {
            y: vec![f64::NAN; 112],
            ..Series::default()
        };
        assert!(impact(&holes, 84, 0.9, 1.0).is_none());
    }
}
