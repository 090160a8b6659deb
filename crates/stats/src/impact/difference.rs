//! Difference in differences with staggered starts (Callaway & Sant'Anna, J. Econometrics 225:200, 2021).
//!
//! ATT(g, t) = mean over the units first treated at g of (Y_t − Y_{g−1}), less the same over never-treated units;
//! before g the step from t−1 to t, as a check of parallel trends. Aggregated by the size of groups. Never one
//! two-way fixed-effects coefficient: there, units already treated become controls. Intervals bootstrap units. No
//! covariates; assumes parallel trends, and that nobody acts before g.

use crate::Estimate;
use crate::fitted::{Bootstrap, FitError, interval_of_draws};
use crate::random::Draws;

/// One unit: a channel, product or region.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Index of the first treated period; `None`: never.
    pub treated: Option<usize>,
    /// One outcome per period.
    pub outcomes: Vec<f64>,
}

/// Units over the same periods.
#[derive(Clone, Debug)]
pub struct Panel {
    units: Vec<Unit>,
    periods: usize,
    groups: Vec<usize>,
}

/// Effects and their aggregates.
#[derive(Clone, Debug, PartialEq)]
pub struct StaggeredEffects {
    /// (g, t, ATT), t from 1; before g a check, from g on an effect.
    pub by_group_and_time: Vec<(usize, usize, Estimate)>,
    /// (periods since the start, effect), 0 and later.
    pub by_event_time: Vec<(usize, Estimate)>,
    /// By the period in which a group was first treated: its mean effect since.
    pub by_group: Vec<(usize, Estimate)>,
    /// Mean over groups, by their size.
    pub overall: Estimate,
    /// Mean over all (g, t) treated, by the size of g.
    pub simple: Estimate,
}

impl Panel {
    /// Checks the units. Those treated from the first period on have no "before" and are left out.
    pub fn new(units: Vec<Unit>) -> Result<Self, FitError> {
        let periods = units.first().ok_or(FitError::NoEvidence)?.outcomes.len();
        for (row, unit) in units.iter().enumerate() {
            if unit.outcomes.len() != periods || unit.outcomes.iter().any(|value| !value.is_finite()) {
                return Err(FitError::BadRow {
                    row,
                    reason: "every unit needs a number for every period",
                });
            }
        }
        let units: Vec<Unit> = units.into_iter().filter(|unit| unit.treated != Some(0)).collect();
        let mut groups: Vec<usize> = units
            .iter()
            .filter_map(|unit| unit.treated)
            .filter(|g| *g < periods)
            .collect();
        groups.sort_unstable();
        groups.dedup();
        let never = units.iter().filter(|unit| unit.treated.is_none()).count();
        if groups.is_empty() || never < 2 {
            return Err(FitError::NotIdentified(
                "it needs treated units and at least two that never were",
            ));
        }
        Ok(Self { units, periods, groups })
    }

    /// Everything that is reported, as one vector, with units weighted; the order is that of `layout`.
    fn effects(&self, weights: &[f64]) -> Vec<f64> {
        let mean = |treated: Option<usize>, from: usize, to: usize| -> f64 {
            let chosen = || {
                self.units
                    .iter()
                    .zip(weights)
                    .filter(move |(unit, _)| unit.treated == treated)
            };
            let whole: f64 = chosen().map(|(_, weight)| weight).sum();
            chosen()
                .map(|(unit, weight)| weight * (unit.outcomes[to] - unit.outcomes[from]))
                .sum::<f64>()
                / whole
        };
        let size = |g: usize| -> f64 {
            self.units
                .iter()
                .zip(weights)
                .filter(|(unit, _)| unit.treated == Some(g))
                .map(|(_, weight)| weight)
                .sum()
        };
        let mut cells = Vec::new();
        for &g in &self.groups {
            for t in 1..self.periods {
                let from = if t < g { t - 1 } else { g - 1 };
                cells.push((g, t, mean(Some(g), from, t) - mean(None, from, t)));
            }
        }
        let weighted = |keep: &dyn Fn(usize, usize) -> bool| {
            let chosen = || cells.iter().filter(|(g, t, _)| t >= g && keep(*g, *t));
            chosen().map(|(g, _, effect)| size(*g) * effect).sum::<f64>()
                / chosen().map(|(g, ..)| size(*g)).sum::<f64>()
        };
        let mut found: Vec<f64> = cells.iter().map(|(.., effect)| *effect).collect();
        found.extend(self.event_times().map(|e| weighted(&|g, t| t - g == e)));
        let by_group: Vec<f64> = self
            .groups
            .iter()
            .map(|&wanted| weighted(&|g, _| g == wanted))
            .collect();
        found.extend(&by_group);
        let sizes: f64 = self.groups.iter().map(|&g| size(g)).sum();
        found.push(
            self.groups
                .iter()
                .zip(&by_group)
                .map(|(&g, effect)| size(g) * effect)
                .sum::<f64>()
                / sizes,
        );
        found.push(weighted(&|_, _| true));
        found
    }

    fn event_times(&self) -> impl Iterator<Item = usize> {
        0..self.periods - self.groups[0]
    }
}

/// All effects with intervals from weighting units by independent exponentials.
pub fn staggered(panel: &Panel, level: f64, bootstrap: Bootstrap) -> Option<StaggeredEffects> {
    let values = panel.effects(&vec![1.0; panel.units.len()]);
    if !(level > 0.0 && level < 1.0) || bootstrap.count == 0 {
        return None;
    }
    let samples: Vec<Vec<f64>> = (0..bootstrap.count)
        .map(|round| {
            let mut draws = Draws::new(bootstrap.seed, round as u64);
            panel.effects(&panel.units.iter().map(|_| draws.exponential()).collect::<Vec<_>>())
        })
        .collect();
    let estimates: Vec<Estimate> = values
        .iter()
        .enumerate()
        .map(|(index, &value)| {
            let mut column: Vec<f64> = samples.iter().map(|sample| sample[index]).collect();
            column.sort_unstable_by(f64::total_cmp);
            let (low, high) = interval_of_draws(&column, level)?;
            let (low, high) = (low.min(value), high.max(value));
            Some(Estimate {
                value,
                low,
                high,
                n: panel.units.len() as u64,
                level,
            })
        })
        .collect::<Option<_>>()?;
    let mut rest = estimates.into_iter();
    let mut by_group_and_time = Vec::new();
    for &g in &panel.groups {
        for t in 1..panel.periods {
            by_group_and_time.push((g, t, rest.next()?));
        }
    }
    let by_event_time = panel
        .event_times()
        .map(|e| Some((e, rest.next()?)))
        .collect::<Option<_>>()?;
    let by_group = panel
        .groups
        .iter()
        .map(|&g| Some((g, rest.next()?)))
        .collect::<Option<_>>()?;
    Some(StaggeredEffects {
        by_group_and_time,
        by_event_time,
        by_group,
        overall: rest.next()?,
        simple: rest.next()?,
    })
}
