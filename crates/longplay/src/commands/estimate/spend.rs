//! `gamma-gamma`: what a person spends per order, from the number x and the mean m of their repeat orders.

use std::collections::HashMap;

use longplay_stats::Parameters;
use longplay_stats::btyd::{GammaGamma, Spend};
use longplay_stats::least::PEOPLE_GAMMA_GAMMA;

use super::outcome::{Outcome, Scores};
use super::sheet::{Row, Sheet};
use super::{Model, Request};

/// From this correlation of frequency and spend on, the model's assumption is broken.
const CORRELATION_MOST: f64 = 0.3;

#[derive(Clone, Copy)]
struct Columns {
    x: usize,
    mean: usize,
    weight: Option<usize>,
}

impl Columns {
    fn read(self, row: &Row<'_>) -> anyhow::Result<Spend> {
        Ok(Spend {
            x: row.count(self.x)?,
            mean: row.size(self.mean)?,
            weight: row.weight(self.weight)?,
        })
    }
}

pub fn estimate(sheet: &Sheet, request: &Request<'_>) -> anyhow::Result<Outcome> {
    let [x, mean] = sheet.columns(["x", "m"])?;
    let columns = Columns {
        x,
        mean,
        weight: sheet.column("weight"),
    };
    let mut counts: HashMap<[u64; 3], u64> = HashMap::new();
    sheet.each_row(|row| {
        let Spend { x, mean, weight } = columns.read(row)?;
        *counts.entry([x, mean, weight].map(f64::to_bits)).or_default() += 1;
        Ok(())
    })?;
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable();
    let row = |&([x, mean, weight], count): &([u64; 3], u64)| Spend {
        x: f64::from_bits(x),
        mean: f64::from_bits(mean),
        weight: f64::from_bits(weight) * count as f64,
    };
    let rows: Vec<Spend> = counts.iter().map(row).collect();
    let of = |keep: &dyn Fn(&Spend) -> bool| rows.iter().filter(|row| keep(row)).map(|row| row.weight).sum::<f64>();
    let repeaters = of(&|row| row.x > 0.0 && row.mean > 0.0);
    let mut outcome = Outcome::new(Model::GammaGamma.name(), repeaters.round() as u64, request.level);
    let left_out = of(&|_| true) - repeaters;
    if left_out > 0.0 {
        let message = format!(
            "{} people without a repeat order of positive value are left out",
            left_out.round()
        );
        outcome.warn("left_out", message);
    }
    if let Some(correlation) = GammaGamma::correlation(&rows).filter(|found| found.abs() > CORRELATION_MOST) {
        let message = format!(
            "how often and how much are related (correlation {correlation:.2}), which this model takes not to be so"
        );
        outcome.warn("correlated", message);
    }
    let model = match request.at() {
        Some(at) => {
            let model = GammaGamma::from_array(at.values(GammaGamma::NAMES)?);
            outcome.give(GammaGamma::NAMES, model.to_array(), model.log_likelihood(&rows));
            model
        }
        None => match GammaGamma::fit(&rows) {
            Ok(fitted) => {
                let is_sure = repeaters >= PEOPLE_GAMMA_GAMMA;
                if !is_sure {
                    let message = format!(
                        "too early for intervals: they need {PEOPLE_GAMMA_GAMMA} people with a repeat order; here are {}",
                        repeaters.round()
                    );
                    outcome.warn("too_early", message);
                }
                outcome.take(&fitted, is_sure);
                fitted.model
            }
            Err(why) => return Ok(Outcome::too_early(outcome.model, outcome.n, request.level, why)),
        },
    };
    if model.population_mean().is_none() {
        outcome.warn(
            "no_mean",
            "q is not above 1, so spend has no mean over people; don't forecast with it",
        );
    }
    if request.horizon.is_some() || !request.at.is_empty() {
        outcome.rows = Some(Box::new(PerOrder { model, columns }));
    }
    Ok(outcome)
}

/// The expected mean spend per order of every row.
struct PerOrder {
    model: GammaGamma,
    columns: Columns,
}

impl Scores for PerOrder {
    fn names(&self) -> &[&'static str] {
        &["expected"]
    }

    fn score(&self, row: &Row<'_>, into: &mut Vec<Option<f64>>) -> anyhow::Result<()> {
        let person = self.columns.read(row)?;
        // Somebody without a repeat order is known by the others only.
        let found = if person.x > 0.0 && person.mean > 0.0 {
            self.model.expected(person.x, person.mean)
        } else {
            self.model.population_mean()
        };
        into.push(found.filter(|value| value.is_finite()));
        Ok(())
    }

    fn numbers(&self) -> Vec<usize> {
        let Columns { x, mean, weight } = self.columns;
        [Some(x), Some(mean), weight].into_iter().flatten().collect()
    }
}
