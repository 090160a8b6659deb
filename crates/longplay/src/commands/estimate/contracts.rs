//! `sbg` and `bdw`: how long contracts are kept, from one cohort's survivors at t = 0, 1, 2 …

use longplay_stats::btyd::{Bdw, Sbg, Survivors};
use longplay_stats::least::{CONTRACTS, CONTRACTS_BDW};
use longplay_stats::{Bootstrap, FitError, Fitted, Parameters};

use super::outcome::{Outcome, Point, Range};
use super::sheet::Sheet;
use super::{Model, Request};

/// Periods a forecast may reach.
const PERIODS_MAX: usize = 10_000;

/// A retention model whose curve can be drawn.
trait Curve: Copy {
    fn at(&self, t: f64) -> f64;
}

impl Curve for Sbg {
    fn at(&self, t: f64) -> f64 {
        self.survival(t)
    }
}

impl Curve for Bdw {
    fn at(&self, t: f64) -> f64 {
        self.survival(t)
    }
}

fn read(sheet: &Sheet) -> anyhow::Result<Vec<f64>> {
    let [t, survivors] = sheet.columns(["t", "survivors"])?;
    let mut rows: Vec<(f64, f64)> = Vec::new();
    sheet.each_row(|row| {
        let found = (row.count(t)?, row.size(survivors)?);
        if rows.len() > PERIODS_MAX {
            return Err(row.refuse_whole("there are more periods than any contract lasts; one row a period is meant"));
        }
        if rows.iter().any(|(other, _)| *other == found.0) {
            return Err(row.refuse(t, "stands in an earlier row already; one row a period is meant"));
        }
        rows.push(found);
        Ok(())
    })?;
    rows.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    for (place, (period, count)) in rows.iter().enumerate() {
        if *period != place as f64 {
            anyhow::bail!("column t must hold 0, 1, 2 … without a gap: {place} is missing");
        }
        if place > 0 && *count > rows[place - 1].1 {
            anyhow::bail!(
                "at t = {place} there are more survivors than a period before; they can't come back in this model"
            );
        }
    }
    Ok(rows.into_iter().map(|(_, count)| count).collect())
}

pub fn estimate(model: Model, sheet: &Sheet, request: &Request<'_>) -> anyhow::Result<Outcome> {
    let counts = read(sheet)?;
    let n = counts.first().copied().unwrap_or(0.0).round() as u64;
    let outcome = Outcome::new(model.name(), n, request.level);
    let cohort = match Survivors::new(&counts) {
        Ok(cohort) => cohort,
        Err(why) => return Ok(Outcome::too_early(model.name(), n, request.level, why)),
    };
    let plan = Plan { counts, request };
    match (model, request.at()) {
        (Model::Sbg, Some(at)) => {
            let model = Sbg::from_array(at.values(Sbg::NAMES)?);
            Ok(plan.given(&model, model.log_likelihood(&cohort), outcome))
        }
        (_, Some(at)) => {
            let model = Bdw::from_array(at.values(Bdw::NAMES)?);
            Ok(plan.given(&model, model.log_likelihood(&cohort), outcome))
        }
        (Model::Sbg, None) => Ok(plan.fitted(Sbg::fit(&cohort), CONTRACTS, outcome)),
        (_, None) => Ok(plan.fitted(Bdw::fit(&cohort), CONTRACTS_BDW, outcome)),
    }
}

struct Plan<'a> {
    counts: Vec<f64>,
    request: &'a Request<'a>,
}

impl Plan<'_> {
    fn given<M: Parameters<N> + Curve, const N: usize>(&self, model: &M, whole: f64, mut outcome: Outcome) -> Outcome {
        outcome.give(M::NAMES, model.to_array(), whole);
        outcome.curve = Some(self.curve(|t| Range::bare(model.at(t))));
        outcome
    }

    fn fitted<M: Parameters<N> + Curve, const N: usize>(
        &self,
        fitted: Result<Fitted<M, N>, FitError>,
        least: f64,
        mut outcome: Outcome,
    ) -> Outcome {
        let fitted = match fitted {
            Ok(fitted) => fitted,
            Err(why) => return Outcome::too_early(outcome.model, outcome.n, outcome.level, why),
        };
        let is_sure = self.counts[0] >= least && self.counts.len() > N + 1;
        if !is_sure {
            let message = format!(
                "too early for intervals: they need {least} people and {} points of time",
                N + 2
            );
            outcome.warn("too_early", message);
        }
        outcome.take(&fitted, is_sure);
        let range = |t: f64| {
            let estimate = fitted.estimate(outcome.level, Bootstrap::default(), |model| model.at(t));
            let bare = Range::bare(fitted.model.at(t));
            estimate
                .filter(|_| is_sure)
                .map_or(bare, |estimate| Range::of(&estimate))
        };
        outcome.curve = Some(self.curve(range));
        outcome
    }

    /// The share still there at every period of the file, and on to the horizon.
    fn curve(&self, range: impl Fn(f64) -> Range) -> Vec<Point> {
        let until = self
            .request
            .horizon
            .map_or(0, |horizon| (horizon.floor() as usize).min(PERIODS_MAX));
        (0..self.counts.len().max(until + 1))
            .map(|t| Point {
                group: None,
                t: t as f64,
                range: range(t as f64),
                at_risk: self.counts.get(t).copied(),
            })
            .collect()
    }
}
